"""Who hears what when something happens to a case: the deliveries that an event makes owed. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from pydantic import AwareDatetime, BaseModel, ConfigDict

from bot.desk.case import TO_ASKER, Actor, Case, CaseState, Event, Move, Officer
from bot.desk.outbox import Delivery
from bot.desk.source_change import SourceChange
from bot.people import Place
from bot.question import Reply, Status
from bot.texts import Texts


class CaseNotice(BaseModel):
    """The payload of every `case.*` delivery; couriers read it with `CaseNotice.model_validate(delivery.payload)`.

    `place` is the asker's thread. `state` and `officer` are those right after the event; `text` is what was written,
    where the event is that somebody wrote something (the question in a `case.opened`), and else empty. `ref` is the
    message that was the occasion, as its platform names it. `due` is the deadline that the event is about or, after any
    other event, by when an officer is to write next. `into` is the label of the case that it was merged into. `watcher`
    is the officer whom a `case.watched` is for. `source` is what happened to a document that the case cites.
    """

    model_config = ConfigDict(frozen=True)

    case_id: str
    label: str
    move: Move
    state: CaseState
    language: str
    reply_id: str
    place: Place
    officer: Officer | None
    text: str
    ref: str = ""
    team: str = ""
    actor: Actor | None = None
    due: AwareDatetime | None = None
    into: str = ""
    watcher: Officer | None = None
    source: SourceChange | None = None

    @property
    def answered_by(self) -> Officer:
        """The officer who wrote what is brought to the asker. Raises ValueError where there is none."""
        if self.officer is None:
            raise ValueError(f"case {self.label} is answered by nobody")
        return self.officer


WRITTEN = frozenset(f"case.{move}" for move in TO_ASKER)
"""The kinds of deliveries that bring to the asker what an officer wrote."""

_TO_ASKER = {
    Move.CLAIMED: "case.claimed",
    Move.REASSIGNED: "case.reassigned",
    Move.ASKED_BACK: "case.asked_back",
    Move.ANSWERED: "case.answered",
    Move.SUPPLEMENTED: "case.supplemented",
    Move.MERGED: "case.merged",
    Move.CLOSED: "case.closed",
    Move.REOPENED: "case.reopened",
    Move.ESCALATED: "case.escalated",
    Move.NUDGED: "case.nudged",
}
_TO_WATCHERS = frozenset(
    {
        *(Move.CLAIMED, Move.RELEASED, Move.REASSIGNED, Move.ROUTED, Move.ASKED_BACK, Move.FOLLOWED_UP, Move.ANSWERED),
        *(Move.MERGED, Move.WITHDRAWN, Move.CLOSED, Move.REOPENED, Move.ESCALATED, Move.UNDELIVERED),
        Move.SOURCE_CHANGED,
    }
)
RESUMED = "case.resumed"
"""The kind that tells an asker who has said more by when the answer is due now."""


def deliveries(case: Case, event: Event, officer_platforms: Sequence[str], into: Case | None = None) -> list[Delivery]:
    """What is owed after the event led to the case as it is now: to the officers always, to the asker's thread where
    something was done that changes whether, when and from whom an answer is to be expected there, and to those who
    watch the case. `into` is the case that it was merged into.

    A case that is laid back waits as it did before: the asker hears when somebody else takes it.
    """
    notice = CaseNotice(
        case_id=case.id,
        label=case.label,
        move=event.move,
        state=case.state,
        language=case.language,
        reply_id=case.reply_id,
        place=case.place,
        officer=case.officer,
        text=event.text,
        ref=event.ref,
        team=case.team,
        actor=event.actor,
        due=event.due or case.due,
        into=into.label if into else "",
        source=event.source,
    )
    to_officers = "case.opened" if event.move is Move.OPENED else "case.changed"
    owed = [_delivery(to_officers, platform, case, notice, f"case/{case.id}") for platform in officer_platforms]
    if kind := _news(case, event):
        # What officers write to each other, the reason for a move, say, does not even travel to the asker.
        theirs = notice if event.move in TO_ASKER else notice.model_copy(update={"text": ""})
        owed.append(_delivery(kind, case.place.platform, case, theirs, lane_of(case.place)))
    if event.move in _TO_WATCHERS:
        owed += [
            _to_watcher(case, notice, each, officer_platforms) for each in case.watchers if each.id != event.actor.id
        ]
    return owed


def _news(case: Case, event: Event) -> str | None:
    """The kind of what the asker is told, if anything."""
    if event.move is Move.FOLLOWED_UP:
        return RESUMED if event.due else None
    if event.actor.id == case.asker.id or (event.move is Move.CLOSED and case.answer is not None):
        return None
    return _TO_ASKER.get(event.move)


def _to_watcher(case: Case, notice: CaseNotice, watcher: Officer, platforms: Sequence[str]) -> Delivery:
    # An officer's id begins with the platform they work on, but on the web.
    platform = next((each for each in platforms if watcher.id.startswith(f"{each}:")), "web")
    told = _delivery(
        "case.watched", platform, case, notice.model_copy(update={"watcher": watcher}), f"watcher/{watcher.id}"
    )
    return told.model_copy(update={"key": f"{told.key}:{watcher.id}"})


def apology(language: str, texts: Texts) -> Reply:
    """What the asker gets in place of a reply that was given up: the way to an officer, as after any abstention."""
    lead = texts(language, "desk.given_up")
    return Reply(id=secrets.token_urlsafe(12), status=Status.ABSTAINED, language=language, lead=lead)


def lane_of(place: Place) -> str:
    """The lane of a thread: what is put there arrives in order."""
    return f"thread/{place.channel}/{place.thread}"


def _delivery(kind: str, platform: str, case: Case, notice: CaseNotice, lane: str) -> Delivery:
    key = f"{kind}:{case.id}:{case.version}:{platform}"
    return Delivery(kind=kind, platform=platform, key=key, payload=notice.model_dump(mode="json"), lane=lane)
