"""What is measured with: JSON lines of documents and of questions with known answers, plain or gzipped."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.question import Status
from knowledge.law_names import key_of_law, of_articles
from knowledge.model import Audience, Document, Part, Section
from knowledge.references import PARAGRAPH_NUMBER, law_key

_SECTION = re.compile(
    rf"^(?P<law>.+?)\s*(?:§+|(?P<article>\bartikkel))\s*(?P<number>{PARAGRAPH_NUMBER})(?!\s+(?:nr|ledd|bokstav)\b)",
    re.I,
)
_OF_LAW = re.compile(
    r"(?:\S*(?:loven|lova|forskriften|forskrifta)|(?:lov|forskrift) om .+?)\s+(?:[–-]\s*\S+\s+|\(.+?\)\s+)?"
    r"(?:vedlegg|merknad\w*|til|kap(?:ittel|\.)|del|art|forordning\w*|trinn|(?:[ivx]+|\d+|[a-z])\.)(?!\w)",
    re.I,
)
"""What begins like this is of a law, also where it has no number: "Avfallsforskriften Vedlegg 3"."""
_SHORTER = " – "
"""What stands between the name of a law and a shorter one: "Alkoholloven – alkhl"."""
_BLOCK = re.compile(r"\S(?:.|\n(?!\s*\n))*")
_CONTINUES = re.compile(r"[-•–]\s|[a-zæøå]|\d+[.)]\s")
"""How an item of a list begins, or what follows on one: no ledd of its own."""
_NUMBERED = re.compile(r"\((\d+[a-z]?)\)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class RecordsError(ValueError):
    """A file of records can't be used. The message says which line is wrong and how."""


def _as_tuple(value: object) -> object:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _as_label(value: object) -> object:
    return "" if value is None else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
"""Ids or texts: none, one, or a list of them."""
Label = Annotated[str, BeforeValidator(_as_label)]
"""What something is called, where it is called anything."""
_LENIENT = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class Record(BaseModel):
    """A document of the corpus.

    A paragraph may say its `law`, the law's `short` name and its number (`section`, "§ 15"), or have them in its title
    ("Serveringsloven § 15. Åpningstider"). `in_force`: a date, true or false; anything else: no date is set yet.
    """

    model_config = _LENIENT

    id: str = Field(min_length=1)
    title: str = ""
    text: str
    law: str = ""
    short: str = ""
    section: str = ""
    in_force: bool | str | None = True

    def holds(self, day: dt.date) -> bool:
        """Is it in force on that day? What says nothing about it always is."""
        if isinstance(self.in_force, bool) or self.in_force is None:
            return self.in_force is not False
        date = _DATE.match(self.in_force)
        return date is not None and date[0] <= day.isoformat()

    @property
    def document(self) -> Document:
        """The record as a document of one section; a paragraph of a law can be asked for by that."""
        law = self.short.partition(_SHORTER)[0] or self.law
        title, heading = (law, f"{self.section} {self.title}".strip()) if law else (self.title, "")
        named = _SECTION.match(f"{title} {heading}".replace("\N{NO-BREAK SPACE}", " "))
        keys: tuple[str, ...] = ()
        if named and (self.section or not law):
            name, _, shorter = named["law"].partition(_SHORTER)
            title, heading = (law, heading) if law else (name, title[len(named["law"]) :].strip())
            keys = tuple(_keys(name, shorter or self.short.partition(_SHORTER)[2], named))
        parts = tuple(_ledd(self.text)) if keys else ()
        section = Section(anchor="text", heading=heading, text=self.text, keys=keys, parts=parts)
        return Document(
            id=self.id,
            title=title,
            kind="law" if law or named or _OF_LAW.match(title) else "page",
            audience=Audience.PUBLIC,
            language="nb",
            sections=(section,),
        )


def _keys(law: str, shorter: str, named: re.Match[str]) -> Iterator[str]:
    """The keys of a paragraph, by each name of its law; an article is one of what the law takes in."""
    bracketed = re.findall(r"\(([^)]+)\)", law)
    for name in dict.fromkeys(key_of_law(each) for each in (law, *bracketed, *shorter.split(", ")) if each):
        yield law_key(of_articles(name) if named["article"] else name, named["number"])


def _ledd(text: str) -> Iterator[Part]:
    """The ledd of a paragraph, by the numbers that they bear or, where none has one, by their order."""
    found: list[tuple[int, int]] = []
    for block in _BLOCK.finditer(text):
        if found and _CONTINUES.match(block[0]):
            found[-1] = (found[-1][0], block.end())
        else:
            found.append(block.span())
    numbers = [_NUMBERED.match(text[start:end]) for start, end in found]
    if all(numbers) or not any(numbers):
        for place, ((start, end), number) in enumerate(zip(found, numbers, strict=True), start=1):
            yield Part(anchor=f"ledd-{number[1] if number else place}", start=start, end=end)


class Query(BaseModel):
    """A question and the ids of the records that answer it."""

    model_config = _LENIENT

    id: str = Field(min_length=1)
    text: str
    gold: Names = Field(min_length=1)


class KnownQuestion(BaseModel):
    """A question of a thread; `gold` and `must_contain` say what answers it, where something does.

    A right record is named by its id, or a section of it by `id#section`. `language` and `kind` are what results are
    broken down by. `ends` is how the reply must end where that says more than `answerable`, such as "said".
    """

    model_config = _LENIENT

    id: str = Field(min_length=1)
    text: str
    history: Names = ()
    answerable: bool
    gold: Names = ()
    must_contain: Names = ()
    language: Label = Field(default="", validation_alias=AliasChoices("language", "lang"))
    kind: Label = ""
    ends: Status | None = None


Kind = TypeVar("Kind", Record, Query, KnownQuestion)


def read_records(path: Path, kind: type[Kind]) -> list[Kind]:
    """The records of a file. Raises RecordsError where it can't be read, is empty, or a line is wrong or repeated."""
    found: dict[str, Kind] = {}
    for number, line in _lines(path):
        try:
            record = kind.model_validate_json(line)
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, fault["loc"]))
            raise RecordsError(f"{path}, line {number}: {where + ': ' if where else ''}{fault['msg']}") from None
        if record.id in found:
            raise RecordsError(f"{path}, line {number}: the id {record.id!r} stands there already")
        found[record.id] = record
    if not found:
        raise RecordsError(f"{path}: holds no records; it should have one JSON object a line")
    return list(found.values())


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise RecordsError(f"{path}: can't be read ({getattr(error, 'strerror', None) or error})") from error
    except UnicodeDecodeError as error:
        raise RecordsError(f"{path}: is not UTF-8 text") from error
