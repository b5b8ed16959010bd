"""The files that a source names, as they are now."""

from __future__ import annotations

import glob
import itertools
import os
import re
from collections.abc import Iterable
from pathlib import Path

from ingest.sources.source import Entry, LeftOut, Source
from ingest.sources.typical import TypicalError, typical_in

READ_SUFFIXES = {".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".txt", ".xml"}
"""What is taken from a folder."""


class FilesError(ValueError):
    """What a source names is not there. `key` is the key that names it."""

    def __init__(self, key: str, told: str) -> None:
        super().__init__(told)
        self.key = key


def with_files(entry: Entry, folder: Path) -> Source:
    """The source with the files that are there now, if any. Raises FilesError where it can't be about any."""
    files, left_out = _files(folder, entry.path) if entry.path else ((), ())
    if entry.title and (len(files) > 1 or entry.place not in {"path", "url"}):
        named = f"{len(files)} documents" if files else "all documents"
        raise FilesError("title", f"names {named} the same; leave it out, or name one file")
    source = Source(**entry.model_dump(exclude_unset=True), folder=folder, files=files, left_out=left_out)
    return _asked(source, folder / entry.typical) if entry.typical else source


def _asked(source: Source, folder: Path) -> Source:
    """The source with the typical questions in a folder. What is about a document that it can't have is left out."""
    try:
        questions, files = typical_in(folder)
    except TypicalError as error:
        raise FilesError("typical", str(error)) from error
    there = {source.document_id(each) for each in source.locations}
    strange = [] if source.is_found else sorted(questions.keys() - there)
    told = "{file}: is about '{id_}', no document of the source; correct the id, or take the file away"
    refused = [LeftOut(files[id_], told.format(file=files[id_], id_=id_)) for id_ in strange]
    kept = {id_: asked for id_, asked in questions.items() if id_ not in strange}
    return source.model_copy(update={"questions": kept, "left_out": (*source.left_out, *refused)})


def _files(folder: Path, path: str) -> tuple[tuple[Path, ...], tuple[LeftOut, ...]]:
    plain = folder / path
    if plain.is_file():
        return _sorted([plain], plain.resolve())
    if plain.is_dir():
        return _sorted((name for name in plain.rglob("*") if _is_read(name, plain)), plain)
    fixed = folder.joinpath(*itertools.takewhile(lambda part: not glob.has_magic(part), Path(path).parts))
    try:
        # Path.glob takes no absolute pattern.
        found = glob.glob(path, root_dir=folder, recursive=True)  # noqa: PTH207
        return _sorted((folder / name for name in found), fixed)
    except (OSError, ValueError, re.error) as error:
        raise FilesError("path", f"cannot be looked up ({error}); correct it") from error


def _is_read(name: Path, folder: Path) -> bool:
    is_hidden = any(part.startswith(".") for part in name.relative_to(folder).parts)
    return not is_hidden and name.suffix.lower() in READ_SUFFIXES


def _sorted(names: Iterable[Path], root: Path) -> tuple[tuple[Path, ...], tuple[LeftOut, ...]]:
    files: set[Path] = set()
    left_out: set[LeftOut] = set()
    for name in names:
        if name.is_file():
            file = name.resolve()
            reason = _refusal(file, root.resolve())
            if reason:
                shown = Path(os.path.normpath(_in_utf8(name)))
                left_out.add(LeftOut(shown, f"{shown}: {reason}"))
            else:
                files.add(file)
    return tuple(sorted(files)), tuple(sorted(left_out))


def _refusal(file: Path, root: Path) -> str:
    if not file.is_relative_to(root):
        return f"leads out of {_in_utf8(root)}, to where nothing is taken from; put a copy there instead"
    if _in_utf8(file) != str(file):
        return "has a name that is not UTF-8; rename it"
    return ""


def _in_utf8(path: Path) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")
