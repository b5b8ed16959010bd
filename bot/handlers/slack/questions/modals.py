"""The modals behind the message shortcuts, and what people fill in there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import (
    ContextBlock,
    InputBlock,
    MarkdownTextObject,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
)
from slack_sdk.models.views import View

from bot.guard import LONGEST_QUESTION
from bot.handlers.slack.mrkdwn import escape
from bot.texts import Texts

ASK, FORWARD = "ask", "forward"
"""The callback ids of the message shortcuts, and of the modals that they open."""
TEXT, WHERE, CONCERNS = "text", "where", "concerns"
"""The inputs: ids of blocks and of what stands in them."""
HERE, ASIDE = "here", "aside"

_LONGEST_NAME = 150
_METADATA = 3_000


class About(BaseModel):
    """The message that a modal is about; kept by Slack until the modal comes back. `silent`: in its channel the bot
    says nothing that everybody reads."""

    model_config = ConfigDict(frozen=True)

    workspace: str
    channel: str
    thread: str
    language: str = "nb"
    files: tuple[Mapping[str, Any], ...] = ()
    silent: bool = False

    def kept(self) -> str:
        """As Slack keeps it; with as many of the files as there is room for."""
        kept = self.model_dump_json()
        return kept if len(kept) <= _METADATA else self.model_copy(update={"files": self.files[:-1]}).kept()


class Filled(BaseModel):
    """What somebody has filled in."""

    model_config = ConfigDict(frozen=True)

    about: About
    text: str
    open: bool = False
    concerns: str = ""


def asking(text: str, about: About, texts: Texts) -> View:
    """Ask the bot about a message: the text as it will be asked, and who is to see the answer."""
    say = _Saying(texts, about.language)
    options = [
        Option(
            value=value,
            text=say(f"slack.shortcut.where.{value}"),
            description=say(f"slack.shortcut.where.{value}.about"),
        )
        for value in ((ASIDE,) if about.silent else (HERE, ASIDE))
    ]
    where = InputBlock(
        block_id=WHERE,
        label=say("slack.shortcut.where"),
        hint=say("slack.shortcut.where.silent") if about.silent else None,
        element=RadioButtonsElement(action_id=WHERE, options=options, initial_option=options[0]),
    )
    return _modal(ASK, [_text(text, say), where, *_read_too(about, say)], about, say)


def forwarding(text: str, about: About, texts: Texts) -> View:
    """Send a message to the officers: the text as they will get it, whom it concerns, and who reads it."""
    say = _Saying(texts, about.language)
    concerns = InputBlock(
        block_id=CONCERNS,
        label=say("desk.case.consent.concerns"),
        hint=say("desk.case.consent.concerns.hint"),
        optional=True,
        element=PlainTextInputElement(action_id=CONCERNS, max_length=_LONGEST_NAME),
    )
    readers = "slack.consent.readers.private" if about.channel.startswith("D") else "slack.consent.readers"
    along = f"• {say('slack.consent.name').text}\n{say(readers).text}"
    read = ContextBlock(elements=[MarkdownTextObject(text=escape(along), verbatim=True)])
    return _modal(FORWARD, [_text(text, say), concerns, read], about, say)


def filled(view: Mapping[str, Any]) -> Filled:
    """What came back."""
    values = view["state"]["values"]
    chosen = (values.get(WHERE, {}).get(WHERE) or {}).get("selected_option") or {}
    return Filled(
        about=About.model_validate_json(view["private_metadata"]),
        text=_typed(values, TEXT),
        open=chosen.get("value", HERE) == HERE,
        concerns=" ".join(_typed(values, CONCERNS).split()),
    )


class _Saying:
    """The texts of the modals in one language."""

    def __init__(self, texts: Texts, language: str) -> None:
        self._texts = texts
        self._language = language

    def __call__(self, key: str) -> PlainTextObject:
        return PlainTextObject(text=self._texts(self._language, key))


def _modal(callback: str, blocks: list[InputBlock | ContextBlock], about: About, say: _Saying) -> View:
    return View(
        type="modal",
        callback_id=callback,
        title=say(f"slack.shortcut.{callback}.title"),
        submit=say(f"slack.shortcut.{callback}.submit"),
        close=say("slack.shortcut.close"),
        blocks=blocks,
        private_metadata=about.kept(),
    )


def _text(text: str, say: _Saying) -> InputBlock:
    begun = text[:LONGEST_QUESTION]
    element = PlainTextInputElement(
        action_id=TEXT, multiline=True, initial_value=begun or None, max_length=LONGEST_QUESTION
    )
    hint = "desk.case.consent.clipped" if len(text) > LONGEST_QUESTION else "slack.shortcut.text.hint"
    return InputBlock(block_id=TEXT, label=say("slack.shortcut.text"), hint=say(hint), element=element)


def _read_too(about: About, say: _Saying) -> list[ContextBlock]:
    if not about.files:
        return []
    return [ContextBlock(elements=[MarkdownTextObject(text=say("slack.shortcut.files").text)])]


def _typed(values: Mapping[str, Any], name: str) -> str:
    return str((values.get(name, {}).get(name) or {}).get("value") or "")
