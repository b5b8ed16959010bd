"""A small municipality's documents: enough to be found, confused, cited and kept apart."""

from __future__ import annotations

import datetime as dt

import numpy as np
from langchain_core.embeddings import Embeddings

from ingest.passages import passages_of
from knowledge.catalogue import Split
from knowledge.library import Library
from knowledge.model import Audience, Document, LegalReference, Section
from knowledge.references import law_key, strategy_key
from knowledge.retriever import Retriever

NAERINGSLIV = "Omstillingsdyktig næringsliv"
KLIMA = "Klima og miljø"
CHECKED = dt.date(2026, 11, 24)

SECRET = "Hemmelig: kontrollørene kommer uanmeldt på torsdager, og ordet er kanarifugl."
"""What no outsider may ever read; in the internal routine."""


def directions(count: int, width: int = 16) -> np.ndarray:
    """Vectors of length 1 that point anywhere, the same each time."""
    drawn = np.random.default_rng(1).normal(size=(count, width)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


def basis(law: str, paragraph: str) -> LegalReference:
    """A paragraph of a law, as the reader of a guide makes it from a link."""
    label = f"{law} § {paragraph}"
    return LegalReference(label=label, url=f"https://lovdata.no/{law}/§{paragraph}", key=law_key(law, paragraph))


def document(id_: str, *sections: Section, **values: object) -> Document:
    """A public guide in bokmål unless told otherwise."""
    usual = {"title": id_.rpartition("/")[2].capitalize(), "kind": "guidance", "language": "nb", "source": "Eksempler"}
    return Document.model_validate({"id": id_, "audience": Audience.PUBLIC, **usual, "sections": sections, **values})


def guide(id_: str, text: str, **values: object) -> Document:
    """A document of one section."""
    return document(id_, Section(anchor="om", heading="Om", text=text), **values)


def split(each: Document) -> Split:
    """A document with its passages, as the library takes it."""
    return each, passages_of(each)


def plan(id_: str, area: str, **strategies: str) -> Document:
    """A policy area of the plan: one section per strategy."""
    sections = [
        Section(anchor=code.lower(), heading=code, text=text, keys=(strategy_key(area, code),))
        for code, text in strategies.items()
    ]
    return document(id_, *sections, title=area, area=area, kind="plan", changed=dt.date(2022, 3, 2))


SERVERING = document(
    "guides/servering",
    Section(
        anchor="krav",
        heading="Når må du ha serveringsbevilling?",
        text="Den som vil drive serveringssted, må ha serveringsbevilling fra kommunen, jf. serveringsloven § 3. "
        "Kravet om serveringsbevilling gjelder ikke for den som bare leverer mat hjem til folk, "
        "jf. serveringsloven § 1-5. Søknaden sendes til kommunen.",
        rests_on=(basis("serveringsloven", "3"), basis("serveringsloven", "1-5")),
    ),
    Section(
        anchor="gebyr",
        heading="Hva koster det?",
        text="Kommunen kan kreve et gebyr på 5 000 kroner for å behandle søknaden, jf. serveringsloven § 27. "
        "Gebyret må betales innen 14 dager. Det finnes ingen rabatt for små steder.",
        rests_on=(basis("serveringsloven", "27"),),
    ),
    title="Serveringsbevilling",
    topic="servering",
    checked=CHECKED,
    url="https://kommunen.example/servering",
)
ROYK = document(
    "guides/royk",
    Section(
        anchor="inne",
        heading="Kvar er det forbode å røykje?",
        text="Det er forbode å røykje i lokale der gjestene et og drikk, jf. tobakksskadelova § 25. "
        "Eigaren skal setje opp skilt om røykjeforbodet.",
        rests_on=(basis("tobakksskadelova", "25"),),
    ),
    title="Røykfrie lokale",
    language="nn",
    checked=CHECKED,
)
TERRASSE = document(
    "guides/terrasse",
    Section(
        anchor="unntak",
        heading="Hva kan bygges uten søknad?",
        text="En terrasse krever ikke byggesøknad når den er høyst 1,0 meter over terrenget, "
        "jf. byggesaksforskriften § 4-1. Et gjerde kan være inntil 1,8 meter høyt.",
        rests_on=(basis("byggesaksforskriften", "4-1"),),
    ),
    title="Tiltak uten søknad",
    checked=CHECKED,
)
LOV = document(
    "laws/serveringsloven",
    Section(
        anchor="15",
        heading="§ 15. Åpningstider",
        text="Kommunen kan gi forskrift om åpningstider for serveringssteder.",
        keys=(law_key("serveringsloven", "15"),),
    ),
    title="Serveringsloven",
    kind="law",
    changed=dt.date(2025, 1, 1),
)
PLAN = plan(
    "plan/naeringsliv",
    NAERINGSLIV,
    A4="Legger til rette for etablering av næringsklynger.",
    B3="Møter næringslivet med velvilje, serviceinnstilling og effektiv saksbehandling.",
    C1="Etablerer attraktive fysiske og digitale møteplasser mellom kommune, næringsliv og politikere.",
    C2="Bygger kultur for nytenkning, digitalisering og tilpasningsdyktighet.",
    D1="Stimulerer til et grønt, bærekraftig og innovativt næringsliv.",
    D2="Etterspør tjenester med krav til lave klimaavtrykk.",
)
KLIMAPLAN = plan(
    "plan/klima",
    KLIMA,
    A1="Reduserer utslippene fra kommunens egne biler.",
    B3="Planter trær langs gatene i sentrum.",
)
RUTINE = document(
    "internal/skjenkekontroll",
    Section(
        anchor="kontroll",
        heading="Hvordan kontrolleres skjenkesteder?",
        text=f"{SECRET} Kontrollen skjer etter alkoholloven § 1-9.",
        keys=("routine:skjenkekontroll",),
        rests_on=(basis("alkoholloven", "1-9"),),
    ),
    title="Skjenkekontroll",
    kind="routine",
    audience=Audience.INTERNAL,
    checked=CHECKED,
)

EVERYTHING = (SERVERING, ROYK, TERRASSE, LOV, PLAN, KLIMAPLAN, RUTINE)
PUBLIC = EVERYTHING[:-1]


async def found(library: Library, embeddings: Embeddings, text: str, audience: Audience = Audience.PUBLIC) -> list[str]:
    """The texts of the passages for a question, best first."""
    retriever = Retriever(reader=library.reader(audience), embeddings=embeddings)
    return [each.passage.text for each in (await retriever.find(text)).found]
