"""Socket Mode: the app calls Slack, and Slack speaks through that."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.peers.slack.state import APP


class Sockets:
    """The app's connections. `patience` is how long an acknowledgement may take, in seconds."""

    def __init__(self, base: Callable[[], str]) -> None:
        self.patience = 3.0
        self.retry_delays: Sequence[float] = (0.05, 0.1, 0.2)
        self._base = base
        self._tickets: set[str] = set()
        self._open: dict[WebSocket, set[str]] = {}
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._turns = itertools.count()

    def __len__(self) -> int:
        return len(self._open)

    def invite(self) -> str:
        """An address that the app can connect to once."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return f"{self._base().replace('http', 'ws', 1)}link/?ticket={ticket}&app_id={APP}"

    async def connect(self, socket: WebSocket) -> None:
        """Hold a connection until it ends."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close(4_001)
            return
        self._tickets.remove(ticket)
        await socket.accept()
        self._open[socket] = set()
        about = {
            "connection_info": {"app_id": APP},
            "debug_info": {"host": "peer", "approximate_connection_time": 3600},
        }
        try:
            await socket.send_json({"type": "hello", "num_connections": len(self._open), **about})
            while True:
                self._acknowledge(await socket.receive_json())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._lose(socket)

    def _acknowledge(self, answer: Mapping[str, Any]) -> None:
        waiting = self._waiting.get(str(answer.get("envelope_id")))
        if waiting and not waiting.done():
            waiting.set_result(answer.get("payload"))

    def _lose(self, socket: WebSocket) -> None:
        for envelope in self._open.pop(socket, ()):
            if (waiting := self._waiting.get(envelope)) and not waiting.done():
                waiting.set_exception(ConnectionError("the connection is closed"))

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask the app to connect anew, and close what is open."""
        for socket in list(self._open):
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "peer"}})
                await socket.close()
            self._lose(socket)

    async def deliver(self, kind: str, payload: Mapping[str, Any]) -> httpx.Response:
        """Send something until it is acknowledged; the answer as it would be over HTTP."""
        reason = ""
        for attempt in range(1 + len(self.retry_delays)):
            if attempt:
                await asyncio.sleep(self.retry_delays[attempt - 1])
            envelope = {
                "type": kind,
                "envelope_id": secrets.token_hex(16),
                "payload": payload,
                "accepts_response_payload": kind != "events_api",
                **({"retry_attempt": attempt, "retry_reason": reason} if attempt else {}),
            }
            try:
                async with asyncio.timeout(self.patience):
                    answer = await self._send(envelope)
            except TimeoutError:
                reason = "timeout"
            except ConnectionError:
                reason = "disconnected"
            else:
                return httpx.Response(200, json=answer) if answer else httpx.Response(200)
        return httpx.Response(504, text=f"not acknowledged: {reason}")

    async def _send(self, envelope: Mapping[str, Any]) -> Any:
        while not self._open:
            await asyncio.sleep(0.01)
        socket = list(self._open)[next(self._turns) % len(self._open)]
        name = envelope["envelope_id"]
        waiting = self._waiting[name] = asyncio.get_running_loop().create_future()
        self._open[socket].add(name)
        try:
            try:
                await socket.send_json(envelope)
            except (RuntimeError, WebSocketDisconnect) as error:
                raise ConnectionError("the connection is closed") from error
            return await waiting
        finally:
            del self._waiting[name]
            self._open.get(socket, set()).discard(name)
