"""`cases outbox` and `cases verify`: what did not arrive, and whether the log is whole."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.commands.cases.shared import Who, WhoId, WhoName, at_the_desk, officer
from bot.commands.console import fail, out, print_json, print_row, verbatim
from bot.commands.options import AsJson, DataDir, settings_of

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.desk.audit import Verdict
    from bot.desk.case import Officer
    from bot.desk.outbox import Note, Owed

ALL = "all"
_HASH = re.compile(r"[0-9a-f]{64}")


def outbox(
    retry: Annotated[
        str, typer.Option(metavar="ID|all", help="Have a delivery that was given up tried again, or all of them.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many that wait, and so many that were given up.")] = 100,
    who: WhoId = "",
    name: WhoName = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List what is owed to people and has not arrived: what was given up first, then what waits, the oldest first."""
    from bot.database import now  # noqa: PLC0415

    with at_the_desk():
        if retry and retry != ALL and not re.fullmatch(r"\d{1,9}", retry):
            raise fail(f"--retry {retry!r} is no delivery; give the number that stands first in its row, or all")
        found = asyncio.run(_owed(data_dir, limit) if not retry else _retried(data_dir, retry, Who(who, name)))
        if as_json:
            print_json([{"state": _state(owed, now()), **owed.model_dump(mode="json")} for owed in found])
        elif retry:
            out.print(f"{len(found)} will be tried again.")
        else:
            _print_owed(found, now())


async def _owed(data_dir: Path | None, limit: int) -> Sequence[Owed]:
    from bot.office import open_office  # noqa: PLC0415

    async with open_office(settings_of(data_dir)) as office:
        return [*await office.outbox.failed(limit), *await office.outbox.waiting(limit)]


async def _retried(data_dir: Path | None, which: str, who: Who) -> Sequence[Owed]:
    from bot.office import open_office  # noqa: PLC0415

    async with open_office(settings_of(data_dir)) as office:
        note = _noting(officer(office.desk.teams, who))
        if which == ALL:
            return await office.outbox.retry_all(note)
        try:
            return [await office.outbox.retry(int(which), note)]
        except LookupError:
            raise fail(f"no delivery {which} was given up; `moteplassen cases outbox` lists those that were") from None


def _noting(by: Officer) -> Note:
    """What notes in the audit log that a delivery is tried again."""
    from bot.database import now  # noqa: PLC0415
    from bot.desk import audit  # noqa: PLC0415

    async def note(session: AsyncSession, owed: Owed) -> None:
        details = {"kind": owed.delivery.kind, "platform": owed.delivery.platform, "error": owed.error}
        about = f"delivery:{owed.delivery.key}"[:255]
        entry = audit.Entry(moment=now(), actor=by, about=about, what="retried", details=details)
        await audit.append(session, [entry])

    return note


def _state(owed: Owed, moment: dt.datetime) -> str:
    if owed.failed_at:
        return "given up"
    return "under way" if owed.leased_until and owed.leased_until > moment else "waiting"


def _print_owed(found: Sequence[Owed], moment: dt.datetime) -> None:
    if not found:
        out.print("Everything has arrived.")
        return
    rows = [
        (
            str(owed.id),
            _state(owed, moment),
            _age(moment - owed.created),
            str(owed.attempts),
            owed.delivery.platform,
            owed.delivery.kind,
            owed.delivery.key,
            owed.error or "-",
        )
        for owed in found
    ]
    if not out.is_terminal:
        for row in rows:
            print_row(*row)
        return
    table = Table("Id", "State", "Age", "Attempts", "Platform", "Kind", "Key", "Error")
    for row in rows:
        table.add_row(*map(verbatim, row))
    out.print(table)
    if any(owed.failed_at for owed in found):
        out.print("[dim]`moteplassen cases outbox --retry ID` (or all) once what the error names is mended.[/dim]")


def _age(span: dt.timedelta) -> str:
    """The span of time in the largest unit that fits."""
    seconds = int(span.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{max(seconds, 0)} s"


def verify(
    since: Annotated[
        str, typer.Option(metavar="HASH", help="A hash that was printed before: it must still be in the log.")
    ] = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Look through the audit log and print its latest hash; exit status 1, and each fault, where it is not whole."""
    with at_the_desk():
        noted = since.strip().lower()
        if noted and not _HASH.fullmatch(noted):
            raise fail(f"--since {since!r} is no hash; give the 64 hexadecimal digits that `verify` printed")
        verdict = asyncio.run(_verdict(data_dir, noted))
        if as_json:
            print_json(verdict.model_dump(mode="json"))
        else:
            for fault in verdict.faults:
                out.print(verbatim(f"entry {fault.seq}: {fault.what}", "red"))
            print_row("entries", str(verdict.entries))
            print_row("head", verdict.head)
        if verdict.faults:
            raise fail(
                f"the audit log is not whole ({len(verdict.faults)} faults). Keep the database as it is, "
                "compare it with a backup, and find out who has had the rights to change it."
            )


async def _verdict(data_dir: Path | None, noted: str) -> Verdict:
    from bot.desk.audit import Audit  # noqa: PLC0415
    from bot.office import open_office  # noqa: PLC0415

    async with open_office(settings_of(data_dir)) as office:
        return await Audit(office.database).verify(noted)
