"""Posts a reply while it comes about, in personal chats: what the bot does, then its claims as they are checked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import structlog
from microsoft_teams.api import TypingActivityInput
from microsoft_teams.api.models import ChannelData

from bot.handlers.teams.connector import UNREACHABLE, Connector, is_stopped, reason
from bot.handlers.teams.messages import Message
from bot.handlers.teams.replies import rendering
from bot.people import Place
from bot.question import Reply, Status
from bot.texts import Texts
from knowledge.model import Claim

log = structlog.get_logger(__name__)

_STEPS = {"retrieve": "teams.status.retrieve", "answer": "teams.status.answer", "write": "teams.status.write"}
"""What is said that the bot does, by the step that begins."""
_PACE = 1.0
"""Seconds between two calls: Teams takes one a second."""
_LONGEST = 110.0
"""Seconds that a stream goes on for: Teams ends it after two minutes."""
_MOST_CALLS = 30


class Stream:
    """A reply on its way: hears its steps and claims (a Listener), and is told in the end what it is.

    One call is under way at a time and takes along what has come meanwhile; the conversation waits for none. Where
    Teams says no (streams are not for everybody, end after two minutes, and can be stopped by whoever reads them),
    nothing more is streamed, and the whole is posted, or put in the place of what was begun.
    """

    def __init__(
        self,
        connector: Connector,
        place: Place,
        texts: Texts,
        language: str,
        allowed: Callable[[], Awaitable[bool]],
    ) -> None:
        self._connector = connector
        self._place = place
        self._texts = texts
        self._language = language
        self._allowed = allowed
        self._claims: tuple[Claim, ...] = ()
        self._status = self._shown = ""
        self._begun = time.monotonic()
        self._calls = 0
        self._sent_at = float("-inf")
        self._sending: asyncio.Task[None] | None = None
        self.id = ""
        """The message that the stream is, once Teams has named it."""
        self.broken = False
        """No more can be streamed."""
        self.stopped = False
        """Whoever reads it wants no more of it."""

    async def step(self, name: str) -> None:
        """Say what the bot does now."""
        if name in _STEPS and not self._claims:
            self._status = self._texts(self._language, _STEPS[name])
            self._send()

    async def claim(self, claim: Claim) -> None:
        """Let the claim appear."""
        self._claims = (*self._claims, claim)
        self._send()

    async def finish(self, message: Message) -> str:
        """Let the reply be whole, which by now may be read there; the message's name in Teams, or nothing where it is
        yet to be posted. Raises what the connector raises."""
        await self.rest()
        if self.broken or not self.id or time.monotonic() - self._begun > _LONGEST:
            return ""
        try:
            await self._connector.stream_end(self._place, self.id, message)
        except httpx.HTTPStatusError as error:
            self._break(error)
            return ""
        return self.id

    async def rest(self) -> None:
        """Let the call that is under way end, and begin no other."""
        calls, self._calls = self._calls, _MOST_CALLS
        if self._sending:
            await asyncio.wait({self._sending})
        self._calls = calls

    def _send(self) -> None:
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        while not self.broken and self._calls < _MOST_CALLS and (told := self._next()) != self._shown:
            await asyncio.sleep(max(0.0, self._sent_at + _PACE - time.monotonic()))
            if self._calls >= _MOST_CALLS or (self._claims and not await self._allowed()):
                return
            told = self._next()
            self._calls += 1
            self._sent_at = time.monotonic()
            try:
                self.id = await self._connector.stream(self._place, self._update(told)) or self.id
            except UNREACHABLE as error:
                self._break(error)
            self._shown = told

    def _next(self) -> str:
        """What is to be seen now: the claims there are, or else what the bot does."""
        if not self._claims:
            return self._status
        lead = self._texts(self._language, "reply.lead.written")
        coming = Reply(id="", status=Status.ANSWERED, language=self._language, lead=lead, claims=self._claims)
        return rendering.body(coming, rendering.claim_texts(coming))

    def _update(self, told: str) -> TypingActivityInput:
        update = TypingActivityInput(id=self.id or None, text=told)
        if not self._claims:
            update.channel_data = ChannelData(stream_type="informative")
        return update.add_stream_update(self._calls)

    def _break(self, error: Exception) -> None:
        log.info("teams.stream_broken", error=reason(error))
        self.broken = True
        self.stopped = bool(self.id) and is_stopped(error)
