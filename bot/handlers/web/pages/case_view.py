"""What an officer reads of a case: the case, what happened to it, and which cases belong to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from bot.desk.absences import Absences, Away
from bot.desk.case import Case, Event, Move, Officer
from bot.desk.desk import Desk
from bot.desk.roster import Roster

_WRITTEN = frozenset(
    {
        *(Move.ASKED_BACK, Move.FOLLOWED_UP, Move.CORRECTED, Move.ANSWERED, Move.SUPPLEMENTED),
        *(Move.RETURNED, Move.ROUTED, Move.REOPENED, Move.WITHDRAWN),
    }
)
"""The moves whose text is read in the list of what happened."""


class Joined(BaseModel):
    """A case that is answered by way of another, and what its asker has written since."""

    model_config = ConfigDict(frozen=True)

    case: Case
    more: tuple[str, ...] = ()


class CaseView(BaseModel):
    """A case with what stands around it. `main` is the case that it was merged into, `joined` are those merged into it;
    `labels` are what cases are called, by id. `officers` are those whom it can be given to."""

    model_config = ConfigDict(frozen=True)

    case: Case
    events: tuple[Event, ...]
    main: Case | None
    joined: tuple[Joined, ...]
    labels: Mapping[str, str]
    away: Away
    officers: tuple[Officer, ...]

    @property
    def draft(self) -> str:
        """What the bot had found, as the beginning of an answer."""
        return "\n\n".join(f"{claim.text} ({claim.citation.title})" for claim in self.case.draft)


async def look(case: Case, desk: Desk, roster: Roster, absences: Absences) -> CaseView:
    """Everything about the case, as it stands now."""
    events = await desk.events(case.id)
    named = {event.into for event in events if event.into} | {case.merged_into or ""}
    others = {each: await desk.get(each) for each in named if each}
    return CaseView(
        case=case,
        events=tuple(readable(events, case)),
        main=others.get(case.merged_into or ""),
        joined=tuple([await _joined(each, desk) for each in await desk.merged_into(case.id)]),
        labels={id_: each.label for id_, each in others.items()},
        away=await absences.away(),
        officers=tuple(await roster.officers()),
    )


def readable(events: Sequence[Event], case: Case) -> list[Event]:
    """The events as they may be read: what an asker took away is not, nor what stands on the page anyway."""
    withdrawn = {event.ref for event in events if event.move is Move.RETRACTED}

    def shown(event: Event) -> bool:
        above = event.move is Move.ANSWERED and event.text == case.answer
        return event.move in _WRITTEN and event.ref not in withdrawn - {""} and not above

    return [event if shown(event) else event.model_copy(update={"text": ""}) for event in events]


async def _joined(case: Case, desk: Desk) -> Joined:
    events = readable(await desk.events(case.id), case)
    more = (event.text for event in events if event.move is Move.FOLLOWED_UP and event.text)
    return Joined(case=case, more=tuple(more))
