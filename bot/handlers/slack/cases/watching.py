"""Tells officers what becomes of the cases that they watch, each in direct messages."""

from __future__ import annotations

from bot.desk.describing_cases import watched
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.teams import Teams
from bot.handlers.slack.blocks import FALLBACK, SECTION, Message, bold, sections
from bot.handlers.slack.cases.officers import OFFICERS_LANGUAGE, user_of
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.handlers.slack.questions.aside import Aside
from bot.handlers.slack.workspace import Workspace
from bot.pages import Pages
from bot.texts import Texts

KIND = "case.watched"
"""The kind of these deliveries."""


class WatchCourier:
    """Carries news to those who watch a case."""

    def __init__(
        self,
        public_url: str,
        clients: Clients,
        workspace: Workspace,
        aside: Aside,
        directory: Directory,
        teams: Teams,
        texts: Texts,
    ) -> None:
        self._pages = Pages(public_url)
        self._clients = clients
        self._workspace = workspace
        self._aside = aside
        self._directory = directory
        self._teams = teams
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Tell the watcher. Raises Undeliverable."""
        notice = CaseNotice.model_validate(delivery.payload)
        user = user_of(notice.watcher)
        if not user:
            raise Undeliverable("whoever watches the case is nobody in Slack")
        home = await self._clients.home()
        language = (await self._directory.person(home, user)).language or OFFICERS_LANGUAGE
        room = await self._aside.room(home, user)
        await self._workspace.post(delivery.key, room, self._told(notice, language))

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it: the case's message says how it stands."""

    def _named(self, team: str) -> str:
        found = self._teams.get(team)
        return found.name if found else ""

    def _told(self, notice: CaseNotice, language: str) -> Message:
        lead, said = watched(notice, self._named(notice.team), self._texts, language)
        way = link(self._pages.case(notice.case_id), escape(self._texts(language, "desk.case.open")))
        return Message(clip(f"{lead} {said}", FALLBACK), tuple(sections([bold(lead), clip(said, SECTION), way])))
