"""Options that several commands share."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import fail
from bot.observing.logs import start_logging

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
Tenant = Annotated[
    str | None,
    typer.Option(
        help="The municipality that the command is for, where there are several (MOTEPLASSEN_TENANT).",
        show_default=False,
    ),
]
TENANT: ContextVar[str | None] = ContextVar("TENANT", default=None)
"""What was given before the command's name, as with the log level."""
LOG_LEVEL: ContextVar[str | None] = ContextVar("LOG_LEVEL", default=None)
"""What was given before the command's name: a setting like the others, once the command reads them."""
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, in one line.")]


def settings_of(data_dir: Path | None, **changes: object) -> Settings:
    """The settings, with what was given on the command line; where there are several municipalities, those of the one
    that was chosen. Ends the command where none was.

    Raises pydantic's ValidationError for wrong ones.
    """
    common = common_settings_of(data_dir, **changes)
    if common.tenants is None and not common.tenant:
        return common
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from bot.tenants.choosing import chosen_tenant  # noqa: PLC0415
    from bot.tenants.tenants_file import TenantsError  # noqa: PLC0415

    try:
        chosen = chosen_tenant(common)
    except (TenantsError, ConfigurationError) as error:
        raise fail(str(error)) from None
    # A municipality has a list of sources of its own: what was given here goes before that, too.
    return chosen.model_copy(update={name: value for name, value in changes.items() if value is not None})


def common_settings_of(data_dir: Path | None, **changes: object) -> Settings:
    """The settings of the whole deployment, with what was given on the command line; now it is logged as they say.

    Raises pydantic's ValidationError for wrong ones.
    """
    from bot.settings import Settings  # noqa: PLC0415 - pydantic takes longer to load than `--help` may last

    given = {"data_dir": data_dir, "log_level": LOG_LEVEL.get(), "tenant": TENANT.get(), **changes}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    start_logging(settings.log_level)
    return settings
