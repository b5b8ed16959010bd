"""Typical questions to documents: a folder of TOML files, each of which names a document and, by section and language,
what people ask that it answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ingest.toml_lines import TomlLines, read_toml
from knowledge.model import Document

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]

Questions = Mapping[str, tuple[str, ...]]
"""What people ask, by the anchor of the section that answers it."""


class TypicalError(ValueError):
    """A folder of typical questions can't be used. The message says which file, what is wrong in it and what to do."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    document: _Text
    sections: dict[str, dict[_Language, list[_Text]]] = Field(min_length=1)


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
    """The document, its sections with the typical questions to them. What is about a section that it does not have is
    noted."""
    strange = sorted(questions.keys() - {section.anchor for section in document.sections})
    about = ", ".join(f"#{anchor}" for anchor in strange)
    notes = [f"typical questions are about what it has no section for: {about}"] if strange else []
    sections = [
        section.model_copy(update={"typical": questions.get(section.anchor, ())}) for section in document.sections
    ]
    return document.model_copy(update={"sections": tuple(sections), "notes": (*document.notes, *notes)})


def _read(path: Path) -> _File:
    text, content = read_toml(path, "file of typical questions", TypicalError)
    try:
        return _File.model_validate(content)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        line = TomlLines(text).line(fault["loc"])
        raise TypicalError(f"{path}:{line}: {where}: {fault['msg'].lower()}; correct it there") from error
