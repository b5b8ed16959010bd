from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest

from ingest.fetching import Fetched
from ingest.readers.choice import read
from ingest.sources import Source
from knowledge.model import Document
from tests.ingest.paper import pdf
from tests.ingest.town import Town
from tests.peers.site import Site, running
from tests.peers.town_hall import TownHall, opened

Read = Callable[..., Document]


@pytest.fixture
def read_file(tmp_path: Path) -> Read:
    """Reads content as if a file of that name held it, from a public source of guidance unless told otherwise."""

    def reading(name: str, content: str | bytes, **source: object) -> Document:
        path = tmp_path / "guides" / name
        values = {"name": "Veiledninger", "kind": "guidance", "audience": "public", "language": "nb", "path": name}
        content = content.encode() if isinstance(content, str) else content
        fetched = Fetched(path, content, "application/octet-stream", path.as_uri())
        return read(fetched, Source.model_validate({**values, "folder": tmp_path, "files": (path,), **source}))

    return reading


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with running() as running_site:
        yield running_site


@pytest.fixture
async def hall() -> AsyncIterator[TownHall]:
    async with opened(TownHall()) as open_hall:
        yield open_hall


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as open_client:
        yield open_client


@pytest.fixture
def new_town(tmp_path: Path, client: httpx.AsyncClient) -> Iterator[Town]:
    town = Town(tmp_path, client)
    yield town
    town.ledger.close()


@pytest.fixture
def town(new_town: Town) -> Town:
    """Three guides, each in another format."""
    new_town.write("a.md", "# Skilt\n\n## Krav\n\nSkilt må omsøkes.\n\n## Frist\n\nTre uker.")
    new_town.write("b.html", "<h1>Uteservering</h1><p>Søk kommunen.")
    new_town.write("c.pdf", pdf(["Torghandel krever leie."], title="Torghandel"))
    return new_town
