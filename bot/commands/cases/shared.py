"""What the commands about cases share: who is at work, and which case is meant."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import getpass
import os
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from bot.commands.console import fail, out, plain_errors, print_json, print_row, verbatim
from bot.commands.options import settings_of

if TYPE_CHECKING:
    from bot.desk.case import Case, Officer
    from bot.desk.desk import Desk
    from bot.desk.span import Span
    from bot.desk.teams import Teams
    from bot.office import Office

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="M-17, or the id of the case.", show_default=False)]
WhoId = Annotated[
    str,
    typer.Option(
        "--as", help="The id of the officer who does it: slack:U…, or the sub of the web sign-in. Default: cli:<you>."
    ),
]
WhoName = Annotated[
    str, typer.Option("--name", help="Their name; without it the one in teams.toml, or else the id's last part.")
]
Since = Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From that day on.", show_default=False)]
Until = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Until that day, which counts too.", show_default=False)
]

_LABEL = re.compile(r"(?:m-?)?(\d{1,9})", re.IGNORECASE)
_ADVICE = {
    "taken": "ask them to release or to reassign it",
    "answered": "`moteplassen cases reopen` puts it back in the queue first",
    "withdrawn": "`moteplassen cases reopen` puts it back in the queue, if it is to be answered all the same",
    "merged": "`moteplassen cases show` says which one that is",
    "empty": "write one",
    "long": "shorten it",
}
"""What to do where the desk refuses something, for those refusals that don't say so themselves."""


class Who(NamedTuple):
    """An officer as the command line names them."""

    id: str
    name: str


@contextlib.contextmanager
def at_the_desk() -> Iterator[None]:
    """Say in one line why something can't be done with a case, and what to do."""
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.desk.case import IllegalMove  # noqa: PLC0415
    from bot.desk.store import CaseNotFound  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415

    with plain_errors(DataDirError, ConfigurationError, CaseNotFound):
        try:
            yield
        except IllegalMove as error:
            advice = _ADVICE.get(error.key.rpartition(".")[2])
            raise fail(f"{error}; {advice}" if advice else str(error)) from None


def act(
    do: Callable[[Office, Case, Officer], Awaitable[Case]],
    name: str,
    who: Who,
    data_dir: Path | None,
    *,
    as_json: bool,
) -> None:
    """Let the officer do that to the case of that name, and say how it stands then."""
    from bot.office import open_office  # noqa: PLC0415

    async def acted() -> Case:
        async with open_office(settings_of(data_dir)) as office:
            case = await find(office.desk, name)
            return await do(office, case, officer(office.desk.teams, who))

    with at_the_desk():
        case = asyncio.run(acted())
        if as_json:
            print_json(case.model_dump(mode="json"))
            return
        cells = (case.label, case.state, case.team, case.officer.name if case.officer else "-")
        if out.is_terminal:
            out.print(verbatim("  ".join(cells)))
        else:
            print_row(*cells)


async def find(desk: Desk, name: str) -> Case:
    """The case of that number ("M-17", "17") or id. Raises CaseNotFound."""
    from bot.desk.finding import CaseFilter  # noqa: PLC0415
    from bot.desk.store import CaseNotFound  # noqa: PLC0415

    if label := _LABEL.fullmatch(name.strip()):
        number = int(label[1])
        found = await desk.find(CaseFilter(), 1, before=number + 1)
        if not found or found[0].number != number:
            raise CaseNotFound(f"there is no case M-{number}; `moteplassen cases` lists those that there are")
        return found[0]
    try:
        return await desk.get(name)
    except CaseNotFound:
        raise CaseNotFound(f"no case is called {name!r}; give its number, as in M-17, or its id") from None


def officer(teams: Teams, who: Who) -> Officer:
    """Who does something: by default whoever is logged in to this machine."""
    from bot.desk.case import Officer  # noqa: PLC0415

    user = _user()
    id_ = who.id or f"cli:{user}"
    return Officer(id=id_, name=who.name or _known_name(teams, id_) or id_.rpartition(":")[2])


def _known_name(teams: Teams, id_: str) -> str:
    people = [person for team in teams for person in (*team.members, team.leader) if person]
    return next((person.name for person in people if person.id == id_), "")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user often has no name
        return str(os.getuid())


def span_of(since: dt.datetime | None, until: dt.datetime | None) -> Span:
    """The days of the municipality from the one to the other, both included."""
    from bot.desk.calendar import OSLO  # noqa: PLC0415
    from bot.desk.span import Span  # noqa: PLC0415

    if since and until and until < since:
        raise fail(f"--until {until:%Y-%m-%d} is before --since {since:%Y-%m-%d}; swap them")
    end = until + dt.timedelta(days=1) if until else None
    return Span(since=since and since.replace(tzinfo=OSLO), until=end and end.replace(tzinfo=OSLO))


def utc(moment: dt.datetime | None) -> str:
    """The moment as the commands print it, in UTC; "-" for none."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"
