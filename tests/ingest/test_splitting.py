from __future__ import annotations

import asyncio
import contextlib
import ctypes
import time
from pathlib import Path

import pytest

from ingest.fetching import Fetched
from ingest.readers.reading import ReadError
from ingest.sources import Source
from ingest.splitting import ProcessSplitter, Split, Understood, split
from tests.ingest.paper import pdf


def crash(fetched: Fetched, source: Source) -> Understood:
    """As a library in C does that is given what it was not made for."""
    if b"crash" in fetched.content:
        ctypes.string_at(0)
    return split(fetched, source)


def hang(fetched: Fetched, source: Source) -> Understood:
    """For ever, if nobody ends it."""
    while b"hang" in fetched.content:
        time.sleep(0.01)
    return split(fetched, source)


def swell(fetched: Fetched, source: Source) -> Understood:
    """Until there is no more memory."""
    parts = []
    while b"swell" in fetched.content:
        parts.append(bytes(64 * 1024**2))
    return split(fetched, source)


def source(folder: Path) -> Source:
    about = {"name": "Veiledninger", "kind": "guidance", "audience": "public", "language": "nb", "path": "x"}
    return Source.model_validate({**about, "folder": folder})


def guide(folder: Path, text: str) -> Fetched:
    path = folder / "guides" / "skilt.md"
    return Fetched(path, f"# Skilt\n\n{text}".encode(), "text/markdown", path.as_uri())


async def test_a_document_is_read_and_split_as_here(tmp_path: Path) -> None:
    paper = Fetched(tmp_path / "a.pdf", pdf(["Torghandel krever leie."]), "application/pdf", "")
    with contextlib.closing(ProcessSplitter(2)) as splitter:
        for fetched in (guide(tmp_path, "Skilt må omsøkes."), paper):
            understood = await splitter.split(fetched, source(tmp_path))
            assert understood == split(fetched, source(tmp_path))
            assert understood.digest == split(fetched, source(tmp_path)).digest
        with pytest.raises(ReadError, match="is empty"):
            await splitter.split(Fetched(tmp_path / "a.md", b"", "text/markdown", ""), source(tmp_path))


@pytest.mark.parametrize(
    ("breaking", "text", "told"),
    [
        (crash, "crash", "made its reader crash"),
        (hang, "hang", "took longer than 3 s to read"),
        (swell, "swell", "needs more than 1 GiB of memory"),
    ],
)
async def test_a_file_that_ends_its_reader_ends_nothing_else(
    tmp_path: Path, breaking: Split, text: str, told: str
) -> None:
    with contextlib.closing(ProcessSplitter(2, patience=3.0, memory=1024**3, split=breaking)) as splitter:
        bad = asyncio.create_task(splitter.split(guide(tmp_path, text), source(tmp_path)))
        good = [await splitter.split(guide(tmp_path, "Skilt må omsøkes."), source(tmp_path)) for _ in range(3)]
        with pytest.raises(ReadError, match=told) as raised:
            await bad
        assert "skilt.md" in str(raised.value)
        again = await splitter.split(guide(tmp_path, "Skilt må omsøkes."), source(tmp_path))
    assert {each.document.title for each in (*good, again)} == {"Skilt"}
