"""Options that several commands share."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import start_logging

if TYPE_CHECKING:
    from bot.settings import Settings

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Where library, index and database live (MOTEPLASSEN_DATA_DIR; default ./data). Made on first use.",
        show_default=False,
    ),
]
LogLevel = Annotated[
    str | None,
    typer.Option(help="DEBUG, INFO, WARNING or ERROR (MOTEPLASSEN_LOG_LEVEL; default WARNING).", show_default=False),
]
LOG_LEVEL: ContextVar[str | None] = ContextVar("LOG_LEVEL", default=None)
"""What was given before the command's name: a setting like the others, once the command reads them."""
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, in one line.")]


def settings_of(data_dir: Path | None, **changes: object) -> Settings:
    """The settings, with what was given on the command line; from here on it is logged as they say.

    Raises pydantic's ValidationError for wrong ones.
    """
    from bot.settings import Settings  # noqa: PLC0415 - pydantic takes longer to load than `--help` may last

    given = {"data_dir": data_dir, "log_level": LOG_LEVEL.get(), **changes}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    start_logging(settings.log_level)
    return settings
