"""Signed Slack events a second: `python -m tests.bench.load.slack --rate 200 --seconds 60`.

Mentions come to the events endpoint at the rate, whether they are acknowledged or not (open loop), each signed as Slack
signs; a wait is counted from when the event was due. Slack wants an acknowledgement within three seconds, and sends the
event again otherwise. Replies are posted to a Slack of our own: how many there are in the end, and after how long.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import math
import tempfile
import time
from collections.abc import Sequence

import aiohttp
import numpy as np
from slack_sdk.signature import SignatureVerifier

from tests.bench.latency import questions
from tests.bench.load.crowd import Question, errors
from tests.bench.load.showing import by_second, draw, memory_lines, percentiles, print_processes, print_waits
from tests.bench.load.site import Look, Site, Watch, site, up
from tests.bench.load.web import add_plan, plan_of
from tests.bench.slack import WARM, answered, body, process, serve_peer
from tests.peers.ports import free_port
from tests.peers.slack import SECRET, TOKEN

PATIENCE = 10.0
"""Seconds after which an event that nobody has acknowledged is an error."""


async def fire(urls: Sequence[str], rate: float, seconds: float, lap: int) -> list[Question]:
    """Send the events of a lap, and note when each was acknowledged."""
    verifier, count = SignatureVerifier(SECRET), round(rate * seconds)
    due = np.cumsum(np.random.default_rng(lap).exponential(1 / rate, count)) + time.perf_counter() + 0.5
    events = [Question(text, at) for text, at in zip(itertools.cycle(questions()), due.tolist(), strict=False)]
    unlimited = aiohttp.TCPConnector(limit=0, keepalive_timeout=3)
    async with aiohttp.ClientSession(connector=unlimited) as session, asyncio.TaskGroup() as group:

        async def send(number: int, event: Question) -> None:
            content, stamp = body(number, lap, event.text), str(int(time.time()))
            signature = verifier.generate_signature(timestamp=stamp, body=content) or ""
            headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
            headers["Content-Type"] = "application/json"
            where = f"{urls[number % len(urls)]}/slack/events"
            try:
                async with asyncio.timeout(PATIENCE), session.post(where, data=content, headers=headers) as response:
                    event.error = "" if response.ok else f"HTTP {response.status}"
            except (aiohttp.ClientError, TimeoutError) as error:
                event.error = type(error).__name__
            event.taken = math.inf if event.error else time.perf_counter()

        for number, event in enumerate(events):
            await asyncio.sleep(max(0.0, event.due - time.perf_counter()))
            group.create_task(send(number, event))
    return events


async def measure(started: Site, peer: str, given: argparse.Namespace, laps: Sequence[int]) -> Sequence[Look]:
    """Warm up, fire, show, and wait for the replies; what the processes used meanwhile."""
    warm = await fire(started.urls, 1.0, WARM, laps[0])
    await answered(peer, laps[0], len(warm))
    watch = Watch(started.processes)
    async with watch.looking():
        start = time.perf_counter()
        events = await fire(started.urls, given.rate, given.seconds, laps[1])
        show(events, watch.looks, start, given)
        try:
            after = await asyncio.wait_for(answered(peer, laps[1], len(events)), given.patience)
            print(f"All {len(events)} replies were posted, the last one {after:.0f} s after the last event.")
        except TimeoutError:
            async with aiohttp.ClientSession() as session, session.get(f"{peer}/answers/{laps[1]}") as response:
                found = await response.json()
            print(f"{given.patience:g} s after the last event: {found['threads']} of {len(events)} have a reply.")
    return watch.looks


def show(events: Sequence[Question], looks: Sequence[Look], start: float, given: argparse.Namespace) -> None:
    """Print how quickly events were acknowledged, and draw it."""
    waits = [event.taken - event.due for event in events]
    title = f"{given.rate:g} signed Slack events a second for {given.seconds:g} s"
    print_waits(title, {"acknowledged": waits})
    print(f"errors: {dict(errors(events)) or 'none'}; p99 {percentiles(waits)[-1]:,.0f} ms")
    due = [event.due - start for event in events]
    lines = {f"p{share}": by_second(due, waits, share) for share in (50, 99)}
    draw(given.out / "load-slack.png", title, {"s until acknowledged": lines, "MiB": memory_lines(looks)})


async def main(given: argparse.Namespace, folder: str) -> None:
    """Start the peer and the site, and measure."""
    port, first = free_port(), int(time.time())
    peer, laps = f"http://127.0.0.1:{port}", [first, first + 1]
    ours = [f"MOTEPLASSEN_SLACK_API_URL={peer}/api/", f"SLACK_BOT_TOKEN={TOKEN}", f"SLACK_SIGNING_SECRET={SECRET}"]
    given.set += ours
    with process(serve_peer, port, laps, max(round(given.rate * given.seconds), round(WARM))):
        await up(f"{peer}/answers/0")
        async with site(plan_of(given, folder)) as started:
            print_processes(await measure(started, peer, given, laps))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--patience", type=float, default=600.0, help="seconds to wait for all replies (600)")
    add_plan(parser)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(main(arguments, made))
