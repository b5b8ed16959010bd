"""`sources check` and `sources schema`: for who writes a list of sources."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import out, plain_errors, print_json, print_row, verbatim
from bot.commands.options import AsJson, settings_of

if TYPE_CHECKING:
    from ingest.sources import Source

_FILE = "A sources.toml; without it MOTEPLASSEN_SOURCES, or else what ships."


def check(
    file: Annotated[Path | None, typer.Argument(help=_FILE, show_default=False)] = None, as_json: AsJson = False
) -> None:
    """Check a list, with every mistake told by its line, and say how many documents it names. Fetches nothing."""
    from ingest.fetching import FetchError  # noqa: PLC0415
    from ingest.sources import SourcesError, load_sources  # noqa: PLC0415

    with plain_errors(SourcesError, FetchError):
        path = settings_of(None, sources=file).sources
        sources = load_sources(path)
        counts = asyncio.run(_counts(sources))
        if as_json:
            print_json([{"name": each.name, "documents": counts.get(each.name)} for each in sources])
            return
        for source in sources:
            print_row(source.name, source.place, _told(source, counts.get(source.name)))
        out.print(verbatim(f"{path}: no mistakes; {len(sources)} sources, {sum(counts.values())} documents known of"))


def schema() -> None:
    """Print the JSON schema of sources.toml, for editors."""
    from ingest.source_schema import json_schema  # noqa: PLC0415

    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")


async def _counts(sources: Sequence[Source]) -> dict[str, int]:
    """How many documents there are, by source, of those where that can be told without asking a server."""
    listed = {source.name: 1 for source in sources if source.url}
    at_hand = [
        source
        for source in sources
        if source.path or (source.lovdata and all(isinstance(each, Path) for each in source.archives))
    ]
    return listed | {source.name: await _at_hand(source) for source in at_hand}


async def _at_hand(source: Source) -> int:
    """How many documents there are in files at hand. Raises FetchError where one of them isn't there."""
    import tempfile  # noqa: PLC0415

    from ingest.fetching import Fetcher, open_client  # noqa: PLC0415
    from ingest.finding import Finder  # noqa: PLC0415

    count = 0
    with tempfile.TemporaryDirectory() as cache:
        async with open_client() as client:
            async for place in Finder(Fetcher(client), Path(cache)).find(source):
                await place.fetch()
                count += 1
    return count


def _told(source: Source, count: int | None) -> str:
    if count is not None:
        return f"{count} documents"
    return "found in Lovdata's archive" if source.lovdata else f"found when it runs, at most {source.limit}"
