"""The form in which somebody asks a question from the Home tab. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from slack_sdk.models.blocks import InputBlock, PlainTextInputElement, PlainTextObject
from slack_sdk.models.views import View

from bot.guard import LONGEST_QUESTION
from bot.handlers.slack.home.content import USUAL, Queue
from bot.texts import Texts

SUBMITTED = "home.asked"
"""The callback id of the form."""
QUESTION = "question"
"""The block of the form that holds the question."""
_TEXT = "text"


class Shown(BaseModel):
    """What a view of ours says of itself: what it showed, in which language, where the person's direct messages with
    the bot are, and which cases an officer wants to see. Slack keeps it for us, and hands it over with whatever is done
    there."""

    model_config = ConfigDict(frozen=True)

    digest: str = ""
    language: str = USUAL
    channel: str = ""
    queue: Queue = Queue.OPEN

    @classmethod
    def of(cls, view: Mapping[str, Any] | None) -> Shown:
        """What the view says; nothing where there is none, or where another version of the bot made it."""
        try:
            return cls.model_validate_json((view or {}).get("private_metadata") or "{}")
        except ValidationError:
            return cls()


def form(shown: Shown, texts: Texts) -> View:
    """The form."""
    language = shown.language
    return View(
        type="modal",
        callback_id=SUBMITTED,
        title=PlainTextObject(text=texts(language, "slack.home.ask")),
        submit=PlainTextObject(text=texts(language, "slack.home.form.submit")),
        close=PlainTextObject(text=texts(language, "slack.home.form.close")),
        private_metadata=shown.model_dump_json(),
        blocks=[
            InputBlock(
                block_id=QUESTION,
                label=PlainTextObject(text=texts(language, "slack.home.form.label")),
                hint=PlainTextObject(text=texts(language, "slack.home.form.hint")),
                element=PlainTextInputElement(action_id=_TEXT, multiline=True, max_length=LONGEST_QUESTION),
            )
        ],
    )


def written(view: Mapping[str, Any]) -> str:
    """What was written into the form."""
    return str(view["state"]["values"][QUESTION][_TEXT].get("value") or "")
