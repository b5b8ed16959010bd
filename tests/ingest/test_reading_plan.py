from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ingest.readers.reading import ReadError
from tests.ingest.conftest import Read

FILE = Path(__file__).parents[2] / "ingest" / "corpus" / "plan" / "omstillingsdyktig-naeringsliv.txt"
# fmt: off
STRATEGIES = {
    "A1": "Arealstrategien legger til rette for variert næringsvirksomhet.",
    "A2": "Utnytter og markedsfører Drammens fortrinn og sentrale plassering på Østlandet, som knutepunkt for vei, sjø og bane.",  # noqa: E501
    "A3": "Stimulerer utdanningsinstitusjonene til å utvikle utdanningstilbudene og entreprenørskap, for å sikre bredden i kvalifisert arbeidskraft.",  # noqa: E501
    "A4": "Legger til rette for etablering av næringsklynger gjennom samarbeid mellom Universitetet i Sørøst-Norge, sykehuset og næringslivet.",  # noqa: E501
    "B1": "Sikrer kompetanse, kontinuitet og god framdrift.",
    "B2": "Arbeider for god samhandling mellom næringsliv, politikk og administrasjon.",
    "B3": "Møter næringslivet med velvilje, serviceinnstilling og effektiv saksbehandling.",
    "B4": "Er imøtekommende overfor nye næringer og nye næringsklynger.",
    "C1": "Etablerer attraktive fysiske og digitale møteplasser mellom kommune, næringsliv og politikere.",
    "C2": "Bygger kultur for nytenkning, digitalisering og tilpasningsdyktighet.",
    "C3": "Søker å foreta innkjøp i størst mulig grad lokalt.",
    "D1": "Stimulerer til et grønt, bærekraftig og innovativt næringsliv.",
    "D2": "Etterspør tjenester med krav til lave klimaavtrykk.",
    "D3": "Er imøtekommende og oppmuntrer bedrifter til å velge bærekraftige løsninger.",
    "D4": "Stimulerer kompetanseutvikling, innovasjon og grønt skifte gjennom egne virksomheter og bedrifter, rådgivning og dialog med næringslivet.",  # noqa: E501
}
# fmt: on


def test_the_fifteen_strategies_are_sections_of_their_own(read_file: Read) -> None:
    document = read_file(FILE.name, FILE.read_bytes(), reader="plan", kind="plan")
    strategies = [section for section in document.sections if section.keys]
    assert {section.heading: section.text for section in strategies} == STRATEGIES
    for section in strategies:
        assert section.anchor == section.heading.lower()
        assert section.path == ("Delmål og strategier",)
        assert section.keys == (f"strategy:omstillingsdyktig-naeringsliv/{section.heading}",)


def test_title_dates_and_goal_are_kept_and_captions_are_not(read_file: Read) -> None:
    document = read_file(FILE.name, FILE.read_bytes(), reader="plan", kind="plan")
    assert (document.title, document.area) == ("Omstillingsdyktig næringsliv", "Omstillingsdyktig næringsliv")
    assert (document.published, document.changed) == (dt.date(2022, 3, 1), dt.date(2022, 3, 2))
    assert document.id == "guides/omstillingsdyktig-naeringsliv"
    intro, goal, *_ = document.sections
    assert (intro.anchor, goal.anchor, goal.heading, goal.text) == (
        "intro",
        "hovedmal",
        "Hovedmål",
        "Drammen er et næringssentrum.",
    )
    assert intro.text.startswith("Et nytenkende, mangfoldig")
    assert "kommunen har alle forutsetninger" in intro.text
    assert intro.text.endswith("studenter og viktig kompetanse.")
    everything = "\n".join(f"{section.heading} {section.text}" for section in document.sections)
    for caption in ("En arbeider som styrer", "Grafisk framstilling", "ILL.", "Slik vil vi ha det", "Publisert"):
        assert caption not in everything


def _page(strategies: str) -> str:
    """The page of the policy area, as a site would have it."""
    intro = "".join(f"<p>{text}</p>" for text in FILE.read_text().split("Grafisk")[0].split("\n\n")[3:])
    return f"""<!doctype html><html lang="nb"><head><title>Omstillingsdyktig næringsliv - Drammen kommune</title></head>
        <body><nav class="breadcrumbs"><ol><li>Forside<li>Planer<li>Omstillingsdyktig næringsliv</ol></nav>
        <main><figure><img src="a.jpg"><figcaption>En arbeider som styrer</figcaption></figure>
        <h1>Omstillingsdyktig næringsliv</h1><p>Publisert: 01.03.2022 11:25:40 Sist endret: 02.03.2022 09:58:27</p>
        {intro}<img alt="Grafisk framstilling"><p>ILL.: Bærekraftsmålene dette møter</p>
        <h2>Hovedmål</h2><p>Drammen er et næringssentrum.</p>
        <h2>Delmål og strategier</h2><p>Slik vil vi ha det, og slik gjør vi det.</p>{strategies}</main>
        <footer>Drammen kommune</footer></body></html>"""


@pytest.mark.parametrize("item", ["<li>{}</li>", "<li><p><strong>{}</strong></p></li>"])
@pytest.mark.parametrize("kind", ["ul", "ol", "div"])
def test_the_page_itself_reads_like_its_text(read_file: Read, kind: str, item: str) -> None:
    strategies = ""
    for letter in "ABCD":
        items = "".join(item.format(f"{code}. {text}") for code, text in STRATEGIES.items() if code[0] == letter)
        strategies += f"<h3>Strategier</h3><{kind}>{items}</{kind}>"
    page = read_file("omstillingsdyktig-naeringsliv.html", _page(strategies), reader="plan", kind="plan")
    assert page == read_file(FILE.name, FILE.read_bytes(), reader="plan", kind="plan")


def test_other_text_among_the_strategies_is_kept(read_file: Read) -> None:
    text = FILE.read_text().replace(" • B1.", "Delmål: Kommunen er en god vert.\n\n • B1.")
    document = read_file(FILE.name, text, reader="plan", kind="plan")
    assert document.section("delmal-og-strategier") is not None
    assert {section.heading for section in document.sections if section.keys} == set(STRATEGIES)


def test_a_strategy_over_two_lines_is_one(read_file: Read) -> None:
    text = FILE.read_text().replace("sentrale plassering på", "sentrale plassering\npå")
    document = read_file(FILE.name, text, reader="plan", kind="plan")
    section = document.section("a2")
    assert section is not None
    assert section.text == STRATEGIES["A2"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Publisert:", "Lagt ut:", "no title above a line of"),
        ("01.03.2022", "41.03.2022", "no date in"),
        ("Hovedmål", "Mål", 'no "Hovedmål"'),
        ("Delmål og strategier", "Strategiar", 'no "Hovedmål", or no "Delmål og strategier"'),
        (". ", "; ", "no strategies such as"),
        ("B2.", "B1.", "two strategies B1"),
    ],
)
def test_a_page_that_does_not_read_like_a_plan_is_told(read_file: Read, old: str, new: str, expected: str) -> None:
    with pytest.raises(ReadError, match=expected):
        read_file("plan.txt", FILE.read_text().replace(old, new), reader="plan")


@pytest.mark.parametrize(("content", "expected"), [("", "is empty"), ("<!doctype html><p>x", "does not read like a")])
def test_a_file_that_is_no_text_of_a_page_is_told(read_file: Read, content: str, expected: str) -> None:
    with pytest.raises(ReadError, match=expected):
        read_file("plan.txt", content, reader="plan")
