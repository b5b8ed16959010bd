"""The buttons of a case's message: quick moves are owed and made by whoever delivers, others begin with a modal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict
from slack_bolt.async_app import AsyncApp
from slack_sdk.models.views import View

from bot.behind import Behind
from bot.desk import offers
from bot.desk.case import Case, IllegalMove
from bot.desk.desk import Desk
from bot.desk.merging import candidates
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.owing import Owing
from bot.desk.quick import TOLD, QuickMoves
from bot.desk.store import CaseNotFound
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases import buttons, modals, passing_on
from bot.handlers.slack.cases.modals import Meant
from bot.handlers.slack.cases.officers import Officers
from bot.handlers.slack.cases.opening import Opening, Pressed, pressed
from bot.handlers.slack.cases.whispering import Whispers
from bot.texts import Texts

KIND = "officer.pressed"
"""The kind of the deliveries that a button owes."""


class Press(BaseModel):
    """A button that was pressed: which, under which case, by whom."""

    model_config = ConfigDict(frozen=True)

    action: str
    case: str
    who: Pressed


class Pressing:
    """Hears the buttons of a case's message."""

    def __init__(self, owing: Owing, behind: Behind, opening: Opening, desk: Desk, texts: Texts) -> None:
        self._owing = owing
        self._behind = behind
        self._opening = opening
        self._desk = desk
        self._texts = texts

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over who presses them."""
        for action in (offers.CLAIM, offers.RELEASE, offers.CLOSE, offers.REOPEN):
            app.action(action)(self._press)
        for action in (offers.ANSWER, offers.ASK_BACK, offers.REASSIGN):
            app.action(action)(self._open)
        app.action(buttons.MORE)(self._choose)
        app.action(offers.PUBLISH)(self._follow)

    async def _press(self, body: dict[str, Any], ack: Ack) -> None:
        action = body["actions"][0]
        await self._owe(body, action["action_id"], action["value"])
        await ack()

    async def _open(self, body: dict[str, Any], ack: Ack) -> None:
        await ack()
        action = body["actions"][0]
        self._show(body, action["action_id"], action["value"])

    async def _choose(self, body: dict[str, Any], ack: Ack) -> None:
        action, case_id = buttons.chosen(body["actions"][0]["selected_option"]["value"])
        if action in offers.FORMS:
            self._show(body, action, case_id)
        else:
            await self._owe(body, action, case_id)
        await ack()

    async def _follow(self, ack: Ack) -> None:
        await ack()  # the browser has opened the page

    async def _owe(self, body: Mapping[str, Any], action: str, case_id: str) -> None:
        press = Press(action=action, case=case_id, who=pressed(body))
        key = f"{KIND}:{action}:{case_id}:{press.who.user}:{body['actions'][0]['action_ts']}"
        await self._owing.owe(KIND, key, f"case/{case_id}", press.model_dump(mode="json"))

    def _show(self, body: Mapping[str, Any], action: str, case_id: str) -> None:
        make = partial(self._view, action)
        opened = self._opening.open(pressed(body), body["trigger_id"], case_id, offers.FORMS[action], make)
        self._behind.start(opened)

    async def _view(self, action: str, case: Case, meant: Meant) -> View | str:
        match action:
            case offers.ANSWER:
                merged = await self._desk.merged_into(case.id)
                return modals.answering(case, meant, self._texts, len(merged))
            case offers.ASK_BACK:
                return modals.asking_back(case, meant, self._texts)
            case offers.REASSIGN:
                return modals.reassigning(case, meant, self._texts)
            case offers.SEND_BACK:
                return passing_on.sending_back(case, meant, list(self._desk.teams), self._texts)
            case _:
                return await self._merging(case, meant)

    async def _merging(self, case: Case, meant: Meant) -> View | str:
        found = await candidates(self._desk, case)
        if not found:
            return self._texts(meant.language, "desk.form.merge.none", case=case.label)
        return passing_on.merging(case, meant, found, self._texts)


class PressCourier:
    """Makes the moves that buttons owe. A move that has been made already changes nothing and is told to nobody."""

    def __init__(self, whispers: Whispers, officers: Officers, moves: QuickMoves, texts: Texts) -> None:
        self._whispers = whispers
        self._officers = officers
        self._moves = moves
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Make the move, or tell whoever pressed why it can't be made. Raises Undeliverable."""
        press = Press.model_validate(delivery.payload)
        who = press.who
        colleague = await self._officers.colleague(who.workspace, who.user, who.handle)
        if colleague.officer is None:
            return await self._tell(who, self._texts(colleague.language, "desk.casework.officers_only"))
        try:
            case = await self._moves.make(press.action, press.case, colleague.officer)
        except IllegalMove as refused:
            await self._tell(who, self._texts(colleague.language, refused.key, **refused.values))
        except CaseNotFound as error:
            raise Undeliverable(str(error)) from error
        else:
            if told := TOLD.get(press.action):
                await self._tell(who, self._texts(colleague.language, told, case=case.label))

    async def give_up(self, delivery: Delivery) -> None:
        """Nothing: hours later nobody waits for what a button does, and the case's message says how it stands."""

    async def _tell(self, who: Pressed, text: str) -> None:
        await self._whispers.tell(who.place, who.user, plainly(text))
