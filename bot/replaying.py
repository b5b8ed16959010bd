"""Hands a request on whose body has been read already."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Send


async def hand_on(request: Request, app: ASGIApp, receive: Receive, send: Send) -> None:
    """Let the app answer the request as it came."""
    body = await request.body()
    read = False

    async def again() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        return {"type": "http.request", "body": body, "more_body": False}

    await app(request.scope, again, send)
