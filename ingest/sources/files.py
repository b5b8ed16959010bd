"""The files that a source names, as they are now."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable
from pathlib import Path

from ingest.sources.source import Entry, Source

READ_SUFFIXES = {".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".txt", ".xml"}
"""What is taken from a folder."""


class FilesError(ValueError):
    """What a source names is not there. `key` is the key that names it."""

    def __init__(self, key: str, told: str) -> None:
        super().__init__(told)
        self.key = key


def with_files(entry: Entry, folder: Path) -> Source:
    """The source with the files that are there now. Raises FilesError."""
    files = _files(folder, entry.path) if entry.path else ()
    if entry.title and (len(files) > 1 or entry.place not in {"path", "url"}):
        named = f"{len(files)} documents" if files else "all documents"
        raise FilesError("title", f"names {named} the same; leave it out, or name one file")
    source = Source(**entry.model_dump(exclude_unset=True), folder=folder, files=files)
    for archive in source.archives:
        if isinstance(archive, Path) and not archive.exists():
            raise FilesError("archive", f"{archive} is not there; correct the path, it is relative to sources.toml")
    return source


def _files(folder: Path, path: str) -> tuple[Path, ...]:
    plain = folder / path
    if plain.is_file():
        return (plain.resolve(),)
    if plain.is_dir():
        files = _sorted(name for name in plain.rglob("*") if _is_read(name, plain))
        if not files:
            raise FilesError("path", f"{plain} holds no file that is read: {', '.join(sorted(READ_SUFFIXES))}")
        return files
    try:
        # Path.glob takes no absolute pattern.
        files = _sorted(folder / name for name in glob.glob(path, root_dir=folder, recursive=True))  # noqa: PTH207
    except (OSError, ValueError, re.error) as error:
        raise FilesError("path", f"cannot be looked up ({error}); correct it") from error
    if not files:
        raise FilesError("path", f"no file matches {plain}; correct the path, it is relative to sources.toml")
    return files


def _is_read(name: Path, folder: Path) -> bool:
    is_hidden = any(part.startswith(".") for part in name.relative_to(folder).parts)
    return not is_hidden and name.suffix.lower() in READ_SUFFIXES


def _sorted(names: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(sorted({name.resolve() for name in names if name.is_file()}))
