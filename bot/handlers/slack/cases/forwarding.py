"""The button under a reply that sends its question to the case officers, once its asker has seen what will be sent."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.behind import Behind
from bot.database import now
from bot.desk.desk import Desk
from bot.desk.notices import lane_of
from bot.desk.owing import Owing
from bot.error_ids import new_error_id
from bot.guard import Guard, Refused
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases.consenting import CONSENT, QUESTION, consent, written
from bot.handlers.slack.cases.officers import OFFICERS_LANGUAGE
from bot.handlers.slack.cases.opening import Pressed, pressed
from bot.handlers.slack.cases.rendering import sent_before
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.questions.aside import Aside, Ear
from bot.handlers.slack.questions.commanded import ear_of
from bot.handlers.slack.questions.counting import counted
from bot.handlers.slack.replies.rendering import FORWARD
from bot.handlers.slack.store import Replies
from bot.handlers.slack.workspace import UNREACHABLE, reason
from bot.limits import worded
from bot.replies import Said
from bot.texts import Texts

log = structlog.get_logger(__name__)


class Forwarding:
    """Owes the officers a case when the asker presses the button and confirms what is sent."""

    def __init__(
        self,
        owing: Owing,
        behind: Behind,
        clients: Clients,
        replies: Replies,
        aside: Aside,
        directory: Directory,
        desk: Desk,
        texts: Texts,
    ) -> None:
        self._owing = owing
        self._behind = behind
        self._clients = clients
        self._replies = replies
        self._aside = aside
        self._directory = directory
        self._desk = desk
        self._texts = texts
        self._guard = Guard()

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over who presses the button, and who confirms."""
        app.action(FORWARD)(self._press)
        app.view(CONSENT)(self._confirm)

    async def _press(self, body: dict[str, Any], ack: Ack) -> None:
        said = await self._replies.get(body["actions"][0]["value"])
        # Not by the request's own address, which knows no threads.
        ear = ear_of(body).model_copy(update={"response_url": ""})
        who = pressed(body)
        if said is None or who.user != said.question.asker.id:
            self._behind.start(self._refuse(said, who, ear, body["trigger_id"]))
        elif case := await self._desk.of_reply(said.reply.id):
            self._behind.start(self._tell(sent_before(case, self._texts), ear, body["trigger_id"]))
        else:
            self._behind.start(self._show(said, ear, body["trigger_id"]))
        await ack()

    async def _show(self, said: Said, ear: Ear, trigger: str) -> None:
        client = await self._clients.of(ear.workspace)
        try:
            await client.views_open(trigger_id=trigger, view=consent(said, self._texts))
        except UNREACHABLE as error:
            error_id = new_error_id()
            log.warning("slack.modal_not_opened", error_id=error_id, error=reason(error))
            told = self._texts(said.reply.language, "slack.consent.trouble", id=error_id)
            await self._tell(plainly(told), ear, trigger)

    async def _confirm(self, body: dict[str, Any], ack: Ack) -> None:
        view, user = body["view"], body["user"]
        said = await self._replies.get(view["private_metadata"])
        who = pressed(body)
        if said is None or who.user != said.question.asker.id:
            ear = Ear(workspace=who.workspace, channel=who.user, user=who.user, since=now())
            self._behind.start(self._refuse(said, who, ear, view["id"]))
            await ack()
            return
        if case := await self._desk.of_reply(said.reply.id):
            self._behind.start(self._tell(sent_before(case, self._texts), _ear(said), view["id"]))
            await ack()
            return
        try:
            question = self._guard.check(written(view))
        except Refused as refused:
            told = self._texts(said.reply.language, refused.key, **refused.values)
            await ack(response_action="errors", errors={QUESTION: told})
            return
        payload = {"reply": said.reply.id, "name": user.get("name") or who.user}
        payload |= {"question": question.text, "masked": question.masked}
        lane = lane_of(said.question.place)
        counts = counted(who.workspace, said.question.place.channel, who.user)
        limited = await self._owing.owe("forward", f"forward:{PLATFORM}:{said.reply.id}", lane, payload, counts)
        if limited:
            told = worded(limited, said.reply.language, self._texts)
            await ack(response_action="errors", errors={QUESTION: told})
            return
        await ack()

    async def _refuse(self, said: Said | None, who: Pressed, ear: Ear, mark: str) -> None:
        if said:
            text = self._texts(said.reply.language, "desk.case.forward.others")
        else:
            language = (await self._directory.person(who.workspace, who.user)).language or OFFICERS_LANGUAGE
            text = self._texts(language, "desk.case.forward.gone")
        await self._tell(plainly(text), ear, mark)

    async def _tell(self, message: Message, ear: Ear, mark: str) -> None:
        await self._aside.tell(f"{FORWARD}:{mark}", ear, message)


def _ear(said: Said) -> Ear:
    """Where the asker is told something: in the thread of the question."""
    place, user = said.question.place, said.question.asker.id
    return Ear(workspace=place.workspace, channel=place.channel, user=user, thread=place.thread, since=now())
