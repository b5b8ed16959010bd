"""The forms that open in a card's place: to whom a case goes, into which other one, and what of a note is sent."""

from __future__ import annotations

from collections.abc import Awaitable

from microsoft_teams.api.activities import AdaptiveCardInvokeActivity
from microsoft_teams.api.models import AdaptiveCardInvokeResponse
from microsoft_teams.apps import ActivityContext, App
from microsoft_teams.cards import AdaptiveCard

from bot.desk import offers
from bot.desk.case import Case, IllegalMove, Officer
from bot.desk.desk import Desk
from bot.desk.merging import candidates
from bot.desk.store import CaseNotFound
from bot.handlers.teams.cases import forms
from bot.handlers.teams.cases.about import Unfit, about
from bot.handlers.teams.cases.card import CASE, CHOSEN, TEXT
from bot.handlers.teams.cases.channel import OfficersChannel
from bot.handlers.teams.cases.officers import OFFICERS_LANGUAGE, Officers
from bot.handlers.teams.pressing import ACTION, Pressed, pressed, shows, tells
from bot.texts import Texts


class Choosing:
    """Opens the forms, and does what is sent by them. What can't be done is said in the form, and no text is lost."""

    def __init__(self, officers: Officers, channel: OfficersChannel, desk: Desk, texts: Texts) -> None:
        self._officers = officers
        self._channel = channel
        self._desk = desk
        self._texts = texts

    def register(self, app: App) -> None:
        """Let the SDK hand over who opens them, sends them, and thinks better of it."""
        for name in CHOSEN:
            app.on_card_action_execute(name, self._open)
            app.on_card_action_execute(forms.done(name), self._send)
        app.on_card_action_execute(forms.LOOK, self._look)

    async def _open(self, ctx: ActivityContext[AdaptiveCardInvokeActivity]) -> AdaptiveCardInvokeResponse:
        press = pressed(ctx.activity)
        name = press.text(ACTION)
        try:
            case, _ = await about(press, self._officers, self._desk, offers.FORMS[name])
            return shows(await self._form(name, case))
        except Unfit as problem:
            return tells(self._texts(OFFICERS_LANGUAGE, problem.key, **problem.values))

    async def _send(self, ctx: ActivityContext[AdaptiveCardInvokeActivity]) -> AdaptiveCardInvokeResponse:
        press = pressed(ctx.activity)
        name = press.text(ACTION).removesuffix(forms.done(""))
        try:
            case, officer = await about(press, self._officers, self._desk)
        except Unfit as problem:
            return tells(self._texts(OFFICERS_LANGUAGE, problem.key, **problem.values))
        try:
            made = await (await self._move(name, press, officer))
        except (IllegalMove, Unfit) as problem:
            told = self._texts(OFFICERS_LANGUAGE, problem.key, **problem.values)
            return shows(await self._form(name, case, told))
        except CaseNotFound:
            return shows(await self._form(name, case, self._texts(OFFICERS_LANGUAGE, "desk.case.card.gone")))
        return shows(await self._channel.card(made))

    async def _look(self, ctx: ActivityContext[AdaptiveCardInvokeActivity]) -> AdaptiveCardInvokeResponse:
        try:
            case, _ = await about(pressed(ctx.activity), self._officers, self._desk)
        except Unfit as problem:
            return tells(self._texts(OFFICERS_LANGUAGE, problem.key, **problem.values))
        return shows(await self._channel.card(case))

    async def _form(self, name: str, case: Case, problem: str = "") -> AdaptiveCard:
        if name == offers.REASSIGN:
            others = [each for each in await self._officers.colleagues() if each != case.officer]
            if not others:
                raise Unfit("teams.reassign.none")
            return forms.reassigning(case, others, self._texts, OFFICERS_LANGUAGE, problem)
        if name == offers.SEND_BACK:
            return forms.sending_back(case, list(self._desk.teams), self._texts, OFFICERS_LANGUAGE, problem)
        found = await candidates(self._desk, case)
        if not found:
            raise Unfit("desk.form.merge.none", case=case.label)
        return forms.merging(case, found, self._texts, OFFICERS_LANGUAGE, problem)

    async def _move(self, name: str, press: Pressed, officer: Officer) -> Awaitable[Case]:
        case, team, reason = press.text(CASE), press.text(forms.TEAM), press.text(TEXT)
        if name == offers.REASSIGN:
            to = next((each for each in await self._officers.colleagues() if each.id == press.text(forms.WHO)), None)
            if to is None:
                raise Unfit("desk.form.reassign.nobody")
            return self._desk.reassign(case, officer, to)
        if name == offers.MERGE:
            return self._desk.merge(case, officer, press.text(forms.INTO))
        if team in {"", forms.UNKNOWN}:
            return self._desk.send_back(case, officer, reason)
        return self._desk.route(case, officer, team, reason)
