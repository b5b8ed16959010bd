"""Who hears what when something happens to a case: the deliveries that an event makes owed. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from bot.desk.case import Case, CaseState, Event, Move, Officer
from bot.desk.outbox import Delivery
from bot.people import Place


class CaseNotice(BaseModel):
    """The payload of every `case.*` delivery; couriers read it with `CaseNotice.model_validate(delivery.payload)`.

    `place` is the asker's thread. `state` and `officer` are those right after the event; `text` is the officer's
    answer in a `case.answered`, the question in a `case.opened`, and else empty.
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


_TO_ASKER = {Move.CLAIMED: "case.claimed", Move.ANSWERED: "case.answered"}


def deliveries(case: Case, event: Event, officer_platforms: Sequence[str]) -> list[Delivery]:
    """What is owed after the event led to the case as it is now: to the officers always, to the asker's thread where
    somebody has taken or answered the case."""
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
    )
    to_officers = "case.opened" if event.move is Move.OPENED else "case.changed"
    owed = [_delivery(to_officers, platform, case, notice, f"case/{case.id}") for platform in officer_platforms]
    if kind := _TO_ASKER.get(event.move):
        owed.append(_delivery(kind, case.place.platform, case, notice, lane_of(case.place)))
    return owed


def lane_of(place: Place) -> str:
    """The lane of a thread: what is put there arrives in order."""
    return f"thread/{place.channel}/{place.thread}"


def _delivery(kind: str, platform: str, case: Case, notice: CaseNotice, lane: str) -> Delivery:
    key = f"{kind}:{case.id}:{case.version}:{platform}"
    return Delivery(kind=kind, platform=platform, key=key, payload=notice.model_dump(mode="json"), lane=lane)
