"""A small Slack on a port of its own: what the bot uses of its Web API, and signed requests as Slack sends them."""

from __future__ import annotations

import collections
import contextlib
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.peers.serving import served

TOKEN = "xoxb-1-peer"
SECRET = "the signing secret"
BOT_USER = "UBOT"
BOT = "BBOT"

HISTORY = {"C": "channels:history", "G": "groups:history", "D": "im:history"}
SCOPES: Mapping[str, Collection[str]] = {
    "auth.test": (),
    "chat.postMessage": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": tuple(HISTORY.values()),
    "conversations.replies": tuple(HISTORY.values()),
    "users.info": ("users:read",),
}
"""What each method asks for; of the history scopes the one for that kind of channel."""
METADATA_SCOPE = "metadata.message:read"


class Refused(Exception):
    """The API answers with this error."""


class Slack:
    """One workspace. `calls` lists what was asked of the API, `whispers` what only one person sees."""

    def __init__(self, scopes: Collection[str]) -> None:
        self.url = self.bot_url = ""
        self.scopes = set(scopes)
        self.page = 200
        self.people = {"UKAFE": "Kafé Kringla", "UOLA": "Ola Lie", BOT_USER: "moteplassen"}
        self.channels: dict[str, list[dict[str, Any]]] = {"C1": [], "D1": [], "GSAKER": []}
        self.away: set[str] = set()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.whispers: list[dict[str, Any]] = []
        self._troubles: dict[str, collections.deque[str]] = collections.defaultdict(collections.deque)
        self._numbers = itertools.count(1)
        self._client = httpx.AsyncClient(timeout=10)
        self.app = Starlette(routes=[Route("/api/{method}", self._call, methods=["GET", "POST"])])

    def trouble(self, method: str, *kinds: str) -> None:
        """Let the next calls of that method go wrong.

        "500" and "429" do; "429:60" asks to wait so many seconds; "lost" does what is asked and then says 500; "gone"
        does it and breaks the connection off; anything else is an error that the API answers with.
        """
        self._troubles[method].extend(kinds)

    def called(self, method: str) -> list[dict[str, Any]]:
        """What that method was called with."""
        return [arguments for name, arguments in self.calls if name == method]

    def thread(self, channel: str, ts: str) -> list[dict[str, Any]]:
        """The replies in a thread, without the message that began it."""
        return [message for message in self.channels[channel] if message.get("thread_ts") == ts]

    def write(self, channel: str, user: str, text: str, thread: str | None = None) -> dict[str, Any]:
        """Somebody writes in a channel."""
        message = {"type": "message", "user": user, "text": text, "ts": self._ts()}
        if thread:
            message["thread_ts"] = thread
        self.channels[channel].append(message)
        return message

    async def ask(self, channel: str, user: str, text: str, thread: str | None = None) -> dict[str, Any]:
        """Somebody asks the bot, with a mention where others are; the event arrives and is acknowledged."""
        message = self.write(channel, user, text if channel.startswith("D") else f"<@{BOT_USER}> {text}", thread)
        response = await self.send(self.event(channel, message))
        assert response.status_code == 200, response.text
        return message

    def event(self, channel: str, message: Mapping[str, Any]) -> dict[str, Any]:
        """The event that Slack makes of a message."""
        kinds = {"type": "message", "channel_type": "im"} if channel.startswith("D") else {"type": "app_mention"}
        return {
            "type": "event_callback",
            "team_id": "T1",
            "api_app_id": "A1",
            "event_id": f"Ev{next(self._numbers):06}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": "T1", "user_id": BOT_USER, "is_bot": True}],
            "event": {**message, **kinds, "channel": channel, "event_ts": message["ts"]},
        }

    async def press(self, channel: str, message: Mapping[str, Any], user: str) -> httpx.Response:
        """Somebody presses the first button of a message."""
        button = next(block for block in message["blocks"] if block["type"] == "actions")["elements"][0]
        payload = {
            "type": "block_actions",
            "team": {"id": "T1", "domain": "peer"},
            "user": {"id": user, "name": f"handle.{user.lower()}", "team_id": "T1"},
            "channel": {"id": channel, "name": "peer"},
            "message": message,
            "actions": [{"type": "button", "block_id": "b", "action_ts": self._ts(), **button}],
        }
        return await self.send(urlencode({"payload": json.dumps(payload)}))

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
        return await self._client.post(f"{self.bot_url}/slack/events", content=content, headers=signed | headers)

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        arguments = await _arguments(request)
        self.calls.append((method, arguments))
        trouble = self._troubles[method].popleft() if self._troubles[method] else ""
        if trouble.startswith("429"):
            wait = trouble.partition(":")[2] or "0"
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": wait})
        if trouble == "500":
            return PlainTextResponse("server error", 500)
        try:
            if trouble not in {"", "lost", "gone"}:
                raise Refused(trouble)
            answer = self._answer(method, arguments, request.headers.get("authorization", ""))
        except Refused as error:
            return JSONResponse({"ok": False, "error": str(error)})
        if trouble == "lost":
            return PlainTextResponse("server error", 500)
        return _Broken() if trouble == "gone" else JSONResponse({"ok": True, **answer})

    def _answer(self, method: str, arguments: dict[str, Any], authorization: str) -> dict[str, Any]:
        if authorization != f"Bearer {TOKEN}":
            raise Refused("invalid_auth")
        if method == "auth.test":
            return {"team": "Peer", "team_id": "T1", "user": "moteplassen", "user_id": BOT_USER, "bot_id": BOT}
        if method == "users.info":
            return self._person(arguments["user"])
        channel = self._channel(method, arguments["channel"])
        if method.startswith("conversations."):
            return self._read(method, channel, arguments)
        self._grant("chat:write")
        validate(arguments)
        if method == "chat.postEphemeral":
            self.whispers.append(arguments)
            return {"message_ts": self._ts()}
        return self._change(channel, arguments) if method == "chat.update" else self._post(channel, arguments)

    def _person(self, user: str) -> dict[str, Any]:
        self._grant("users:read")
        if user not in self.people:
            raise Refused("user_not_found")
        return {"user": {"id": user, "profile": {"real_name": self.people[user], "display_name": ""}}}

    def _channel(self, method: str, channel: str) -> str:
        if channel not in self.channels:
            raise Refused("channel_not_found")
        if method.startswith("conversations."):
            self._grant(HISTORY[channel[0]])
        if channel in self.away:
            raise Refused("not_in_channel")
        return channel

    def _post(self, channel: str, arguments: dict[str, Any]) -> dict[str, Any]:
        kept = ("text", "blocks", "thread_ts", "metadata")
        said = {name: arguments[name] for name in kept if name in arguments}
        message = {"type": "message", "user": BOT_USER, "bot_id": BOT, "ts": self._ts(), **said}
        self.channels[channel].append(message)
        return {"channel": channel, "ts": message["ts"], "message": message}

    def _change(self, channel: str, arguments: dict[str, Any]) -> dict[str, Any]:
        found = [message for message in self.channels[channel] if message["ts"] == arguments["ts"]]
        if not found:
            raise Refused("message_not_found")
        found[0].update(text=arguments["text"], blocks=arguments["blocks"])
        return {"channel": channel, "ts": arguments["ts"]}

    def _read(self, method: str, channel: str, arguments: dict[str, Any]) -> dict[str, Any]:
        thread = arguments.get("ts")
        said = self.channels[channel]
        if method == "conversations.replies":
            if thread not in {message["ts"] for message in said}:
                raise Refused("thread_not_found")
            found = [message for message in said if thread in {message["ts"], message.get("thread_ts")}]
        else:
            found = [message for message in reversed(said) if "thread_ts" not in message]
        recent = [message for message in found if message["ts"] in {thread} or message["ts"] > arguments["oldest"]]
        start = int(arguments.get("cursor") or 0)
        end = start + min(int(arguments.get("limit", 100)), self.page)
        told = METADATA_SCOPE in self.scopes and arguments.get("include_all_metadata") in {"1", "true"}
        hidden = () if told else ("metadata",)
        page = [{key: value for key, value in each.items() if key not in hidden} for each in recent[start:end]]
        cursor = str(end) if end < len(recent) else ""
        return {"messages": page, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}

    def _grant(self, scope: str) -> None:
        if scope not in self.scopes:
            raise Refused("missing_scope")

    def _ts(self) -> str:
        return f"{int(time.time())}.{next(self._numbers):06}"


