"""A small OpenAI on a port of its own: chat completions, streamed and whole, by a model that does as it is told."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.peers.serving import served

MODEL = "gpt-peer"
KEY = "sk-peer-0123456789abcdef"

Asked = list[dict[str, Any]]
"""The messages of a request."""

_STATUS = {
    "401": (401, "invalid_api_key", f"Incorrect API key provided: {KEY}."),
    "429": (429, "rate_limit_exceeded", "Rate limit reached for gpt-peer."),
    "500": (500, "server_error", "The server had an error while processing your request."),
}
_FINISHES = {"length", "content_filter"}
_ORDER = re.compile(r"SKRIV: (.*)")


class OpenAI:
    """One account with one model. `requests` lists the bodies of what was asked, `keys` the keys it was asked with."""

    def __init__(self) -> None:
        self.url = ""
        self.piece = 40
        """How many characters are streamed at a time."""
        self.writes: Callable[[Asked], str] = lambda _: ""
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self._troubles: collections.deque[str] = collections.deque()
        self.app = Starlette(
            routes=[
                Route("/v1/chat/completions", self._complete, methods=["POST"]),
                Route("/v1/models", self._models),
            ]
        )

    def say(self, *lines: str) -> None:
        """Let the model write these lines whatever it is asked."""
        self.writes = lambda _: "\n".join(lines)

    def trouble(self, *kinds: str) -> None:
        """Let the next requests go wrong.

        "401", "429" and "500" are statuses; "hang" never answers; "stall" stops after the first piece, "cut" breaks the
        connection off there, "drop" ends without a word of why; "garbage" streams what is no JSON, "refusal" the words
        of a refusal in their field, "error" an error; "length" and "content_filter" are why it ends early.
        """
        self._troubles.extend(kinds)

    @property
    def read(self) -> str:
        """Everything that the model has been given to read."""
        return "\n".join(message["content"] for request in self.requests for message in request["messages"])

    async def _models(self, request: Request) -> Response:
        self._note_key(request)
        return JSONResponse({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "peer"}]})

    async def _complete(self, request: Request) -> Response:
        self._note_key(request)
        body = await request.json()
        self.requests.append(body)
        trouble = self._troubles.popleft() if self._troubles else ""
        if trouble in _STATUS:
            status, code, message = _STATUS[trouble]
            return JSONResponse({"error": {"message": message, "type": code, "code": code}}, status)
        if trouble == "hang":
            await _forever(request)
        text = self.writes(body["messages"])
        if not body.get("stream"):
            return JSONResponse(_whole(body["model"], text))
        usage = (body.get("stream_options") or {}).get("include_usage", False) and _usage(body["messages"], text)
        stream = _stream(request, body["model"], text, trouble, usage or None, self.piece)
        return StreamingResponse(stream, media_type="text/event-stream")

    def _note_key(self, request: Request) -> None:
        self.keys.append(request.headers["authorization"].removeprefix("Bearer "))


def obedient(asked: Asked) -> str:
    """What a model writes that follows orders ("SKRIV: ...") wherever it reads them."""
    return "\n".join(order for text in _read(asked) for order in _ORDER.findall(text))


def claim(text: str, quote: str, source: int = 1) -> str:
    """A line of the answer that our prompt asks for."""
    return json.dumps({"text": text, "source": source, "quote": quote}, ensure_ascii=False)


def _read(asked: Asked) -> Iterator[str]:
    """The lines of the messages, and the values of those that are JSON."""
    for message in asked:
        for line in message["content"].splitlines():
            try:
                yield from map(str, json.loads(line).values())
            except ValueError:
                yield line


async def _forever(request: Request) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(0.01)


def _usage(asked: Asked, text: str) -> dict[str, int]:
    """A token for each word."""
    read, written = sum(len(message["content"].split()) for message in asked), len(text.split())
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


async def _stream(
    request: Request, model: str, text: str, trouble: str, usage: dict[str, int] | None, size: int
) -> AsyncIterator[str]:
    yield _event(model, {"role": "assistant", "content": ""})
    # Trouble comes when two thirds are written, and then there is no more to come. A refusal comes at once.
    written = text[: len(text) * 2 // 3 * (trouble != "refusal")] if trouble else text
    for start in range(0, len(written), size):
        yield _event(model, {"content": written[start : start + size]})
    match trouble:
        case "stall":
            await _forever(request)
        case "cut":
            raise ConnectionAbortedError
        case "drop":
            return
        case "garbage":
            yield "data: {never json\n\n"
        case "refusal":
            yield _event(model, {"refusal": "I can't help with that."})
        case "error":
            yield f"data: {json.dumps({'error': {'message': f'overloaded, key {KEY}', 'type': 'server_error'}})}\n\n"
    yield _event(model, {}, trouble if trouble in _FINISHES else "stop")
    if usage:
        yield f"data: {json.dumps({**_chunk(model), 'choices': [], 'usage': usage})}\n\n"
    yield "data: [DONE]\n\n"


def _event(model: str, delta: Mapping[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return f"data: {json.dumps({**_chunk(model), 'choices': [choice]})}\n\n"


def _chunk(model: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model}


def _whole(model: str, text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [choice],
        "usage": usage,
    }


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[OpenAI]:
    """The account, served until the block ends."""
    openai = OpenAI()
    async with served(openai.app) as url:
        openai.url = f"{url}/v1"
        yield openai
