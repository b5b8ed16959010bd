"""`cases`: the desk on the command line."""

from __future__ import annotations

import typer

from bot.commands.cases.counting import figures
from bot.commands.cases.exporting import export
from bot.commands.cases.looking import list_, show
from bot.commands.cases.operating import outbox, verify
from bot.commands.cases.working import answer, claim, close, reassign, reopen, route
from bot.commands.groups import ListsByItself

cases = typer.Typer(
    name="cases",
    cls=ListsByItself,
    help="What waits at the case officers' desk, and what is done about it. `cases` alone is `cases list`.",
)
cases.command("list")(list_)
for command in (show, claim, answer, reassign, route, close, reopen, export, figures, outbox, verify):
    cases.command()(command)
