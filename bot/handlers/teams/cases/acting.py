"""What officers press and write on a case's card: the move is made at once, and the card shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from microsoft_teams.api.activities import AdaptiveCardInvokeActivity
from microsoft_teams.api.models import AdaptiveCardInvokeResponse
from microsoft_teams.apps import ActivityContext, App

from bot.desk import offers
from bot.desk.case import Case, IllegalMove, Officer
from bot.desk.desk import Desk
from bot.desk.quick import TOLD, QuickMoves
from bot.desk.store import CaseNotFound
from bot.handlers.teams.cases.card import CASE, TEXT, VERSION, WRITTEN
from bot.handlers.teams.cases.channel import OfficersChannel
from bot.handlers.teams.cases.officers import OFFICERS_LANGUAGE, Officers
from bot.handlers.teams.pressing import ACTION, Pressed, pressed, shows, tells
from bot.texts import Texts

Move = Callable[[str, Officer], Awaitable[Case]]


class Acting:
    """Makes the moves that officers press. What follows from them (the card for everybody, news for the asker) is in
    the outbox with the move itself."""

    def __init__(
        self, officers: Officers, channel: OfficersChannel, moves: QuickMoves, desk: Desk, texts: Texts
    ) -> None:
        self._officers = officers
        self._channel = channel
        self._quick = moves
        self._desk = desk
        self._texts = texts

    def register(self, app: App) -> None:
        """Let the SDK hand over what is pressed."""
        for action in (*self._quick.names, *WRITTEN):
            app.on_card_action_execute(action, self._act)

    async def _act(self, ctx: ActivityContext[AdaptiveCardInvokeActivity]) -> AdaptiveCardInvokeResponse:
        press = pressed(ctx.activity)
        action = press.text(ACTION)
        officer = await self._officers.officer(press.place, press.user, press.name)
        if officer is None:
            return self._tell("desk.casework.officers_only")
        try:
            case = await self._move(press, action)(press.text(CASE), officer)
        except IllegalMove as refused:
            return self._tell(refused.key, **refused.values)
        except CaseNotFound:
            return self._tell("desk.case.card.gone")
        if action in TOLD:
            return self._tell(TOLD[action], case=case.label)
        return shows(await self._channel.card(case))

    def _move(self, press: Pressed, action: str) -> Move:
        text = press.text(TEXT)
        # Of a form that is sent twice, the card still shows the case as it was.
        ref = f"{offers.SUPPLEMENT}:{press.text(CASE)}:{press.text(VERSION)}"
        written: Mapping[str, Move] = {
            offers.ANSWER: lambda case, officer: self._desk.answer(case, officer, text),
            offers.ASK_BACK: lambda case, officer: self._desk.ask_back(case, officer, text),
            offers.SUPPLEMENT: lambda case, officer: self._desk.supplement(case, officer, text, ref),
        }
        return written.get(action) or (lambda case, officer: self._quick.make(action, case, officer))

    def _tell(self, key: str, **values: object) -> AdaptiveCardInvokeResponse:
        return tells(self._texts(OFFICERS_LANGUAGE, key, **values))
