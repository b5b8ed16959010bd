"""The dialog that asks what was wrong with a reply, and the button that leads to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    CheckboxesElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from bot.handlers.slack.blocks import Message, said
from bot.question import Reply
from bot.texts import Texts

OPEN = "feedback_open"
"""The action id of the button that opens the dialog; its value is the id of the reply."""
SUBMITTED = "feedback_given"
"""The dialog's callback id; its private metadata is the id of the reply."""
REASONS = ("wrong", "outdated", "beside", "unclear")

_REASONS, _COMMENT, _FORWARD = "reasons", "comment", "forward"
_LONGEST = 2_000


class Found(BaseModel):
    """What somebody put into the dialog."""

    model_config = ConfigDict(frozen=True)

    reasons: tuple[str, ...] = ()
    comment: str = ""
    forward: bool = False


def modal(reply: Reply, texts: Texts, *, forwards: bool) -> View:
    """The dialog; who may send the question to the officers is offered that."""

    def told(key: str) -> PlainTextObject:
        return PlainTextObject(text=texts(reply.language, key))

    reasons = [Option(value=reason, text=told(f"slack.feedback.reason.{reason}")) for reason in REASONS]
    comment = PlainTextInputElement(action_id=_COMMENT, multiline=True, max_length=_LONGEST)
    blocks = [
        _input(_REASONS, told("slack.feedback.reasons"), CheckboxesElement(action_id=_REASONS, options=reasons)),
        _input(_COMMENT, told("slack.feedback.comment"), comment, hint=told("slack.feedback.comment.hint")),
    ]
    if forwards:
        option = Option(value=_FORWARD, text=told("slack.forward"))
        boxes = CheckboxesElement(action_id=_FORWARD, options=[option])
        blocks.append(_input(_FORWARD, told("slack.feedback.forward"), boxes))
    return View(
        type="modal",
        callback_id=SUBMITTED,
        private_metadata=reply.id,
        title=told("slack.feedback.title"),
        submit=told("slack.feedback.submit"),
        close=told("slack.feedback.cancel"),
        blocks=blocks,
    )


def read(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Found:
    """What was put into the dialog, as Slack hands it over."""
    comment = values.get(_COMMENT, {}).get(_COMMENT, {}).get("value") or ""
    reasons = tuple(reason for reason in REASONS if reason in _chosen(values, _REASONS))
    return Found(reasons=reasons, comment=comment.strip(), forward=_FORWARD in _chosen(values, _FORWARD))


def invitation(reply: Reply, texts: Texts) -> Message:
    """What somebody is asked who showed that they think ill of a reply."""
    asked = said(texts(reply.language, "slack.feedback.ask"))
    label = PlainTextObject(text=texts(reply.language, "slack.feedback.open"))
    button = ButtonElement(text=label, action_id=OPEN, value=reply.id)
    return Message(asked.text, (*asked.blocks, ActionsBlock(elements=[button])))


def _input(
    name: str,
    label: PlainTextObject,
    element: CheckboxesElement | PlainTextInputElement,
    hint: PlainTextObject | None = None,
) -> InputBlock:
    return InputBlock(block_id=name, label=label, element=element, hint=hint, optional=True)


def _chosen(values: Mapping[str, Mapping[str, Mapping[str, Any]]], name: str) -> Sequence[str]:
    return [option["value"] for option in values.get(name, {}).get(name, {}).get("selected_options") or ()]
