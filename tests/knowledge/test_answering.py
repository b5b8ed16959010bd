from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.answering import ExtractiveAnswerer
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience, Citation, Draft, Evidence, Found, Match, Section
from knowledge.retriever import Retriever
from tests.knowledge.examples import basis, document, guide, split
from tests.knowledge.test_library import SKILT


async def draft(answerer: ExtractiveAnswerer, retriever: Retriever, text: str) -> Draft:
    return await answerer.draft(await retriever.find(text), retriever.reader)


async def asked_alone(
    shelf: Library, answerer: ExtractiveAnswerer, embeddings: CachedEmbeddings, text: str, question: str
) -> list[str]:
    """The quotes that answer where the library holds nothing but that text."""
    await shelf.put(*split(guide("guides/alene", text)))
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    return [claim.text for claim in (await draft(answerer, retriever, question)).claims]


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Hva koster serveringsbevillingen?", "Kommunen kan kreve et gebyr på 5 000 kroner"),
        ("How much is the fee?", "Kommunen kan kreve et gebyr på 5 000 kroner"),
        ("Må jeg ha serveringsbevilling?", "Den som vil drive serveringssted, må ha serveringsbevilling"),
        ("Kvar er det forbode å røykje?", "Det er forbode å røykje i lokale"),
        ("Hvor høyt kan et gjerde være?", "Et gjerde kan være inntil 1,8 meter høyt."),
    ],
)
async def test_the_sentence_that_answers_is_quoted(
    answerer: ExtractiveAnswerer, outsider: Retriever, question: str, quote: str
) -> None:
    answer = await draft(answerer, outsider, question)
    assert any(claim.text.startswith(quote) for claim in answer.claims)
    assert all(claim.text == claim.citation.quote for claim in answer.claims)


async def test_a_citation_says_where_it_stands_and_how_old_it_is(
    answerer: ExtractiveAnswerer, outsider: Retriever
) -> None:
    answer = await draft(answerer, outsider, "Hva koster serveringsbevillingen?")
    assert answer.claims[0].citation == Citation(
        document="guides/servering",
        section="gebyr",
        title="Serveringsbevilling – Hva koster det?",
        url="https://bot.example/kilde/guides/servering#gebyr",
        quote="Kommunen kan kreve et gebyr på 5 000 kroner for å behandle søknaden, jf. serveringsloven § 27.",
        date=dt.date(2026, 11, 24),
        kind="guidance",
        audience=Audience.PUBLIC,
        rests_on=(basis("serveringsloven", "27"),),
    )


LONG = f"Rådhuset er malt i {'grått, grønt og ' * 60}hvitt."
"""Makes a section longer than one that is quoted whole."""


@pytest.mark.parametrize(
    "exception",
    [
        "Kravet om serveringsbevilling gjelder ikke for private fester.",
        "Kravet gjelder ikke for private fester.",
        "Kravet gjeld ikkje for private festar.",
        "Forbudet mot servering gjelder likevel ikke private fester.",
        "Dette gjelder ikke private fester.",
        "Dette gjeld likevel ikkje private festar.",
        "Men for private fester er det fritt.",
        "Likevel kan private fester holdes fritt.",
        "Unntaket er private fester.",
        "Unntatt er private fester.",
        "However, private parties are free.",
        "This does not apply to private parties.",
    ],
)
async def test_a_rule_is_quoted_with_its_exception(
    shelf: Library, answerer: ExtractiveAnswerer, embeddings: CachedEmbeddings, exception: str
) -> None:
    rule = "Den som vil drive serveringssted, må ha serveringsbevilling fra kommunen."
    other = "Kommunen har 356 ansatte på kontoret i sentrum."
    text = f"{other} {rule} {exception} {LONG}"
    quotes = await asked_alone(shelf, answerer, embeddings, text, "Hvem må ha serveringsbevilling fra kommunen?")
    assert quotes == [rule, exception]


