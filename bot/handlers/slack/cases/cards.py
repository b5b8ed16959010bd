"""Which message in the officers' channel is which case's: one a case, whatever happens to it."""

from __future__ import annotations

from bot.desk.case import Case
from bot.handlers.slack.store import Posts

_PREFIX = "case:"


def key_of(case: Case) -> str:
    """The key that the case's message is posted under."""
    return f"{_PREFIX}{case.id}"


class Cards:
    """Finds cases by their messages."""

    def __init__(self, posts: Posts) -> None:
        self._posts = posts

    async def above(self, channel: str, thread: str) -> str:
        """The id of the case whose message the thread hangs under; empty where that is some other message."""
        post = await self._posts.at(channel, thread) if thread else None
        return post.key.removeprefix(_PREFIX) if post and post.key.startswith(_PREFIX) else ""
