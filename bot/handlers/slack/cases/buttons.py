"""What can be done to a case, as buttons under it: the usual moves at once, the rarer ones in a menu. Pure."""

from __future__ import annotations

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    InteractiveElement,
    Option,
    OverflowMenuElement,
    PlainTextObject,
)

from bot.desk.case import OPEN, Case, CaseState
from bot.handlers.slack import PLATFORM
from bot.texts import Texts

CLAIM = "claim"
RELEASE = "release"
ANSWER = "answer"
ASK_BACK = "ask_back"
REASSIGN = "reassign"
CLOSE = "close"
REOPEN = "reopen"
PUBLISH = "publish"
"""The action ids of the buttons; `slack.<id>` in the texts is what stands on them, and their value is the case's id."""
SEND_BACK = "send_back"
MERGE = "merge"
TAKE_OVER = "take_over"
WATCH = "watch"
UNWATCH = "unwatch"
"""What the menu offers; the value is one of these, a colon, and the case's id."""
MORE = "more"
"""The action id of the menu."""


def buttons(case: Case, address: str, texts: Texts, language: str) -> ActionsBlock:
    """The buttons and the menu. `address` is where the case is in the web."""
    shown: list[InteractiveElement] = [
        ButtonElement(
            text=PlainTextObject(text=texts(language, f"slack.{action}")),
            action_id=action,
            value=case.id,
            url=address if action == PUBLISH else None,
            style="primary" if action in {CLAIM, ANSWER} and number == 0 else None,
            confirm=_confirm(case, texts, language) if action == CLOSE else None,
        )
        for number, action in enumerate(_usual(case))
    ]
    options = [
        Option(value=f"{action}:{case.id}", text=PlainTextObject(text=texts(language, f"slack.{action}")))
        for action in _rarer(case)
    ]
    return ActionsBlock(elements=[*shown, OverflowMenuElement(action_id=MORE, options=options)])


def chosen(value: str) -> tuple[str, str]:
    """What was chosen in the menu, and of which case."""
    action, _, case_id = value.partition(":")
    return action, case_id


def can_be_asked(case: Case) -> bool:
    """Does what the asker writes in the thread come to the case?"""
    return case.place.platform == PLATFORM


def _usual(case: Case) -> list[str]:
    if case.state not in OPEN:
        close = [CLOSE] if case.state is CaseState.ANSWERED else []
        return [REOPEN, *close, *([PUBLISH] if case.answer is not None else [])]
    first = [RELEASE] if case.officer else [CLAIM]
    ask_back = [ASK_BACK] if can_be_asked(case) else []
    return [*first, ANSWER, *ask_back, REASSIGN, CLOSE]


def _rarer(case: Case) -> list[str]:
    passing_on = [SEND_BACK, MERGE] if case.state in OPEN else []
    # Everybody sees the same message, whenever they look: so what isn't for them, or not now, is offered too.
    taking_over = [TAKE_OVER] if case.state in OPEN and case.officer else []
    return [*taking_over, *passing_on, WATCH, UNWATCH]


def _confirm(case: Case, texts: Texts, language: str) -> ConfirmObject:
    told = "slack.close.answered" if case.answer is not None else "slack.close.unanswered"
    return ConfirmObject(
        title=PlainTextObject(text=texts(language, "slack.close.title", case=case.label)),
        text=PlainTextObject(text=texts(language, told)),
        confirm=PlainTextObject(text=texts(language, "slack.close")),
        deny=PlainTextObject(text=texts(language, "slack.casework.cancel")),
    )
