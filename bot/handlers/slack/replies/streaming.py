"""Posts a reply while it comes about: claims appear as they are checked, sources and buttons with the end."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.models.metadata import Metadata
from slack_sdk.web.async_chat_stream import AsyncChatStream

from bot.desk.outbox import Undeliverable
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.replies import rendering
from bot.handlers.slack.replies.rendering import Part
from bot.handlers.slack.replies.status import Pauses
from bot.handlers.slack.store import Post, Posts
from bot.handlers.slack.workspace import METADATA, UNREACHABLE, Workspace, reason
from bot.people import Place
from bot.question import Reply, Status
from bot.texts import Texts
from knowledge.model import Claim

log = structlog.get_logger(__name__)

_MOST_CALLS = 6
"""Calls that bring a reply bit by bit; what comes later waits for the end."""
_BUSY = 30.0
"""Seconds without streams after Slack has said that there were too many."""
_LAST_MOMENT = 2.0
"""Seconds that a call gets to end which nobody waits for any more."""
_UNSURE = frozenset({"", "fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""What Slack answers where it may have done what was asked all the same."""


@dataclasses.dataclass(frozen=True)
class Recipient:
    """Who a reply is for. `team` is their own workspace, empty where it is not known: then nothing can be streamed."""

    user: str
    team: str


class Streams:
    """Begins streams, where Slack has them."""

    def __init__(self, clients: Clients, posts: Posts, workspace: Workspace, texts: Texts) -> None:
        self._clients = clients
        self._posts = posts
        self._workspace = workspace
        self._texts = texts
        self._pauses = Pauses()

    def new(
        self,
        key: str,
        place: Place,
        recipient: Recipient,
        language: Callable[[], Awaitable[str]],
        allowed: Callable[[], Awaitable[bool]],
    ) -> Stream:
        """A reply to be posted. `allowed` is asked before its first word: may it be read there as things stand now?
        `language` is too, and not before: to tell it can take seconds that nobody is to wait for the reply itself."""
        return Stream(self, key, place, recipient, language, allowed)

    async def begun(self, stream: Stream, text: str) -> tuple[Post, AsyncChatStream] | None:
        """The stream, with that text in it; None where there will be none. Raises what the client raises where that is
        not sure."""
        place, recipient = stream.place, stream.recipient
        if not (place.private or recipient.team) or not self._pauses.over(place.workspace):
            return None
        client = await self._clients.of(place.workspace)
        post, first = await self._posts.begin(stream.key, place)
        if not first:
            return None
        opened = await client.chat_stream(
            buffer_size=1,
            channel=place.channel,
            thread_ts=place.thread,
            recipient_team_id=recipient.team or None,
            recipient_user_id=recipient.user,
        )
        try:
            await opened.append(markdown_text=text)
        except SlackApiError as error:
            self._pauses.note(place.workspace, error, busy=_BUSY)
            if reason(error) in _UNSURE or not _is_answer(error):
                raise
            log.info("slack.no_stream", key=stream.key, error=reason(error))
            stream.missing = True
            return None
        return await self._posts.arrived(post, post.channel, opened.ts or "", streaming=True), opened

    async def ended(self, post: Post) -> None:
        """Note that the message is whole."""
        await self._posts.arrived(post, post.channel, post.ts or "")

    async def posted(self, stream: Stream, part: Part) -> None:
        """Let the message be there whole, however far it has come."""
        await self._workspace.post(stream.key, stream.place, part.message, streamed=True, missing=stream.missing)

    def opening(self, language: str, claims: tuple[Claim, ...]) -> str:
        """What a reply of these claims says so far."""
        lead = self._texts(language, "reply.lead.written")
        coming = Reply(id="coming", status=Status.ANSWERED, language=language, lead=lead, claims=claims)
        return rendering.parts(coming, self._texts)[0].text


class Stream:
    """A reply on its way: hears its claims (a Listener), and is told in the end what it is.

    One call is under way at a time and takes along what has come meanwhile; the claims don't wait for Slack. Where
    Slack fails, nothing more is streamed, and `finish` brings the whole.
    """

    def __init__(
        self,
        streams: Streams,
        key: str,
        place: Place,
        recipient: Recipient,
        language: Callable[[], Awaitable[str]],
        allowed: Callable[[], Awaitable[bool]],
    ) -> None:
        self.key = key
        self.place = place
        self.recipient = recipient
        self.missing = False
        """It is known that there is no message yet, though one was begun."""
        self._streams = streams
        self._tell_language = language
        self._language = ""
        self._claims: tuple[Claim, ...] = ()
        self._allowed = allowed
        self._open: tuple[Post, AsyncChatStream] | None = None
        self._sent = ""
        self._calls = 0
        self._failed = False
        self._sending: asyncio.Task[None] | None = None

    async def step(self, name: str) -> None:
        """Do nothing: the status tells that the bot is at work."""

    async def claim(self, claim: Claim) -> None:
        """Let the claim appear."""
        self._claims = (*self._claims, claim)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())

    async def finish(self, part: Part, *, streams: bool) -> None:
        """Let the message be whole, which by now may be read there; one that has not been begun is streamed only where
        it `streams`."""
        await self.rest()
        if streams or self._open:
            await self._guarded(self._end(part))
        if self._failed or not self._open:
            await self._streams.posted(self, part)

    async def rest(self) -> None:
        """Wait for the call that is under way."""
        if self._sending:
            await self._sending

    async def abandon(self) -> None:
        """Let go of it as it is, when it is known how far it has come."""
        if self._sending:
            await asyncio.wait({self._sending}, timeout=_LAST_MOMENT)
            self._sending.cancel()

    async def _send(self) -> None:
        self._language = self._language or await self._tell_language()
        while not self._failed and self._calls < _MOST_CALLS and (more := self._unsent(self._opening())):
            self._calls += 1
            await self._guarded(self._append(more))

    async def _end(self, part: Part) -> None:
        if self._open is None and not self._failed:
            await self._begin(part.text)
        if self._open is None or self._failed:
            return
        post, opened = self._open
        if not part.text.startswith(self._sent):
            self._failed = True  # it turned out otherwise than it had begun
            return
        await opened.stop(
            markdown_text=self._unsent(part.text) or None,
            blocks=part.blocks,
            metadata=Metadata(METADATA, {"key": self.key}),
        )
        await self._streams.ended(post)

    async def _append(self, more: str) -> None:
        if self._open:
            await self._open[1].append(markdown_text=more)
            self._sent += more
        elif await self._allowed():
            await self._begin(more)
        else:
            self._failed = True

    async def _begin(self, text: str) -> None:
        self._open = await self._streams.begun(self, text)
        self._failed = self._open is None
        self._sent = text

    async def _guarded(self, call: Awaitable[None]) -> None:
        try:
            await call
        except (*UNREACHABLE, Undeliverable) as error:
            log.info("slack.stream_broken", key=self.key, error=reason(error))
            self._failed = True

    def _opening(self) -> str:
        return self._streams.opening(self._language, self._claims)

    def _unsent(self, text: str) -> str:
        return text[len(self._sent) :] if text.startswith(self._sent) else ""


def _is_answer(error: SlackApiError) -> bool:
    return isinstance(getattr(error.response, "data", None), dict)
