"""How Slack reaches the bot: signed requests or Socket Mode, acknowledgements, and sending again."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Collection, Coroutine, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlencode

import httpx

from tests.peers.slack import events
from tests.peers.slack.faults import Faults
from tests.peers.slack.model import Channel, Message
from tests.peers.slack.scopes import EVENT_SCOPES
from tests.peers.slack.sockets import Sockets
from tests.peers.slack.state import SECRET, State

Kind = Literal["events_api", "slash_commands", "interactive"]


class Peer(State):
    """Slack, as far as it speaks to the bot. `acks` lists how long each acknowledgement took, in seconds."""

    def __init__(self, scopes: Collection[str], events: Collection[str] | None = None) -> None:
        super().__init__(scopes, events)
        self.path = "/slack/events"
        self.transport: Literal["http", "socket"] = "http"
        self.retries = False
        """Whether an event is sent again that the bot does not acknowledge in time, as Slack does."""
        self.retry_delays: Sequence[float] = (0.05, 0.1, 0.2)
        self.ack_limit = 3.0
        self.echoes = False
        """Whether the bot hears of its own messages, as Slack lets it."""
        self.acks: list[float] = []
        self.faults = Faults()
        self.sockets = Sockets(lambda: self.base)
        self._client = httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=1_000))
        self._tasks: set[asyncio.Task[Any]] = set()

    def trouble(self, method: str, *kinds: str) -> None:
        """Let the next calls of that method go wrong.

        "500" and "429" do; "429:60" asks to wait so many seconds; "slow:2" answers after so many; "lost" does what is
        asked and then says 500; "gone" does it and breaks the connection off; anything else is an error that the API
        answers with. The methods "response_url" and "download" stand for what is no method of the API.
        """
        self.faults.queue(method, kinds)

    def fault(
        self, share: float, kinds: Sequence[str] = ("500", "429", "lost"), methods: Collection[str] = (), seed: int = 1
    ) -> None:
        """Let a share of all calls, or of these methods', go wrong in one of these ways, by repeatable chance."""
        self.faults.share(share, kinds, methods, seed)

    def limit(self, method: str, count: int, seconds: float) -> None:
        """Let a method be called so often in so many seconds in each channel; more is "ratelimited"."""
        self.faults.limit(method, count, seconds)

    async def send(self, body: Mapping[str, Any] | str | bytes, **headers: str) -> httpx.Response:
        """Send a request to the bot, signed; the headers override Slack's own."""
        is_form = isinstance(body, str)
        content = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        timestamp = headers.get("X-Slack-Request-Timestamp", str(int(time.time())))
        signature = hmac.new(SECRET.encode(), f"v0:{timestamp}:".encode() + content, hashlib.sha256).hexdigest()
        signed = {
            "Content-Type": "application/x-www-form-urlencoded" if is_form else "application/json",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={signature}",
        }
        began = time.perf_counter()
        answer = await self._client.post(f"{self.bot_url}{self.path}", content=content, headers=signed | headers)
        self.acks.append(time.perf_counter() - began)
        return answer

    async def deliver(self, kind: Kind, payload: Mapping[str, Any], *, check: bool = True) -> httpx.Response:
        """Bring something to the bot, which acknowledges it with a 2xx where that is to be checked."""
        if self.transport == "socket":
            self.sockets.patience, self.sockets.retry_delays = self.ack_limit, self.retry_delays
            began = time.perf_counter()
            answer = await self.sockets.deliver(kind, payload)
            self.acks.append(time.perf_counter() - began)
        elif kind == "events_api":
            answer = await self._insist(payload) if self.retries else await self.send(payload)
        elif kind == "slash_commands":
            answer = await self.send(urlencode(payload))
        else:
            answer = await self.send(urlencode({"payload": json.dumps(payload)}))
        if check:
            assert answer.is_success, f"the bot answers {answer.status_code}: {answer.text}"
        return answer

    async def _insist(self, payload: Mapping[str, Any]) -> httpx.Response:
        headers: dict[str, str] = {}
        answer = httpx.Response(504)
        for number, delay in enumerate([*self.retry_delays, 0.0], start=1):
            try:
                async with asyncio.timeout(self.ack_limit):
                    answer = await self.send(payload, **headers)
                reason = "http_error"
            except TimeoutError:
                answer, reason = httpx.Response(504), "http_timeout"
            except httpx.TransportError:
                answer, reason = httpx.Response(502), "connection_failed"
            if answer.is_success or answer.headers.get("X-Slack-No-Retry") == "1":
                break
            headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
            await asyncio.sleep(delay)
        return answer

    async def tell(
        self, event: Mapping[str, Any], channel: Channel | None = None, *, check: bool = True
    ) -> httpx.Response | None:
        """Let the bot hear of an event; None where it does not hear of such, or not there."""
        team = self._listening(events.subscription(event), channel)
        if team is None:
            return None
        return await self.deliver("events_api", events.envelope(self, event, team, channel), check=check)

    def _listening(self, name: str, channel: Channel | None) -> str | None:
        if self.events is not None and name not in self.events:
            return None
        for installation in self.installations.values():
            team = installation.team_id
            inside = channel is None or (team in channel.teams and self.bot_is_in(channel, team))
            may = name not in EVENT_SCOPES or EVENT_SCOPES[name] in installation.scopes
            if inside and may and not installation.state:
                return team
        return None

    def noticed(self, channel: Channel, message: Message) -> None:
        """Let the bot hear of what it said itself, where it hears its own echo."""
        if self.echoes and message.get("bot_id") and message.get("streaming_state") != "in_progress":
            self.later(self.tell(events.said(self, channel, message), channel, check=False))

    def altered(self, channel: Channel, message: Message | None, before: Message) -> None:
        """Let the bot hear of what it changed or took away itself, where it hears its own echo."""
        if self.echoes:
            if message is None:
                event = events.deleted(self, channel, before)
            else:
                event = events.edited(self, channel, message, before)
            self.later(self.tell(event, channel, check=False))

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something beside."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give connections back."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()
