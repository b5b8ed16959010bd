"""What an officer reads of a case: the case, what happened to it, and which cases belong to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from bot.desk.absences import Absences, Away
from bot.desk.case import Case, Event, Move, Officer
from bot.desk.desk import Desk
from bot.desk.roster import Roster
from bot.desk.source_change import SourceChange
from bot.publishing.answer import PublishedAnswer
from bot.publishing.publishing import Publishing
from bot.sourcing.revisions import Revision, Revisions

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


class Changed(BaseModel):
    """What has happened to a source, and how the cited sections of it read before and now."""

    model_config = ConfigDict(frozen=True)

    source: SourceChange
    revisions: tuple[Revision, ...]


class CaseView(BaseModel):
    """A case with what stands around it. `added` is what was added to its answer, `main` the case that it was merged
    into, `joined` those merged into it;
    `labels` are what cases are called, by id. `officers` are those whom it can be given to, `changed` is what it rests
    on and has changed since it was asked, and `published` the answers that were made from it."""

    model_config = ConfigDict(frozen=True)

    case: Case
    events: tuple[Event, ...]
    added: tuple[Event, ...]
    main: Case | None
    joined: tuple[Joined, ...]
    labels: Mapping[str, str]
    away: Away
    officers: tuple[Officer, ...]
    changed: tuple[Changed, ...]
    published: tuple[PublishedAnswer, ...]

    @property
    def draft(self) -> str:
        """What the bot had found, as the beginning of an answer."""
        return "\n\n".join(f"{claim.text} ({claim.citation.title})" for claim in self.case.draft)


class Views:
    """Looks at cases."""

    def __init__(
        self, desk: Desk, roster: Roster, absences: Absences, publishing: Publishing, revisions: Revisions
    ) -> None:
        self._desk = desk
        self._roster = roster
        self._absences = absences
        self._publishing = publishing
        self._revisions = revisions

    async def of(self, case: Case) -> CaseView:
        """Everything about the case, as it stands now."""
        desk = self._desk
        events = await desk.events(case.id)
        named = {event.into for event in events if event.into} | {case.merged_into or ""}
        others = {each: await desk.get(each) for each in named if each}
        return CaseView(
            case=case,
            events=tuple(readable(events, case)),
            added=_added(events, case),
            main=others.get(case.merged_into or ""),
            joined=tuple([await _joined(each, desk) for each in await desk.merged_into(case.id)]),
            labels={id_: each.label for id_, each in others.items()},
            away=await self._absences.away(),
            officers=tuple(await self._roster.officers()),
            changed=tuple([await self._changed(each, case) for each in _sources(events)]),
            published=tuple(await self._publishing.of_case(case.id)),
        )

    async def _changed(self, source: SourceChange, case: Case) -> Changed:
        read = await self._revisions.since(source.document, case.opened, source.anchors) if source.anchors else ()
        return Changed(source=source, revisions=read)


def readable(events: Sequence[Event], case: Case) -> list[Event]:
    """The events as they may be read: what an asker took away is not, nor what stands on the page anyway."""
    added = _added(events, case)
    withdrawn = {event.ref for event in events if event.move is Move.RETRACTED}

    def shown(event: Event) -> bool:
        above = event in added or (event.move is Move.ANSWERED and event.text == case.answer)
        return event.move in _WRITTEN and event.ref not in withdrawn - {""} and not above

    return [event if shown(event) else event.model_copy(update={"text": ""}) for event in events]


def _added(events: Sequence[Event], case: Case) -> tuple[Event, ...]:
    answered = [number for number, event in enumerate(events) if event.move is Move.ANSWERED]
    since = events[answered[-1] :] if answered and case.answer else ()
    return tuple(event for event in since if event.move is Move.SUPPLEMENTED)


def _sources(events: Sequence[Event]) -> Sequence[SourceChange]:
    """What has happened to sources: of each document the last."""
    return list({event.source.document: event.source for event in events if event.source}.values())


async def _joined(case: Case, desk: Desk) -> Joined:
    events = readable(await desk.events(case.id), case)
    more = (event.text for event in events if event.move is Move.FOLLOWED_UP and event.text)
    return Joined(case=case, more=tuple(more))
