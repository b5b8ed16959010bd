"""Who hears what when something happens to an answer: the deliveries that an event makes owed. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from bot.desk.outbox import Delivery
from bot.publishing.answer import Act, Event, PublishedAnswer

LIBRARY = "library"
"""The platform that published answers are brought to, to be found there."""
PUBLISH, WITHDRAW = "answer.publish", "answer.withdraw"
PROPOSED, REVIEW, CHANGED = "answer.proposed", "answer.review", "answer.changed"
"""What officers hear: somebody is to approve it, somebody is to look at it again, and whatever else happens to it."""

UNSAID = frozenset({CHANGED})
"""The kinds that are owed to every platform of officers, and of which nothing is said in their channels: what else
becomes of published answers than that somebody is to do something stands on their page; nobody waits for it."""

_TO_LIBRARY = {
    Act.APPROVED: PUBLISH,
    Act.RENEWED: PUBLISH,
    Act.WITHDRAWN: WITHDRAW,
    Act.SUPERSEDED: WITHDRAW,
}
_TO_OFFICERS = {Act.PROPOSED: PROPOSED, Act.FLAGGED: REVIEW}


class AnswerNotice(BaseModel):
    """The payload of every `answer.*` delivery; couriers read it with `AnswerNotice.model_validate(delivery.payload)`.

    `answer` is as it was right after the event. Those of an internal case are for officers only.
    """

    model_config = ConfigDict(frozen=True)

    answer: PublishedAnswer
    event: Event


def deliveries(answer: PublishedAnswer, event: Event, officer_platforms: Sequence[str]) -> list[Delivery]:
    """What is owed after the event led to the answer as it is now: to the officers always, to the library where what
    is to be found there changes."""
    to_officers = _TO_OFFICERS.get(event.act, CHANGED)
    owed = [_delivery(to_officers, platform, answer, event) for platform in officer_platforms]
    if answer.published and (kind := _TO_LIBRARY.get(event.act)):
        owed.append(_delivery(kind, LIBRARY, answer, event))
    return owed


def _delivery(kind: str, platform: str, answer: PublishedAnswer, event: Event) -> Delivery:
    return Delivery(
        kind=kind,
        platform=platform,
        key=f"{kind}:{answer.id}:{answer.version}:{platform}",
        payload=AnswerNotice(answer=answer, event=event).model_dump(mode="json"),
        lane=f"answer/{answer.id}",
    )
