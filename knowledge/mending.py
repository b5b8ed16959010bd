"""Opens the parts of a shelf whatever they look like on the disk, and makes anew what is damaged there."""

from __future__ import annotations

import contextlib
import enum
import logging
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from filelock import FileLock

from knowledge.catalogue import Catalogue
from knowledge.catalogue_schema import is_outdated
from knowledge.disks import is_full
from knowledge.lexical import IndexBroken, LexicalIndex
from knowledge.model import Audience
from knowledge.soundness import database_fault, lexical_fault, vectors_fault
from knowledge.vectors import OpenVectors, VectorIndex, Vectors

_log = logging.getLogger(__name__)

_REPLACED = "another process has made it anew"
_MADE = "made"
"""A file that is there once all parts of a shelf are."""


class Half(enum.StrEnum):
    """The parts of a shelf."""

    CATALOGUE = "catalogue"
    LEXICAL = "lexical"
    VECTORS = "vectors"


Faults = Mapping[Half, str]
"""What is wrong with the parts of a shelf that something is wrong with."""


@contextlib.contextmanager
def opening(folder: Path, pen: FileLock) -> Iterator[None]:
    """Open a shelf in the block: beside others, unless something is to be made or taken away there."""
    if _looks_well(folder):
        yield
        return
    with pen:
        (folder / _MADE).unlink(missing_ok=True)
        yield
        (folder / _MADE).touch()


def _looks_well(folder: Path) -> bool:
    file, lexical, vectors = folder / "catalogue.db", folder / "lexical", folder / "vectors"
    fault = (
        database_fault(file, thorough=False)
        or (lexical.exists() and lexical_fault(lexical, thorough=False))
        or (vectors.exists() and vectors_fault(vectors, thorough=False))
    )
    with contextlib.suppress(sqlite3.DatabaseError):
        return not fault and (folder / _MADE).exists() and not is_outdated(file)
    return False


def open_catalogue(
    folder: Path, audience: Audience, clock: Callable[[], float], *, frozen: bool
) -> tuple[Catalogue, bool]:
    """The catalogue in a shelf's folder, and whether it begins with nothing in it."""
    file = folder / "catalogue.db"
    if frozen:
        return Catalogue(file, audience, clock, frozen=True), False
    is_new = not file.exists()
    fault = database_fault(file, thorough=False)
    with contextlib.suppress(sqlite3.DatabaseError):
        if not fault and is_outdated(file):
            _empty(folder)  # all of it is made from documents that are still there
            is_new = True
    if not fault:
        try:
            return Catalogue(file, audience, clock), is_new
        except sqlite3.OperationalError:
            raise  # it is in use, or can't be written
        except sqlite3.DatabaseError as error:
            fault = str(error)
    _log.warning("the catalogue of the %s documents is damaged (%s): they are brought in anew", audience, fault)
    _empty(folder)
    return Catalogue(file, audience, clock), True


def open_lexical(folder: Path, *, frozen: bool) -> LexicalIndex:
    """The lexical index in a folder; where it is damaged, a new one."""
    fault = "" if frozen else lexical_fault(folder, thorough=False)
    if not fault:
        try:
            return LexicalIndex(folder)
        except IndexBroken as error:
            if frozen or is_full(error):
                raise
            fault = str(error)
    if folder.exists():
        _log.warning("%s is damaged (%s): it is made anew from the catalogue", folder, fault)
    shutil.rmtree(folder, ignore_errors=True)
    return LexicalIndex(folder)


def open_vectors_in(folder: Path, name: str, open_: OpenVectors, *, frozen: bool) -> Vectors:
    """The vectors of that name; where they lie in the folder and are damaged, new ones."""
    if frozen or open_ is not VectorIndex or not folder.exists():
        return open_(folder, name)
    fault = vectors_fault(folder, thorough=False)
    if not fault:
        try:
            return open_(folder, name)
        except Exception as error:  # Chroma raises what it will over files that are damaged
            if is_full(error):
                raise
            fault = str(error)
    _log.warning("%s is damaged (%s): it is made anew from the catalogue", folder, fault)
    shutil.rmtree(folder, ignore_errors=True)
    return open_(folder, name)


def faults_of(folder: Path, catalogue: Catalogue, vectors: Vectors, *, thorough: bool) -> Faults:
    """What is wrong with the files of a shelf."""
    faults = {
        Half.CATALOGUE: database_fault(catalogue.path, thorough=thorough or catalogue.is_suspect),
        Half.LEXICAL: lexical_fault(folder / "lexical", thorough=thorough),
    }
    if not faults[Half.CATALOGUE] and catalogue.is_replaced():
        faults[Half.CATALOGUE] = _REPLACED if catalogue.path.exists() else "its file is gone"
    if isinstance(vectors, VectorIndex):
        faults[Half.VECTORS] = vectors_fault(folder / "vectors", thorough=thorough)
    return {half: fault for half, fault in faults.items() if fault}


def faults_under(folder: Path) -> Mapping[str, str]:
    """What is wrong with the files in a folder as a shelf has it, read through, by the part; nothing is opened."""
    faults = {
        Half.CATALOGUE: database_fault(folder / "catalogue.db", thorough=True),
        Half.LEXICAL: lexical_fault(folder / "lexical", thorough=True),
    }
    if (folder / "vectors").exists():  # otherwise a server may have them
        faults[Half.VECTORS] = vectors_fault(folder / "vectors", thorough=True)
    return {half: fault for half, fault in faults.items() if fault}


def heal_catalogue(catalogue: Catalogue, faults: Faults) -> bool:
    """Have a damaged catalogue begin anew; whether that was needed, and this process has done it."""
    fault = faults.get(Half.CATALOGUE, "")
    if fault or catalogue.is_suspect:
        catalogue.reopen(empty=fault not in {"", _REPLACED})
    return fault not in {"", _REPLACED}


def heal_lexical(folder: Path, index: LexicalIndex, faults: Faults, suspect: Collection[Half]) -> LexicalIndex:
    """The index, or a new one in the place of one that is damaged."""
    if Half.LEXICAL not in {*faults, *suspect}:
        return index
    if Half.LEXICAL not in faults:
        with contextlib.suppress(IndexBroken):
            index = LexicalIndex(folder)  # another process may have made it anew
            index.search("a")
            return index
    shutil.rmtree(folder, ignore_errors=True)
    return LexicalIndex(folder)


def heal_vectors(vectors: Vectors, faults: Faults, suspect: Collection[Half]) -> None:
    """Have damaged vectors begin anew; not because the disk is full, over which Chroma can't be opened."""
    if not isinstance(vectors, VectorIndex) or Half.VECTORS not in {*faults, *suspect}:
        return
    if Half.VECTORS not in faults:
        try:
            vectors.refresh()  # another process may have made them anew
            vectors.count()
            return
        except Exception as error:
            if is_full(error):
                raise
    vectors.clear()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.suffix != ".lock":
            path.unlink()
