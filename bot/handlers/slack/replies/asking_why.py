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
    RadioButtonsElement,
)
from slack_sdk.models.views import View

from bot.feedback import Fault, Importance
from bot.handlers.slack.blocks import Message, said
from bot.question import Reply
from bot.texts import Texts

OPEN = "feedback_open"
"""The action id of the button that opens the dialog; its value is the id of the reply."""
SUBMITTED = "feedback_given"
"""The dialog's callback id; its private metadata is the id of the reply."""
_REASONS, _IMPORTANCE, _COMMENT, _FORWARD = "reasons", "importance", "comment", "forward"
_LONGEST = 2_000


class Found(BaseModel):
    """What somebody put into the dialog."""

    model_config = ConfigDict(frozen=True)

    faults: tuple[Fault, ...] = ()
    importance: Importance | None = None
    comment: str = ""
    forward: bool = False


def modal(reply: Reply, texts: Texts, *, forwards: bool, staff: bool) -> View:
    """The dialog; who may send the question to the officers is offered that, and staff say how much it matters."""

    def told(key: str) -> PlainTextObject:
        return PlainTextObject(text=texts(reply.language, key))

    faults = [Option(value=fault, text=told(fault.key)) for fault in Fault]
    comment = PlainTextInputElement(action_id=_COMMENT, multiline=True, max_length=_LONGEST)
    blocks = [
        _input(_REASONS, told("reply.feedback.reasons"), CheckboxesElement(action_id=_REASONS, options=faults)),
        _input(_COMMENT, told("reply.feedback.comment"), comment, hint=told("reply.feedback.comment.hint")),
    ]
    if staff:
        ranks = [Option(value=rank, text=told(rank.key)) for rank in Importance]
        radio = RadioButtonsElement(action_id=_IMPORTANCE, options=ranks)
        blocks.insert(1, _input(_IMPORTANCE, told("reply.feedback.importance"), radio))
    if forwards:
        option = Option(value=_FORWARD, text=told("desk.case.forward"))
        boxes = CheckboxesElement(action_id=_FORWARD, options=[option])
        blocks.append(_input(_FORWARD, told("slack.feedback.forward"), boxes))
    return View(
        type="modal",
        callback_id=SUBMITTED,
        private_metadata=reply.id,
        title=told("reply.feedback.title"),
        submit=told("reply.feedback.submit"),
        close=told("reply.feedback.cancel"),
        blocks=blocks,
    )


def read(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Found:
    """What was put into the dialog, as Slack hands it over."""
    comment = values.get(_COMMENT, {}).get(_COMMENT, {}).get("value") or ""
    return Found(
        faults=tuple(fault for fault in Fault if fault in _chosen(values, _REASONS)),
        importance=next((rank for rank in Importance if rank in _chosen(values, _IMPORTANCE)), None),
        comment=comment.strip(),
        forward=_FORWARD in _chosen(values, _FORWARD),
    )


def invitation(reply: Reply, texts: Texts) -> Message:
    """What somebody is asked who showed that they think ill of a reply."""
    asked = said(texts(reply.language, "slack.feedback.ask"))
    label = PlainTextObject(text=texts(reply.language, "slack.feedback.open"))
    button = ButtonElement(text=label, action_id=OPEN, value=reply.id)
    return Message(asked.text, (*asked.blocks, ActionsBlock(elements=[button])))


def _input(
    name: str,
    label: PlainTextObject,
    element: CheckboxesElement | RadioButtonsElement | PlainTextInputElement,
    hint: PlainTextObject | None = None,
) -> InputBlock:
    return InputBlock(block_id=name, label=label, element=element, hint=hint, optional=True)


def _chosen(values: Mapping[str, Mapping[str, Mapping[str, Any]]], name: str) -> Sequence[str]:
    found = values.get(name, {}).get(name, {})
    options = found.get("selected_options") or filter(None, [found.get("selected_option")])
    return [option["value"] for option in options]
