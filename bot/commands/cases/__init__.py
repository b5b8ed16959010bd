"""`cases`: the desk on the command line."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from bot.commands.cases.counting import figures
from bot.commands.cases.exporting import export
from bot.commands.cases.looking import list_, show
from bot.commands.cases.operating import outbox, verify
from bot.commands.cases.working import answer, claim, close, reassign, reopen, route


class _ListsByItself(TyperGroup):
    """A group whose name alone, or with options, is its command `list`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words of the command, `list` before them where no command is named."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


cases = typer.Typer(
    name="cases",
    cls=_ListsByItself,
    help="What waits at the case officers' desk, and what is done about it. `cases` alone is `cases list`.",
)
cases.command("list")(list_)
for command in (show, claim, answer, reassign, route, close, reopen, export, figures, outbox, verify):
    cases.command()(command)
