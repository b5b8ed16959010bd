"""What can be done to a case, as buttons under it: the usual moves at once, the rarer ones in a menu. Pure.

An action's id is its name in `offers`; the value is the case's id, in the menu behind that name and a colon.
"""

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

from bot.desk.case import Case
from bot.desk.offers import ANSWER, CLAIM, CLOSE, PUBLISH, rarer, usual
from bot.texts import Texts

MORE = "more"
"""The action id of the menu."""


def buttons(case: Case, address: str, texts: Texts, language: str) -> ActionsBlock:
    """The buttons and the menu. `address` is where the case is in the web."""
    shown: list[InteractiveElement] = [
        ButtonElement(
            text=PlainTextObject(text=texts(language, f"desk.case.do.{action}")),
            action_id=action,
            value=case.id,
            url=address if action == PUBLISH else None,
            style="primary" if action in {CLAIM, ANSWER} and number == 0 else None,
            confirm=_confirm(case, texts, language) if action == CLOSE else None,
        )
        for number, action in enumerate(usual(case))
    ]
    options = [
        Option(value=f"{action}:{case.id}", text=PlainTextObject(text=texts(language, f"desk.case.do.{action}")))
        for action in rarer(case)
    ]
    return ActionsBlock(elements=[*shown, OverflowMenuElement(action_id=MORE, options=options)])


def chosen(value: str) -> tuple[str, str]:
    """What was chosen in the menu, and of which case."""
    action, _, case_id = value.partition(":")
    return action, case_id


def _confirm(case: Case, texts: Texts, language: str) -> ConfirmObject:
    told = "desk.close.answered" if case.answer is not None else "desk.close.unanswered"
    return ConfirmObject(
        title=PlainTextObject(text=texts(language, "desk.close.title", case=case.label)),
        text=PlainTextObject(text=texts(language, told)),
        confirm=PlainTextObject(text=texts(language, "desk.case.do.close")),
        deny=PlainTextObject(text=texts(language, "desk.case.cancel")),
    )
