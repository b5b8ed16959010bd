"""Socket Mode: the bot connects to Slack, and Slack's requests come in through that."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import structlog
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.handlers.slack.clients import connect
from bot.handlers.slack.workspace import UNREACHABLE, reason
from bot.observing.trace import followed, new_trace
from bot.tracing import trail

log = structlog.get_logger(__name__)

_HEARTBEAT = 20.0
_GRACE = 10.0
_FIRST, _LONGEST = 0.25, 30.0
_AT_ONCE = frozenset({"warning", "refresh_requested"})
"""Why Slack ends connections that it wants to have again."""


class Sockets:
    """Keeps a connection to Slack, and hands what comes through it to Bolt's app.

    Not the SDK's client: where connecting fails once, that tries the same address, which is good once, for ever.
    """

    def __init__(self, app: AsyncApp, token: SecretStr, address: str) -> None:
        self._app = app
        self._token = token
        self._client = connect(None, address)
        self._links: set[asyncio.Task[None]] = set()
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect, beside the requests."""
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Take nothing more; what was taken is acknowledged first."""
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        failures = 0
        async with aiohttp.ClientSession() as session:
            try:
                while True:
                    link = await self._connect(session)
                    if link:
                        await link.leaving.wait()
                    failures = 0 if link and link.wanted else failures + 1
                    await asyncio.sleep(min(_FIRST * 2 ** (failures - 1), _LONGEST) if failures else 0)
            finally:
                for each in self._links:
                    each.cancel()
                await asyncio.gather(*self._links, return_exceptions=True)

    async def _connect(self, session: aiohttp.ClientSession) -> _Link | None:
        try:
            answer = await self._client.apps_connections_open(app_token=self._token.get_secret_value())
            socket = await session.ws_connect(str(answer.get("url")), heartbeat=_HEARTBEAT)
        except (*UNREACHABLE, ValueError) as error:
            log.error("slack.socket.away", error=reason(error))
            return None
        link = _Link(self._app, socket)
        held = asyncio.create_task(link.hold())
        self._links.add(held)
        held.add_done_callback(self._links.discard)
        return link


class _Link:
    """One connection. `leaving` is set when another is to take its place, `wanted` where Slack asks for that."""

    def __init__(self, app: AsyncApp, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.leaving = asyncio.Event()
        self.wanted = False
        self._app = app
        self._socket = socket
        self._answering: set[asyncio.Task[None]] = set()

    async def hold(self) -> None:
        """Take what comes until the connection ends."""
        try:
            async with asyncio.timeout(None) as limit:
                async for message in self._socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        self._take(message.data, limit)
        except TimeoutError:
            pass  # Slack asked to leave and did not close the connection itself
        finally:
            self.leaving.set()
            await asyncio.shield(self._finish())

    def _take(self, text: str, limit: asyncio.Timeout) -> None:
        try:
            message = json.loads(text)
            request = SocketModeRequest.from_dict(message)
        except (ValueError, TypeError) as error:
            log.error("slack.socket.unreadable", error=type(error).__name__)
            return
        if request:
            task = asyncio.create_task(self._answer(request))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        elif message.get("type") == "hello":
            self.wanted = True
            log.info("slack.socket.connected", connections=message.get("num_connections"))
        elif message.get("type") == "disconnect":
            # What was sent through this connection is acknowledged through it, while the next one is made.
            self.wanted = message.get("reason") in _AT_ONCE
            if not self.wanted:
                log.error("slack.socket.disconnected", reason=str(message.get("reason")))
            limit.reschedule(asyncio.get_running_loop().time() + _GRACE)
            self.leaving.set()

    async def _answer(self, request: SocketModeRequest) -> None:
        try:
            with followed(new_trace()):
                response = await run_async_bolt_app(self._app, request)
            if response.status != 200:
                # Slack sends events again, and tells people of anything else that nothing came of it.
                log.error("slack.socket.unacknowledged", kind=request.type, status=response.status)
                return
            await self._socket.send_json({"envelope_id": request.envelope_id, **_payload(response.body)})
        except aiohttp.ClientError as error:
            log.warning("slack.socket.unheard", kind=request.type, error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the connection is to hold; Slack sends it again
            log.error("slack.socket.failed", kind=request.type, error=type(error).__name__, trail=trail(error))

    async def _finish(self) -> None:
        if self._answering:
            await asyncio.wait(self._answering, timeout=_GRACE)
        await self._socket.close()


def _payload(body: str) -> dict[str, Any]:
    """What an acknowledgement carries back."""
    if not body:
        return {}
    try:
        return {"payload": json.loads(body)}
    except ValueError:
        return {"payload": {"text": body}}
