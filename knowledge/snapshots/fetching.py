"""The copies of snapshots that a machine has: fetched, checked, and opened."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from knowledge.snapshots.manifest import FORMAT, Content, Manifest, Refused, content_of, read_manifest
from knowledge.snapshots.store import SnapshotStore, StoreError

_MANIFEST = "manifest.json"
_SPARE = 64 << 20
"""Bytes to be left of a disk."""
_IN_USE = 600.0
"""Seconds after which nobody reads a version any longer that has been replaced."""
_CHANGING = "vectors/"
"""Files below this are opened for writing, and so may differ later from what was fetched."""


class NoSnapshot(Exception):
    """Nothing was published yet, or nothing that can be read; the message says which."""


class Copies:
    """The versions in a folder of this machine's, which the processes there share. Blocking."""

    def __init__(self, store: SnapshotStore, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self.folder = folder
        self._clock = clock
        self._seen: bytes | None = None

    def changed(self) -> bool:
        """Does the store point to something else than when it was last fetched? Asks for one small file. Raises
        StoreError."""
        return self._store.current() != self._seen

    def fetch(self) -> Path:
        """The folder with the version that the store points to, whole and checked; fetched where it is not here.

        Raises NoSnapshot, StoreError, or Refused where it is not what it should be.
        """
        text = self._store.current()
        if text is None:
            raise NoSnapshot(f"nothing was published yet at {self._store.address}")
        manifest = _readable(read_manifest(text))
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "fetching.lock"):
            folder = self._whole(manifest) or self._fetch(manifest)
            os.utime(folder)
            self._tidy(folder)
        self._seen = text
        return folder

    def latest(self) -> Path:
        """What `fetch` gives or, where the store can't be reached or points to what is refused, the latest version that
        is here. Raises NoSnapshot."""
        try:
            return self.fetch()
        except (StoreError, Refused) as error:
            self._seen = None
            for folder in self._here():
                with contextlib.suppress(OSError, Refused):
                    if whole := self._whole(_readable(manifest_in(folder))):
                        return whole
            raise NoSnapshot(str(error)) from error

    def discard(self, folder: Path) -> None:
        """Have a copy fetched anew that is damaged. Who reads it still has its files for a while."""
        (folder / _MANIFEST).unlink(missing_ok=True)
        self._seen = None

    def _whole(self, manifest: Manifest) -> Path | None:
        """A copy of that version that is whole; those that are not are given up."""
        for folder in sorted(self.folder.glob(f"{manifest.version}.*")):
            if (folder / _MANIFEST).exists():
                if _is_whole(folder, manifest):
                    return folder
                self.discard(folder)
        return None

    def _here(self) -> list[Path]:
        """The versions that are here, the one that was last in use first."""
        folders = [each.parent for each in self.folder.glob(f"*/{_MANIFEST}")]
        return sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)

    def _fetch(self, manifest: Manifest) -> Path:
        if manifest.size + _SPARE > (free := shutil.disk_usage(self.folder).free):
            raise Refused(
                f"snapshot {manifest.version} has {manifest.size >> 20} MiB, and there are {free >> 20} MiB free"
            )
        before = next(iter(self._here()), None)
        if before:
            os.utime(before)  # it is in use until now
        with tempfile.TemporaryDirectory(prefix="fetching-", dir=self.folder) as name:
            for path, content in manifest.files.items():
                file = Path(name) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                if before is None or not _reuse(before / path, content, file):
                    self._store.get(content, file)
            (Path(name) / _MANIFEST).write_text(manifest.model_dump_json(), encoding="utf-8")
            # A name of its own: a copy that is damaged may still be open.
            folder = self.folder / f"{manifest.version}.{secrets.token_hex(3)}"
            Path(name).rename(folder)
            Path(name).mkdir()  # for who takes it away
        return folder

    def _tidy(self, current: Path) -> None:
        """Take away what has not been in use for a while."""
        kept = {current, *self._here()[:2]}
        for folder in self.folder.glob("*/"):
            # We have the lock: whoever was fetching has been killed.
            is_old = folder.name.startswith("fetching-") or folder.stat().st_mtime < self._clock() - _IN_USE
            if is_old and folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def manifest_in(folder: Path) -> Manifest:
    """The manifest of a version that is here. Raises OSError or Refused."""
    return read_manifest((folder / _MANIFEST).read_bytes())


def _readable(manifest: Manifest) -> Manifest:
    if manifest.format != FORMAT:
        raise Refused(f"snapshot {manifest.version} has format {manifest.format}, and this version reads {FORMAT}")
    return manifest


def _is_whole(folder: Path, manifest: Manifest) -> bool:
    """Is all there as it was fetched? What is opened for writing is looked at by who opens it."""
    try:
        return all(
            (folder / path).is_file() if _CHANGING in path else content_of(folder / path) == content
            for path, content in manifest.files.items()
        )
    except OSError:
        return False


def _reuse(file: Path, content: Content, as_: Path) -> bool:
    """Take a file of the version before, where that has the same content."""
    with contextlib.suppress(OSError):
        if file.stat().st_size == content.size and content_of(file) == content:
            if _CHANGING in str(file):
                shutil.copyfile(file, as_)
            else:
                os.link(file, as_)
            return True
    return False
