"""What people typically ask leads to the paragraph that answers it, whatever the law calls it."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings

from knowledge.catalogue import Split
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience, LegalReference, Section
from knowledge.references import Keys, law_key, section_key
from knowledge.reranking import LACKING, PLAIN, WEIGHTS, scored
from knowledge.retriever import Retriever
from knowledge.typical_questions import Askable, QuestionIndex, TypicalQuestions, TypicalQuestionsError
from tests.knowledge.examples import document, split
from tests.knowledge.held import Held

LAWS = Path(__file__).parents[2].parent / "shared" / "data" / "laws" / "sections.jsonl.gz"
LEASH, BARK = law_key("hundeloven", "6"), law_key("hundeloven", "7")
ASKED, ON_A_LEASH = "Kan bikkja løpe fritt i parken?", "Kan bikkja være løs i parken?"
QUESTIONS = TypicalQuestions(
    {
        LEASH: [ON_A_LEASH],
        BARK: ["Naboens kjøter uler hele natta"],
        law_key("hundeloven", "9"): ["Må jeg plukke opp bæsjen?", "bot for ikke å ta med hundeposen hjem"],
        law_key("hundeloven", "10"): ["Bikkja beit posten, hva nå?"],
        law_key("hundeloven", "11"): ["Hvilke raser er ikke lov å ha?"],
        law_key("hundeloven", "12"): ["Får politiet ta valpen min?"],
    }
)
RULES = {
    "6": "Eier plikter å holde dyret under forsvarlig kontroll i bånd i tidsrommet 1. april til 20. august.",
    "7": "Dyret må ikke være til unødig sjenanse for omgivelsene ved vedvarende støy.",
    "8": "Enhver kan ta opp tapte gjenstander i parken og gi dem til lensmannen.",
    "9": "Etterlatenskaper skal fjernes av den som har dyret med seg.",
    "10": "Den som har dyret i sin varetekt, plikter å varsle om skade og søke hjelp.",
    "11": "Kongen kan forby hold av særlig kraftige dyr og krysninger.",
    "12": "Et dyr som holdes i strid med forbudet, kan omplasseres eller avlives etter vedtak.",
}


class Remembering(Embeddings):
    """Embeds as another does, and remembers what."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self.texts: list[str] = []

    def embed_query(self, text: str) -> list[float]:
        return self._embeddings.embed_query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.texts += texts
        return self._embeddings.embed_documents(texts)


def law(rules: Mapping[str, str] = RULES, **values: object) -> Split:
    """A law whose paragraphs use no word that people do."""
    sections = [
        Section(anchor=number, heading=f"§ {number}", text=text, keys=(law_key("hundeloven", number),))
        for number, text in rules.items()
    ]
    return split(document("lov/hundeloven", *sections, title="Hundeloven", kind="law", **values))


def retriever(library: Library, embeddings: CachedEmbeddings, typical: TypicalQuestions = QUESTIONS) -> Retriever:
    return Retriever(reader=library.reader(Audience.PUBLIC), embeddings=embeddings, typical=typical)


async def asked(found: Retriever) -> str:
    return (await found.find(ASKED, "nb")).found[0].passage.section


async def test_a_paragraph_is_found_by_what_people_ask(shelf: Library, embeddings: CachedEmbeddings) -> None:
    await shelf.put_all([law()])
    assert await asked(retriever(shelf, embeddings, TypicalQuestions())) != "6"
    assert await asked(retriever(shelf, embeddings)) == "6"


async def test_what_comes_in_later_is_found_and_what_goes_is_not(shelf: Library, embeddings: CachedEmbeddings) -> None:
    search = retriever(shelf, embeddings)
    await shelf.put_all([law({"8": RULES["8"]})])
    assert await asked(search) == "8"
    await shelf.put_all([law()])
    assert await asked(search) == "6"
    await shelf.put_all([law({"7": RULES["7"], "8": RULES["8"]})])
    assert "6" not in {found.passage.section for found in (await search.find(ASKED, "nb")).found}


