from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.fetching import Fetcher, FetchError, Pace
from ingest.finding import Finder
from tests.ingest.finding.looking import Find, source
from tests.peers.town_hall import TownHall, furnished, opened


@pytest.fixture
async def hall() -> AsyncIterator[TownHall]:
    async with opened(furnished()) as open_hall:
        yield open_hall


@pytest.fixture
def find(hall: TownHall, client: httpx.AsyncClient, tmp_path: Path) -> Find:
    async def finding(**values: Any) -> dict[str, str]:
        places = {key: f"{hall.url}{values.pop(key)}" for key in ("site", "sitemap", "feed") if key in values}
        wanted = source(tmp_path, **places, **values)
        fetcher = Fetcher(client, allow_private=True, attempts=1, pace=Pace(0))
        found: dict[str, str] = {}
        try:
            async for place in Finder(fetcher, tmp_path).find(wanted):
                path = str(place.location).removeprefix(hall.url)
                assert path not in found
                try:
                    fetched = await place.fetch()
                    assert fetched.location == place.location
                    found[path] = wanted.document_id(place.location)
                except FetchError as error:
                    found[path] = str(error)
        except FetchError as error:
            found["error"] = str(error)
        return found

    return finding
