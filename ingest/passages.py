"""Splits documents into passages, along their own structure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from langchain_text_splitters import RecursiveCharacterTextSplitter

from knowledge.model import Document, Part, Passage, Section
from knowledge.references import section_key

LONGEST = 900
"""Characters: what an embedding still tells apart, and what people still read in an answer."""

_MOST_REFERENCES = 500
"""Of one section: a longer list of links is no text that rests on them, and each is looked for in every passage."""

_PARAGRAPH = r"\n\n+"
_LINE = r"\n"
_SENTENCE = r"(?<=[.!?…])\s+(?=[A-ZÆØÅ«\"“(§–-])"
_CLAUSE = r"(?<=[;:,])\s+"


def passages_of(document: Document, longest: int = LONGEST) -> list[Passage]:
    """The passages of a document in reading order: one for a short section, several for one of over `longest`
    characters. Sections are never merged: a citation names the one that the words stand in.

    Each text is verbatim in its section, and together they hold all of it but the white space between them.
    """
    return [passage for section in document.sections for passage in _passages(document, section, longest)]


def _passages(document: Document, section: Section, longest: int) -> list[Passage]:
    texts = _split(section.text, longest)
    resting = section.rests_on[:_MOST_REFERENCES]
    # A label that the split went through stands in none of the texts; then every one keeps it.
    loose = {reference for reference in resting if not any(reference.label in text for text in texts)}
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
            team=document.team,
            url=document.url,
            page=_page(section, start),
            date=document.checked or document.changed or document.published,
            keys=(*section.keys, section_key(document.id, section.anchor)) if section.typical else section.keys,
            typical=section.typical,
            rests_on=tuple(reference for reference in resting if reference in loose or reference.label in text),
            parts=tuple(_parts(section, start, start + len(text))),
            in_force=section.in_force or document.in_force,
            in_full=None if section.in_force else document.in_full,
            repealed=section.repealed or document.repealed,
            missing=document.missing,
        )
        for number, (text, start) in enumerate(zip(texts, _starts(section.text, texts), strict=True), start=1)
    ]


def _page(section: Section, start: int) -> int | None:
    return next((page for offset, page in reversed(section.pages) if offset <= start), section.page)


def _split(text: str, longest: int) -> list[str]:
    if len(text.strip()) <= longest:
        return [text.strip()] if text.strip() else []
    splitter = RecursiveCharacterTextSplitter(
        separators=[_PARAGRAPH, _LINE, _SENTENCE, _CLAUSE, r"\s+", ""],
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=longest,
        chunk_overlap=0,
    )
    return splitter.split_text(text)


def _starts(whole: str, texts: Sequence[str]) -> Iterator[int]:
    end = 0
    for text in texts:
        start = whole.index(text, end)
        end = start + len(text)
        yield start


def _parts(section: Section, start: int, end: int) -> Iterator[Part]:
    """What stands of the section's parts between two of its characters, counted from the first."""
    for part in section.parts:
        if part.start < end and start < part.end:
            yield Part(anchor=part.anchor, start=max(part.start, start) - start, end=min(part.end, end) - start)