class _Broken(Response):
    """Breaks the connection off in the middle of an answer."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


def validate(message: Mapping[str, Any]) -> None:
    """Refuse what Slack refuses of a message."""
    blocks = message.get("blocks", [])
    if not message.get("text") and not blocks:
        raise Refused("no_text")
    if len(message.get("text", "")) > 40_000:
        raise Refused("msg_too_long")
    if len(blocks) > 50 or not all(_is_valid(block) for block in blocks):
        raise Refused("invalid_blocks")
    if sum(len(text) for block in blocks for text in texts(block)) > 12_000:
        raise Refused("msg_blocks_too_long")
    metadata = message.get("metadata")
    if metadata is not None and set(metadata) != {"event_type", "event_payload"}:
        raise Refused("invalid_metadata_format")


def texts(block: Mapping[str, Any]) -> list[str]:
    """The texts in a block that people read."""
    found = [block["text"]] if "text" in block else []
    elements = block.get("elements", [])
    found += [element["text"] if isinstance(element.get("text"), dict) else element for element in elements]
    return [text["text"] for text in found]


def _is_valid(block: Mapping[str, Any]) -> bool:
    lengths = {"section": 3_000, "context": 3_000, "actions": 75}
    elements = block.get("elements", [])
    return (
        block["type"] in lengths
        and all(0 < len(text) <= lengths[block["type"]] for text in texts(block))
        and len(elements) <= (10 if block["type"] == "context" else 25)
        and all(len(element.get("value", "")) <= 2_000 for element in elements)
    )


async def _arguments(request: Request) -> dict[str, Any]:
    is_json = request.headers.get("content-type", "").startswith("application/json")
    return {**request.query_params, **(await request.json() if is_json else await request.form())}


@contextlib.asynccontextmanager
async def running(scopes: Collection[str]) -> AsyncIterator[Slack]:
    """The workspace, served until the block ends, with an app installed that has these scopes."""
    slack = Slack(scopes)
    async with served(slack.app) as url:
        slack.url = f"{url}/api/"
        yield slack
    await slack.close()
