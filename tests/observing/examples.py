"""The bot in all its channels at once, and somebody who tells it what is in no log."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.wiring import Knowledge
from tests.peers.slack import Message, Slack
from tests.peers.teams import Sent, Teams
from tests.slack.examples import settings as in_slack
from tests.teams.examples import settings as in_teams
from tests.web.examples import Page, Person, running, visiting

KNOWN = "Hva sier serveringsloven § 27?"
SECRETS = ("Sigurd Fjellheimsen", "912 34 567", "01129955131", "hønsefuglmarkør", "sigurd@fjellheimsen.no")
"""Who asks, how they are reached, who they are to the state, and a word that nobody else would write."""
TOLD = (
    f"Hei, jeg heter {SECRETS[0]}, telefon {SECRETS[1]}, fødselsnummer {SECRETS[2]}, e-post {SECRETS[4]}. "
    f"Jeg driver {SECRETS[3]}. {KNOWN}"
)
PATIENCE = 110.0


@dataclass
class Town:
    """A bot that is up, in three channels. `page`, `message` and `sent` are the replies that were given last."""

    url: str
    slack: Slack
    teams: Teams
    visitor: Person
    officer: Person
    page: Page = field(init=False)
    message: Message = field(init=False)
    sent: Sent = field(init=False)

    async def numbers(self) -> str:
        """What Prometheus is told."""
        return (await self.visitor.client.get("/metrics", headers={"Authorization": "Bearer hush"})).text

    async def ask(self, channel: str, text: str) -> None:
        """Somebody asks there, and has the reply."""
        if channel == "web":
            self.page = await self.visitor.ask(text)
        elif channel == "slack":
            asked = await self.slack.ask("C1", "UKAFE", text)
            await until(lambda: any(_is_whole(each) for each in self.slack.thread("C1", asked["ts"])))
            self.message = next(each for each in self.slack.thread("C1", asked["ts"]) if _is_whole(each))
        else:
            before = len(self.teams.sent)
            await self.teams.say("ola", text)
            # An answer to an earlier case may arrive meanwhile; it has no card.
            await until(lambda: any(each.whole and each.card for each in self.teams.sent[before:]))
            self.sent = next(each for each in self.teams.sent[before:] if each.whole and each.card)

    async def forward(self, channel: str) -> str:
        """Whoever asked last sends it to the officers; where the officer finds the case."""
        before = set(await self._cases())
        if channel == "web":
            await self.visitor.forward(self.page)
        elif channel == "slack":
            await self.slack.press("C1", self.message, "UKAFE")
            await until(lambda: self.slack.modal("UKAFE") is not None)
            await self.slack.submit("UKAFE", {})
        else:
            shown = await self.teams.press("ola", self.sent, "Send til saksbehandler")
            written = {"question": shown["value"]["body"][0]["value"]}
            await self.teams.press("ola", self.sent, "Send", written, shown["value"])
        async with asyncio.timeout(PATIENCE):
            while not (new := set(await self._cases()) - before):
                await asyncio.sleep(0.05)
        (path,) = new
        return path

    async def answer(self, path: str, text: str) -> None:
        """The officer answers the case there."""
        await self.officer.submit(await self.officer.page(path), "form[action$='/ta']")
        done = await self.officer.submit(await self.officer.page(path), "form.answering", svar=text)
        assert done.status == 200

    async def _cases(self) -> list[str]:
        page = await self.officer.client.get("/saker")
        return re.findall(r'href="(/saker/[^"/?#]+)"', page.text)


@contextlib.asynccontextmanager
async def town(knowledge: Knowledge, folder: Path, slack: Slack, teams: Teams, **values: Any) -> AsyncIterator[Town]:
    """The bot as `moteplassen demo` wires it."""
    async with (
        running(knowledge, folder, demo=True, **channels(slack, teams) | values) as url,
        peopled(url, slack, teams) as town,
    ):
        yield town


def channels(slack: Slack, teams: Teams) -> dict[str, Any]:
    """What is set of the two platforms."""
    named = in_slack(slack).model_dump(exclude_unset=True) | in_teams(teams).model_dump(exclude_unset=True)
    del named["public_url"]
    return named


@contextlib.asynccontextmanager
async def peopled(url: str, slack: Slack, teams: Teams) -> AsyncIterator[Town]:
    """People in front of the bot at that address."""
    async with visiting(url) as visitor, visiting(url) as officer:
        slack.bot_url = teams.bot = url
        await visitor.become("kafe")
        await officer.become("kari")
        yield Town(url, slack, teams, visitor, officer)


def _is_whole(message: Message) -> bool:
    return "bot_id" in message and message.get("streaming_state") != "in_progress"


async def until(holds: Callable[[], bool]) -> None:
    """Return when it holds."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.01)
