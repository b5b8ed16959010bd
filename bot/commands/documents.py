"""`ingest`: brings documents into the library."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import err, out, plain_errors, print_json, progress_bar, verbatim, warn
from bot.commands.options import AsJson, DataDir, settings_of

if TYPE_CHECKING:
    from bot.settings import Settings
    from ingest.report import Report
    from ingest.sources import Source
    from knowledge.library import Library

_LIST = "A sources.toml; without it MOTEPLASSEN_SOURCES, or else what ships."


def ingest(
    sources: Annotated[Path | None, typer.Argument(help=_LIST, show_default=False)] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Make the library hold what the list names: new and changed documents are indexed, unlisted ones removed.

    The list is the whole truth: documents that another list brought in are removed too. To keep a list of your own,
    name it in MOTEPLASSEN_SOURCES, so that `serve`, `demo` and `ask` read the same one.
    """
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from ingest.sources import SourcesError  # noqa: PLC0415
    from knowledge.library import LibraryBusy  # noqa: PLC0415
    from knowledge.vectors import VectorsAway  # noqa: PLC0415

    with plain_errors(DataDirError, ConfigurationError, SourcesError, LibraryBusy, VectorsAway):
        report = asyncio.run(_ingest(settings_of(data_dir, sources=sources)))
        if as_json:
            print_json(report.model_dump(mode="json"))
        else:
            print_report(report)
        if report.failed:
            raise typer.Exit(1)


async def fill_if_unfinished(settings: Settings, library: Library) -> None:
    """Bring the sources in unless that has been done to the end once, so that no question is answered from a part.

    Once is enough: while a later run is under way, or where it was interrupted, each document is as it was or new.
    Where another process is at it, that is waited for, and nothing is brought in a second time.
    """
    from knowledge.library import LibraryBusy  # noqa: PLC0415

    waits = False
    while not await library.is_complete():
        try:
            report = await fill(settings, library, again=False)
        except LibraryBusy:
            if not waits:
                err.print("Another process indexes the documents; waiting for it.")
            waits = True
            continue  # having been patient for seconds
        for failure in report.failed:
            warn("left out", f"{failure.document}: {failure.reason}")
        return


async def fill(settings: Settings, library: Library, *, again: bool = True) -> Report:
    """Bring the sources in, with a progress bar; without `again`, only where that was never done to the end.

    Raises SourcesError or LibraryBusy, or ConfigurationError where the library is read from a snapshot."""
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from bot.sourcing.opening import open_pipeline  # noqa: PLC0415
    from ingest.report import Report  # noqa: PLC0415
    from ingest.sources import load_sources  # noqa: PLC0415

    if not settings.indexing:
        raise ConfigurationError("with MOTEPLASSEN_INDEXING=false the library is a snapshot, and can't be written")
    sources = load_sources(settings.sources)
    async with library.lock():
        # Only now is it known: while this process waited for its turn, another may have done it, or been killed at it.
        if await library.is_complete():
            if not again:
                return Report()
        else:
            await _tell_what_begins(sources, library)
        async with open_pipeline(settings, library) as pipeline:
            with progress_bar() as bar:
                task = bar.add_task("Indexing", total=None, title="")
                return await pipeline.run_in_turn(
                    sources,
                    lambda done, total, title: bar.update(
                        task, completed=done, total=total, title=verbatim(title).plain
                    ),
                )


async def _tell_what_begins(sources: Sequence[Source], library: Library) -> None:
    count = sum(len(source.locations) for source in sources)
    more = " and more" if any(source.is_found for source in sources) else ""
    went = "Indexing was interrupted, going on with" if await library.is_under_way() else "First use: indexing"
    err.print(f"[dim]{went} {count}{more} documents, which takes a second or two for each.[/dim]")


def print_report(report: Report) -> None:
    """The counts in one line, then what failed, each with its reason, what a reader was unsure of, and what changed."""
    counts = ("added", "changed", "unchanged", "missing", "removed")
    out.print(
        ", ".join(f"{getattr(report, name)} {name}" for name in counts if getattr(report, name) or name != "missing")
        + f", {len(report.failed)} failed; {report.passages} passages in {report.seconds:.1f} s"
    )
    for failure in report.failed:
        out.print(verbatim(f"  failed: {failure.document or failure.source}: {failure.reason}"))
    for note in report.notes:
        out.print(verbatim(f"  note: {note.document}: {note.text}"))
    for change in report.changes:
        if change.kind != "added":
            out.print(verbatim(f"  {change.kind}: {change.document}: {change.title}"))
        for section in change.sections:
            out.print(verbatim(f"    {section.kind}: {section.heading}"))


async def _ingest(settings: Settings) -> Report:
    from bot.wiring import open_library  # noqa: PLC0415

    with contextlib.closing(open_library(settings)) as library:
        report = await fill(settings, library)
        if settings.snapshots:
            await _publish(settings, library)
        return report


async def _publish(settings: Settings, library: Library) -> None:
    """Publish what was brought in, so that nobody else need stay up for that."""
    from bot.indexing.opening import open_meanings, open_publisher  # noqa: PLC0415
    from bot.indexing.publishing import SnapshotPublishing  # noqa: PLC0415
    from bot.sourcing.ledger import open_ledger  # noqa: PLC0415
    from knowledge.snapshots import StoreError  # noqa: PLC0415

    try:
        with open_ledger(settings) as ledger:
            publisher, meanings = open_publisher(settings), open_meanings(settings)
            manifest = await SnapshotPublishing(publisher, library, ledger, meanings).look()
    except StoreError as error:
        warn("not published", str(error))
    else:
        if manifest:
            err.print(f"Published as snapshot {manifest.version}.")
