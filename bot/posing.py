"""What somebody writes, as a question that may be kept: checked, personal data masked, with who asks it where. Pure."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

from bot.guard import Guard, Refused
from bot.people import Asker, Place
from bot.question import Question
from bot.understanding import OPENING


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Posed(Question):
    """A question of which it is known who asks it and where. `seen` is where the asker sees the reply, where that is
    another place than the one that the question belongs to: what is shown fits both. `narrowed`: the reply is the
    second one, from public sources, as the first was for fewer people than read there by now."""

    asker: Asker
    place: Place
    seen: Place | None = None
    narrowed: bool = False


class Refusal(_Value):
    """Why a text is no question: a message for the asker, what fills it in, and the text's language if it has one."""

    key: str
    values: dict[str, int] = {}
    language: str = ""


class Asked(_Value):
    """What was asked. A platform adds what it needs to know to bring the reply.

    `masked`: personal data was taken out of it. Of what was refused the text is not kept at all. `certain`: the bot is
    meant; else that is to be found out. `notes` are the keys of what the asker is told beside the reply.
    """

    question: Posed
    masked: bool = False
    certain: bool = True
    notes: tuple[str, ...] = ()
    refused: Refusal | None = None


def asked(text: str, posed: Posed, guard: Guard, tell_language: Callable[[str], str]) -> Asked:
    """The text, asked as the empty question `posed` says by whom and where."""
    try:
        guarded = guard.check(text)
    except Refused as refused:
        values = {name: value for name, value in refused.values.items() if isinstance(value, int)}
        # The text is gone when the refusal is put into words.
        opening = text[:OPENING]
        language = tell_language(opening) if any(map(str.isalpha, opening)) else ""
        return Asked(question=posed, refused=Refusal(key=refused.key, values=values, language=language))
    return Asked(question=posed.model_copy(update={"text": guarded.text}), masked=guarded.masked)
