"""Tells officers what becomes of the cases that they watch, each in their chat with the bot."""

from __future__ import annotations

import dataclasses

from bot.desk.carrying import case_of
from bot.desk.describing_cases import watched
from bot.desk.desk import Desk
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Delivery, Undeliverable
from bot.handlers.teams.cases.channel import OfficersChannel
from bot.handlers.teams.cases.officers import OFFICERS_LANGUAGE, user_of
from bot.handlers.teams.connector import Connector
from bot.handlers.teams.messages import Message, mention
from bot.handlers.teams.replies.rendering import link
from bot.markdown import escape
from bot.pages import Pages
from bot.texts import Texts

KIND = "case.watched"
"""The kind of these deliveries."""


class WatchCourier:
    """Carries news to those who watch a case; under its card, where they don't have the app in a chat."""

    def __init__(
        self, public_url: str, home: str, connector: Connector, channel: OfficersChannel, desk: Desk, texts: Texts
    ) -> None:
        self._pages = Pages(public_url)
        self._home = home
        self._connector = connector
        self._channel = channel
        self._desk = desk
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Tell the watcher. Raises Undeliverable."""
        notice = CaseNotice.model_validate(delivery.payload)
        user = user_of(notice.watcher)
        if not user or notice.watcher is None:
            raise Undeliverable("whoever watches the case is nobody in Teams")
        told = self._told(notice)
        try:
            await self._connector.post(delivery.key, await self._connector.chat_of(self._home, user), told)
        except Undeliverable:
            name = notice.watcher.name
            called = dataclasses.replace(told, text=f"{mention(name)} {told.text}", mentioned=((user, name),))
            await self._channel.tell(f"{delivery.key}#called", await case_of(self._desk, notice.case_id), called)

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it: the case's card says how it stands."""

    def _told(self, notice: CaseNotice) -> Message:
        team = self._desk.teams.get(notice.team)
        lead, happened = watched(notice, team.name if team else "", self._texts, OFFICERS_LANGUAGE)
        way = link(self._pages.case(notice.case_id), self._texts(OFFICERS_LANGUAGE, "desk.case.open"))
        return Message(text=f"**{escape(lead)}**\n\n{escape(happened)}\n\n{way}", summary=f"{lead}: {happened}")
