"""What is shown while a reply comes about. It is an ornament: where Slack doesn't have it, nothing is missing."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from bot.desk.outbox import Undeliverable
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.workspace import UNREACHABLE, reason
from bot.people import Place
from bot.texts import Texts

log = structlog.get_logger(__name__)

_ABSENT = frozenset(
    """feature_disabled feature_not_enabled missing_scope not_allowed not_allowed_token_type unknown_method
    method_deprecated method_not_supported_for_channel_type team_access_not_granted""".split()
)
"""What Slack answers where an app can't have something here."""
_HOUR = 3_600.0
_MOMENT = 1.0
"""Seconds that the status gets to arrive. A reply that is there before that waits, lest the status comes after it."""
_BUSY = 60.0
"""Seconds without a status after Slack was too slow for one or asked to wait."""
_LINES = 4


class Pauses:
    """What a workspace doesn't have is not asked for again at once."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def over(self, workspace: str) -> bool:
        """May it be tried?"""
        return time.monotonic() >= self._until.get(workspace, 0.0)

    def note(self, workspace: str, error: Exception, busy: float = 0.0) -> None:
        """Make a pause where the error says that there is no such thing, or one of `busy` seconds where Slack is."""
        why = reason(error)
        if why in _ABSENT:
            self._until[workspace] = time.monotonic() + _HOUR
        elif why == "ratelimited" or isinstance(error, TimeoutError):
            self._until[workspace] = time.monotonic() + busy


class StatusLine:
    """The line under a thread that says that the bot is at work."""

    def __init__(self, clients: Clients, texts: Texts) -> None:
        self._clients = clients
        self._texts = texts
        self._pauses = Pauses()

    @contextlib.asynccontextmanager
    async def shown(self, place: Place, language: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """Shows it; what is yielded waits until it is there, lest it comes after the reply. Slack takes it away when
        something is posted; where the block fails before that, this does."""
        lines = [self._texts(language, f"slack.status.{number}") for number in range(1, _LINES + 1)]
        showing = asyncio.create_task(self._set(place, self._texts(language, "slack.status"), lines))

        async def settled() -> None:
            await asyncio.wait({showing})

        try:
            yield settled
        except Exception:
            await settled()
            await self._set(place, "", None)
            raise
        finally:
            showing.cancel()

    async def _set(self, place: Place, status: str, lines: list[str] | None) -> None:
        if not self._pauses.over(place.workspace):
            return
        try:
            async with asyncio.timeout(_MOMENT):
                client = await self._clients.of(place.workspace)
                await client.assistant_threads_setStatus(
                    channel_id=place.channel, thread_ts=place.thread, status=status, loading_messages=lines
                )
        except (*UNREACHABLE, Undeliverable) as error:
            log.info("slack.no_status", error=reason(error))
            self._pauses.note(place.workspace, error, busy=_BUSY)
