"""The button under a reply that sends its question to the case officers, once its asker has seen what will be sent."""

from __future__ import annotations

from microsoft_teams.api.activities import AdaptiveCardInvokeActivity
from microsoft_teams.api.models import AdaptiveCardInvokeResponse
from microsoft_teams.apps import ActivityContext, App
from microsoft_teams.cards import AdaptiveCard

from bot.desk.desk import Desk
from bot.desk.notices import lane_of
from bot.desk.owing import Owing
from bot.guard import Guard, Refused
from bot.handlers.teams import PLATFORM
from bot.handlers.teams.pressing import Pressed, pressed, shows, tells
from bot.handlers.teams.questions.counting import counted
from bot.handlers.teams.replies import offering
from bot.limits import worded
from bot.replies import Replies, Said
from bot.texts import Texts


class Forwarding:
    """Owes the officers a case when the asker presses the button and confirms what is sent."""

    def __init__(self, owing: Owing, replies: Replies, desk: Desk, texts: Texts) -> None:
        self._owing = owing
        self._replies = replies
        self._desk = desk
        self._texts = texts
        self._guard = Guard()

    def register(self, app: App) -> None:
        """Let the SDK hand over who presses the button, who confirms, and who looks."""
        app.on_card_action_execute(offering.FORWARD, self._press)
        app.on_card_action_execute(offering.SEND, self._confirm)
        app.on_card_action_execute(offering.LOOK, self._look)

    async def _press(self, ctx: ActivityContext[AdaptiveCardInvokeActivity]) -> AdaptiveCardInvokeResponse:
        press = pressed(ctx.activity)
        said = await self._replies.get(press.text(offering.REPLY))
        if said is None or press.user != said.question.asker.id:
            return self._refuse(said)
        return shows(await self._known(said, press) or offering.consent(said, self._texts))

    async def _confirm(self, ctx: ActivityContext[AdaptiveCardInvokeActivity]) -> AdaptiveCardInvokeResponse:
        press = pressed(ctx.activity)
        said = await self._replies.get(press.text(offering.REPLY))
        if said is None or press.user != said.question.asker.id:
            return self._refuse(said)
        if known := await self._known(said, press):
            return shows(known)
        try:
            question = self._guard.check(press.text(offering.QUESTION))
        except Refused as refused:
            problem = self._texts(said.reply.language, refused.key, **refused.values)
            return shows(offering.consent(said, self._texts, problem))
        payload = {"reply": said.reply.id, "name": press.name, "question": question.text, "masked": question.masked}
        payload["account"] = press.account
        lane = lane_of(said.question.place)
        counts = counted(press.place.workspace, press.place.channel, press.user)
        limited = await self._owing.owe("forward", f"forward:{PLATFORM}:{said.reply.id}", lane, payload, counts)
        if limited:
            return shows(offering.consent(said, self._texts, worded(limited, said.reply.language, self._texts)))
        return shows(offering.sending(said.reply, self._texts, press.account))

    async def _look(self, ctx: ActivityContext[AdaptiveCardInvokeActivity]) -> AdaptiveCardInvokeResponse:
        press = pressed(ctx.activity)
        said = await self._replies.get(press.text(offering.REPLY))
        if said is None or press.user != said.question.asker.id:
            return self._refuse(said)
        offered = offering.offer(said.reply, self._texts, press.account)
        return shows(await self._known(said, press) or offered or AdaptiveCard(body=[]))

    async def _known(self, said: Said, press: Pressed) -> AdaptiveCard | None:
        """How the case stands that the question has become; None where it is none."""
        case = await self._desk.of_reply(said.reply.id)
        return offering.forwarded(case, said.reply, self._texts, press.account) if case else None

    def _refuse(self, said: Said | None) -> AdaptiveCardInvokeResponse:
        language = said.reply.language if said else "nb"
        return tells(self._texts(language, "desk.case.forward.others" if said else "desk.case.forward.gone"))
