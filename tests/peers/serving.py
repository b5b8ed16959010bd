"""Serves an app over real HTTP for a test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette


@contextlib.asynccontextmanager
async def served(app: Starlette, certificate: Path | None = None, port: int = 0) -> AsyncIterator[str]:
    """The app on that port, or on a free one, with its lifespan; hands over its address.

    Over HTTPS where a certificate (a PEM file with its key) is given.
    """
    config = uvicorn.Config(
        app,
        port=port,
        log_level="critical",
        timeout_graceful_shutdown=1,
        ssl_certfile=certificate,
        ssl_keyfile=certificate,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
