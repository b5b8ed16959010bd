"""One municipality on two platforms: an officer on either answers whoever asked on the other."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.app import create_app
from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.dispatcher import Dispatcher, Pace
from bot.desk.outbox import Courier, Outbox
from bot.desk.routing import Router
from bot.desk.teams import Teams as DeskTeams
from bot.handlers.slack.handler import SlackHandler
from bot.handlers.teams.handler import TeamsHandler
from bot.library import Findable
from bot.understanding import Understander
from tests.peers.serving import served
from tests.peers.slack import Slack, running
from tests.peers.teams import Teams
from tests.slack import casework
from tests.slack import examples as in_slack
from tests.teams.examples import CASES, FAST, OPEN, TEXTS, Bot, Shelf, settings


@dataclasses.dataclass(frozen=True)
class Town:
    """The bot on both platforms."""

    teams: Bot
    slack: in_slack.Bot


@pytest.fixture
async def town(address: str, teams: Teams) -> AsyncIterator[Town]:
    async with running(in_slack.SCOPES) as slack:
        casework.people(slack)
        async with both(address, teams, slack) as town:
            yield town


@contextlib.asynccontextmanager
async def both(address: str, teams: Teams, slack: Slack) -> AsyncIterator[Town]:
    database = Database(address)
    outbox = Outbox(database)
    channels = DeskTeams.single(slack_channel=casework.SAKER, teams_channel=CASES)
    desk = Desk(database, outbox, ("slack", "teams"), Router(channels))
    librarian, understander = in_slack.Librarian(), Understander()
    about: dict[str, Any] = {"database": database, "outbox": outbox, "desk": desk}
    about |= {"conversation": librarian, "texts": TEXTS, "understander": understander}
    chats = SlackHandler(settings=in_slack.settings(slack), library=in_slack.Books(), **about)
    meets = TeamsHandler(settings=settings(teams), findable=Findable(in_slack.Books(), Shelf()), **about)
    couriers: dict[str, Courier] = {"slack": chats.courier, "teams": meets.courier}
    app = create_app([chats, meets], database, [Dispatcher(outbox, couriers, FAST, Pace(poll=0.02))])
    try:
        async with served(app) as url:
            slack.bot_url = teams.bot = url
            yield Town(
                Bot(database, outbox, desk, meets, librarian, teams),
                in_slack.Bot(database, outbox, desk, chats, librarian, slack),
            )
    finally:
        await database.close()


async def test_an_officer_in_slack_answers_whoever_asked_in_teams(town: Town, teams: Teams) -> None:
    asked = await teams.say("mona", "Kan jeg skjenke øl?", OPEN, mention=True)
    await town.teams.forward("mona", await town.teams.answer(asked))
    card = casework.shown(await casework.card(town.slack))
    assert "Kan jeg skjenke øl?" in card
    assert "Fra Mona Kafé i Microsoft Teams" in card
    await casework.press(town.slack, casework.KARI, "answer")
    await casework.modal(town.slack, casework.KARI)
    assert await town.slack.slack.submit(casework.KARI, text="Ja, i Teams også.") == {}
    answer = await town.teams.answer(asked, 3)
    await town.teams.settled()
    assert "Ja, i Teams også." in answer.text
    assert "Kari Berg, saksbehandler, svarer på sak" in answer.text
    assert "Besvart" in str((await town.teams.nth(CASES, 1)).card)


async def test_an_officer_in_teams_answers_whoever_asked_in_slack(town: Town, teams: Teams) -> None:
    asked = await town.slack.slack.ask("C1", casework.ASKER, "Kan jeg skjenke øl?")
    await town.slack.send_on("C1", await town.slack.answer(asked))
    card = await town.teams.nth(CASES, 1)
    await teams.press("kari", card, "Svar …/Send", {"text": "Ja, i Slack også."})
    answer = await town.slack.answer(asked, 3)
    await town.teams.settled()
    assert "Ja, i Slack også." in casework.shown(answer)
    assert "Kari Saksbehandler, saksbehandler, svarer på sak" in casework.shown(answer)
    assert "Besvart" in casework.shown(await casework.card(town.slack))
