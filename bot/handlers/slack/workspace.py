"""The workspaces as the bot acts in them: posts, once each, changes what it posted, whispers."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.models.metadata import Metadata
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.desk.outbox import Undeliverable
from bot.desk.taking_down import Posted
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.mrkdwn import shortened
from bot.handlers.slack.store import Post, Posts
from bot.people import Place

log = structlog.get_logger(__name__)

METADATA = "moteplassen_delivery"
"""The type of the metadata that says which delivery a message is."""

UNREACHABLE = (SlackClientError, aiohttp.ClientError, TimeoutError)
"""What the client raises where Slack says no, something unreadable, or nothing."""

_HOPELESS = frozenset(
    """access_denied account_inactive cannot_reply_to_message cant_delete_message cant_update_message channel_not_found
    compliance_exports_prevent_deletion ekm_access_denied invalid_arguments invalid_auth invalid_blocks is_archived
    message_not_found messages_tab_disabled metadata_too_large missing_scope msg_blocks_too_long msg_too_long
    no_permission no_text not_authed not_in_channel restricted_action restricted_action_read_only_channel
    restricted_action_thread_locked restricted_action_thread_only_channel team_access_not_granted thread_not_found
    token_revoked user_not_found user_not_in_channel""".split()
)
_TOO_MUCH = frozenset({"invalid_blocks", "msg_blocks_too_long", "msg_too_long"})
"""What Slack answers where a simpler message could be posted all the same."""
_PLAIN = 2_000
"""Characters of such a message."""
_GONE, _STREAMING = "message_not_found", "cant_delete_message"
_STOPPED = frozenset({"message_not_in_streaming_state", "unknown_method"})
"""What Slack answers to the end of a stream that has ended already, or of none."""
_CLOCKS_DIFFER = dt.timedelta(minutes=5)


class Workspace:
    """Posts to Slack. Raises Undeliverable where trying again is no use, and what the client raises where it may be."""

    def __init__(self, clients: Clients, posts: Posts) -> None:
        self._clients = clients
        self._posts = posts

    async def post(
        self,
        key: str,
        place: Place,
        message: Message,
        *,
        streamed: bool = False,
        missing: bool = False,
        broadcast: bool = False,
    ) -> Post:
        """Post the message in the place (an empty thread is the channel itself) unless the one of that key is there.

        Slack itself knows no such keys. So the attempt is noted before, and the arrival after; where an attempt was
        noted and no arrival, the process or the connection broke in between, and Slack is asked for the key, unless
        the message is known to be `missing`. One that may have been begun as a stream (`streamed`) is made whole.
        What is in a thread is shown in the channel too, where `broadcast`.
        """
        post, first = await self._posts.begin(key, place)
        if post.ts and not post.streaming:
            return post
        client = await self._clients.of(place.workspace)
        with told_apart():
            if not (first or missing or post.ts):
                post = await self._sought(client, post, place.thread, streamed=streamed)
            if post.streaming:
                await self.overwrite(post, message)
                return await self._posts.arrived(post, post.channel, post.ts or "")
            if post.ts:
                return post
            posted = await _simpler_at_worst(
                lambda simple: _post(client, post, place.thread, simple, broadcast=broadcast), message
            )
        return await self._posts.arrived(post, posted["channel"], posted["ts"])

    async def posted(self, key: str) -> Post | None:
        """The message of that key where it is known to be there and whole."""
        post = await self._posts.get(key)
        return post if post and post.ts and not post.streaming else None

    async def half_said(self, key: str, place: Place) -> Post | None:
        """The message of that key where it was begun as a stream and is not whole."""
        post = await self._posts.get(key)
        if post and not post.ts:
            client = await self._clients.of(place.workspace)
            with told_apart():
                post = await self._sought(client, post, place.thread, streamed=True)
        return post if post and post.streaming else None

    async def overwrite(self, post: Post, message: Message) -> None:
        """Let a message that was begun as a stream say this and no more."""
        client = await self._clients.of(post.workspace)
        with told_apart():
            await _stop(client, post.channel, post.ts or "")
            await _simpler_at_worst(lambda simple: _change(client, post, simple), message)

    async def change(self, post: Post, message: Message) -> None:
        """Let a message that has been posted say this."""
        client = await self._clients.of(post.workspace)
        with told_apart():
            await _change(client, post, message)

    async def take_down(self, posted: Posted) -> None:
        """Delete a message that has been posted, unless it is gone already; a stream that nobody has ended is ended."""
        client, channel, ts = await self._clients.of(posted.workspace), posted.channel, posted.message
        with told_apart():
            try:
                await client.chat_delete(channel=channel, ts=ts)
            except SlackApiError as error:
                if reason(error) == _GONE:
                    return
                if reason(error) != _STREAMING:
                    raise
                await _stop(client, channel, ts)
                await client.chat_delete(channel=channel, ts=ts)

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

    async def _sought(self, client: AsyncWebClient, post: Post, thread: str, *, streamed: bool) -> Post:
        """The message as Slack has it: whole, begun or not at all."""
        if post.channel.startswith(("U", "W")):
            # Slack takes a person for the direct messages with them where something is posted, not where it is read.
            opened = await client.conversations_open(users=post.channel)
            post = post.model_copy(update={"channel": str(opened["channel"]["id"])})
        nameless: list[Mapping[str, Any]] = []
        async for message in self._said_since(client, post, thread):
            if key_of(message) == post.key:
                return await self._posts.arrived(post, post.channel, message["ts"])
            if streamed and _may_be_begun(message):
                nameless.append(message)
        # A stream has no metadata until it ends: it is what the bot says here and no other attempt accounts for.
        for message in nameless:
            if await self._is_ours(client, message) and not await self._posts.at(post.channel, message["ts"]):
                return await self._posts.arrived(post, post.channel, message["ts"], streaming=True)
        return post

    async def _said_since(self, client: AsyncWebClient, post: Post, thread: str) -> AsyncIterator[Mapping[str, Any]]:
        since = (post.begun - _CLOCKS_DIFFER).timestamp()
        where: dict[str, Any] = {"channel": post.channel, "oldest": f"{since:.6f}", "limit": 200}
        where["include_all_metadata"] = True
        if thread:
            pages = await client.conversations_replies(ts=thread, **where)
        else:
            pages = await client.conversations_history(**where)
        async for page in pages:
            for message in page["messages"]:
                if float(message["ts"]) >= since:  # what the thread hangs under is told however old it is
                    yield message

    async def _is_ours(self, client: AsyncWebClient, message: Mapping[str, Any]) -> bool:
        bot = await client.auth_test()
        return bool(message.get("bot_id") == bot["bot_id"] or message.get("user") == bot["user_id"])


def _may_be_begun(message: Mapping[str, Any]) -> bool:
    """Could it be a stream of the bot's that has not ended? Such a message is text and nothing else."""
    kinds = {block.get("type") for block in message.get("blocks") or ()}
    return bool(message.get("bot_id")) and key_of(message) is None and kinds <= {"markdown", "rich_text"}


