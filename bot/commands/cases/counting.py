"""`cases figures`: what becomes of questions and cases, in numbers."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from bot.commands.cases.shared import Since, Until, at_the_desk, span_of
from bot.commands.console import out, print_json, print_row, verbatim
from bot.commands.options import AsJson, DataDir, settings_of

if TYPE_CHECKING:
    from bot.desk.figures import Figures
    from bot.desk.span import Span

_ABREAST = 4
"""Groups that a terminal of the usual width shows beside each other."""


class Division(enum.StrEnum):
    """What figures can be divided by: `By` of the desk, which takes too long to load for `--help`."""

    TEAM = "team"
    TOPIC = "topic"
    STRATEGY = "strategy"
    LANGUAGE = "language"


def figures(
    since: Since = None,
    until: Until = None,
    by: Annotated[Division | None, typer.Option(help="A row for each of these.", show_default=False)] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """How much the bot answers, how long people wait for officers, and what becomes of cases.

    Of the cases that were opened, and the replies that were given, in those days. docs/operations.md says what each
    number means.
    """
    with at_the_desk():
        found = asyncio.run(_figures(data_dir, span_of(since, until), by))
        if as_json:
            print_json([each.model_dump(mode="json") for each in found])
        else:
            _print(found)


async def _figures(data_dir: Path | None, span: Span, by: Division | None) -> list[Figures]:
    from bot.database import now  # noqa: PLC0415
    from bot.desk.figures import By, figures  # noqa: PLC0415
    from bot.office import open_office  # noqa: PLC0415

    async with open_office(settings_of(data_dir)) as office:
        return await figures(office.database, now(), span, By(by) if by else None)


def _print(found: Sequence[Figures]) -> None:
    if not found:
        out.print("No figures: nothing was asked in that time.")
        return
    told = [_told(each) for each in found]
    if not out.is_terminal:
        print_row(*told[0])
        for row in told:
            print_row(*row.values())
        return
    # The figures are more than fit beside each other: a column for each group, and as many tables as it takes.
    for start in range(0, len(told), _ABREAST):
        _print_table(told[start : start + _ABREAST])


def _print_table(told: Sequence[dict[str, str]]) -> None:
    head, *names = told[0]
    table = Table("", *(Column(verbatim(row[head]), justify="right") for row in told))
    for name in names:
        table.add_row(name, *(verbatim(row[name]) for row in told))
    out.print(table)


def _told(each: Figures) -> dict[str, str]:
    return {
        "of": "everything" if each.of is None else each.of or "-",
        "answered by the bot": _share(each.answered_share),
        "questions": str(each.answered + each.abstained),
        "cases": str(each.cases),
        "open": str(each.open),
        "late": str(each.late),
        "first word, median": _time(each.reply.median),
        "first word, p90": _time(each.reply.p90),
        "done, median": _time(each.close.median),
        "done, p90": _time(each.close.p90),
        "not ours": str(each.returned),
        "reassigned": str(each.reassigned),
        "reopened": str(each.reopened),
        "escalated": str(each.escalated),
        "answers that helped": _share(each.helped_share),
    }


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _time(seconds: float | None) -> str:
    """The time in hours and minutes, or in days and hours where it is long."""
    if seconds is None:
        return "-"
    minutes = round(seconds / 60)
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    hours = round(minutes / 60)
    return f"{hours // 24} d {hours % 24} h"
