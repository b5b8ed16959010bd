"""What askers are told of their cases, and what they can do with them. Pure; whatever comes from people is escaped."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    InputBlock,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from bot.desk.case import OPEN, Case, CaseState, Move
from bot.desk.describing_cases import DATED, NEWS
from bot.desk.notices import CaseNotice
from bot.handlers.slack.blocks import Message, marked
from bot.handlers.slack.cases.opening import Pressed
from bot.handlers.slack.moments import dated
from bot.handlers.slack.mrkdwn import escape
from bot.texts import Texts

WITHDRAW = "asker.withdraw"
HELPED = "asker.helped"
NOT_HELPED = "asker.not_helped"
REOPEN = "asker.reopen"
"""The action ids of the asker's buttons, whose value is the case's id; REOPEN also names the modal of the last two."""
MISSING = "missing"
"""The input of that modal, and the only element in it."""
_LONGEST = 3_000


class Again(BaseModel):
    """What the modal is about: the case, and where the button is that opened it."""

    model_config = ConfigDict(frozen=True)

    case: str
    language: str
    who: Pressed
    ts: str = ""
    home: str | None = None


def forwarded(case: Case, texts: Texts, *, masked: bool = False) -> Message:
    """That the question is with the officers, by when they answer, and how to take it back; `masked`: and that personal
    data which its asker put into it at the last is hidden."""
    due = case.due_reply or case.opened
    lines = [dated(texts, case.language, "desk.case.forwarded", due, case=case.label)]
    told = marked("\n\n".join([*lines, *([escape(texts(case.language, "reply.note.masked"))] if masked else [])]))
    return Message(told.text, (*told.blocks, ActionsBlock(elements=[withdrawing(case, case.language, texts)])))


def news(notice: CaseNotice, case: Case, kind: str, texts: Texts) -> Message:
    """What has become of the case."""
    language = notice.language
    values = {"name": notice.officer.name if notice.officer else "", "case": notice.label}
    if notice.move in DATED and notice.due:
        return marked(dated(texts, language, DATED[notice.move], notice.due, **values))
    told = escape(texts(language, NEWS[kind], **values))
    if notice.move is not Move.NUDGED:
        return marked(told)
    asked = marked(told if notice.place.private else f"<@{case.asker.id}> {told}")
    helped = [
        _button(texts(language, "desk.case.nudged.yes"), HELPED, case, style="primary"),
        _button(texts(language, "desk.case.nudged.no"), NOT_HELPED, case),
    ]
    return Message(asked.text, (*asked.blocks, ActionsBlock(elements=helped)))


def moves(case: Case, language: str, texts: Texts) -> list[ButtonElement]:
    """What the asker can do with a case as it stands."""
    if case.state in OPEN | {CaseState.MERGED}:
        return [withdrawing(case, language, texts)]
    return [_button(texts(language, "desk.reopen.asker"), REOPEN, case)]


def withdrawing(case: Case, language: str, texts: Texts) -> ButtonElement:
    """The button that takes the question back."""
    confirm = ConfirmObject(
        title=PlainTextObject(text=texts(language, "desk.withdraw.title", case=case.label)),
        text=PlainTextObject(text=texts(language, "desk.withdraw.text")),
        confirm=PlainTextObject(text=texts(language, "desk.withdraw")),
        deny=PlainTextObject(text=texts(language, "desk.withdraw.keep")),
    )
    return _button(texts(language, "desk.withdraw"), WITHDRAW, case, confirm=confirm)


def reopening(case: Case, again: Again, texts: Texts) -> View:
    """To say what is missing, and have the case looked at again."""

    def told(key: str, **values: object) -> PlainTextObject:
        return PlainTextObject(text=texts(again.language, key, **values))

    element = PlainTextInputElement(action_id=MISSING, multiline=True, max_length=_LONGEST)
    missing = InputBlock(
        block_id=MISSING, label=told("desk.reopen.label"), hint=told("desk.reopen.hint"), element=element
    )
    return View(
        type="modal",
        callback_id=REOPEN,
        title=told("desk.reopen.title", case=case.label),
        submit=told("desk.reopen.submit"),
        close=told("desk.case.cancel"),
        private_metadata=again.model_dump_json(),
        blocks=[missing],
    )


def _button(
    text: str, action: str, case: Case, *, style: str | None = None, confirm: ConfirmObject | None = None
) -> ButtonElement:
    label = PlainTextObject(text=text)
    return ButtonElement(text=label, action_id=action, value=case.id, style=style, confirm=confirm)
