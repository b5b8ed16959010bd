"""The workspaces as the bot acts in them: posts, once each, changes what it posted, whispers."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.models.metadata import Metadata

from bot.desk.outbox import Undeliverable
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.store import Post, Posts
from bot.people import Place

log = structlog.get_logger(__name__)

METADATA = "moteplassen_delivery"
"""The type of the metadata that says which delivery a message is."""

UNREACHABLE = (SlackClientError, aiohttp.ClientError, TimeoutError)
"""What the client raises where Slack says no, something unreadable, or nothing."""

_HOPELESS = frozenset(
    """account_inactive cant_update_message channel_not_found invalid_auth is_archived message_not_found not_authed
    not_in_channel thread_not_found token_revoked""".split()
)
_CLOCKS_DIFFER = dt.timedelta(minutes=5)


class Workspace:
    """Posts to Slack. Raises Undeliverable where trying again is no use, and what the client raises where it may be."""

    def __init__(self, clients: Clients, posts: Posts) -> None:
        self._clients = clients
        self._posts = posts

    async def post(self, key: str, place: Place, message: Message) -> Post:
        """Post the message in the place (an empty thread is the channel itself) unless the one of that key is there.

        Slack itself knows no such keys. So the attempt is noted before, and the arrival after; where an attempt was
        noted and no arrival, the process or the connection broke in between, and Slack is asked for the key.
        """
        post, first = await self._posts.begin(key, place)
        if post.ts:
            return post
        client = await self._clients.of(place.workspace)
        with told_apart():
            if not first and (ts := await self._find(post, place.thread)):
                return await self._posts.arrived(post, post.channel, ts)
            posted = await client.chat_postMessage(
                channel=post.channel,
                thread_ts=place.thread or None,
                text=message.text,
                blocks=message.blocks,
                metadata=Metadata(METADATA, {"key": key}),
                unfurl_links=False,
                unfurl_media=False,
            )
        return await self._posts.arrived(post, posted["channel"], posted["ts"])

    async def change(self, post: Post, message: Message) -> None:
        """Let a message that has been posted say this."""
        client = await self._clients.of(post.workspace)
        with told_apart():
            await client.chat_update(channel=post.channel, ts=post.ts or "", text=message.text, blocks=message.blocks)

    async def whisper(self, place: Place, person: str, message: Message) -> None:
        """Say something in a thread that only that person sees."""
        client = await self._clients.of(place.workspace)
        with told_apart():
            await client.chat_postEphemeral(
                channel=place.channel,
                thread_ts=place.thread or None,
                user=person,
                text=message.text,
                blocks=message.blocks,
            )

    async def _find(self, post: Post, thread: str) -> str | None:
        client = await self._clients.of(post.workspace)
        since = f"{(post.begun - _CLOCKS_DIFFER).timestamp():.6f}"
        where: dict[str, Any] = {"channel": post.channel, "oldest": since, "include_all_metadata": True, "limit": 200}
        if thread:
            pages = await client.conversations_replies(ts=thread, **where)
        else:
            pages = await client.conversations_history(**where)
        async for page in pages:
            for message in page["messages"]:
                if key_of(message) == post.key:
                    return str(message["ts"])
        return None


def key_of(message: dict[str, Any]) -> str | None:
    """The key of the delivery that the message is; None where it is none of the bot's."""
    metadata = message.get("metadata", {})
    return metadata.get("event_payload", {}).get("key") if metadata.get("event_type") == METADATA else None


def reason(error: Exception) -> str:
    """What Slack says went wrong, or what did."""
    # Where there was no readable answer, the SDK leaves a text or its HTTP library's response in the place of one.
    answer = getattr(getattr(error, "response", None), "data", None)
    return str(answer.get("error", "")) if isinstance(answer, dict) else type(error).__name__


@contextlib.contextmanager
def told_apart() -> Iterator[None]:
    """Raise Undeliverable in place of an error of Slack's that trying again doesn't mend."""
    try:
        yield
    except SlackApiError as error:
        if reason(error) in _HOPELESS:
            raise Undeliverable(f"Slack says {reason(error)}") from error
        raise
