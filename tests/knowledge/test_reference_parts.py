"""Parts of a paragraph of a law: what a question names, and the words that it is answered with."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.passages import LONGEST, passages_of
from knowledge.answering import ExtractiveAnswerer
from knowledge.asked import is_same
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience, Document, Found, Match, Part, Section
from knowledge.parts import quotes_of
from knowledge.references import Keys, law_key, references
from knowledge.retriever import Retriever
from tests.knowledge.examples import document, split

KEYS = Keys(
    {
        *(law_key("serveringsloven", number) for number in ("3", "4", "4b", "15")),
        *(law_key("pbl", number) for number in ("8", "12a-4", "20-5", "29-4")),
        law_key("lov om helligdager og helligdagsfred", "5"),
        *(law_key("arbeidsmiljøloven", number) for number in ("8-14", "8-14c")),
        *(law_key(name, "3-5") for name in ("husleieloven", "husll", "lov/1999-03-26-17", "1999-03-26-17")),
    }
)


def named(text: str) -> list[str]:
    """What a text names, as "serveringsloven/4:ledd-2"."""
    found = references(text, KEYS)
    return [f"{each.pattern.removeprefix('law:')}:{each.part}".strip(":") for each in found]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("første ledd", "ledd-1"),
        ("fyrste leddet", "ledd-1"),
        ("annet ledd", "ledd-2"),
        ("andre leddet", "ledd-2"),
        ("1. ledd", "ledd-1"),
        (", 2. ledd", "ledd-2"),
        ("ledd 3", "ledd-3"),
        ("siste ledd", "ledd-siste"),
        ("(2)", "ledd-2"),
        ("second paragraph", "ledd-2"),
        ("2nd paragraph", "ledd-2"),
        ("subsection (2)", "ledd-2"),
        ("bokstav b", "bokstav-b"),
        ("litra b", "bokstav-b"),
        ("letter b", "bokstav-b"),
        ("b)", "bokstav-b"),
        ("nr. 3", "nr-3"),
        ("første ledd bokstav b", "ledd-1-bokstav-b"),
        ("første ledd, bokstav b)", "ledd-1-bokstav-b"),
        ("second paragraph letter (b)", "ledd-2-bokstav-b"),
        ("annet ledd nr. 3", "ledd-2-nr-3"),
        ("annet ledd bokstav c nr. 1", "ledd-2-bokstav-c-nr-1"),
        ("første ledd nr. 6 bokstav a", "ledd-1-nr-6-bokstav-a"),
        ("tredje punktum", "punktum-3"),
        ("2. ledd 3. pkt.", "ledd-2-punktum-3"),
        ("annet ledd bokstav b første punktum", "ledd-2-bokstav-b-punktum-1"),
        ("annet ledd første punktum bokstav b", "ledd-2-bokstav-b"),
        ("second paragraph third sentence", "ledd-2-punktum-3"),
        ("når jeg har to ledd", ""),
    ],
)
def test_a_part_is_named_behind_its_paragraph(text: str, part: str) -> None:
    behind = [f"serveringsloven § 15 {text}", f"Hva sier § 15 i serveringsloven {text}?"]
    assert [named(each) for each in behind] == [[f"serveringsloven/15:{part}".strip(":")]] * 2


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Kva seier andre leddet i § 4 i serveringslova?", ["serveringsloven/4:ledd-2"]),
        ("bokstav b i første ledd i serveringsloven § 4", ["serveringsloven/4:ledd-1-bokstav-b"]),
        ("første punktum i annet ledd i serveringsloven § 4", ["serveringsloven/4:ledd-2-punktum-1"]),
        ("the second paragraph of section 4 of serveringsloven", ["serveringsloven/4:ledd-2"]),
        (
            "første ledd i § 3 og annet ledd i § 4 i serveringsloven",
            ["serveringsloven/3:ledd-1", "serveringsloven/4:ledd-2"],
        ),
    ],
)
def test_a_part_is_named_in_front_of_its_paragraph(text: str, keys: list[str]) -> None:
    assert named(text) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("serveringsloven § 4 første og annet ledd", ["serveringsloven/4:ledd-1", "serveringsloven/4:ledd-2"]),
        ("serveringsloven § 4 bokstav a til c", [f"serveringsloven/4:bokstav-{letter}" for letter in "abc"]),
        ("serveringsloven § 4 første til tredje ledd", [f"serveringsloven/4:ledd-{number}" for number in (1, 2, 3)]),
        ("serveringsloven § 3 annet ledd og § 4", ["serveringsloven/3:ledd-2", "serveringsloven/4"]),
        ("serveringsloven § 3 annet ledd, § 4", ["serveringsloven/3:ledd-2", "serveringsloven/4"]),
        ("serveringsloven §§ 3 og 4 annet ledd", ["serveringsloven/3", "serveringsloven/4:ledd-2"]),
    ],
)
def test_several_parts_are_named_at_once(text: str, keys: list[str]) -> None:
    assert named(text) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("aml §8-14 c annet ledd", ["arbeidsmiljoloven/8-14c:ledd-2"]),
        ("aml 8-14 c", ["arbeidsmiljoloven/8-14c"]),
        ("arbeidsmiljøloven paragraf 8 fjortende", ["arbeidsmiljoloven/8-14"]),
        ("arbeidsmiljøloven paragraf åtte fjorten andre ledd", ["arbeidsmiljoloven/8-14:ledd-2"]),
        ("paragraf femten i serveringsloven", ["serveringsloven/15"]),
        ("pbl 20-5 annet ledd", ["plan-og-bygningsloven/20-5:ledd-2"]),
        ("pbl. § 29-4 1. ledd", ["plan-og-bygningsloven/29-4:ledd-1"]),
        ("pbl § 12 A-4 tredje ledd", ["plan-og-bygningsloven/12a-4:ledd-3"]),
        ("serveringsloven 4 annet ledd", ["serveringsloven/4:ledd-2"]),
        ("serveringsloven § 4 b)", ["serveringsloven/4b"]),
        ("serveringsloven § 3 b)", ["serveringsloven/3:bokstav-b"]),
        ("serveringsloven § 3 to ganger", ["serveringsloven/3"]),
        ("husll. § 3-5 2. ledd", ["husleieloven/3-5:ledd-2"]),
        ("Hva sier § 3-5 første ledd i husll?", ["husleieloven/3-5:ledd-1"]),
        ("lov 26. mars 1999 nr. 17 § 3-5 første ledd", ["lov-1999-03-26-17/3-5:ledd-1"]),
        ("LOV-1999-03-26-17 § 3-5", ["lov-1999-03-26-17/3-5"]),
        ("lov om helligdager og helligdagsfred § 5", ["lov-om-helligdager-og-helligdagsfred/5"]),
        ("Hva sier § 5 i lov om helligdager og helligdagsfred?", ["lov-om-helligdager-og-helligdagsfred/5"]),
        ("paragrafen i serveringsloven", []),
        ("ukjentl. § 3-5", []),
    ],
)
def test_a_paragraph_is_named_in_any_spelling(text: str, keys: list[str]) -> None:
    assert named(text) == keys


@given(st.text(st.sampled_from("§ 1234.,()abogtil-ledd bokstavpunktumnr.førsteannetserveringsloven\n"), max_size=80))
def test_whatever_is_written_a_part_is_of_a_paragraph_that_there_is(text: str) -> None:
    for reference in references(f"serveringsloven § 4 {text}", KEYS):
        assert reference.pattern in KEYS


@pytest.mark.parametrize(
    "text", ["første " * 300, "a, " * 700, "1. og " * 400, "bokstav a til " * 150, "x § " * 500, "xl § " * 500]
)
def test_no_text_takes_long_to_read(text: str) -> None:
    keys = Keys(KEYS | {law_key(f"lov {number}", "1") for number in range(20_000)})
    start = time.thread_time()
    references(f"serveringsloven § 4 {text} ledd i § 4", keys)
    assert time.thread_time() - start < 1


LIST = "Bevillingen gis ikke til:\na. barn. Det gjelder også ungdom.\nb. Kommunen.\nNr. 1 gjelder ikke her."
TEXT = f"(1) Kommunen gir bevilling etter § 3. Den kan sette vilkår.\n\n{LIST}\n\nEtter nr. 2 kan den trekkes."


def part(anchor: str, words: str, text: str = TEXT) -> Part:
    start = text.index(words)
    return Part(anchor=anchor, start=start, end=start + len(words))


def paragraph(text: str = TEXT, *parts: Part, number: str = "4", **values: object) -> Section:
    key = law_key("torgloven", number)
    return Section.model_validate(
        {"anchor": number, "heading": f"§ {number}. Bevilling", "text": text, "keys": (key,), "parts": parts, **values}
    )


BEVILLING = paragraph(
    TEXT,
    part("ledd-1", "(1) Kommunen gir bevilling etter § 3. Den kan sette vilkår."),
    part("ledd-2", LIST),
    part("ledd-2-bokstav-a", "barn. Det gjelder også ungdom."),
    part("ledd-2-bokstav-b", "Kommunen."),
    part("ledd-3", "Etter nr. 2 kan den trekkes."),
)


def law(*sections: Section, id_: str = "laws/torgloven", **values: object) -> Document:
    return document(id_, *sections, title="Torgloven", kind="law", **values)


async def quoted(shelf: Library, embeddings: CachedEmbeddings, question: str, *laws: Document) -> list[str]:
    """What is quoted as the answer to a question that names a paragraph of these laws."""
    await shelf.put_all([split(each) for each in laws])
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    evidence = await retriever.find(question)
    assert evidence.match is Match.NAMED
    claims = (await ExtractiveAnswerer(embeddings, "https://bot.example").draft(evidence, retriever.reader)).claims
    for claim in claims:
        assert claim.text == claim.citation.quote
        assert claim.citation.url == f"https://bot.example/kilde/{laws[0].id}#4"
    return [claim.text for claim in claims]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("første ledd", "(1) Kommunen gir bevilling etter § 3. Den kan sette vilkår."),
        ("(2)", LIST),
        ("annet ledd bokstav a", "barn. Det gjelder også ungdom."),
        ("bokstav b", "Kommunen."),
        ("siste ledd", "Etter nr. 2 kan den trekkes."),
        ("nr. 3", "Etter nr. 2 kan den trekkes."),
        ("første ledd annet punktum", "Den kan sette vilkår."),
        ("første ledd siste punktum", "Den kan sette vilkår."),
        ("annet ledd første punktum", LIST.partition("\nNr.")[0]),
        ("annet ledd annet punktum", "Nr. 1 gjelder ikke her."),
        ("bokstav a annet punktum", "Det gjelder også ungdom."),
        ("fjerde ledd", ""),
        ("bokstav c", ""),
        ("første ledd tredje punktum", ""),
        ("første ledd bokstav a", ""),
        ("annet punktum", ""),
    ],
)
def test_a_part_is_its_own_words(asked: str, words: str) -> None:
    (reference,) = references(f"torgloven § 4 {asked}", Keys(BEVILLING.keys))
    assert [text for _, text in quotes_of(reference.part, passages_of(law(BEVILLING)))] == [words] * bool(words)


async def test_exactly_the_part_that_is_asked_for_is_quoted_or_else_the_paragraph(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    first, _, third = TEXT.split("\n\n")
    for asked, words in {
        "første ledd": [first],
        "første og tredje ledd": [first, third],
        "fjerde ledd": [TEXT],
        "": [TEXT],
    }.items():
        assert await quoted(shelf, embeddings, f"torgloven § 4 {asked}", law(BEVILLING)) == words


async def test_a_letter_that_two_ledd_have_is_not_guessed(shelf: Library, embeddings: CachedEmbeddings) -> None:
    text = "a. en\n\na. to"
    parts = [Part(anchor=f"ledd-{ledd}-bokstav-a", start=start, end=start + 2) for ledd, start in ((1, 3), (2, 10))]
    assert await quoted(shelf, embeddings, "torgloven § 4 bokstav a", law(paragraph(text, *parts))) == [text]


async def test_a_long_paragraph_of_a_law_is_quoted_whole(shelf: Library, embeddings: CachedEmbeddings) -> None:
    text = " ".join(f"Setning {number} gjelder alle benker på torget." for number in range(25))
    assert " ".join(await quoted(shelf, embeddings, "torgloven § 4", law(paragraph(text)))) == text


@given(
    st.lists(st.lists(st.integers(1, 90), min_size=1, max_size=4), min_size=1, max_size=5),
    st.data(),
)
def test_a_part_over_several_passages_is_quoted_word_for_word(lengths: list[list[int]], data: st.DataObject) -> None:
    """Each number is a sentence of so many words, each list a ledd."""
    ledd = [" ".join(f"Ord {' '.join(['ord'] * number)}." for number in numbers) for numbers in lengths]
    text = "\n\n".join(ledd)
    starts = [sum(len(each) + 2 for each in ledd[:index]) for index in range(len(ledd))]
    parts = [
        Part(anchor=f"ledd-{index + 1}", start=start, end=start + len(ledd[index]))
        for index, start in enumerate(starts)
    ]
    passages = passages_of(law(paragraph(text, *parts)))
    assert all(len(passage.text) <= LONGEST for passage in passages)
    number = data.draw(st.integers(1, len(ledd)))
    assert " ".join(words for _, words in quotes_of(f"ledd-{number}", passages)).split() == ledd[number - 1].split()
    sentence = data.draw(st.integers(1, len(lengths[number - 1])))
    expected = ["Ord", *["ord"] * lengths[number - 1][sentence - 1]]
    quotes = quotes_of(f"ledd-{number}-punktum-{sentence}", passages)
    assert " ".join(words for _, words in quotes).rstrip(".").split() == expected
    assert all(words in passage.text for passage, words in quotes)


@pytest.mark.parametrize(
    ("asked", "missing"),
    [("niende ledd", True), ("første og niende ledd", True), ("bokstav c", True), ("første ledd", False), ("", False)],
)
async def test_it_is_known_that_a_part_is_not_there(
    shelf: Library, embeddings: CachedEmbeddings, asked: str, missing: bool
) -> None:
    await shelf.put(*split(law(BEVILLING)))
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    assert (await retriever.find(f"torgloven § 4 {asked}")).part_missing is missing


def test_a_question_about_another_part_is_not_the_one_that_was_answered() -> None:
    answered = law(Section(anchor="svar", heading="Hva sier torgloven § 4 første ledd?", text="Svaret."))
    found = Found(passage=passages_of(answered)[0], score=1.0)
    keys = Keys({law_key("torgloven", "4")})
    assert is_same("Hva seier torgloven § 4 fyrste leddet?", found, keys)
    assert not is_same("Hva sier torgloven § 4 annet ledd?", found, keys)
