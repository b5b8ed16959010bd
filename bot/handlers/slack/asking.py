"""What somebody asks in Slack: an event as a question that may be kept. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.guard import Guard, Refused
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.mrkdwn import plain
from bot.people import Asker, Place
from bot.question import Question
from bot.understanding import OPENING

EVENTS = frozenset({"app_mention", "message.im"})
"""The events that are questions, by the names that the app's manifest subscribes to them with."""


class Posed(Question):
    """A question of which it is known who asks it and where."""

    asker: Asker
    place: Place


class Refusal(BaseModel):
    """Why a text is no question: a message for the asker, what fills it in, and the text's language if it has one."""

    model_config = ConfigDict(frozen=True)

    key: str
    values: dict[str, int] = {}
    language: str = ""


class Asked(BaseModel):
    """What was asked. `masked`: personal data was taken out of it. Of what was refused the text is not kept at all."""

    model_config = ConfigDict(frozen=True)

    question: Posed
    masked: bool = False
    refused: Refusal | None = None


def read(event: Mapping[str, Any], guard: Guard, tell_language: Callable[[str], str]) -> Asked | None:
    """What the event asks. None where nobody does: bots, edits, joins, and messages between others."""
    if _kind(event) not in EVENTS or event.get("bot_id") or event.get("subtype") or not event.get("user"):
        return None
    thread = event.get("thread_ts") or event["ts"]
    # Guests and people of other companies may read along: until that is looked up, all of Slack is public.
    private = event.get("channel_type") == "im"
    place = Place(platform=PLATFORM, channel=event["channel"], thread=thread, outsiders=True, private=private)
    posed = Posed(text="", asker=Asker(id=event["user"], name=""), place=place)
    text = plain(event.get("text") or "")
    try:
        guarded = guard.check(text)
    except Refused as refused:
        values = {name: value for name, value in refused.values.items() if isinstance(value, int)}
        # The text is gone when the refusal is put into words.
        opening = text[:OPENING]
        language = tell_language(opening) if any(map(str.isalpha, opening)) else ""
        return Asked(question=posed, refused=Refusal(key=refused.key, values=values, language=language))
    return Asked(question=posed.model_copy(update={"text": guarded.text}), masked=guarded.masked)


def _kind(event: Mapping[str, Any]) -> str:
    kind = event.get("type", "")
    return f"message.{event.get('channel_type', '')}" if kind == "message" else kind
