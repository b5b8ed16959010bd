"""The buttons of a case's message: quick moves are owed and made by whoever delivers, others begin with a modal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict
from slack_bolt.async_app import AsyncApp
from slack_sdk.models.views import View

from bot.desk.absences import Absences
from bot.desk.case import MERGEABLE, Case, CaseState, IllegalMove, Move, Officer
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.similar import similar
from bot.desk.store import CaseNotFound
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.behind import Behind
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases import buttons, modals, passing_on
from bot.handlers.slack.cases.modals import Meant
from bot.handlers.slack.cases.officers import Officers
from bot.handlers.slack.cases.opening import Opening, Pressed, pressed
from bot.handlers.slack.cases.whispering import Whispers
from bot.handlers.slack.owing import Owing
from bot.texts import Texts

KIND = "officer.pressed"
"""The kind of the deliveries that a button owes."""

_MODALS: Mapping[str, tuple[Move, ...]] = {
    buttons.ANSWER: (Move.ANSWERED,),
    buttons.ASK_BACK: (Move.ASKED_BACK,),
    buttons.REASSIGN: (Move.REASSIGNED,),
    buttons.SEND_BACK: (Move.ROUTED, Move.RETURNED),
    buttons.MERGE: (Move.MERGED,),
}
"""The moves that begin with a modal."""
_TOLD = {buttons.WATCH: "slack.watch.done", buttons.UNWATCH: "slack.unwatch.done"}
"""What is told to whoever made a move that nobody else hears of."""
_LOOKED_AT = 300
"""The latest cases are those that the same is asked in,"""
_ALIKE = 50
"""and, before them, the most similar ones."""


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
        for action in (buttons.CLAIM, buttons.RELEASE, buttons.CLOSE, buttons.REOPEN):
            app.action(action)(self._press)
        for action in (buttons.ANSWER, buttons.ASK_BACK, buttons.REASSIGN):
            app.action(action)(self._open)
        app.action(buttons.MORE)(self._choose)
        app.action(buttons.PUBLISH)(self._follow)

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
        if action in _MODALS:
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
        opened = self._opening.open(pressed(body), body["trigger_id"], case_id, _MODALS[action], make)
        self._behind.start(opened)

    async def _view(self, action: str, case: Case, meant: Meant) -> View | str:
        match action:
            case buttons.ANSWER:
                merged = await self._desk.merged_into(case.id)
                return modals.answering(case, meant, self._texts, len(merged))
            case buttons.ASK_BACK:
                return modals.asking_back(case, meant, self._texts)
            case buttons.REASSIGN:
                return modals.reassigning(case, meant, self._texts)
            case buttons.SEND_BACK:
                return passing_on.sending_back(case, meant, list(self._desk.teams), self._texts)
            case _:
                return await self._merging(case, meant)

    async def _merging(self, case: Case, meant: Meant) -> View | str:
        alike = await similar(self._desk, case, _ALIKE)
        others = [*alike, *await self._desk.list(MERGEABLE, _LOOKED_AT)]
        merged = await self._desk.list([CaseState.MERGED], _LOOKED_AT)
        found = passing_on.candidates(case, others, merged)
        if not found:
            return self._texts(meant.language, "slack.merge.none", case=case.label)
        return passing_on.merging(case, meant, found, self._texts)


class PressCourier:
    """Makes the moves that buttons owe. A move that has been made already changes nothing and is told to nobody."""

    def __init__(self, whispers: Whispers, officers: Officers, absences: Absences, desk: Desk, texts: Texts) -> None:
        self._whispers = whispers
        self._officers = officers
        self._absences = absences
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
            case = await self._make(press, colleague.officer)
        except IllegalMove as refused:
            await self._tell(who, self._texts(colleague.language, refused.key, **refused.values))
        except CaseNotFound as error:
            raise Undeliverable(str(error)) from error
        else:
            if told := _TOLD.get(press.action):
                await self._tell(who, self._texts(colleague.language, told, case=case.label))

    async def give_up(self, delivery: Delivery) -> None:
        """Nothing: hours later nobody waits for what a button does, and the case's message says how it stands."""

    async def _make(self, press: Press, officer: Officer) -> Case:
        move = {
            buttons.CLAIM: self._desk.claim,
            buttons.TAKE_OVER: self._take_over,
            buttons.RELEASE: self._desk.release,
            buttons.CLOSE: self._desk.close,
            buttons.REOPEN: self._desk.reopen,
            buttons.WATCH: self._desk.watch,
            buttons.UNWATCH: self._desk.unwatch,
        }[press.action]
        return await move(press.case, officer)

    async def _take_over(self, case_id: str, officer: Officer) -> Case:
        away = await self._absences.away()
        may = away.may_stand_in(await self._desk.get(case_id), officer)
        return await self._desk.claim(case_id, officer, standing_in=may)

    async def _tell(self, who: Pressed, text: str) -> None:
        await self._whispers.tell(who.place, who.user, plainly(text))
