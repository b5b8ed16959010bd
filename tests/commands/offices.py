"""A desk in a data directory, for the command line to work on; and what stands at it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from bot.office import Office, open_office
from bot.settings import Settings
from tests.town import moteplassen

T = TypeVar("T")

TEAMS = """
[[team]]
id = "bevilling"
name = "Bevillingskontoret"
leader = { id = "leder", name = "Liv Leder" }
member = [{ id = "kari", name = "Kari Berg" }, { id = "ola", name = "Ola Lie" }]

[[team.topic]]
name = "Servering"
sources = ["guide/*"]

[[team]]
id = "felles"
name = "Servicetorget"
default = true
"""


def at_office(folder: Path, do: Callable[[Office], Awaitable[T]], teams: Path | None = None) -> T:
    """What comes of doing that in the office whose database lies in the folder."""

    async def done() -> T:
        async with open_office(Settings(_env_file=None, data_dir=folder, teams=teams)) as office:
            return await do(office)

    return asyncio.run(done())


def told(folder: Path, *words: str, status: int = 0, stdin: str | None = None, **changes: str) -> Any:
    """What `cases` with these words prints as JSON."""
    result = moteplassen("cases", *words, "--json", "--data-dir", folder, stdin=stdin, **changes)
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)
