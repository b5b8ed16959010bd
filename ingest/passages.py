"""Splits documents into passages, along their own structure."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_text_splitters import RecursiveCharacterTextSplitter

from knowledge.model import Document, LegalReference, Passage, Section

LONGEST = 900
"""Characters: what an embedding still tells apart, and what people still read in an answer."""

_PARAGRAPH = r"\n\n+"
_LINE = r"\n"
_SENTENCE = r"(?<=[.!?…])\s+(?=[A-ZÆØÅ«\"“(§–-])"
_CLAUSE = r"(?<=[;:,])\s+"


def passages_of(document: Document) -> list[Passage]:
    """The passages of a document in reading order: one for a short section, several for a long one.

    Each text is verbatim in its section, and together they hold all of it but the white space between them.
    """
    return [passage for section in document.sections for passage in _passages(document, section)]


def _passages(document: Document, section: Section) -> list[Passage]:
    texts = _split(section.text)
    return [
        Passage(
            id=f"{document.id}#{section.anchor}" + (f"~{number}" if number > 1 else ""),
            document=document.id,
            section=section.anchor,
            title=document.title,
            heading=section.heading,
            text=text,
            kind=document.kind,
            audience=document.audience,
            language=document.language,
            path=section.path,
            area=document.area,
            topic=document.topic,
            url=document.url,
            page=section.page,
            date=document.checked or document.changed or document.published,
            keys=section.keys,
            rests_on=_resting(section, text, texts),
        )
        for number, text in enumerate(texts, start=1)
    ]


def _split(text: str) -> list[str]:
    if len(text.strip()) <= LONGEST:
        return [text.strip()] if text.strip() else []
    splitter = RecursiveCharacterTextSplitter(
        separators=[_PARAGRAPH, _LINE, _SENTENCE, _CLAUSE, r"\s+", ""],
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=LONGEST,
        chunk_overlap=0,
    )
    return splitter.split_text(text)


def _resting(section: Section, text: str, texts: Sequence[str]) -> tuple[LegalReference, ...]:
    # A label that the split went through stands in none of the texts; then every one keeps it.
    return tuple(
        reference
        for reference in section.rests_on
        if reference.label in text or not any(reference.label in other for other in texts)
    )
