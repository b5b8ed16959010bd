"""Which case what an asker writes is about: that of its thread or, in direct messages, that which it answers to."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.desk.store import CaseNotFound
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.store import Posts
from bot.people import Place


class Finding:
    """Finds the cases of an asker that a message of theirs may be about, the likeliest first."""

    def __init__(self, posts: Posts, desk: Desk) -> None:
        self._posts = posts
        self._desk = desk

    async def about(self, place: Place, user: str, *, top: bool) -> Sequence[Case]:
        """Those that are about what somebody writes in that thread; `top`: their message begins it."""
        found = await self._desk.in_thread(place)
        # A case that was opened aside (by a command, say) has no thread but what is said of it in direct messages.
        if not found and place.private:
            found = await self._waiting(place, user) if top else await self._said_above(place)
        return [case for case in found if case.asker.id == user]

    async def come_to(self, ref: str, user: str) -> Sequence[Case]:
        """That which a message of theirs has come to."""
        known = await self._desk.about(ref)
        return [known[0]] if known and known[0].asker.id == user else []

    async def _waiting(self, place: Place, user: str) -> Sequence[Case]:
        asked = await self._desk.asked_of(PLATFORM, user)
        return [case for case in asked if case.place.private and case.place.workspace in {"", place.workspace}]

    async def _said_above(self, place: Place) -> Sequence[Case]:
        """The case that the message which the thread hangs under, one of the bot's, was about."""
        post = await self._posts.at(place.channel, place.thread)
        kind, _, rest = post.key.partition(":") if post else ("", "", "")
        if kind == "forward":
            case = await self._desk.of_reply(rest.removeprefix(f"{PLATFORM}:"))
            return [case] if case else []
        if not kind.startswith("case."):
            return []
        try:
            return [await self._desk.get(rest.partition(":")[0])]
        except CaseNotFound:
            return []
