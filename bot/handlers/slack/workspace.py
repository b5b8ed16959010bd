"""The workspace as the bot acts in it: posts, once each, and looks people up."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.models.metadata import Metadata
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk.outbox import Undeliverable
from bot.handlers.slack.rendering import Message
from bot.handlers.slack.store import Post, Posts

log = structlog.get_logger(__name__)

METADATA = "moteplassen_delivery"
"""The type of the metadata that says which delivery a message is."""

_HOPELESS = frozenset(
    """account_inactive cant_update_message channel_not_found invalid_auth is_archived message_not_found not_authed
    not_in_channel thread_not_found token_revoked""".split()
)
_TIMEOUT = 15
_LONGEST_WAIT = 10
_CLOCKS_DIFFER = dt.timedelta(minutes=5)


def connect(token: str, address: str) -> AsyncWebClient:
    """A client of Slack's Web API that waits where Slack asks it to.

    It repeats nothing else by itself (by default a broken connection): a message that had arrived would come twice.
    """
    return AsyncWebClient(token=token, base_url=address, timeout=_TIMEOUT, retry_handlers=[_ShortWaits()])


class Workspace:
    """Posts to Slack. Raises Undeliverable where trying again is no use, and what the client raises where it may be."""

    def __init__(self, client: AsyncWebClient, posts: Posts) -> None:
        self._client = client
        self._posts = posts

    async def post(self, key: str, channel: str, message: Message, thread: str | None = None) -> Post:
        """Post the message unless the one of that key is there already.

        Slack itself knows no such keys. So the attempt is noted before, and the arrival after; where an attempt was
        noted and no arrival, the process or the connection broke in between, and Slack is asked for the key.
        """
        post, first = await self._posts.begin(key, channel)
        if post.ts:
            return post
        with _told_apart():
            if not first and (ts := await self._find(post, thread)):
                return await self._posts.arrived(post, post.channel, ts)
            posted = await self._client.chat_postMessage(
                channel=post.channel,
                thread_ts=thread,
                text=message.text,
                blocks=message.blocks,
                metadata=Metadata(METADATA, {"key": key}),
                unfurl_links=False,
                unfurl_media=False,
            )
        return await self._posts.arrived(post, posted["channel"], posted["ts"])

    async def change(self, post: Post, message: Message) -> None:
        """Let a message that has been posted say this."""
        with _told_apart():
            await self._client.chat_update(
                channel=post.channel, ts=post.ts or "", text=message.text, blocks=message.blocks
            )

    async def whisper(self, channel: str, thread: str, person: str, message: Message) -> None:
        """Say something in a thread that only that person sees."""
        await self._client.chat_postEphemeral(
            channel=channel, thread_ts=thread, user=person, text=message.text, blocks=message.blocks
        )

    async def name(self, person: str, default: str) -> str:
        """What the person is called; the default where Slack doesn't say it now."""
        try:
            found = await self._client.users_info(user=person)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.nameless", error=reason(error))
            return default
        user: dict[str, Any] = found["user"]
        profile: dict[str, Any] = user.get("profile", {})
        return str(profile.get("display_name") or profile.get("real_name") or default)

    async def check(self) -> None:
        """Say in the log whether Slack takes the bot's token."""
        try:
            found = await self._client.auth_test()
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.error("slack.unusable", error=reason(error))
        else:
            log.info("slack.connected", workspace=found["team"], bot=found["user_id"])

    async def _find(self, post: Post, thread: str | None) -> str | None:
        since = f"{(post.begun - _CLOCKS_DIFFER).timestamp():.6f}"
        where: dict[str, Any] = {"channel": post.channel, "oldest": since, "include_all_metadata": True, "limit": 200}
        if thread:
            pages = await self._client.conversations_replies(ts=thread, **where)
        else:
            pages = await self._client.conversations_history(**where)
        async for page in pages:
            for message in page["messages"]:
                metadata = message.get("metadata", {})
                if metadata.get("event_type") == METADATA and metadata.get("event_payload", {}).get("key") == post.key:
                    return str(message["ts"])
        return None


def reason(error: Exception) -> str:
    """What Slack says went wrong, or what did."""
    # Where there was no readable answer, the SDK leaves a text or its HTTP library's response in the place of one.
    answer = getattr(getattr(error, "response", None), "data", None)
    return str(answer.get("error", "")) if isinstance(answer, dict) else type(error).__name__


@contextlib.contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except SlackApiError as error:
        if reason(error) in _HOPELESS:
            raise Undeliverable(f"Slack says {reason(error)}") from error
        raise


class _ShortWaits(AsyncRateLimitErrorRetryHandler):
    """Waits where Slack says "too many", twice, and no longer than is fair to what else is to be delivered."""

    def __init__(self) -> None:
        super().__init__(max_retry_count=2)

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None or response.status_code != 429:
            return False
        wait = {name.lower(): value for name, value in response.headers.items()}.get("retry-after", ["1"])[0]
        return wait.isdigit() and int(wait) <= _LONGEST_WAIT
