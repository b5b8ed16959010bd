"""`teams`: what installs the app in Microsoft Teams."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.console import err, out, plain_errors
from bot.commands.options import settings_of

teams = typer.Typer(name="teams", help="Install the app in Microsoft Teams: docs/teams.md.", no_args_is_help=True)

Zip = Annotated[Path, typer.Option("--out", help="The file to write; what is there is replaced.")]
Version = Annotated[
    str,
    typer.Option(
        "--app-version",
        help="Teams takes an update only with a higher one than it has, as 0.1.1; without it, our own.",
        show_default=False,
    ),
]
Privacy = Annotated[
    str,
    typer.Option("--privacy-url", help="Your privacy statement; without it, the public address.", show_default=False),
]
Terms = Annotated[
    str, typer.Option("--terms-url", help="Your terms of use; without it, the public address.", show_default=False)
]
Unmentioned = Annotated[
    bool,
    typer.Option(
        "--unmentioned",
        help="Ask owners of teams that the bot may hear what is written in channels without mentioning it "
        "(ChannelMessage.Read.Group): then it hears follow-ups, and what officers write under a case.",
    ),
]


@teams.callback()
def _teams() -> None:
    """Keep `package` a command of its own, though the group has no other."""


@teams.command()
def package(
    to: Zip = Path("moteplassen-teams.zip"),
    version: Version = "",
    privacy: Privacy = "",
    terms: Terms = "",
    unmentioned: Unmentioned = False,
) -> None:
    """Write the app's package, which an administrator uploads to Teams."""
    from bot.handlers.teams.installing.package import described, packed  # noqa: PLC0415 - pydantic takes long to load
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from bot.texts import Texts  # noqa: PLC0415

    with plain_errors(ConfigurationError, OSError):
        own = version or importlib.metadata.version("moteplassen")
        app = described(settings_of(None), own, privacy=privacy, terms=terms, unmentioned=unmentioned)
        to.write_bytes(packed(app, Texts()))
    out.print(str(to), markup=False)
    err.print(f"Version {app.version}, for {app.host}. Upload it as docs/teams.md says.", markup=False)
