"""Where snapshots lie: a folder that several machines see, or an object store; whatever fsspec knows.

Files lie there by their checksums, so that versions share what they have in common: `objects/<sha256>`. A version is
a manifest of them, `versions/<version>.json`, and `current` is a copy of the one that is to be read.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import fsspec

from knowledge.addresses import plain
from knowledge.snapshots.manifest import Content, Manifest, Refused, read_manifest

_BLOCK = 1 << 20
_LONGEST = 64 << 20
"""Bytes of a manifest."""


class StoreError(Exception):
    """The store can't be reached or used; the message says why."""


class SnapshotStore:
    """Snapshots at an address that fsspec knows. Blocking; what goes wrong there is a StoreError."""

    def __init__(self, address: str) -> None:
        with _telling(address):
            self._files: Any
            self._files, self._root = fsspec.core.url_to_fs(address, use_listings_cache=False)
        self.address, self._whole = plain(address), address

    def current(self) -> bytes | None:
        """The manifest that is to be read, as it lies there; None where nothing was published yet."""
        return self._read("current")

    def point_to(self, manifest: Manifest) -> None:
        """Have everybody read this version, which is there whole."""
        self._write("current", manifest.model_dump_json().encode())

    def versions(self) -> list[str]:
        """The names of the versions there, the oldest first."""
        with _telling(self._whole):
            self._files.invalidate_cache()
            try:
                found = self._files.ls(self._at("versions"), detail=False)
            except FileNotFoundError:
                return []
        names = (str(path).rpartition("/")[2] for path in found)
        return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))

    def manifest(self, version: str) -> Manifest:
        """What a version consists of. Raises Refused."""
        text = self._read(f"versions/{version}.json")
        if text is None:
            raise Refused(f"there is no version {version}")
        return read_manifest(text)

    def manifests(self) -> list[Manifest]:
        """All versions, the oldest first, but those whose manifest is damaged."""
        manifests = []
        for version in self.versions():
            with contextlib.suppress(Refused):
                manifests.append(self.manifest(version))
        return manifests

    def put(self, file: Path, content: Content) -> None:
        """Have the content of a file be there."""
        place = self._at(f"objects/{content.sha256}")
        with _telling(self._whole):
            with contextlib.suppress(FileNotFoundError):
                if self._files.info(place)["size"] == content.size:
                    return
            self._make_folder("objects")
            under_way = f"{place}.{secrets.token_hex(4)}.part"
            self._files.put_file(str(file), under_way)
            self._files.mv(under_way, place)

    def add(self, manifest: Manifest) -> None:
        """Have the version be there, whose contents are; it is not current yet."""
        self._write(f"versions/{manifest.version}.json", manifest.model_dump_json().encode())

    def get(self, content: Content, file: Path) -> None:
        """Write a content into a file, which is there whole, or Refused is raised."""
        digest, size = hashlib.sha256(), 0
        with _telling(self._whole), file.open("wb") as written:
            try:
                with self._files.open(self._at(f"objects/{content.sha256}"), "rb") as there:
                    while size <= content.size and (block := there.read(_BLOCK)):
                        digest.update(block)
                        size += len(block)
                        written.write(block)
            except FileNotFoundError:
                raise Refused(f"its content {content.sha256} is not there") from None
        if (digest.hexdigest(), size) != (content.sha256, content.size):
            raise Refused(f"its content {content.sha256} is damaged")

    def keep_only(self, kept: Sequence[Manifest]) -> None:
        """Take all other versions away, and the contents that none of these has."""
        wanted = frozenset[str]().union(*(manifest.contents for manifest in kept))
        for version in set(self.versions()) - {manifest.version for manifest in kept}:
            self._delete(self._at(f"versions/{version}.json"))
        with _telling(self._whole):
            self._files.invalidate_cache()
            there = self._files.ls(self._at("objects"), detail=False)
        for path in map(str, there):
            if path.rpartition("/")[2] not in wanted:
                self._delete(path)

    def _delete(self, path: str) -> None:
        with _telling(self._whole), contextlib.suppress(FileNotFoundError):
            self._files.rm_file(path)

    def _read(self, name: str) -> bytes | None:
        with _telling(self._whole):
            try:
                content: bytes = self._files.cat_file(self._at(name), start=0, end=_LONGEST)
            except FileNotFoundError:
                return None
        return content

    def _write(self, name: str, content: bytes) -> None:
        """At once: whoever reads meanwhile has what was there before."""
        with _telling(self._whole):
            folder = name.rpartition("/")[0]
            self._make_folder(folder)
            under_way = self._at(f"{name}.{secrets.token_hex(4)}.part")
            self._files.pipe_file(under_way, content)
            self._files.mv(under_way, self._at(name))

    def _make_folder(self, name: str) -> None:
        self._files.makedirs(self._at(name), exist_ok=True)

    def _at(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}".rstrip("/")


@contextlib.contextmanager
def _telling(address: str) -> Iterator[None]:
    """Say of what goes wrong that it does so there. Each kind of store raises errors of its own."""
    try:
        yield
    except (Refused, StoreError, FileNotFoundError):
        raise
    except Exception as error:
        where, what = plain(address), type(error).__name__
        if where != address:  # whatever the store says may hold a part of the password
            raise StoreError(f"snapshots at {where} can't be used ({what})") from None
        raise StoreError(f"snapshots at {where} can't be used ({what}: {error})") from error
