"""`sources`: where documents come from, how it stands with each, and what has changed."""

from __future__ import annotations

import typer

from bot.commands.groups import ListsByItself
from bot.commands.sources.changing import changes
from bot.commands.sources.checking import check, schema
from bot.commands.sources.looking import list_, show
from bot.commands.sources.proposing import typical

sources = typer.Typer(
    name="sources",
    cls=ListsByItself,
    help="Where documents come from, how it stands with them, what has changed. `sources` alone is `sources list`.",
)
sources.command("list")(list_)
for command in (show, changes, check, schema, typical):
    sources.command()(command)
