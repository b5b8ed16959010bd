"""Archives in Lovdata's format, unpacked into a folder where they can be read file by file."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import hashlib
import io
import re
import shutil
import tarfile
import tempfile
import zlib
from collections import defaultdict
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.fetching import Fetcher, FetchError
from ingest.http_cache import Stored
from ingest.sources import Location

MEMBER = re.compile(r"(nl|sf)-\d{8}-\d{1,5}\.xml")
"""The name of a law (nl) or a regulation (sf)."""

_PIECE = 64 * 1024


class Limits(BaseModel):
    """How much is unpacked of an archive: bytes of a file, bytes of all, and files."""

    model_config = ConfigDict(frozen=True)

    member: int = 25 * 1024 * 1024
    total: int = 2 * 1024 * 1024 * 1024
    members: int = 50_000


class _Note(BaseModel):
    """What is known of the archive that was unpacked last."""

    etag: str | None
    last_modified: str | None
    folder: str


class Archives:
    """Unpacks archives below a folder, anew only where they changed."""

    def __init__(self, fetcher: Fetcher, folder: Path, limits: Limits = Limits()) -> None:  # noqa: B008
        self._fetcher = fetcher
        self._folder = folder
        self._limits = limits
        self._turns: defaultdict[Location, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def unpacked(self, location: Location) -> Path:
        """The folder with the files of an archive; of a folder, that itself.

        Raises FetchError where it can't be had, is damaged or exceeds the limits.
        """
        if isinstance(location, Path) and location.is_dir():
            return location
        if isinstance(location, Path) and not location.exists():
            raise FetchError(f"{location}: is not there; correct the path, it is relative to sources.toml")
        home = self._folder / hashlib.sha256(str(location).encode()).hexdigest()[:16]
        try:
            # Two sources may take from one archive at the same time.
            async with self._turns[location]:
                await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
                if isinstance(location, Path):
                    return await asyncio.to_thread(self._unpack, location, str(location), home)
                return await self._download(location, home)
        except OSError as error:
            what = f"cannot be kept in {error.filename or home} ({error.strerror or error})"
            raise FetchError(f"{location}: {what}; see to permissions and space there") from error

    async def _download(self, location: str, home: Path) -> Path:
        note = await asyncio.to_thread(_read_note, home)
        known = Stored(b"", "", etag=note.etag, last_modified=note.last_modified) if note else None
        with tempfile.TemporaryDirectory(dir=home, prefix=".new-") as room:
            file = Path(room, "archive")
            said = await self._fetcher.download(location, file, known)
            if said is None and note:
                return home / note.folder
            if said is None:
                raise AssertionError("nothing was known that could be unchanged")
            folder = await asyncio.to_thread(self._unpack, file, location, home)
            now = _Note(etag=said.etag, last_modified=said.last_modified, folder=folder.name)
            written = Path(room, "note")
            await asyncio.to_thread(written.write_text, now.model_dump_json(), encoding="utf-8")
            await asyncio.to_thread(written.replace, home / "note.json")
        return folder

    def _unpack(self, file: Path, location: str, home: Path) -> Path:
        with file.open("rb") as content:
            folder = home / hashlib.file_digest(content, "sha256").hexdigest()[:16]
        if folder.is_dir():
            return folder
        with tempfile.TemporaryDirectory(dir=home, prefix=".new-") as room:
            unpacked = Path(room, "files")
            unpacked.mkdir()
            try:
                _extract(file, location, unpacked, self._limits)
            except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError) as error:
                if isinstance(error, OSError) and error.errno:
                    raise
                raise FetchError(f"{location}: is damaged ({error}); fetch it anew") from error
            for older in home.iterdir():
                if older.is_dir() and not older.name.startswith(".new-"):
                    shutil.rmtree(older)
            unpacked.replace(folder)
        return folder


def _extract(file: Path, location: str, into: Path, limits: Limits) -> None:
    with file.open("rb") as packed, _unpacking(packed) as plain:
        bounded = _Bounded(plain, location, limits)
        with tarfile.open(fileobj=bounded, mode="r:") as tar:
            for number, member in enumerate(tar, start=1):
                if number > limits.members:
                    raise FetchError(f"{location}: holds more than {limits.members} files; name another archive")
                path = PurePosixPath(member.name)
                if not (member.isdir() or member.isreg()) or path.is_absolute() or ".." in path.parts:
                    what = f"holds {member.name[:80]!r}, which is no plain file"
                    raise FetchError(f"{location}: {what}; name another archive")
                if member.isreg() and MEMBER.fullmatch(path.name) and (held := tar.extractfile(member)):
                    bounded.refuse_size(member.size)
                    (into / path.name).write_bytes(held.read())
        # Only at its end does what is packed show that it is whole.
        while bounded.read(_PIECE):
            pass


def _unpacking(packed: io.BufferedReader) -> io.BufferedIOBase:
    match packed.peek(3)[:3]:
        case b"BZh":
            return bz2.BZ2File(packed)
        case b"\x1f\x8b\x08":
            return gzip.GzipFile(fileobj=packed)
        case _:
            return packed


class _Bounded(io.BufferedIOBase):
    """An unpacked archive of which no more can be read than the limits allow."""

    def __init__(self, plain: io.BufferedIOBase, location: str, limits: Limits) -> None:
        self._plain = plain
        self._location = location
        self._limits = limits

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = self._limits.total if size is None or size < 0 else size
        # A header may claim any length, and be read whole.
        self.refuse_size(wanted - tarfile.BLOCKSIZE)
        content = self._plain.read(wanted)
        self._refuse(self._plain.tell())
        return content

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_SET:
            self._refuse(offset)
        return self._plain.seek(offset, whence)

    def tell(self) -> int:
        return self._plain.tell()

    def refuse_size(self, size: int) -> None:
        """Raise FetchError where a single file is larger than the limit."""
        if size > self._limits.member:
            limit = f"{self._limits.member / 1024 / 1024:g} MB"
            raise FetchError(f"{self._location}: holds a file that is larger than {limit}; name another archive")

    def _refuse(self, end: int) -> None:
        if end > self._limits.total:
            size = f"{self._limits.total / 1024 / 1024:g} MB"
            raise FetchError(f"{self._location}: unpacks to more than {size}; name another archive")


def _read_note(home: Path) -> _Note | None:
    try:
        note = _Note.model_validate_json((home / "note.json").read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None
    return note if (home / note.folder).is_dir() else None
