"""`backup` and `restore`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.console import fail, plain_errors, print_row, warn
from bot.commands.options import DataDir, settings_of


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; what is there is replaced.", show_default=False)],
    data_dir: DataDir = None,
) -> None:
    """Write the database, the session secret, sources.toml and teams.toml to a file for its owner only; verify it."""
    from bot.privacy.backup import BackupError, back_up  # noqa: PLC0415
    from bot.reaching import reaching  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415

    with plain_errors(BackupError, ConfigurationError):
        with reaching():
            written = asyncio.run(back_up(settings_of(data_dir), file))
        for name, digest in written.items():
            print_row(name, digest)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` has written.", show_default=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Lose the database that is there.")] = False,
    erasures: Annotated[
        Path | None,
        typer.Option(
            help="The list of who was erased; default erasures.jsonl in the data directory.", show_default=False
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Take a backup back, migrate it, erase who was erased since, and look through the audit log."""
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.privacy.backup import BackupError  # noqa: PLC0415
    from bot.privacy.backup import restore as take_back  # noqa: PLC0415
    from bot.privacy.erasures import NAME, Erasures  # noqa: PLC0415
    from bot.reaching import reaching  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415

    with plain_errors(BackupError, ConfigurationError, DataDirError):
        settings = settings_of(data_dir)
        path = erasures or settings.data_dir / NAME
        if not path.exists():
            warn("erasures", f"there is no {path}: who was erased since the backup was made would be back")
        with reaching():
            restored = asyncio.run(take_back(settings, file, Erasures(path), replace=replace))
        print_row("entries", str(restored.verdict.entries))
        print_row("head", restored.verdict.head)
        print_row("erased again", str(restored.erased))
        if restored.verdict.faults:
            raise fail("the audit log of the backup is not whole; `moteplassen cases verify` says where")
