"""Brings replies, officers' answers and news of cases to Slack."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.desk.case import Case, NewCase
from bot.desk.desk import Desk
from bot.desk.notices import CaseNotice, apology
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.store import CaseNotFound
from bot.handlers.slack import rendering
from bot.handlers.slack.asking import Asked, Posed, Refusal
from bot.handlers.slack.store import Replies, Said
from bot.handlers.slack.workspace import Workspace
from bot.people import Place, audience_of
from bot.question import Question, Reply, Status
from bot.settings import Settings
from bot.texts import Texts

OFFICERS_LANGUAGE = "nb"
_NEWS = {"case.claimed": "slack.claimed", "case.closed": "slack.closed", "case.reopened": "slack.reopened"}
"""What the asker is told of the case, by the kind of the delivery."""


class Conversation(Protocol):
    """Replies to questions."""

    async def reply(self, question: Question) -> Reply:
        """The reply."""


class SlackCourier:
    """Delivers to Slack. Idempotent: a question is answered once, and a message posted once, for each key."""

    def __init__(
        self,
        settings: Settings,
        workspace: Workspace,
        replies: Replies,
        conversation: Conversation,
        desk: Desk,
        texts: Texts,
        tell_language: Callable[[str, Sequence[str]], str],
    ) -> None:
        self._settings = settings
        self._workspace = workspace
        self._replies = replies
        self._conversation = conversation
        self._desk = desk
        self._texts = texts
        self._tell_language = tell_language

    async def deliver(self, delivery: Delivery) -> None:
        """Bring a reply that is owed, a question to the officers, or news of a case. Raises Undeliverable."""
        match delivery.kind:
            case "reply":
                await self._reply(delivery.key, Asked.model_validate(delivery.payload))
            case "forward":
                await self._forward(delivery)
            case "case.opened" | "case.changed":
                await self._tell_officers(delivery)
            case kind if kind == "case.answered" or kind in _NEWS:
                await self._tell_asker(delivery)
            case _:
                raise Undeliverable(f"nothing in Slack is of the kind {delivery.kind!r}")

    async def give_up(self, delivery: Delivery) -> None:
        """Say that a reply will not come, with the way to an officer; tell the officers of an answer that didn't."""
        match delivery.kind:
            case "reply":
                await self._apologize(delivery.key, Asked.model_validate(delivery.payload))
            case "case.answered":
                await self._warn_officers(delivery.key, CaseNotice.model_validate(delivery.payload))

    async def _apologize(self, key: str, asked: Asked) -> None:
        if asked.refused:
            return  # there is no question that an officer could be sent
        # Under a key of its own: should the reply be tried again, it can still come.
        key = f"{key}#given_up"
        said = await self._replies.owed_by(key)
        if said is None:
            question = await self._question(asked)
            said = await self._keep(key, asked, question, apology(await self._language(question), self._texts))
        await self._post(key, asked.question.place, rendering.replied(said.reply, self._texts))

    async def _warn_officers(self, key: str, notice: CaseNotice) -> None:
        officer = notice.answered_by
        case = await self._desk.undelivered(notice.case_id, officer, key)
        if channel := self._settings.slack_officers_channel:
            warning = rendering.undelivered(case, officer, self._address(case), self._texts, OFFICERS_LANGUAGE)
            await self._workspace.post(f"{key}#given_up", channel, warning)

    async def _reply(self, key: str, asked: Asked) -> None:
        said = await self._replies.owed_by(key)
        if said is None:
            said = await self._think(key, asked)
        await self._post(key, asked.question.place, rendering.replied(said.reply, self._texts))

    async def _think(self, key: str, asked: Asked) -> Said:
        question = await self._question(asked)
        if asked.refused:
            reply = await self._refuse(asked.refused, question)
        else:
            reply = await self._conversation.reply(question)
        return await self._keep(key, asked, question, reply)

    async def _keep(self, key: str, asked: Asked, question: Posed, reply: Reply) -> Said:
        if asked.masked:
            # The conversation saw the text after it was masked and so has not told about it.
            note = self._texts(reply.language, "reply.note.masked")
            reply = reply.model_copy(update={"note": f"{reply.note}\n{note}".strip()})
        return await self._replies.keep(key, question, reply)

    async def _question(self, asked: Asked) -> Posed:
        asker, place = asked.question.asker, asked.question.place
        context = {"audience": audience_of(asker, place), "history": await self._replies.history(place, asker.id)}
        return asked.question.model_copy(update=context)

    async def _refuse(self, refused: Refusal, question: Posed) -> Reply:
        language = refused.language or await self._language(question)
        lead = self._texts(language, refused.key, **refused.values)
        return Reply(id=secrets.token_urlsafe(12), status=Status.REFUSED, language=language, lead=lead)

    async def _language(self, question: Posed) -> str:
        # In a thread: to tell a language can take a while.
        return await asyncio.to_thread(self._tell_language, question.text, question.history)

    async def _forward(self, delivery: Delivery) -> None:
        said = await self._replies.get(delivery.payload["reply"])
        if said is None:
            raise Undeliverable("the reply is gone")
        case = await self._open(said, delivery.payload["name"])
        text = self._texts(case.language, "slack.forwarded", case=case.label)
        await self._post(delivery.key, case.place, rendering.said(text))

    async def _open(self, said: Said, handle: str) -> Case:
        # Only now does a name matter: who just asks stays an id. And no name is worth keeping a case from the officers.
        name = await self._workspace.name(said.question.asker.id, default=handle)
        request = NewCase(
            reply_id=said.reply.id,
            question=said.question.text,
            language=said.reply.language,
            asker=said.question.asker.model_copy(update={"name": name}),
            place=said.question.place,
            audience=said.question.audience,
            history=said.question.history,
            nearest=said.reply.nearest,
            draft=said.reply.draft,
        )
        return await self._desk.open(request)

    async def _tell_officers(self, delivery: Delivery) -> None:
        notice = CaseNotice.model_validate(delivery.payload)
        channel = self._settings.slack_officers_channel
        if not channel:
            raise Undeliverable("no officers' channel is set; set MOTEPLASSEN_SLACK_OFFICERS_CHANNEL")
        try:
            case = await self._desk.get(notice.case_id)
        except CaseNotFound as error:
            raise Undeliverable(str(error)) from error
        card = rendering.card(case, self._address(case), self._texts, OFFICERS_LANGUAGE)
        # One message a case, which always says how the case stands now: so its key is the case's, whatever happened.
        post = await self._workspace.post(f"case:{case.id}", channel, card)
        if delivery.kind == "case.changed":
            await self._workspace.change(post, card)

    async def _tell_asker(self, delivery: Delivery) -> None:
        notice = CaseNotice.model_validate(delivery.payload)
        if delivery.kind == "case.answered":
            for number, message in enumerate(rendering.answered(notice, self._texts), start=1):
                await self._post(f"{delivery.key}#{number}", notice.place, message)
            return
        name = notice.officer.name if notice.officer else ""
        text = self._texts(notice.language, _NEWS[delivery.kind], name=name, case=notice.label)
        await self._post(delivery.key, notice.place, rendering.said(text))

    def _address(self, case: Case) -> str:
        return f"{self._settings.public_url}/saker/{case.id}"

    async def _post(self, key: str, place: Place, message: rendering.Message) -> None:
        await self._workspace.post(key, place.channel, message, thread=place.thread)
