"""`cases`: what waits at the desk."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.commands.console import fail, out, plain_errors, print_json, print_row, verbatim
from bot.commands.options import AsJson, DataDir, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.desk.case import Case, CaseState
    from bot.settings import Settings


def cases(
    state: Annotated[str, typer.Option(help="forwarded, claimed, answered or closed; without it all.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, latest first.")] = 50,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List the cases that were sent to case officers."""
    from bot.desk.case import CaseState  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from bot.wiring import DataDirError  # noqa: PLC0415

    with plain_errors(DataDirError, ConfigurationError):
        if state and state not in set(CaseState):
            raise fail(f"{state!r} is no state of a case; use one of {', '.join(CaseState)}")
        states = [CaseState(state)] if state else list(CaseState)
        found = asyncio.run(_cases(settings_of(data_dir), states, limit))
        if as_json:
            print_json([case.model_dump(mode="json") for case in found])
        else:
            _print_cases(found)


async def _cases(settings: Settings, states: list[CaseState], limit: int) -> Sequence[Case]:
    from bot.wiring import open_office  # noqa: PLC0415

    async with open_office(settings) as office:
        return await office.desk.list(states, limit)


def _print_cases(found: Sequence[Case]) -> None:
    if not found:
        out.print("No cases.")
        return
    rows = [
        (
            case.label,
            case.state,
            case.officer.name if case.officer else "-",
            f"{case.opened:%Y-%m-%d %H:%M}",
            case.question,
        )
        for case in found
    ]
    if not out.is_terminal:
        for row in rows:
            print_row(*row)
        return
    table = Table("Case", "State", "Officer", "Opened (UTC)", "Question")
    for row in rows:
        table.add_row(*map(verbatim, row))
    out.print(table)
