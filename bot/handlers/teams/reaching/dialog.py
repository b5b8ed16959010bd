"""The dialog in which somebody sends a message to the case officers: what will be sent, and who reads it. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from microsoft_teams.api.models import (
    AdaptiveCardAttachment,
    CardTaskModuleTaskInfo,
    Message,
    MessagingExtensionActionResponse,
    TaskModuleContinueResponse,
    TaskModuleMessageResponse,
    card_attachment,
)
from microsoft_teams.cards import AdaptiveCard, CardElement, SubmitAction, SubmitActionData, TextBlock, TextInput
from pydantic import BaseModel, ConfigDict

from bot.guard import LONGEST_QUESTION
from bot.markdown import escape
from bot.texts import Texts

_TEXT, _CONCERNS = "text", "concerns"
_LONGEST_NAME = 150
_BREAK = re.compile(r"(?i)<(?:br|/p|/div|/li|/h\d|/tr)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


class About(BaseModel):
    """The message that a dialog is about, and the one that its thread hangs under. `aside`: the answer comes to the
    sender's own chat with the bot. Teams keeps it until the dialog comes back."""

    model_config = ConfigDict(frozen=True)

    message: str
    thread: str
    aside: bool


class Filled(BaseModel):
    """What came back."""

    model_config = ConfigDict(frozen=True)

    about: About
    text: str
    concerns: str = ""


def consent(
    filled: Filled, language: str, texts: Texts, problem: str = "", *, clipped: bool = False
) -> MessagingExtensionActionResponse:
    """The text as the officers will get it, whom it concerns, and where the answer comes."""

    def say(key: str) -> str:
        return texts(language, key)

    text = TextInput(
        id=_TEXT,
        label=say("desk.case.consent.question"),
        value=filled.text,
        is_multiline=True,
        is_required=True,
        max_length=LONGEST_QUESTION,
        error_message=say("reply.refused.empty"),
    )
    concerns = TextInput(
        id=_CONCERNS,
        label=say("desk.case.consent.concerns"),
        placeholder=say("desk.case.consent.concerns.hint"),
        value=filled.concerns,
        max_length=_LONGEST_NAME,
    )
    hint = say("desk.case.consent.clipped" if clipped else "desk.case.consent.hint")
    readers = say("teams.send.readers.aside" if filled.about.aside else "teams.send.readers")
    body: list[CardElement] = [text, _said(hint), concerns, _said(readers)]
    if problem:
        body.insert(0, _said(problem, "Attention"))
    kept = SubmitActionData.model_validate(filled.about.model_dump())
    submit = SubmitAction(title=say("desk.case.consent.submit"), data=kept, style="positive")
    return _dialog(AdaptiveCard(body=body, actions=[submit]), language, texts)


def says(text: str, language: str, texts: Texts) -> MessagingExtensionActionResponse:
    """A dialog that has nothing to fill in."""
    return _dialog(AdaptiveCard(body=[_said(text)]), language, texts)


def ends(text: str) -> MessagingExtensionActionResponse:
    """The dialog closes, and Teams says so."""
    return MessagingExtensionActionResponse(task=TaskModuleMessageResponse(value=text))


def filled(data: object) -> Filled | None:
    """What came back; None where it is no such dialog's."""
    found: Mapping[str, Any] = data if isinstance(data, dict) else {}
    if not isinstance(found.get("message"), str):
        return None
    about = About(message=found["message"], thread=_text(found, "thread"), aside=found.get("aside") is not False)
    return Filled(about=about, text=_text(found, _TEXT), concerns=" ".join(_text(found, _CONCERNS).split()))


def text_of(message: Message) -> str:
    """What the message says, without its markup."""
    body = message.body
    content = (body and body.content) or ""
    if body is None or body.content_type != "html":
        return content.strip()
    plain = html.unescape(_TAG.sub("", _BREAK.sub("\n", content))).replace("\xa0", " ")
    return "\n".join(filter(None, map(str.strip, plain.splitlines())))


def _dialog(card: AdaptiveCard, language: str, texts: Texts) -> MessagingExtensionActionResponse:
    title = texts(language, "desk.case.forward")
    info = CardTaskModuleTaskInfo(title=title, card=card_attachment(AdaptiveCardAttachment(content=card)))
    return MessagingExtensionActionResponse(task=TaskModuleContinueResponse(value=info))


def _said(text: str, color: str = "Default") -> TextBlock:
    return TextBlock.model_validate({"text": escape(text), "wrap": True, "color": color})


def _text(data: Mapping[str, Any], name: str) -> str:
    found = data.get(name)
    return found if isinstance(found, str) else ""