async def test_what_follows_a_rule_without_restricting_it_is_left_out(
    shelf: Library, answerer: ExtractiveAnswerer, embeddings: CachedEmbeddings
) -> None:
    rule = "Den som vil drive serveringssted, må ha serveringsbevilling fra kommunen."
    text = f"{rule} Kontoret har 356 ansatte og ligger ved elva. {LONG}"
    quotes = await asked_alone(shelf, answerer, embeddings, text, "Hvem må ha serveringsbevilling fra kommunen?")
    assert quotes == [rule]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Hva sier C1?", ["Etablerer attraktive fysiske og digitale møteplasser"]),
        ("B3", ["Planter trær langs gatene", "Møter næringslivet med velvilje"]),
        ("serveringsloven § 15", ["Kommunen kan gi forskrift om åpningstider"]),
    ],
)
async def test_what_is_named_is_quoted_whole_and_for_certain(
    answerer: ExtractiveAnswerer, outsider: Retriever, text: str, named: list[str]
) -> None:
    evidence = await outsider.find(text)
    answer = await answerer.draft(evidence, outsider.reader)
    assert [claim.text for claim in answer.claims] == [found.passage.text for found in evidence.found]
    assert all(claim.text.startswith(start) for claim, start in zip(answer.claims, named, strict=True))
    assert answer.signs == {"exact": 1.0}


async def test_a_long_passage_that_is_named_is_quoted_up_to_the_end_of_a_sentence(
    shelf: Library, answerer: ExtractiveAnswerer, embeddings: CachedEmbeddings
) -> None:
    text = " ".join(f"Setning nummer {number} handler om orden og ro i gatene." for number in range(16))
    law = guide("laws/politivedtekter", text)
    section = law.sections[0].model_copy(update={"keys": ("law:politiloven/14",)})
    await shelf.put(*split(law.model_copy(update={"sections": (section,)})))
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    (claim,) = (await draft(answerer, retriever, "politiloven § 14")).claims
    assert text.startswith(claim.text)
    assert claim.text.endswith("gatene.")
    assert 600 < len(claim.text) <= 700


CITES = {
    "1": "Loven gjelder alle, jf. serveringsloven § 1.",
    "15": "Kommunen fastsetter åpningstider, jf. serveringsloven § 15.",
    "1-5": "Hotell er unntatt, jf. serveringsloven § 1-5.",
    "1 a": "Kiosker er egne steder, jf. serveringsloven § 1 a.",
}


@pytest.mark.parametrize("number", CITES)
async def test_of_what_cites_a_paragraph_only_the_sentences_that_do_are_quoted(
    shelf: Library, answerer: ExtractiveAnswerer, embeddings: CachedEmbeddings, number: str
) -> None:
    made = guide("guides/alle", " ".join(["Her er alle reglene.", *CITES.values()]))
    rests = tuple(basis("serveringsloven", each) for each in CITES)
    section = made.sections[0].model_copy(update={"rests_on": rests})
    await shelf.put(*split(document("guides/alle", section)))
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    evidence = await retriever.find(f"Hva sier serveringsloven § {number}?")
    answer = await answerer.draft(evidence, retriever.reader)
    assert (evidence.match, evidence.subject) == (Match.CITING, f"serveringsloven § {number}")
    assert [claim.text for claim in answer.claims] == [CITES[number]]


async def test_no_more_is_quoted_of_what_cites_a_paragraph_than_people_read(
    shelf: Library, answerer: ExtractiveAnswerer, embeddings: CachedEmbeddings
) -> None:
    text = " ".join(f"Regel {number} følger av serveringsloven § 3." for number in range(20))
    section = guide("g", text).sections[0].model_copy(update={"rests_on": (basis("serveringsloven", "3"),)})
    await shelf.put(*split(document("guides/mange", section)))
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    answer = await draft(answerer, retriever, "serveringsloven § 3")
    assert [claim.text for claim in answer.claims] == text.replace(". ", ".\n").split("\n")[:8]


async def test_without_evidence_there_is_no_answer(answerer: ExtractiveAnswerer, outsider: Retriever) -> None:
    assert await answerer.draft(Evidence("hva"), outsider.reader) == Draft()
    assert await answerer.nearest(Evidence("hva")) == ()


