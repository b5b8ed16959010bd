"""Who hangs up in the middle of a request has met with no fault of ours, and none is noted."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from tests.observing.examples import PATIENCE, Town
from tests.observing.test_numbers import samples

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def hang_up(url: str, path: str) -> None:
    """Say that there will be five hundred bytes, send nine of them, and go."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    _, writer = await asyncio.open_connection(host, port)
    head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 500\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\nX-Slack-Request-Timestamp: 1\r\n\r\n"
    writer.write(head.encode() + b"tekst=hei")
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()


async def posted(town: Town, path: str) -> dict[str, float]:
    """How many requests have been posted there, by the status that they were counted with."""
    counted = samples(await town.numbers())["moteplassen_http_requests_total"]
    return {status: count for (method, route, status), count in counted.items() if (method, route) == ("POST", path)}


@pytest.mark.parametrize("path", ["/spor", "/rolle", "/slack/events", "/teams/messages"])
async def test_who_hangs_up_in_mid_request_is_no_error_of_ours(town: Town, path: str) -> None:
    before = await posted(town, path)
    with capture_logs() as log:
        await hang_up(town.url, path)
        async with asyncio.timeout(PATIENCE):
            while (after := await posted(town, path)) == before:
                await asyncio.sleep(0.05)
    assert after == before | {"499": before.get("499", 0.0) + 1}
    assert [each for each in log if each["log_level"] in {"warning", "error", "critical"}] == []
