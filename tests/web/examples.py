"""The web meeting place as a server, and people who visit it with a browser that knows no JavaScript."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import json
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.settings import Settings
from bot.wiring import Knowledge, open_app
from knowledge.model import Section
from tests.knowledge.examples import basis, document

ANSWERED = "Hva sier serveringsloven § 27?"
FEE = "Kommunen kan kreve et gebyr på 5 000 kroner for å behandle søknaden, jf. serveringsloven § 27."
"""What the library says to that. Exact references are answered however sure of other things the bot is made."""
INSIDE = "Hva sier alkoholloven § 1-9?"
"""Only the internal routine knows."""
FEES = document(
    "guides/tobakk",
    Section(
        anchor="gebyr",
        heading="Gebyr for salg av tobakk",
        text="Gebyret er 1 200 kroner, jf. tobakksskadeloven § 10. Det betales hvert år, jf. tobakksskadeloven § 10.",
        rests_on=(basis("tobakksskadeloven", "10"),),
    ),
)
TWICE = "Hva sier tobakksskadeloven § 10?"
"""One section answers that in two sentences."""
ABSTAINED = "Hvor mange elefanter bor det på Mars?"
NO_SIGN_IN_YET: dict[str, Any] = {
    "oidc_issuer": "http://127.0.0.1:9",
    "oidc_client_id": "moteplassen",
    "oidc_client_secret": SecretStr("hemmelig"),
}
"""What lets the app start outside the demo, for tests where nobody signs in."""
PATIENCE = 30.0
REAL_TIME = time.time


@contextlib.asynccontextmanager
async def running(knowledge: Knowledge, data_dir: Path, **values: Any) -> AsyncIterator[str]:
    """The app on a free port, as `moteplassen serve` or `demo` wires it; hands over its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = "http://{}:{}".format(*listening.getsockname())
        known: dict[str, Any] = {"data_dir": data_dir, "public_url": url, "scheduled_ingest": False}
        known |= {"limit_place": 0, "limit_tenant": 0}  # all tests ask from one address
        settings = Settings(_env_file=None, **known | values)
        async with open_app(settings, knowledge) as app:
            about: dict[str, Any] = {"log_level": "critical", "timeout_graceful_shutdown": 1, "proxy_headers": False}
            server = uvicorn.Server(uvicorn.Config(app, **about))
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                while not server.started:
                    await asyncio.sleep(0.01)
                yield url
            finally:
                server.should_exit = True
                await serving


@dataclasses.dataclass(frozen=True)
class Page:
    """A page as it came."""

    response: httpx.Response
    tree: LexborHTMLParser

    @property
    def status(self) -> int:
        return self.response.status_code

    def all(self, selector: str) -> list[str]:
        """The texts of what the selector finds, white space evened out."""
        return [words(node) for node in self.tree.css(selector)]

    def text(self, selector: str) -> str:
        """The text of the one that the selector finds."""
        (only,) = self.all(selector)
        return only

    def node(self, selector: str) -> LexborNode:
        """The one that the selector finds."""
        (only,) = self.tree.css(selector)
        return only

    def has(self, selector: str) -> bool:
        return self.tree.css_first(selector) is not None


@dataclasses.dataclass(frozen=True)
class Event:
    """What came on a stream. `data` is read as JSON where there is some."""

    id: str
    name: str
    data: Any


class Person:
    """Somebody who visits. Forms are sent as a browser sends them from a page of this site."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def page(self, path: str) -> Page:
        return _page(await self.client.get(path))

    async def post(self, path: str, **fields: str) -> Page:
        """Send a form, and follow where that leads."""
        return _page(await self.client.post(path, data=fields))

    async def become(self, persona: str) -> None:
        """Choose from the demo's list."""
        chosen = await self.client.post("/rolle", data={"rolle": persona}, follow_redirects=False)
        assert chosen.status_code == 303, chosen.text

    async def submit(self, page: Page, form: str, **typed: str) -> Page:
        """Fill in a form of the page and send it."""
        node = page.node(form)
        hidden = {each.attrs["name"]: each.attrs["value"] for each in node.css("input[type=hidden]")}
        return await self.post(node.attrs["action"] or "", **{str(k): v or "" for k, v in hidden.items()} | typed)

    async def posted(self, path: str, **fields: str) -> httpx.Response:
        """Send what our own script sends."""
        return await self.client.post(path, data=fields, headers={"Accept": "application/json"})

    async def ask(self, text: str, channel: str = "naeringsliv", thread: str = "") -> Page:
        """Ask in a channel; the page of the thread, with the reply."""
        response = await self.posted("/spor", tekst=text, kanal=channel, traad=thread)
        assert response.status_code == 200, response.text
        thread = response.json()["messages"][0]["thread"]
        async with asyncio.timeout(PATIENCE):
            while (page := await self.page(f"/t/{thread}")).has("[aria-busy=true]"):
                await asyncio.sleep(0.02)
        return page

    async def forward(self, page: Page, **typed: str) -> Page:
        """Send the last reply of the thread on, as who asked does: see what will be sent, change it, say yes."""
        consent = await self.page(f"/m/{message_of(page)}/saksbehandler")
        return await self.submit(
            consent, "form.forwarding", **{"sporsmal": consent.node("#_sporsmal").text().strip()} | typed
        )

    @contextlib.asynccontextmanager
    async def hearing(self, path: str, last: str | None = None) -> AsyncIterator[AsyncIterator[Event]]:
        """The stream of events at the path, while the block runs; `last` is the event that was heard last."""
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
        async with self.client.stream("GET", path, headers=headers, timeout=PATIENCE) as response:
            assert response.status_code == 200, await response.aread()
            yield _events(response)


@contextlib.asynccontextmanager
async def visiting(url: str) -> AsyncIterator[Person]:
    """A new browser at that address."""
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Origin": url}
    async with httpx.AsyncClient(
        base_url=url, headers=headers, follow_redirects=True, trust_env=False, timeout=PATIENCE, verify=False
    ) as client:
        yield Person(client)


def later(monkeypatch: pytest.MonkeyPatch, **past: float) -> None:
    """Let that much time have passed since now, for the server as for the browser: cookies get older by it."""
    moment = REAL_TIME() + dt.timedelta(**past).total_seconds()
    monkeypatch.setattr(time, "time", lambda: moment)


def thread_of(page: Page) -> str:
    """The id of the thread that the page shows."""
    return (page.node(".thread").attrs["id"] or "").removeprefix("t-")


def hrefs(page: Page, links: str) -> list[str]:
    """Where these links lead."""
    return [link.attrs["href"] or "" for link in page.tree.css(links)]


def message_of(page: Page, kind: str = "reply") -> str:
    """The id of the last message of a kind."""
    return (page.tree.css(f".message.{kind}")[-1].attrs["id"] or "").removeprefix("m-")


def words(node: LexborNode) -> str:
    """The text of an element, white space evened out."""
    return " ".join(node.text().split())


async def _events(response: httpx.Response) -> AsyncIterator[Event]:
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        name, colon, value = line.partition(":")
        if name and colon:
            fields[name] = value.removeprefix(" ")
        elif not line and "event" in fields:
            data = fields.get("data", "")
            yield Event(fields.get("id", ""), fields["event"], json.loads(data) if data else None)
            fields = {}


def _page(response: httpx.Response) -> Page:
    return Page(response, LexborHTMLParser(response.text))