async def test_passages_without_a_sentence_give_no_answer(
    shelf: Library, answerer: ExtractiveAnswerer, embeddings: CachedEmbeddings
) -> None:
    assert await asked_alone(shelf, answerer, embeddings, "* * *", "alene") == []
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    assert await answerer.nearest(await retriever.find("alene")) == ()


async def test_the_nearest_sections_are_cited_once_each_by_what_fits_best(
    answerer: ExtractiveAnswerer, outsider: Retriever
) -> None:
    nearest = await answerer.nearest(await outsider.find("Finnes det rabatt på gebyret for små steder?"))
    assert 1 < len(nearest) <= 3
    assert (nearest[0].section, nearest[0].quote) == ("gebyr", "Det finnes ingen rabatt for små steder.")
    assert len({(each.document, each.section) for each in nearest}) == len(nearest)


async def test_a_section_that_was_split_is_cited_once(
    shelf: Library, answerer: ExtractiveAnswerer, embeddings: CachedEmbeddings
) -> None:
    long = "\n\n".join(f"Skilt nummer {number} må omsøkes. " * 20 for number in range(3))
    await shelf.put_all([split(guide("guides/lang", long)), split(SKILT)])
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    nearest = await answerer.nearest(await retriever.find("Må skilt omsøkes?"))
    assert sorted(each.document for each in nearest) == ["guides/lang", "guides/skilt"]


async def test_one_law_does_not_fill_the_nearest_sections(
    shelf: Library, answerer: ExtractiveAnswerer, embeddings: CachedEmbeddings
) -> None:
    sections = [
        Section(anchor=str(number), heading=f"§ {number}", text=f"Skilt må omsøkes etter paragraf {number} i loven.")
        for number in range(5)
    ]
    await shelf.put_all([split(document("lov/skilt", *sections, title="Skiltloven", kind="law")), split(SKILT)])
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    nearest = await answerer.nearest(await retriever.find("Må skilt omsøkes etter loven?"))
    assert [each.document for each in nearest] == ["lov/skilt", "lov/skilt", "guides/skilt"]


async def test_what_stands_around_the_best_passage_and_above_it_is_there_to_be_read(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    texts = {"1": "Formålet er ro.", "2": "Hunder skal ha bånd.", "3": "Bøter fastsettes av politiet.", "4": "Annet."}
    sections = [
        Section(anchor=number, heading=f"§ {number}", text=text, path=("Kapittel 1",)) for number, text in texts.items()
    ]
    chapter = Section(anchor="kap", heading="Kapittel 1", text="Kapitlet gjelder i tettbygde strøk.")
    await shelf.put_all([split(document("lov/hund", chapter, *sections, title="Hundeloven", kind="law"))])
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings, count=1)
    evidence = await retriever.around(await retriever.find("Hunder skal ha bånd"))
    assert [each.section for each in (evidence.found[0].passage, *evidence.beside)] == ["2", "kap", "1", "3"]


PIECES = st.sampled_from(
    ["Du må søke, jf. § 3. ", "Men ikke om vinteren. ", "- skilt\n", "Gebyret er 5 000 kr. ", "…\n\n", "Er det lov? "]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.lists(PIECES, max_size=8).map("".join), min_size=1, max_size=3), query=PIECES)
async def test_whatever_is_quoted_is_verbatim_in_what_it_cites(
    answerer: ExtractiveAnswerer, outsider: Retriever, embeddings: CachedEmbeddings, texts: list[str], query: str
) -> None:
    passages = {p.id: p for n, text in enumerate(texts) for p in split(guide(f"docs/{n}", text))[1]}
    found = tuple(Found(passage=passage, score=0.5, parts={"meaning": 0.8}) for passage in passages.values())
    vector = tuple(embeddings.embed_documents([query])[0])
    for match in (Match.SIMILAR, Match.NAMED):
        evidence = Evidence(query, found, match=match, vector=vector)
        answer = await answerer.draft(evidence, outsider.reader)
        for citation in (*(claim.citation for claim in answer.claims), *await answerer.nearest(evidence)):
            assert citation.quote
            assert citation.quote in passages[f"{citation.document}#{citation.section}"].text
