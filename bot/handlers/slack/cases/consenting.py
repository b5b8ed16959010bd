"""What askers see before their question goes to the officers: all that will be sent, who reads it, a last word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import ContextBlock, InputBlock, PlainTextInputElement, PlainTextObject
from slack_sdk.models.views import View

from bot.citing import sources
from bot.guard import LONGEST_QUESTION
from bot.handlers.slack.blocks import SECTION, bold, markup
from bot.handlers.slack.cases.quoting import fitting
from bot.handlers.slack.mrkdwn import clip, escape
from bot.replies import Said
from bot.texts import Texts

CONSENT = "consent"
"""The modal's callback id; its private metadata is the id of the reply."""
QUESTION = "question"
"""The input of the modal, and the only element in it."""

_LINE = 200


def consent(said: Said, texts: Texts) -> View:
    """The modal."""

    def told(key: str) -> PlainTextObject:
        return PlainTextObject(text=texts(said.reply.language, key))

    asked = PlainTextInputElement(
        action_id=QUESTION,
        multiline=True,
        initial_value=said.question.text[:LONGEST_QUESTION] or None,
        max_length=LONGEST_QUESTION,
    )
    question = InputBlock(
        block_id=QUESTION, label=told("desk.case.consent.question"), hint=told("desk.case.consent.hint"), element=asked
    )
    return View(
        type="modal",
        callback_id=CONSENT,
        title=told("desk.case.forward"),
        submit=told("desk.case.consent.submit"),
        close=told("desk.case.cancel"),
        private_metadata=said.reply.id,
        blocks=[question, ContextBlock(elements=[markup("\n".join(_along(said, texts)))])],
    )


def written(view: Mapping[str, Any]) -> str:
    """The question as it was confirmed."""
    return str(view["state"]["values"][QUESTION][QUESTION].get("value") or "")


def _along(said: Said, texts: Texts) -> list[str]:
    """What goes with the question, and who reads it."""
    language = said.reply.language
    lines = [bold(texts(language, "slack.consent.along")), f"• {escape(texts(language, 'slack.consent.name'))}"]
    found = sources([*(claim.citation for claim in said.reply.claims or said.reply.draft), *said.reply.nearest])
    if found:
        lines.append(f"• {escape(texts(language, 'slack.consent.sources', count=len(found)))}")
    if said.question.history:
        lines.append(f"• {escape(texts(language, 'slack.consent.history'))}")
        lines += [f"    – {clip(text, _LINE)}" for text in said.question.history]
    private = said.question.place.private or not said.question.place.outsiders
    readers = "slack.consent.readers.private" if private else "slack.consent.readers"
    last = escape(texts(language, readers))
    return [*fitting(lines, SECTION - len(last) - 1), last]
