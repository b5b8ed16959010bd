"""The laws that Lovdata publishes, compared with the words that stand in the files, and asked by paragraph and part."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from langchain_core.embeddings import Embeddings

from ingest.passages import passages_of
from knowledge.answering import ExtractiveAnswerer
from knowledge.library import Library
from knowledge.model import Audience, Document, Match
from knowledge.retriever import Retriever
from tests.ingest.conftest import Read
from tests.ingest.mutants import SHARED

LAWS = SHARED / "laws" / "lovdata-xml"
FILES = sorted(LAWS.glob("*.xml"))
APART = {"footnotereference", "footnotes", "changesToParent", "legalArticleHeader"}
ORDINALS = ["første", "annet", "tredje", "fjerde", "femte", "sjette", "sjuende", "åttende", "niende"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FILES, reason="Lovdata's files in ../shared/data/laws are not here"),
]
of_each_file = pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])


class NoMeaning(Embeddings):
    """What is asked for by name is found without."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [1.0, 0.0]


def bare(text: str) -> str:
    """The characters of a text that are no white space and no line between cells."""
    return re.sub(r"[\s|]+", "", text)


def words(element: Element) -> str:
    """All characters of an element in the file but notes and headings, each item behind its letter."""
    parts = [element.text or ""]
    for child in element:
        if child.get("class") not in APART:
            parts += [child.get("data-name", "") if child.tag == "li" else "", words(child)]
        parts.append(child.tail or "")
    return bare("".join(parts))


def articles(file: Path) -> list[Element]:
    root = fromstring(file.read_bytes())
    return [each for each in root.iter("article") if each.get("class") == "legalArticle"]


def law_of(file: Path, read_file: Read) -> Document:
    if "LTI/" in file.read_text():
        pytest.skip("an announcement of changes")
    return read_file(file.name, file.read_bytes(), kind="law")


def named(article: Element) -> Iterator[tuple[str, str]]:
    """Each ledd and each item of an article, as people call it, and its characters."""
    ledd = [each for each in article if each.get("class") in {"legalP", "numberedLegalP"}]
    for number, each in enumerate(ledd, start=1):
        styles = [f"{number}. ledd", f"ledd {number}", f"({number})", f"{number}. leddet"]
        styles += [f"{ORDINALS[number - 1]} ledd", f"{ORDINALS[number - 1]} leddet"] if number <= len(ORDINALS) else []
        yield styles[sum(map(ord, words(each))) % len(styles)], words(each)
        for path, item in items(each):
            yield f"{number}. ledd {path}", words(item)


def items(element: Element) -> Iterator[tuple[str, Element]]:
    for child in element:
        if child.tag == "li" and (mark := child.get("data-name", "").strip(".")).isalnum():
            name = f"nr. {mark}" if mark.isdigit() else f"bokstav {mark}"
            yield name, child
            yield from ((f"{name} {inner}", item) for inner, item in items(child))
        else:
            yield from items(child)


@of_each_file
def test_no_word_is_lost_or_doubled(file: Path, read_file: Read) -> None:
    law = law_of(file, read_file)
    paragraphs = [section for section in law.sections if section.keys]
    for article, section in itertools.zip_longest(articles(file), paragraphs):
        assert bare(section.text) == words(article) or section.text == section.history, section.heading
        header = copy.deepcopy(next(each for each in article if each.get("class") == "legalArticleHeader"))
        assert bare(section.heading) == words(header).rstrip(".")


@of_each_file
def test_what_stands_between_the_paragraphs_is_kept(file: Path, read_file: Read) -> None:
    law = law_of(file, read_file)
    main = next(fromstring(file.read_bytes()).iter("main"))
    headings = {"h1", "h2", "h3", "h4", "h5", "h6"}
    for element in list(main.iter()):
        for child in [child for child in element if child.tag in headings]:
            element.remove(child)
    whole = words(main)
    assert bare("".join(each.text for each in law.sections if each.text != each.history)) == whole


@of_each_file
async def test_every_paragraph_and_part_is_answered_with_exactly_its_words(
    file: Path, read_file: Read, tmp_path: Path
) -> None:
    law, embeddings = law_of(file, read_file), NoMeaning()
    library = Library(tmp_path / "library", embeddings, warm=False)
    await library.put(law, passages_of(law))
    retriever = Retriever(reader=library.reader(Audience.PUBLIC), embeddings=embeddings)
    answerer = ExtractiveAnswerer(embeddings, "https://bot.example")
    name = law.short_title.partition(" – ")[0]
    name = name if " " not in name else law.number

    async def answer(question: str) -> str:
        evidence = await retriever.find(question)
        assert evidence.match is Match.NAMED, question
        claims = (await answerer.draft(evidence, retriever.reader)).claims
        assert all(claim.text == claim.citation.quote for claim in claims)
        return bare(" ".join(claim.text for claim in claims))

    paragraphs = [section for section in law.sections if section.keys]
    wrong = []
    for article, section in zip(articles(file), paragraphs, strict=True):
        number = section.heading.partition(".")[0]
        asked = [(f"{name} {number}", words(article) or bare(section.history))]
        asked += [(f"{name} {number} {part}", expected) for part, expected in named(article)]
        wrong += [question for question, expected in asked if await answer(question) != expected]
    library.close()
    assert wrong == []