async def test_questions_to_an_internal_text_lead_no_outsider_to_it(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    await shelf.put_all([law(audience=Audience.INTERNAL)])
    assert (await retriever(shelf, embeddings).find(ASKED, "nb")).found == ()


async def test_a_page_without_questions_is_not_held_back_for_it(shelf: Library, embeddings: CachedEmbeddings) -> None:
    text = "Bikkja kan løpe fritt i parken ved elva hele året, men ikke i de andre parkene i byen."
    page = split(document("guides/park", Section(anchor="hund", heading="Hund i parken", text=text)))
    await shelf.put_all([law(), page])
    assert await asked(retriever(shelf, embeddings)) == "hund"


async def test_questions_to_a_law_that_is_only_cited_are_not_looked_at(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    basis = LegalReference(key=LEASH, label="hundeloven § 6", url="https://lovdata.no/lov/2003-07-04-74/§6")
    text = "Båndtvangen følger av hundeloven § 6."
    page = document("guides/hund", Section(anchor="band", heading="Bånd", text=text, rests_on=(basis,)))
    await shelf.put_all([split(page)])
    reader = shelf.reader(Audience.PUBLIC)
    assert reader.keys() == Keys({LEASH})
    assert reader.askable() == Askable()
    remembering = Remembering(embeddings)
    Retriever(reader=reader, embeddings=remembering, typical=QUESTIONS).warm()
    assert remembering.texts == []


@pytest.mark.parametrize("kind", ["guidance", "law"])
async def test_only_documents_that_are_no_laws_are_known_to_lack_questions(
    shelf: Library, embeddings: CachedEmbeddings, kind: str
) -> None:
    bare = split(
        document("guides/bare", Section(anchor="hund", heading="Hund", text="Bikkja skal gå i bånd."), kind=kind)
    )
    await shelf.put_all([law(), park(*ABOUT_DOGS), bare])
    found = (await retriever(shelf, embeddings).find(ASKED, "nb")).found
    unasked = {each.passage.document for each in found if "unasked" in each.parts}
    assert unasked == ({"guides/bare"} if kind == "guidance" else set())


async def test_where_nothing_has_questions_nothing_lacks_them(shelf: Library, embeddings: CachedEmbeddings) -> None:
    await shelf.put_all([park()])
    found = (await retriever(shelf, embeddings).find(ASKED, "nb")).found
    assert [each.parts.get("unasked") for each in found] == [None, None]


async def test_vectors_of_the_questions_are_made_with_the_law(tmp_path: Path, embeddings: CachedEmbeddings) -> None:
    remembering = Remembering(embeddings)
    library = Library(tmp_path / "library", remembering, QUESTIONS, warm=False)
    await library.put_all([law({"6": RULES["6"]})])
    library.close()
    assert ON_A_LEASH in remembering.texts
    assert "Naboens kjøter uler hele natta" not in remembering.texts


@pytest.mark.parametrize("patience", [20.0, 0.05], ids=["for as long as it takes", "not for ever"])
async def test_the_first_to_ask_wait_for_the_questions_that_are_being_made_ready(
    embeddings: CachedEmbeddings, patience: float
) -> None:
    held, everything = Held(embeddings, ON_A_LEASH), Askable(QUESTIONS.keys)
    index = QuestionIndex(QUESTIONS, held, patience)
    vector = embeddings.embed_query(ASKED)
    warming = asyncio.create_task(asyncio.to_thread(index.hold, everything))
    assert await asyncio.to_thread(held.asked.wait, 20)
    search = asyncio.create_task(asyncio.to_thread(index.search, ASKED, vector, everything, 1))
    early, _ = await asyncio.wait([search], timeout=0.5)
    held.may.set()
    await warming
    found = await search
    assert bool(early) is (patience < 1)
    assert [*found.best] == ([] if early else [LEASH])
    assert index.search(ASKED, vector, everything, 1).best == [LEASH]


async def test_whoever_asks_while_more_comes_in_does_with_what_there_is(embeddings: CachedEmbeddings) -> None:
    held = Held(embeddings, ON_A_LEASH)
    index = QuestionIndex(QUESTIONS, held)
    vector = embeddings.embed_query(ASKED)
    assert index.search(ASKED, vector, Askable(frozenset({BARK})), 1).best == [BARK]
    warming = asyncio.create_task(asyncio.to_thread(index.hold, Askable(QUESTIONS.keys)))
    assert await asyncio.to_thread(held.asked.wait, 20)
    assert index.search(ASKED, vector, Askable(QUESTIONS.keys), 1).best == [BARK]
    held.may.set()
    await warming
    assert index.search(ASKED, vector, Askable(QUESTIONS.keys), 1).best == [LEASH]


PARK = {
    "regler": "Dyr holdes i snor her mellom påske og høsten.",
    "stell": "Gresset klippes annenhver uke av parkvesenet.",
}
ABOUT_DOGS = (ON_A_LEASH, "må valpen gå i bånd")


def park(*asked: str, **values: object) -> Split:
    """A guide with typical questions to the first of its two sections."""
    told = (Section(anchor=anchor, heading=anchor, text=text) for anchor, text in PARK.items())
    first, *rest = told
    return split(document("guides/park", first.model_copy(update={"typical": asked}), *rest, **values))


async def test_a_section_is_found_by_the_questions_that_came_with_it(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    search = retriever(shelf, embeddings)
    await shelf.put_all([park(*ABOUT_DOGS)])
    (best, other) = (await search.find(ASKED, "nb")).found
    assert (best.passage.section, other.passage.section) == ("regler", "stell")
    assert best.parts["typical"] > 0.6
    assert "typical" not in other.parts


async def test_other_questions_to_the_same_section_take_their_place(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    search = retriever(shelf, embeddings)
    near = []
    for asked in (ABOUT_DOGS, ("Når åpner badet?",), ()):
        await shelf.put_all([park(*asked)])
        found = {each.passage.section: each for each in (await search.find(ASKED, "nb")).found}
        near.append(found["regler"].parts.get("typical"))
    assert near[0] is not None
    assert near[1] is not None
    assert near[0] > 0.6 > near[1]
    assert near[2] is None


async def test_questions_that_came_with_an_internal_document_lead_no_outsider_to_it(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    await shelf.put_all([park(*ABOUT_DOGS, audience=Audience.INTERNAL)])
    assert (await retriever(shelf, embeddings).find(ASKED, "nb")).found == ()
    assert shelf.reader(Audience.PUBLIC).askable().sections == {}
    assert [*shelf.reader(Audience.INTERNAL).askable().sections] == [section_key("guides/park", "regler")]


async def test_vectors_of_questions_are_made_with_the_document(tmp_path: Path, embeddings: CachedEmbeddings) -> None:
    remembering = Remembering(embeddings)
    library = Library(tmp_path / "library", remembering, warm=False)
    await library.put_all([park(*ABOUT_DOGS)])
    library.close()
    assert set(ABOUT_DOGS) <= set(remembering.texts)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('law = "hundeloven"\n[paragraphs."6"]\nnb = ["Kan\n', "line 3"),
        ('law = "hundeloven"\n[paragraphs."6"]\nnb = [""]\n', "paragraphs.6.nb.0: String should have at least 1"),
        ('law = "hundeloven"\n[paragraphs."6"]\nnb = "Kan bikkja?"\n', "paragraphs.6.nb: Input should be a valid list"),
        ('law = "hundeloven"\n', "paragraphs: Field required"),
        ('[paragraphs."6"]\nnb = ["Kan bikkja?"]\n', "law: Field required"),
        ('law = "hundeloven"\nlaws = 1\n[paragraphs."6"]\nnb = ["Kan bikkja?"]\n', "laws: Extra inputs"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "hundeloven.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TypicalQuestionsError, match=rf"hundeloven\.toml: .*{fault}"):
        TypicalQuestions.load(tmp_path)


def test_what_ships_can_be_read_and_says_nothing_twice() -> None:
    shipped = TypicalQuestions.load()
    assert len(shipped.keys) > 3000
    for key, questions in shipped.of(shipped.keys).items():
        assert len(set(questions)) == len(questions), key
        assert not [text for text in questions if "§" in text or len(text) > 300], key


@pytest.mark.skipif(not LAWS.exists(), reason="the laws of ../shared/data are not here")
def test_each_question_is_to_a_paragraph_that_there_is() -> None:
    with gzip.open(LAWS, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    held = {law_key(str(each["short"] or each["law"]).partition(" – ")[0], each["section"]) for each in records}
    assert TypicalQuestions.load().keys <= held


def test_what_has_no_questions_is_weighed_by_what_it_says() -> None:
    near = {"meaning": 0.5, "sentence": 0.6, "sentence_there": 0.6, "heading": 0.6}
    far = {"meaning": 0.3, "sentence": 0.2, "sentence_there": 0.2, "heading": 0.1}
    parts = [*[far | {"typical": 0.3 + place / 20} for place in range(5)], near | {"unasked": 1.0}]
    with_, without = (scored(parts, PLAIN, WEIGHTS, lacking)[-1] for lacking in (LACKING, dict.fromkeys(LACKING, 0.0)))
    assert with_ > without
    assert scored(parts, PLAIN, WEIGHTS, LACKING).argmax() == 5
