"""Publishes snapshots of the library in this process's hands."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from filelock import FileLock

from knowledge.databases import copy_database
from knowledge.editions import Shelves
from knowledge.mending import faults_under
from knowledge.shelf import Shelf
from knowledge.snapshots.manifest import FORMAT, Manifest, Part, content_of, files_under, new_version
from knowledge.snapshots.store import SnapshotStore, StoreError

_RECENT = dt.timedelta(minutes=15)
"""Whoever has begun to fetch a version has it by then."""
_CHROMA = "chroma.sqlite3"
_PASSING = re.compile(r"^catalogue\.db|^made$|\.lock$|-(wal|shm|journal)$")
"""Files that are no part of a shelf as it stands, or are copied otherwise."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclasses.dataclass(frozen=True)
class Extra:
    """A file that goes along: `stamp` says what it would hold, and `write` writes it."""

    stamp: str
    write: Callable[[Path], None]


class Publisher:
    """Makes versions and points to them. `kept` versions stay, for who must go back to one.

    A version is there whole before it is pointed to. What it has in common with the one before is not sent again.
    """

    def __init__(
        self, store: SnapshotStore, folder: Path, kept: int = 5, clock: Callable[[], dt.datetime] = _now
    ) -> None:
        self._store = store
        self._folder = folder
        self._kept = max(kept, 1)
        self._clock = clock

    def publish(self, shelves: Shelves, extras: Mapping[str, Extra]) -> Manifest | None:
        """Publish what the shelves hold, and the files that go along, by name; None where the newest version says the
        same. Blocking. Raises StoreError."""
        with FileLock(self._folder / "publishing.lock"):
            for left in self._folder.glob("snapshot-*/"):
                shutil.rmtree(left, ignore_errors=True)  # by one that was killed
            with tempfile.TemporaryDirectory(prefix="snapshot-", dir=self._folder) as staged:
                return self._publish(shelves, extras, Path(staged))

    def _publish(self, shelves: Shelves, extras: Mapping[str, Extra], staged: Path) -> Manifest | None:
        versions = self._store.manifests()
        before = versions[-1].parts if versions and versions[-1].format == FORMAT else {}
        parts = {
            audience.value: self._shelf(shelf, before.get(audience.value), staged / audience.value)
            for audience, shelf in shelves.items()
        }
        for each, extra in extras.items():
            parts[each] = self._extra(each, extra, before.get(each), staged)
        if parts == before:
            return None
        made = self._clock()
        manifest = Manifest(format=FORMAT, version=new_version(made), made=made, parts=parts)
        for path in files_under(staged):
            self._store.put(staged / path, manifest.files[path])
        self._store.add(manifest)
        self._store.point_to(manifest)
        versions.append(manifest)
        recent = [each for each in versions if made - each.made < _RECENT]
        self._store.keep_only([each for each in versions if each in recent or each in versions[-self._kept :]])
        return manifest

    def _shelf(self, shelf: Shelf, before: Part | None, folder: Path) -> Part:
        if before and before.stamp == shelf.stamp():
            return before
        with shelf.still():
            stamp = shelf.stamp()
            for path in files_under(shelf.folder):
                if not _PASSING.search(path):
                    _copy(shelf.folder / path, folder / path)
            shelf.catalogue.copy_to(folder / "catalogue.db")
        for part, fault in faults_under(folder).items():
            raise StoreError(f"nothing is published of a library whose {part} is damaged ({fault}); it is mended first")
        return Part(
            stamp=stamp, files={f"{folder.name}/{path}": content_of(folder / path) for path in files_under(folder)}
        )

    def _extra(self, name: str, extra: Extra, before: Part | None, staged: Path) -> Part:
        if before and before.stamp == extra.stamp:
            return before
        file = staged / name
        file.parent.mkdir(parents=True, exist_ok=True)
        extra.write(file)
        return Part(stamp=extra.stamp, files={name: content_of(file)})


def _copy(file: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if file.name == _CHROMA:
        with contextlib.closing(sqlite3.connect(file, timeout=30)) as database:
            copy_database(database, to)
    elif file.parent.name == "lexical" and file.name != "meta.json":
        # tantivy writes a file once and never again: whatever is merged away meanwhile, this one stays as it is.
        with contextlib.suppress(FileNotFoundError):
            os.link(file, to)
    else:
        shutil.copyfile(file, to)
