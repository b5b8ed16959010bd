"""`ingest`: brings documents into the library."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import err, out, plain_errors, print_json, progress_bar
from bot.commands.options import AsJson, DataDir, settings_of

if TYPE_CHECKING:
    from bot.settings import Settings
    from ingest.pipeline import Report
    from knowledge.library import Library


def ingest(
    sources: Annotated[Path | None, typer.Argument(help="A sources.toml; without it what ships.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Bring documents in: new and changed ones are indexed, vanished ones removed, the rest left alone."""
    from bot.wiring import DataDirError  # noqa: PLC0415
    from ingest.sources import SourcesError  # noqa: PLC0415
    from knowledge.library import LibraryBusy  # noqa: PLC0415

    with plain_errors(DataDirError, SourcesError, LibraryBusy):
        report = asyncio.run(_ingest(settings_of(data_dir, sources=sources)))
        if as_json:
            print_json(report.model_dump(mode="json"))
        else:
            print_report(report)
        if report.failed:
            raise typer.Exit(1)


async def fill_if_empty(settings: Settings, library: Library) -> None:
    """Bring in what ships where the library holds nothing yet, so that a first question finds something."""
    if await library.holdings():
        return
    report = await fill(settings, library)
    for failure in report.failed:
        err.print(f"[yellow]left out:[/yellow] {failure.document}: {failure.reason}", markup=True)


async def fill(settings: Settings, library: Library) -> Report:
    """Bring the sources in, with a progress bar. Raises SourcesError or LibraryBusy."""
    from bot.wiring import open_pipeline  # noqa: PLC0415
    from ingest.sources import load_sources  # noqa: PLC0415

    sources = load_sources(settings.sources)
    if not await library.holdings():
        count = sum(len(source.locations) for source in sources)
        err.print(f"[dim]First use: indexing {count} documents, which takes a second or two for each.[/dim]")
    async with open_pipeline(settings, library) as pipeline:
        with progress_bar() as bar:
            task = bar.add_task("Indexing", total=None, title="")
            return await pipeline.run(
                sources, lambda done, total, title: bar.update(task, completed=done, total=total, title=title)
            )


def print_report(report: Report) -> None:
    """The counts in one line, then the documents that failed, each with its reason."""
    counts = ("added", "changed", "unchanged", "removed")
    out.print(
        ", ".join(f"{getattr(report, name)} {name}" for name in counts)
        + f", {len(report.failed)} failed; {report.passages} passages in {report.seconds:.1f} s"
    )
    for failure in report.failed:
        out.print(f"  failed: {failure.document}: {failure.reason}", markup=False)


async def _ingest(settings: Settings) -> Report:
    from bot.wiring import open_library  # noqa: PLC0415

    library = open_library(settings)
    try:
        return await fill(settings, library)
    finally:
        library.close()