async def _post(
    client: AsyncWebClient, post: Post, thread: str, message: Message, *, broadcast: bool
) -> AsyncSlackResponse:
    return await client.chat_postMessage(
        channel=post.channel,
        thread_ts=thread or None,
        reply_broadcast=broadcast or None,
        text=message.text,
        blocks=message.blocks,
        metadata=_mark(post.key),
        unfurl_links=False,
        unfurl_media=False,
    )


async def _change(client: AsyncWebClient, post: Post, message: Message) -> AsyncSlackResponse:
    return await client.chat_update(
        channel=post.channel,
        ts=post.ts or "",
        text=message.text,
        blocks=message.blocks,
        metadata=_mark(post.key),
    )


async def _stop(client: AsyncWebClient, channel: str, ts: str) -> None:
    """End a stream, if it is one and goes on."""
    try:
        await client.chat_stopStream(channel=channel, ts=ts)
    except SlackApiError as error:
        if reason(error) not in _STOPPED:
            raise


async def _simpler_at_worst(
    say: Callable[[Message], Awaitable[AsyncSlackResponse]], message: Message
) -> AsyncSlackResponse:
    """Say it, or where Slack finds it too long or ill made, its beginning without blocks: better than nothing."""
    try:
        return await say(message)
    except SlackApiError as error:
        if reason(error) not in _TOO_MUCH:
            raise
        log.error("slack.simplified", error=reason(error))
    return await say(Message(shortened(message.text, _PLAIN), ()))


def _mark(key: str) -> Metadata:
    return Metadata(METADATA, {"key": key})


def key_of(message: Mapping[str, Any]) -> str | None:
    """The key of the delivery that the message is; None where it is none of the bot's."""
    metadata = message.get("metadata") or {}
    return (metadata.get("event_payload") or {}).get("key") if metadata.get("event_type") == METADATA else None


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
