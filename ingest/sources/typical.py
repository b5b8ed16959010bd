"""Typical questions to documents: a folder of TOML files, each of which names a document and, by section and language,
what people ask that it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.sources.source import Language, Questions, Text
from ingest.toml_lines import TomlLines, read_toml
from knowledge.model import Document, Section

_BARE = re.compile(r"[A-Za-z0-9_-]+")
"""A key that TOML has without quotes."""
_LANGUAGES = ("nb", "nn", "en")


class TypicalError(ValueError):
    """A folder of typical questions can't be used. The message says which file, what is wrong in it and what to do."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    document: Text
    sections: dict[str, dict[Language, list[Text]]] = Field(min_length=1)


def typical_in(folder: Path) -> tuple[dict[str, Questions], dict[str, Path]]:
    """The typical questions that the files of a folder hold, and the files, by document. Raises TypicalError."""
    found: dict[str, Questions] = {}
    files: dict[str, Path] = {}
    paths = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    if not paths:
        raise TypicalError(f"{folder}: there is no TOML file there; correct the folder, or put typical questions there")
    for path in paths:
        file = _read(path)
        if other := files.get(file.document):
            raise TypicalError(f"{path}: is about '{file.document}' as {other.name} is; make one file of them")
        files[file.document] = path
        # The same in two languages, or twice, is one question.
        found[file.document] = {
            anchor: tuple(dict.fromkeys(text for texts in languages.values() for text in texts))
            for anchor, languages in file.sections.items()
        }
    return found, files


def with_typical(document: Document, questions: Questions) -> Document:
    """The document, its sections with the typical questions to them, of which a heading that asks is one. What is about
    a section that it does not have is noted."""
    strange = sorted(questions.keys() - {section.anchor for section in document.sections})
    about = ", ".join(f"#{anchor}" for anchor in strange)
    notes = [f"typical questions are about what it has no section for: {about}"] if strange else []
    sections = [_asked(section, questions.get(section.anchor, ())) for section in document.sections]
    return document.model_copy(update={"sections": tuple(sections), "notes": (*document.notes, *notes)})


def _asked(section: Section, questions: tuple[str, ...]) -> Section:
    heading = [section.heading] if questions and section.heading.rstrip().endswith("?") else []
    return section.model_copy(update={"typical": tuple(dict.fromkeys((*heading, *questions)))})


def written(
    id_: str, sections: Sequence[Section], proposed: Mapping[str, Mapping[str, Sequence[str]]], *, more: bool = False
) -> str:
    """A file about a document, as TOML, or what is to be put behind the one there is where it says `more`: of these
    sections, with what is `proposed`, by anchor and language, or with room for it."""
    head = f"\n# More of {id_}: to be put behind what its file has.\n" if more else f"document = {_quoted(id_)}\n"
    return "\n".join([head, *(_table(section, proposed.get(section.anchor, {})) for section in sections)])


def _table(section: Section, proposed: Mapping[str, Sequence[str]]) -> str:
    heading = " ".join(section.heading.split())
    lists = {language: proposed.get(language, ()) for language in _LANGUAGES}
    lines = [f"{language} = [{_each(texts)}]" for language, texts in lists.items()]
    anchor = section.anchor if _BARE.fullmatch(section.anchor) else _quoted(section.anchor)
    return "\n".join([f"[sections.{anchor}]" + (f"  # {heading}" if heading else ""), *lines, ""])


def _each(texts: Sequence[str]) -> str:
    return "".join(f"\n    {_quoted(text)}," for text in texts) + "\n" if texts else ""


def _quoted(text: str) -> str:
    # TOML's basic strings are JSON's, but for one character.
    return json.dumps(text.replace("\x7f", ""), ensure_ascii=False)


def _read(path: Path) -> _File:
    text, content = read_toml(path, "file of typical questions", TypicalError)
    try:
        return _File.model_validate(content)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        line = TomlLines(text).line(fault["loc"])
        raise TypicalError(f"{path}:{line}: {where}: {fault['msg'].lower()}; correct it there") from error
