"""The buttons of a case's message: quick moves are owed and made by whoever delivers, others begin with a modal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict
from slack_bolt.async_app import AsyncApp
from slack_sdk.models.views import View

from bot.desk.case import Case, IllegalMove, Move, Officer
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.store import CaseNotFound
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.behind import Behind
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases import card, modals
from bot.handlers.slack.cases.modals import Meant
from bot.handlers.slack.cases.officers import Officers
from bot.handlers.slack.cases.opening import Opening, Pressed, pressed
from bot.handlers.slack.cases.whispering import Whispers
from bot.handlers.slack.owing import Owing
from bot.texts import Texts

KIND = "officer.pressed"
"""The kind of the deliveries that a button owes."""

_MODALS: Mapping[str, tuple[Move, Callable[[Case, Meant, Texts], View]]] = {
    card.ANSWER: (Move.ANSWERED, modals.answering),
    card.ASK_BACK: (Move.ASKED_BACK, modals.asking_back),
    card.REASSIGN: (Move.REASSIGNED, modals.reassigning),
    card.SEND_BACK: (Move.RETURNED, modals.sending_back),
}


class Press(BaseModel):
    """A button that was pressed: which, under which case, by whom."""

    model_config = ConfigDict(frozen=True)

    action: str
    case: str
    who: Pressed


class Pressing:
    """Hears the buttons of a case's message."""

    def __init__(self, owing: Owing, behind: Behind, opening: Opening, texts: Texts) -> None:
        self._owing = owing
        self._behind = behind
        self._opening = opening
        self._texts = texts

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over who presses them."""
        for action in (card.CLAIM, card.RELEASE, card.CLOSE, card.REOPEN):
            app.action(action)(self._press)
        for action in _MODALS:
            app.action(action)(self._open)

    async def _press(self, body: dict[str, Any], ack: Ack) -> None:
        action = body["actions"][0]
        press = Press(action=action["action_id"], case=action["value"], who=pressed(body))
        key = f"{KIND}:{press.action}:{press.case}:{press.who.user}:{action['action_ts']}"
        await self._owing.owe(KIND, key, f"case/{press.case}", press.model_dump(mode="json"))
        await ack()

    async def _open(self, body: dict[str, Any], ack: Ack) -> None:
        await ack()
        action = body["actions"][0]
        move, view = _MODALS[action["action_id"]]
        make = partial(_made, view, self._texts)
        self._behind.start(self._opening.open(pressed(body), body["trigger_id"], action["value"], [move], make))


class PressCourier:
    """Makes the moves that buttons owe. A move that has been made already changes nothing and is told to nobody."""

    def __init__(self, whispers: Whispers, officers: Officers, desk: Desk, texts: Texts) -> None:
        self._whispers = whispers
        self._officers = officers
        self._desk = desk
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Make the move, or tell whoever pressed why it can't be made. Raises Undeliverable."""
        press = Press.model_validate(delivery.payload)
        who = press.who
        colleague = await self._officers.colleague(who.workspace, who.user, who.handle)
        if colleague.officer is None:
            return await self._tell(who, self._texts(colleague.language, "slack.casework.officers_only"))
        try:
            await self._make(press, colleague.officer)
        except IllegalMove as refused:
            await self._tell(who, self._texts(colleague.language, refused.key, **refused.values))
        except CaseNotFound as error:
            raise Undeliverable(str(error)) from error

    async def give_up(self, delivery: Delivery) -> None:
        """Nothing: hours later nobody waits for what a button does, and the case's message says how it stands."""

    async def _make(self, press: Press, officer: Officer) -> None:
        move = {
            card.CLAIM: self._desk.claim,
            card.RELEASE: self._desk.release,
            card.CLOSE: self._desk.close,
            card.REOPEN: self._desk.reopen,
        }[press.action]
        await move(press.case, officer)

    async def _tell(self, who: Pressed, text: str) -> None:
        await self._whispers.tell(who.place, who.user, plainly(text))


def _made(view: Callable[[Case, Meant, Texts], View], texts: Texts, case: Case, meant: Meant) -> View:
    return view(case, meant, texts)
