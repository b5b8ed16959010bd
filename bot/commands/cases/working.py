"""`cases claim`, `answer`, `reassign`, `route`, `close`, `reopen`: what officers do, from the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from bot.commands.cases.shared import CaseName, Who, WhoId, WhoName, act, officer
from bot.commands.console import err, fail, verbatim
from bot.commands.options import AsJson, DataDir

if TYPE_CHECKING:
    from bot.desk.case import Case, Officer
    from bot.office import Office

Reason = Annotated[str, typer.Option(help="Why; it stands in what happened to the case.")]


def claim(
    case: CaseName, who: WhoId = "", name: WhoName = "", as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Take a case; also that of an officer who is away, where the one who takes it stands in for them."""

    async def do(office: Office, found: Case, by: Officer) -> Case:
        from bot.desk.absences import Absences  # noqa: PLC0415

        away = await Absences(office.database, office.desk.teams).away()
        return await office.desk.claim(found.id, by, standing_in=away.may_stand_in(found, by))

    act(do, case, Who(who, name), data_dir, as_json=as_json)


def answer(
    case: CaseName,
    text: Annotated[str | None, typer.Option(help="The answer.", show_default=False)] = None,
    file: Annotated[
        Path | None, typer.Option(help="A file with the answer, as UTF-8 text.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before it is sent.")] = False,
    who: WhoId = "",
    name: WhoName = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Answer a case, and thereby take it: the answer goes to the thread it was asked in.

    Without --text and --file it is read from standard input. What goes to whom is shown first, and asked about.
    """
    written = _written(text, file, yes=yes)

    async def do(office: Office, found: Case, by: Officer) -> Case:
        if not yes:
            _confirm(found, await office.desk.merged_into(found.id), by, written)
        return await office.desk.answer(found.id, by, written)

    act(do, case, Who(who, name), data_dir, as_json=as_json)


def reassign(
    case: CaseName,
    to: Annotated[str, typer.Option(help="The id of the officer who is to have it.", show_default=False)],
    to_name: Annotated[str, typer.Option(help="Their name; without it the one in teams.toml.")] = "",
    who: WhoId = "",
    name: WhoName = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Give a case to another officer."""

    async def do(office: Office, found: Case, by: Officer) -> Case:
        return await office.desk.reassign(found.id, by, officer(office.desk.teams, Who(to, to_name)))

    if not to.strip():
        raise fail("--to is empty; give the id of an officer")
    act(do, case, Who(who, name), data_dir, as_json=as_json)


def route(
    case: CaseName,
    team: Annotated[str, typer.Option(help="The id of the team.", show_default=False)],
    reason: Reason = "",
    who: WhoId = "",
    name: WhoName = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Give a case to another team."""

    async def do(office: Office, found: Case, by: Officer) -> Case:
        if office.desk.teams.get(team) is None:
            raise fail(f"there is no team {team!r}; use one of {', '.join(each.id for each in office.desk.teams)}")
        return await office.desk.route(found.id, by, team, reason)

    act(do, case, Who(who, name), data_dir, as_json=as_json)


def close(
    case: CaseName, who: WhoId = "", name: WhoName = "", as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """End a case, answered or not."""
    act(lambda office, found, by: office.desk.close(found.id, by), case, Who(who, name), data_dir, as_json=as_json)


def reopen(
    case: CaseName,
    reason: Reason = "",
    who: WhoId = "",
    name: WhoName = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Put a case that is done with back into the queue."""
    act(
        lambda office, found, by: office.desk.reopen(found.id, by, reason),
        case,
        Who(who, name),
        data_dir,
        as_json=as_json,
    )


def _written(text: str | None, file: Path | None, *, yes: bool) -> str:
    if text is not None and file is not None:
        raise fail("--text and --file exclude each other; leave one out")
    if text is not None:
        return text
    if file is not None:
        try:
            return file.read_text(encoding="utf-8")
        except OSError as error:
            raise fail(f"can't read {file}: {error.strerror or error}; give the path of a text file") from None
        except UnicodeDecodeError:
            raise fail(f"{file} is not UTF-8 text; save it as UTF-8") from None
    if sys.stdin.isatty():
        err.print("Write the answer; end it with Ctrl+D on a line of its own.", style="dim")
    elif not yes:
        raise fail("an answer from standard input leaves nothing to confirm with; add --yes, or use --text or --file")
    return sys.stdin.read()


def _confirm(case: Case, merged: Sequence[Case], by: Officer, text: str) -> None:
    """Show what goes to whom. Raises typer.Abort where it is not to."""
    places = [
        f"{each.asker.name}, {each.place.platform}/{each.place.channel} ({each.label})" for each in (case, *merged)
    ]
    lines = {"Question": case.question, "Goes to": "\n".join(places), "From": f"{by.name} ({by.id})", "Answer": text}
    for name, told in lines.items():
        err.print(Text.assemble((f"{name:<10}", "bold"), verbatim(told)))
    typer.confirm("Send it?", abort=True, err=True)
