"""Keeps the card under a reply as it is now, for everybody who sees it."""

from __future__ import annotations

import dataclasses

from bot.desk.case import Case
from bot.handlers.teams.connector import Connector
from bot.handlers.teams.replies import offering, rendering
from bot.handlers.teams.store import Posts, Replies
from bot.replies import Said
from bot.texts import Texts


class Showing:
    """Changes replies that have been posted."""

    def __init__(self, connector: Connector, replies: Replies, posts: Posts, texts: Texts) -> None:
        self._connector = connector
        self._replies = replies
        self._posts = posts
        self._texts = texts

    async def forwarded(self, said: Said, case: Case, account: str) -> None:
        """Let the reply say that its question is a case. Raises what the connector raises."""
        *before, last = rendering.parts(said.reply, self._texts, account)
        key = await self._replies.key_of(said.reply.id)
        post = await self._posts.get(rendering.numbered(key, len(before) + 1))
        if post:
            card = offering.forwarded(case, said.reply, self._texts, account)
            shown = dataclasses.replace(last, card=card)
            await self._connector.change(post, said.question.place.workspace, shown)
