"""What a snapshot consists of: its files by name, each with its checksum."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from knowledge.catalogue_schema import VERSION

FORMAT = VERSION
"""Of what is in a snapshot; one of another format can't be read."""

_NAME = re.compile(r"[\w-][\w.-]*|\.[\w-][\w.-]*", re.ASCII)
_MOST = 100_000
"""Files in a snapshot."""


class Refused(Exception):
    """A snapshot is not what it should be; the message says in what."""


def _inside(path: str) -> str:
    if not path or "\\" in path or not all(_NAME.fullmatch(name) for name in path.split("/")):
        raise ValueError(f"{path!r} is no name of a file inside a snapshot")
    return path


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Content(_Value):
    """What is in a file: its SHA-256 and bytes."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0)]


class Part(_Value):
    """Files that belong together. `stamp` says of what they were made: a part of the same stamp holds the same."""

    stamp: str
    files: Mapping[Annotated[str, AfterValidator(_inside)], Content]


class Manifest(_Value):
    """A version of the library: what it consists of, when it was made, and its name, which sorts by that."""

    format: int
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
    made: dt.datetime
    parts: Mapping[str, Part]

    @property
    def files(self) -> Mapping[str, Content]:
        """All files, by name."""
        return {path: content for part in self.parts.values() for path, content in part.files.items()}

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(content.size for content in self.files.values())

    @property
    def contents(self) -> frozenset[str]:
        """The checksums of all files."""
        return frozenset(content.sha256 for content in self.files.values())


def read_manifest(text: bytes) -> Manifest:
    """The manifest that somebody wrote. Raises Refused where it is none."""
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        what = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, what["loc"]))
        raise Refused(f"the manifest can't be read: {where}: {what['msg']}") from None
    if len(manifest.files) > _MOST:
        raise Refused(f"snapshot {manifest.version} has more than {_MOST} files")
    return manifest


def new_version(made: dt.datetime) -> str:
    """A name for what was made then."""
    return f"{made:%Y%m%dT%H%M%S}{made.microsecond // 1000:03}Z-{secrets.token_hex(3)}"


def content_of(file: Path) -> Content:
    """The checksum and size of a file. Raises OSError."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256")
        return Content(sha256=digest.hexdigest(), size=opened.tell())


def files_under(folder: Path) -> Iterator[str]:
    """The names of all files in a folder and below, as a manifest has them."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield str(PurePosixPath(*file.relative_to(folder).parts))
