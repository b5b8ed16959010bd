"""Which message in an officers' channel is which case's: one a case and channel, whatever happens to it."""

from __future__ import annotations

from bot.desk.case import Case
from bot.handlers.slack.store import IN, Posts

_PREFIX = "case:"


def key_of(case: Case) -> str:
    """The key of the case's message, in the first channel that it has one in (`Posts.key_in` tells the others')."""
    return f"{_PREFIX}{case.id}"


def case_of(key: str) -> str:
    """The id of the case whose message has that key; empty where it is the key of some other message."""
    return key.removeprefix(_PREFIX).partition(IN)[0] if key.startswith(_PREFIX) else ""


class Cards:
    """Finds cases by their messages."""

    def __init__(self, posts: Posts) -> None:
        self._posts = posts

    async def above(self, channel: str, thread: str) -> str:
        """The id of the case whose message the thread hangs under; empty where that is some other message."""
        post = await self._posts.at(channel, thread) if thread else None
        return case_of(post.key) if post else ""
