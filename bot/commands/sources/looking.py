"""`sources list` and `sources show`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from bot.commands.cases.shared import utc
from bot.commands.console import fail, out, plain_errors, print_json, print_row, verbatim
from bot.commands.options import AsJson, DataDir, settings_of

if TYPE_CHECKING:
    from bot.sourcing.standing import Standing
    from ingest.ledger import Record

_COLOURS = {"ok": "green", "due": "cyan", "missing": "yellow", "failing": "red"}
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of a source.", show_default=False)]


def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the sources: state, documents, last look without an error, next look, who answers for it, what is wrong.

    A source is failing, has missing documents (they are kept for a while), is due, or is ok; the first of these that
    holds is told.
    """
    with _expected():
        moment = dt.datetime.now(dt.UTC)
        found = _standings(data_dir, moment)
        if as_json:
            print_json([_as_json(standing) for standing in found])
        elif out.is_terminal:
            _print_table(found, moment)
        else:
            for standing in found:
                print_row(*_row(standing, moment))


def show(name: Name, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show a source and its documents, each with what is wrong with it and what its reader noted."""
    with _expected():
        moment = dt.datetime.now(dt.UTC)
        found = _standings(data_dir, moment)
        standing = next((each for each in found if each.source.name.casefold() == name.casefold()), None)
        if standing is None:
            raise fail(f"no source is called {name!r}; there are {', '.join(each.source.name for each in found)}")
        if as_json:
            documents = [record.model_dump(mode="json") for record in standing.documents]
            print_json(_as_json(standing) | {"records": documents})
            return
        for label, text in _lines(standing, moment):
            out.print(Text.assemble((f"{label:<14}", "bold"), verbatim(text)))
        _print_documents(standing)


def _expected() -> Any:
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from ingest.sources import SourcesError  # noqa: PLC0415

    return plain_errors(DataDirError, ConfigurationError, SourcesError)


def _standings(data_dir: Path | None, moment: dt.datetime) -> list[Standing]:
    from bot.sourcing.ledger import open_ledger  # noqa: PLC0415
    from bot.sourcing.standing import standings  # noqa: PLC0415
    from ingest.sources import load_sources  # noqa: PLC0415

    settings = settings_of(data_dir)
    with open_ledger(settings) as ledger:
        return standings(load_sources(settings.sources), ledger, moment)


def _as_json(standing: Standing) -> dict[str, Any]:
    record = standing.record
    return {
        "name": standing.source.name,
        "place": standing.source.place,
        "where": standing.where,
        "state": standing.state.value,
        "documents": len(standing.held),
        "passages": standing.passages,
        "failing": [each.document for each in standing.failed],
        "missing": [each.document for each in standing.missing],
        "overdue": [each.document for each in standing.overdue],
        "owner": standing.source.owner,
        "checked": record and record.checked.isoformat(),
        "succeeded": record and record.succeeded and record.succeeded.isoformat(),
        "due": record and record.due.isoformat(),
        "failures": record.failures if record else 0,
        "error": standing.error,
    }


def _row(standing: Standing, moment: dt.datetime) -> tuple[str, ...]:
    return (
        standing.source.name,
        f"{standing.source.place} {standing.where}",
        standing.state.value,
        str(len(standing.held)),
        str(standing.passages),
        _age(standing, moment),
        _next(standing, moment),
        str(len(standing.overdue)),
        standing.source.owner or "-",
        standing.error or "-",
    )


def _print_table(found: Sequence[Standing], moment: dt.datetime) -> None:
    head = ("Source", "State", "Documents", "Passages", "Last success", "Next check (UTC)", "To review", "Owner")
    table = Table(*head)
    for standing in found:
        name, where, _, *cells = _row(standing, moment)
        state = verbatim(standing.state, _COLOURS[standing.state])
        table.add_row(Text.assemble(verbatim(name), "\n", verbatim(where, "dim")), state, *map(verbatim, cells[:-1]))
    out.print(table)
    for standing in found:
        if standing.error:
            out.print(Text.assemble((f"{standing.source.name}: ", "red"), verbatim(standing.error)))


def _lines(standing: Standing, moment: dt.datetime) -> Iterator[tuple[str, str]]:
    source = standing.source
    yield "Source", source.name
    yield "Where", f"{source.place} {standing.where}"
    yield "State", standing.state.value
    yield "Audience", source.audience.value
    yield "Documents", f"{len(standing.held)}, {standing.passages} passages"
    yield "Last success", _age(standing, moment)
    yield "Next check", _next(standing, moment) + " (UTC)"
    yield "Owner", source.owner or "-"
    if standing.record and standing.record.error:
        yield "Error", f"{standing.record.error} ({standing.record.failures} in a row)"


def _print_documents(standing: Standing) -> None:
    for record in standing.documents:
        if not out.is_terminal:
            print_row(record.document, record.title, str(record.passages), *_remarks(standing, record))
            continue
        out.print(Text.assemble(verbatim(record.title or record.document), verbatim(f"  {record.document}", "dim")))
        for remark in _remarks(standing, record):
            out.print(verbatim(f"  {remark}"))


def _remarks(standing: Standing, record: Record) -> Iterator[str]:
    from bot.sourcing.standing import review_by  # noqa: PLC0415

    if record.error:
        yield f"error: {record.error}"
    if record.missing:
        yield f"missing since {record.missing}, kept for {standing.source.keep} days"
    if record in standing.overdue:
        yield f"should have been read again by {review_by(standing.source, record)}"
    yield from (f"note: {note}" for note in record.notes)


def _age(standing: Standing, moment: dt.datetime) -> str:
    from babel.dates import format_timedelta  # noqa: PLC0415

    succeeded = standing.record and standing.record.succeeded
    if not succeeded:
        return "never"
    return f"{format_timedelta(moment - succeeded, granularity='minute', locale='en_GB')} ago"


def _next(standing: Standing, moment: dt.datetime) -> str:
    record = standing.record
    return utc(record.due) if record and record.due > moment and standing.state != "due" else "now"
