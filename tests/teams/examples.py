"""What the tests of Teams are about: the bot as a process to be restarted, and the people it meets."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable
from typing import Any

from pydantic import SecretStr

from bot.app import create_app
from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.dispatcher import Backoff, Dispatcher, Pace
from bot.desk.outbox import Courier, Outbox
from bot.desk.routing import Router
from bot.desk.teams import Teams as DeskTeams
from bot.handlers.teams import PLATFORM
from bot.handlers.teams.handler import TeamsHandler
from bot.library import Findable, Finder
from bot.settings import Settings
from bot.texts import Texts
from bot.understanding import Understander
from ingest.passages import passages_of
from knowledge.model import Evidence, Found
from tests.knowledge.examples import EVERYTHING
from tests.peers.serving import served
from tests.peers.teams import APP, GUEST_ACCOUNT, HOME, SECRET, STRANGER, Person, Room, Sent, Teams
from tests.slack.examples import Books, Librarian

TEXTS = Texts()
PATIENCE = 20.0
TOWN, OPEN, CASES, GROUP = "19:ansatte@thread.tacv2", "19:apent@thread.tacv2", "19:saker@thread.tacv2", "19:g@thread.v2"
"""A channel of the staff's, one with a guest in it, the officers', and a group chat."""
FAST = Backoff(first=0.02, longest=0.1, attempts=4)


def settle(teams: Teams) -> None:
    """Put people into their rooms: Ola (staff), Kari (an officer), Mona (a guest) and Per (of another tenant)."""
    for channel in (TOWN, OPEN, CASES):
        teams.rooms[channel] = Room("channel", [])
    teams.rooms[GROUP] = Room("groupChat", [])
    teams.join(Person("ola", "Ola Ansatt"), TOWN, OPEN, GROUP)
    teams.join(Person("kari", "Kari Saksbehandler"), TOWN, OPEN, CASES)
    teams.join(Person("mona", "Mona Kafé", principal=GUEST_ACCOUNT), OPEN)
    teams.join(Person("per", "Per Fremmed", tenant=STRANGER))


def settings(teams: Teams, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "teams_client_id": APP,
        "teams_client_secret": SecretStr(SECRET),
        "teams_tenant_id": HOME,
        "teams_allowed_tenants": STRANGER,
        "teams_openid_url": f"{teams.url}/v1/.well-known/openidconfiguration",
        "teams_login_url": teams.url,
        "teams_service_url": teams.url,
        "teams_officers_channel": CASES,
        "public_url": "https://bot.example.no",
    }
    return Settings(_env_file=None, **values | changes)


class Shelf:
    """Finds passages by their words, what is internal too: that nobody sees it is not for this to see to."""

    async def find(self, query: str, language: str = "") -> Evidence:
        words = query.casefold().split()
        passages = [passage for document in EVERYTHING for passage in passages_of(document)]
        hits = [each for each in passages if any(word in each.text.casefold() for word in words)]
        return Evidence(query, tuple(Found(passage=each, score=1.0) for each in hits))


@dataclasses.dataclass(frozen=True)
class Bot:
    """The bot while it runs."""

    database: Database
    outbox: Outbox
    desk: Desk
    handler: TeamsHandler
    librarian: Librarian
    teams: Teams

    async def until(self, found: Callable[[], Sent | None]) -> Sent:
        """The message, when it is there and whole."""
        async with asyncio.timeout(PATIENCE):
            while (sent := found()) is None or not sent.whole:
                await asyncio.sleep(0.005)
        return sent

    async def answer(self, asked: dict[str, Any], number: int = 1) -> Sent:
        """The message number so and so that the bot puts where something was said, after that."""
        return await self.nth(asked["conversation"]["id"], number)

    async def nth(self, conversation: str, number: int) -> Sent:
        """The message number so and so of the bot's in the conversation."""

        def found() -> Sent | None:
            there = [each for each in self.teams.sent if each.conversation == conversation]
            return there[number - 1] if len(there) >= number else None

        return await self.until(found)

    async def forward(self, person: str, reply: Sent, **inputs: str) -> dict[str, Any]:
        """The asker presses the button under a reply and confirms what is sent."""
        shown = await self.teams.press(person, reply, "Send til saksbehandler")
        written = {"question": shown["value"]["body"][0]["value"], **inputs}
        return await self.teams.press(person, reply, "Send", written, shown["value"])

    async def settled(self) -> None:
        """Wait until nothing is owed any more."""
        async with asyncio.timeout(PATIENCE):
            while await self.outbox.waiting():
                await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def started(
    address: str,
    teams: Teams,
    *,
    librarian: Librarian | None = None,
    others: dict[str, Courier] | None = None,
    finder: Finder | None = None,
    desk_teams: DeskTeams | None = None,
    **changes: Any,
) -> AsyncIterator[Bot]:
    """The bot on that database, which has its tables, and in Teams; `others` deliver to other platforms."""
    database = Database(address)
    outbox = Outbox(database)
    router = Router(desk_teams or DeskTeams.single(teams_channel=CASES))
    desk = Desk(database, outbox, (PLATFORM, *(others or ())), router)
    librarian = librarian or Librarian()
    handler = TeamsHandler(
        settings=settings(teams, **changes),
        outbox=outbox,
        desk=desk,
        conversation=librarian,
        texts=TEXTS,
        database=database,
        understander=Understander(),
        findable=Findable(Books(), finder or Shelf()),
    )
    couriers = {PLATFORM: handler.courier, **(others or {})}
    app = create_app([handler], database, [Dispatcher(outbox, couriers, FAST, Pace(poll=0.02))])
    try:
        async with served(app) as teams.bot:
            yield Bot(database, outbox, desk, handler, librarian, teams)
    finally:
        await database.close()
