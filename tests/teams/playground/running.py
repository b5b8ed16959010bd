"""The playground as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import httpx

from tests.teams.playground.cast import Cast

CLI = Path(__file__).parent / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
_PATIENCE = 30.0
"""Seconds that it may take to start."""


class PlaygroundFailed(Exception):
    """It ended, or does not answer; the message says what it wrote."""


def missing() -> str:
    """What this machine lacks to run it; empty where it has all."""
    if not shutil.which("node"):
        return "there is no node on this machine"
    if not CLI.exists():
        return f"the playground is not installed: run `npm ci` in {CLI.parents[3]}"
    return ""


@contextlib.asynccontextmanager
async def playground(folder: Path, cast: Cast, endpoint: str, port: int) -> AsyncIterator[str]:
    """Microsoft's client for that person on that port; hands over its address. What they write goes to the endpoint.

    Raises PlaygroundFailed where it doesn't start. It writes its log into the folder and sends nothing to Microsoft.
    """
    config, log = _written(folder, cast)
    env = os.environ | {"TEAMSAPPTESTER_BROWSER": "none", "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(config)}
    words = ("start", "--app-endpoint", endpoint, "--port", str(port), "--disable-telemetry")
    with log:
        process = await asyncio.create_subprocess_exec("node", CLI, *words, cwd=folder, env=env, stdout=log, stderr=log)
        try:
            await _answering(process, f"http://localhost:{port}", log)
            yield f"http://localhost:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _answering(process: asyncio.subprocess.Process, url: str, log: BinaryIO) -> None:
    end = asyncio.get_running_loop().time() + _PATIENCE
    async with httpx.AsyncClient() as client:
        while asyncio.get_running_loop().time() < end and process.returncode is None:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(url)).is_success:
                    return
            await asyncio.sleep(0.1)
    log.seek(0)
    raise PlaygroundFailed(f"the playground does not answer at {url}; it wrote: {log.read().decode()[-2_000:]}")


def _written(folder: Path, cast: Cast) -> tuple[Path, BinaryIO]:
    """Its configuration, and what it writes itself."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.json"  # the playground reads YAML, and JSON is that
    config.write_text(json.dumps(cast.config()), "utf-8")
    return config, (folder / "playground.log").open("w+b")
