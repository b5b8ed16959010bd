"""`migrate`: brings the database to this version."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import err, plain_errors
from bot.commands.options import DataDir, settings_of
from bot.commands.stopping import stopping

if TYPE_CHECKING:
    from bot.settings import Settings

_STAY = "Stay up afterwards until told to stop, for what stops everything when one process ends (honcho)."


def migrate(stay: Annotated[bool, typer.Option("--stay", help=_STAY)] = False, data_dir: DataDir = None) -> None:
    """Bring the database to this version; nothing happens where it is. `serve` and `worker` do it, too."""
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415

    with plain_errors(DataDirError, ConfigurationError):
        asyncio.run(_migrate(settings_of(data_dir), stay=stay))


async def _migrate(settings: Settings, *, stay: bool) -> None:
    from bot.office import open_office  # noqa: PLC0415
    from bot.starting import await_parts  # noqa: PLC0415

    await await_parts(settings, None)
    async with open_office(settings):
        pass
    err.print("The database is at this version.")
    if stay:
        await stopping().wait()
