"""The officers' channel: a message for each case, which always says how the case stands, and notes under it."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.database import now
from bot.desk.case import Case
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Undeliverable
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.cases import noting, rendering
from bot.handlers.slack.cases.card import card
from bot.handlers.slack.cases.cards import key_of
from bot.handlers.slack.cases.officers import OFFICERS_LANGUAGE, Officers
from bot.handlers.slack.store import Post, Posts
from bot.handlers.slack.workspace import Workspace, reason
from bot.people import Place
from bot.texts import Texts

_GONE = frozenset({"cant_update_message", "message_not_found"})
"""What Slack answers where a message was deleted; of one that has replies something is left that nobody can change."""


class OfficersChannel:
    """Keeps what the officers see up to date. Raises Undeliverable."""

    def __init__(self, public_url: str, workspace: Workspace, posts: Posts, officers: Officers, texts: Texts) -> None:
        self._public_url = public_url
        self._workspace = workspace
        self._posts = posts
        self._officers = officers
        self._texts = texts

    async def open(self, case: Case) -> None:
        """Show a case that is new."""
        await self._workspace.post(key_of(case), await self._place(case), self._card(case))

    async def change(self, key: str, notice: CaseNotice, case: Case) -> None:
        """Show how the case stands now and, under that, what has happened, where that is more. `key` names this."""
        place = await self._place(case)
        # One message a case, which always says how the case stands now: so its key is the case's, whatever happened.
        post = await self._say(key_of(case), place, self._card(case))
        noted = noting.noted(notice, case, self._address(case), self._texts, OFFICERS_LANGUAGE)
        if noted is None:
            return
        under = place.model_copy(update={"channel": post.channel, "thread": post.ts})
        if notice.move not in noting.OF_MESSAGES:
            await self._workspace.post(f"{key}#noted", under, noted)
        elif notice.move in noting.CHANGES:
            # What the asker writes has one copy here, which changes with it: so its key is the message's.
            await self._say(f"follow_up:{notice.ref}", under, noted)
        else:
            await self._workspace.post(f"follow_up:{notice.ref}", under, noted)

    async def warn(self, key: str, notice: CaseNotice, case: Case) -> None:
        """Tell of what an officer wrote and did not arrive; nobody, where there is no such channel."""
        if channel := await self._officers.channel(case):
            warning = rendering.undelivered(notice, self._address(case), self._texts, OFFICERS_LANGUAGE)
            await self._workspace.post(key, channel, warning)

    async def _say(self, key: str, place: Place, message: Message) -> Post:
        """Let the message of that key say this; where somebody has deleted it, post it anew."""
        post = await self._workspace.post(key, place, message)
        try:
            await self._workspace.change(post, message)
        except Undeliverable as error:
            if not _is_gone(error):
                raise
            await self._posts.forget(post)
            return await self._workspace.post(key, place, message)
        return post

    async def _place(self, case: Case) -> Place:
        channel = await self._officers.channel(case)
        if channel is None:
            raise Undeliverable("no officers' channel is set; set MOTEPLASSEN_SLACK_OFFICERS_CHANNEL")
        return channel

    def _card(self, case: Case) -> Message:
        return card(case, self._address(case), self._texts, OFFICERS_LANGUAGE, now())

    def _address(self, case: Case) -> str:
        return f"{self._public_url}/saker/{case.id}"


def _is_gone(error: Undeliverable) -> bool:
    cause = error.__cause__
    return isinstance(cause, SlackApiError) and reason(cause) in _GONE
