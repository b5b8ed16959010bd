"""`cases export`: cases for other programs and for archives."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import enum
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from bot.commands.cases.shared import Since, Until, Who, WhoId, WhoName, at_the_desk, officer, span_of
from bot.commands.console import err, fail, progress_bar
from bot.commands.options import DataDir, settings_of

if TYPE_CHECKING:
    from bot.desk.export import Exported
    from bot.desk.span import Span
    from bot.office import Office

_BOM = "\ufeff"


class Format(enum.StrEnum):
    """csv: a row for each event of each case; json: a list of cases, each with its events."""

    CSV = "csv"
    JSON = "json"


def export(  # noqa: PLR0913, PLR0917 - an argument for each option
    out_file: Annotated[str, typer.Option("--out", metavar="FILE|-", help="Where to; - is standard output.")],
    format_: Annotated[Format, typer.Option("--format", help="A row for each event, or a list of cases.")] = Format.CSV,
    since: Since = None,
    until: Until = None,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Leave out names, ids, contacts and everything that was written.")
    ] = False,
    excel: Annotated[
        bool, typer.Option("--excel", help="CSV as Excel opens it in Norway: semicolons, and a byte order mark.")
    ] = False,
    who: WhoId = "",
    name: WhoName = "",
    data_dir: DataDir = None,
) -> None:
    """Write out the cases that were opened in those days, with all that happened to them.

    Without --anonymous that is personal data: the file is made for your eyes only, and the audit log says who took it.
    """
    with at_the_desk():
        if excel and format_ is not Format.CSV:
            raise fail("--excel is for --format csv; leave one of them out")
        span, write = span_of(since, until), _writer(format_, anonymous=anonymous, excel=excel)
        # Opened first: what can't be written is not noted as taken.
        with _opened(out_file) as file:
            count = asyncio.run(_export(data_dir, span, Who(who, name), write, file, anonymous=anonymous))
        err.print(f"{count} cases written.")


_Write = Callable[[IO[str], AsyncIterator["Exported"]], "AsyncIterator[None]"]


async def _export(data_dir: Path | None, span: Span, who: Who, write: _Write, file: IO[str], *, anonymous: bool) -> int:
    from bot.desk.export import count, exported  # noqa: PLC0415
    from bot.office import open_office  # noqa: PLC0415

    async with open_office(settings_of(data_dir)) as office:
        total = await count(office.database, span)
        await _note(office, who, span, anonymous=anonymous)
        written = 0
        with progress_bar() as bar:
            task = bar.add_task("Exporting", total=total, title="")
            async for _ in write(file, exported(office.database, span)):
                written += 1
                bar.update(task, completed=written)
        return written


async def _note(office: Office, who: Who, span: Span, *, anonymous: bool) -> None:
    """Who takes the cases out is in the audit log before the first of them is."""
    from bot.database import now  # noqa: PLC0415
    from bot.desk import audit  # noqa: PLC0415

    by = officer(office.desk.teams, who)
    details = {**span.model_dump(mode="json"), "anonymous": anonymous}
    async with office.database.writing() as session:
        entry = audit.Entry(moment=now(), actor=by, about="cases", what="exported", details=details)
        await audit.append(session, [entry])


def _writer(format_: Format, *, anonymous: bool, excel: bool) -> _Write:
    async def as_csv(file: IO[str], found: AsyncIterator[Exported]) -> AsyncIterator[None]:
        from bot.desk.export import columns, rows  # noqa: PLC0415

        file.write(_BOM if excel else "")
        table = csv.writer(file, delimiter=";" if excel else ",")
        table.writerow(columns(anonymous=anonymous))
        async for each in found:
            table.writerows(rows(each, anonymous=anonymous))
            yield

    async def as_json(file: IO[str], found: AsyncIterator[Exported]) -> AsyncIterator[None]:
        from bot.desk.export import record  # noqa: PLC0415

        before = "["
        async for each in found:
            file.write(f"{before}\n{json.dumps(record(each, anonymous=anonymous), ensure_ascii=False)}")
            before = ","
            yield
        file.write("[]\n" if before == "[" else "\n]\n")

    return as_csv if format_ is Format.CSV else as_json


@contextlib.contextmanager
def _opened(name: str) -> Iterator[IO[str]]:
    """A file to write to. One on the disk is there once it is whole, for its owner only; where it fails, what was there
    before stays."""
    if name == "-":
        try:
            yield sys.stdout
            sys.stdout.flush()
        except BrokenPipeError:  # whoever reads has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        return
    target = Path(name)
    try:
        # mkstemp makes what only its owner can read.
        handle, made = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise fail(f"can't write to {target.parent}: {error.strerror or error}; choose another --out") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        Path(made).replace(target)
    except OSError as error:
        raise fail(f"can't write {target}: {error.strerror or error}; choose another --out") from None
    finally:
        Path(made).unlink(missing_ok=True)
