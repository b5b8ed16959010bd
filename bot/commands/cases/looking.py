"""`cases list` and `cases show`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from rich.table import Table
from rich.text import Text

from bot.commands.cases.shared import CaseName, at_the_desk, find, utc
from bot.commands.console import fail, out, print_json, print_row, verbatim
from bot.commands.options import AsJson, DataDir, settings_of

if TYPE_CHECKING:
    import datetime as dt

    from bot.desk.case import Case, Event
    from bot.desk.desk import Desk
    from bot.desk.finding import CaseFilter


States = Annotated[
    list[str] | None,
    typer.Option(
        help="forwarded, claimed, asked, answered, closed, merged or withdrawn; several times for several.",
        show_default=False,
    ),
]


def list_(  # noqa: PLR0913, PLR0917 - an argument for each option
    state: States = None,
    team: Annotated[str | None, typer.Option(help="The id of a team.", show_default=False)] = None,
    topic: Annotated[str | None, typer.Option(help="The name of a topic.", show_default=False)] = None,
    officer: Annotated[str | None, typer.Option(help="The id of who has them.", show_default=False)] = None,
    late: Annotated[bool, typer.Option("--late", help="Only those to which an officer should have written.")] = False,
    unclaimed: Annotated[bool, typer.Option("--unclaimed", help="Only those that nobody has.")] = False,
    words: Annotated[str, typer.Option(help="Words that question or asker's name hold.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List cases: those that are late first, the longest late on top; then the latest."""
    from bot.database import now  # noqa: PLC0415
    from bot.desk.case import CaseState  # noqa: PLC0415
    from bot.desk.finding import CaseFilter  # noqa: PLC0415

    with at_the_desk():
        if unknown := [each for each in state or () if each not in set(CaseState)]:
            raise fail(f"{unknown[0]!r} is no state of a case; use one of {', '.join(CaseState)}")
        if unclaimed and officer:
            raise fail("--unclaimed and --officer exclude each other; leave one out")
        moment = now()
        wanted = CaseFilter(
            states=frozenset(map(CaseState, state or CaseState)),
            team=team,
            topic=topic,
            officer="" if unclaimed else officer,
            late=moment if late else None,
            words=words,
        )
        found = asyncio.run(_found(data_dir, wanted, limit, moment))
        if as_json:
            print_json([_as_json(case, moment) for case in found])
        else:
            _print_list(found, moment)


async def _found(data_dir: Path | None, wanted: CaseFilter, limit: int, moment: dt.datetime) -> list[Case]:
    from bot.office import open_office  # noqa: PLC0415

    async with open_office(settings_of(data_dir)) as office:
        late = await office.desk.find(wanted.model_copy(update={"late": moment}), limit)
        others = () if wanted.late else await office.desk.find(wanted, limit)
    late = sorted(late, key=lambda case: (case.due or moment, case.number))
    known = {case.id for case in late}
    return [*late, *(case for case in others if case.id not in known)][:limit]


def _as_json(case: Case, moment: dt.datetime) -> dict[str, Any]:
    due = case.due and case.due.isoformat()
    return {"label": case.label, "late": case.is_late(moment), "due": due, **case.model_dump(mode="json")}


def _print_list(found: Sequence[Case], moment: dt.datetime) -> None:
    if not found:
        out.print("No cases.")
        return
    rows = [
        (
            case.label,
            f"{case.state}, late" if case.is_late(moment) else case.state.value,
            case.team,
            case.officer.name if case.officer else "-",
            utc(case.opened),
            utc(case.due),
            case.question,
        )
        for case in found
    ]
    if not out.is_terminal:
        for row in rows:
            print_row(*row)
        return
    table = Table("Case", "State", "Team", "Officer", "Opened (UTC)", "Due (UTC)", "Question")
    for case, row in zip(found, rows, strict=True):
        table.add_row(*map(verbatim, row), style="bold" if case.is_late(moment) else "")
    out.print(table)


class _Shown(NamedTuple):
    case: Case
    events: Sequence[Event]
    merged: Sequence[Case]
    into: Case | None
    team: str


def show(case: CaseName, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show all of a case: the question, who asks and who has it, deadlines, what happened, what the bot had found."""
    from bot.database import now  # noqa: PLC0415

    with at_the_desk():
        shown = asyncio.run(_shown(data_dir, case))
        if as_json:
            more = {
                "events": [event.model_dump(mode="json") for event in shown.events],
                "merged": [each.label for each in shown.merged],
                "into": shown.into and shown.into.label,
            }
            print_json(_as_json(shown.case, now()) | more)
            return
        for name, text in _lines(shown, now()):
            out.print(Text.assemble((f"{name:<12}", "bold"), verbatim(text)) if name else verbatim(f"  {text}"))


async def _shown(data_dir: Path | None, name: str) -> _Shown:
    from bot.office import open_office  # noqa: PLC0415

    async with open_office(settings_of(data_dir)) as office:
        desk: Desk = office.desk
        case = await find(desk, name)
        into = await desk.get(case.merged_into) if case.merged_into else None
        team = desk.teams.get(case.team)
        events, merged = await desk.events(case.id), await desk.merged_into(case.id)
        return _Shown(case, events, merged, into, team.name if team else case.team)


def _lines(shown: _Shown, moment: dt.datetime) -> Iterator[tuple[str, str]]:
    """What is told of a case, each line with its name; what belongs to the line before has none."""
    told = [*_standing(shown, moment), *_written(shown.case)]
    yield from ((name, text) for name, text in told if text)
    yield "Happened", "(UTC)"
    yield from (("", _happened(event)) for event in shown.events)
    case = shown.case
    sources = dict.fromkeys(case.citations)
    yield from (("Source", f"{source.title}: “{source.quote}” {source.url}") for source in sources)


def _standing(shown: _Shown, moment: dt.datetime) -> Iterator[tuple[str, str]]:
    case = shown.case
    late, not_ours = ", late" if case.is_late(moment) else "", ", not ours" if case.not_ours else ""
    paused = f"; waits for the asker since {utc(case.paused)}" if case.paused else ""
    yield "Case", f"{case.label} ({case.id})"
    yield "State", f"{case.state}{late}{not_ours}"
    yield "Asker", f"{case.asker.name} ({case.asker.id}), {case.place.platform}/{case.place.channel}, {case.language}"
    yield "Contact", case.contact
    yield "Team", " · ".join(filter(None, (shown.team, case.topic, case.strategy)))
    yield "Officer", f"{case.officer.name} ({case.officer.id})" if case.officer else ""
    yield "Watched by", ", ".join(each.name for each in case.watchers)
    yield "Due (UTC)", f"first word {utc(case.due_reply)}, answer {utc(case.due_answer)}{paused}"
    yield "Merged", f"into {shown.into.label}" if shown.into else ""
    yield "Merged", f"into this one: {', '.join(each.label for each in shown.merged)}" if shown.merged else ""


def _written(case: Case) -> Iterator[tuple[str, str]]:
    yield "Question", case.question
    yield "Asked", case.original if case.original != case.question else ""
    yield from (("Before", text) for text in case.history)
    yield "Asked back", case.asked or ""
    yield "Answer", case.answer or ""


def _happened(event: Event) -> str:
    told = [f"{utc(event.moment)}  {event.move} by {event.actor.name}"]
    if event.to:
        told.append(f"to {event.to.name}")
    if event.team:
        told.append(f"to team {event.team}")
    return " ".join(told) + (f": {event.text}" if event.text else "")
