"""What askers do with their cases: take them back, add to them, say whether the answer helped or what is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable

import structlog
from microsoft_teams.api.activities import AdaptiveCardInvokeActivity
from microsoft_teams.api.models import AdaptiveCardInvokeResponse
from microsoft_teams.apps import ActivityContext, App
from microsoft_teams.cards import AdaptiveCard, TextBlock
from pydantic import BaseModel, ConfigDict

from bot.desk.asking_again import ask_again
from bot.desk.carrying import case_of
from bot.desk.case import Case, IllegalMove, Move, Refusal
from bot.desk.describing_cases import DATED
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery
from bot.desk.owing import Owing
from bot.desk.store import CaseNotFound
from bot.guard import mask
from bot.handlers.teams import PLATFORM
from bot.handlers.teams.cases import telling
from bot.handlers.teams.cases.card import CASE, TEXT
from bot.handlers.teams.connector import Connector
from bot.handlers.teams.moments import moment
from bot.handlers.teams.pressing import ACTION, Pressed, pressed, shows, tells
from bot.handlers.teams.store import Posts
from bot.markdown import escape
from bot.people import Place
from bot.texts import Texts

log = structlog.get_logger(__name__)

KIND = "asker.pressed"
"""The kind of the deliveries that let a message say what its asker has done by it."""
_TOLD = {
    telling.WITHDRAW: "desk.asker.withdrawn",
    telling.HELPED: "desk.asker.helped",
    telling.REOPEN: "desk.asker.reopened",
    telling.ADD: "teams.added",
}


class Done(BaseModel):
    """What an asker has done by a button of that message, and is told of it."""

    model_config = ConfigDict(frozen=True)

    case: str
    place: Place
    message: str
    told: str


class Askers:
    """Makes the moves that askers press, at once. The message that the button is under says so to everybody soon."""

    def __init__(self, owing: Owing, desk: Desk, texts: Texts) -> None:
        self._owing = owing
        self._desk = desk
        self._texts = texts

    def register(self, app: App) -> None:
        """Let the SDK hand over what they press."""
        for action in _TOLD:
            app.on_card_action_execute(action, self._press)

    async def _press(self, ctx: ActivityContext[AdaptiveCardInvokeActivity]) -> AdaptiveCardInvokeResponse:
        press = pressed(ctx.activity)
        try:
            case = await self._desk.get(press.text(CASE))
        except CaseNotFound:
            # A case is never taken away: what names none has been made up.
            log.warning("teams.no_such_case", action=press.text(ACTION))
            return tells(self._texts("nb", "desk.case.card.gone"))
        try:
            made = await self._move(case, press)
        except IllegalMove as refused:
            return tells(self._texts(case.language, refused.key, **refused.values))
        told = self._told(made, press)
        if press.text(ACTION) != telling.ADD:
            await self._owe(made, press, told)
        body = [TextBlock(text=escape(told), wrap=True)]
        return shows(AdaptiveCard(body=body, actions=telling.moves(made, self._texts)))

    def _move(self, case: Case, press: Pressed) -> Awaitable[Case]:
        if (press.user, PLATFORM) != (case.asker.id, case.place.platform):
            raise IllegalMove(Refusal.ASKER, case)
        written = mask(press.text(TEXT))
        # Who presses twice has written the same.
        ref = f"{press.text(ACTION)}:{case.id}:{hashlib.sha256(written.encode()).hexdigest()[:16]}"
        match press.text(ACTION):
            case telling.WITHDRAW:
                return self._desk.withdraw(case.id, case.asker)
            case telling.HELPED:
                return self._desk.helped(case.id, case.asker)
            case telling.REOPEN:
                return ask_again(self._desk, case, case.asker, written, ref)
            case _:
                return self._desk.follow_up(case.id, case.asker, written, ref)

    def _told(self, case: Case, press: Pressed) -> str:
        if press.text(ACTION) == telling.REOPEN and case.due:
            due = moment(case.due, case.language)
            return self._texts(case.language, DATED[Move.REOPENED], case=case.label, moment=due)
        return self._texts(case.language, _TOLD[press.text(ACTION)], case=case.label)

    async def _owe(self, case: Case, press: Pressed, told: str) -> None:
        done = Done(case=case.id, place=press.place, message=press.message, told=told)
        key = f"{KIND}:{case.id}:{case.version}:{press.message}"
        await self._owing.owe(KIND, key, f"asker/{case.id}", done.model_dump(mode="json"))


class AskerCourier:
    """Lets the messages whose buttons askers have pressed say what was done."""

    def __init__(self, connector: Connector, posts: Posts, desk: Desk, texts: Texts) -> None:
        self._connector = connector
        self._posts = posts
        self._desk = desk
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Change the message. Raises what the connector raises, and Undeliverable."""
        done = Done.model_validate(delivery.payload)
        case = await case_of(self._desk, done.case)
        if post := await self._posts.at(done.place.channel, done.message):
            told = telling.done(case, done.told, self._texts)
            await self._connector.change(post, done.place.workspace, told)

    async def give_up(self, delivery: Delivery) -> None:
        """Nothing: who pressed has been told, and the buttons still say how the case stands when they are pressed."""
