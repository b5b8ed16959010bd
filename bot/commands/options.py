"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def settings_of(data_dir: Path | None, **changes: object) -> Settings:
    """The settings, with what was given on the command line. Raises pydantic's ValidationError for wrong ones."""
    from bot.settings import Settings  # noqa: PLC0415 - pydantic takes longer to load than `--help` may last

    given = {"data_dir": data_dir, **changes}
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
