"""What the tests of Slack are about: a conversation with few answers, and the bot as a process to be restarted."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import itertools
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from pydantic import SecretStr

from bot.app import create_app
from bot.database import Database, now
from bot.desk.desk import Desk
from bot.desk.dispatcher import Backoff, Dispatcher, Pace
from bot.desk.outbox import Delivery, Outbox
from bot.desk.routing import Router
from bot.desk.teams import Teams
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.handler import SlackHandler
from bot.question import Listener, Question, Reply, Status
from bot.settings import Settings
from bot.texts import Texts
from bot.understanding import Understander
from knowledge.model import Audience, Citation, Claim, Document
from tests.knowledge.examples import EVERYTHING
from tests.peers.serving import served
from tests.peers.slack import SECRET, TOKEN, Slack

MANIFEST: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent.parent.parent / "docs" / "slack" / "manifest.yaml").read_text("utf-8")
)
SCOPES: list[str] = MANIFEST["oauth_config"]["scopes"]["bot"]
TEXTS = Texts()
ALCOHOL = Citation(
    document="guide/servering",
    section="skjenking",
    title="Servering & skjenking",
    url="https://example.no/servering?a=1&b=2",
    quote="Skjenking av alkohol krever skjenkebevilling",
    date=dt.date(2026, 11, 1),
)
INTERNAL = ALCOHOL.model_copy(update={"audience": Audience.INTERNAL, "quote": "Kontrollørene kommer på torsdager."})
QUESTION = "Kan jeg skjenke øl?"
PATIENCE = 30.0


class Librarian:
    """Knows about alcohol, for insiders about "kontroll", and about nothing else; "krasj" is too much for it.

    `asked` lists what it was asked.
    """

    def __init__(self) -> None:
        self.asked: list[Question] = []

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        self.asked.append(question)
        if "krasj" in question.text:
            raise ConnectionError("the chat model is away")
        reply = Reply(id=secrets.token_urlsafe(12), status=Status.ANSWERED, language="nb", lead="Dette står i kildene:")
        if "kontroll" in question.text and question.audience is Audience.INTERNAL:
            return reply.model_copy(update={"claims": (Claim(text=INTERNAL.quote, citation=INTERNAL),)})
        if "øl" in question.text:
            return reply.model_copy(update={"claims": (Claim(text="Det krever bevilling.", citation=ALCOHOL),)})
        return reply.model_copy(update={"status": Status.ABSTAINED, "lead": "Det vet jeg ikke.", "nearest": (ALCOHOL,)})


class Books:
    """A library of few documents."""

    def __init__(self, documents: Sequence[Document] = EVERYTHING) -> None:
        self._documents = documents

    def reader(self, audience: Audience) -> Reading:
        return Reading([each for each in self._documents if audience in {each.audience, Audience.INTERNAL}])


class Reading:
    """The documents that somebody may read."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents

    async def document(self, id_: str) -> Document | None:
        return next((each for each in self._documents if each.id == id_), None)

    async def documents(self, kind: str | None = None) -> list[Document]:
        return [each for each in self._documents if kind in {None, each.kind}]


@dataclasses.dataclass(frozen=True)
class Bot:
    """The bot while it runs."""

    database: Database
    outbox: Outbox
    desk: Desk
    handler: SlackHandler
    librarian: Librarian
    slack: Slack

    async def answer(self, asked: dict[str, Any], number: int = 1, channel: str = "C1") -> dict[str, Any]:
        """The message number so and so that the bot puts under a question, when it is there."""
        async with asyncio.timeout(PATIENCE):
            while len(found := self.slack.thread(channel, asked.get("thread_ts", asked["ts"]))) < number or (
                found[number - 1].get("streaming_state") == "in_progress"
            ):
                await asyncio.sleep(0.005)
        return found[number - 1]

    async def send_on(self, channel: str, answer: dict[str, Any], user: str = "UKAFE", **changed: str) -> None:
        """The asker presses the first button under an answer, which sends the question to the officers, and confirms
        what is sent; `question` is what they make of it there."""
        assert (await self.slack.press(channel, answer, user)).status_code == 200
        async with asyncio.timeout(PATIENCE):
            while (view := self.slack.modal(user)) is None or view.content["callback_id"] != "consent":
                await asyncio.sleep(0.005)
        assert await self.slack.submit(user, changed) == {}

    async def deliver(self, *deliveries: Delivery) -> None:
        """Bring these as a dispatcher would."""
        for delivery in deliveries:
            await self.handler.courier.deliver(delivery)


def settings(slack: Slack, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "slack_bot_token": SecretStr(TOKEN),
        "slack_signing_secret": SecretStr(SECRET),
        "slack_api_url": slack.url,
        "slack_officers_channel": "GSAKER",
        "public_url": "https://bot.example.no",
    }
    return Settings(_env_file=None, **values | changes)


@contextlib.asynccontextmanager
async def started(
    address: str,
    slack: Slack,
    *,
    delivers: bool = True,
    librarian: Librarian | None = None,
    understander: Understander | None = None,
    teams: Teams | None = None,
    clock: Callable[[], dt.datetime] = now,
    **changes: Any,
) -> AsyncIterator[Bot]:
    """The bot on that database, which has its tables, and in that workspace; one that does not deliver leaves that to a
    worker."""
    database = Database(address)
    outbox = Outbox(database)
    desk = Desk(database, outbox, (PLATFORM,), Router(teams or Teams.single()), clock)
    librarian = librarian or Librarian()
    handler = SlackHandler(
        settings=settings(slack, **changes),
        outbox=outbox,
        desk=desk,
        conversation=librarian,
        texts=TEXTS,
        database=database,
        understander=understander or Understander(),
        library=Books(),
    )
    couriers = {PLATFORM: handler.courier} if delivers else {}
    dispatcher = Dispatcher(outbox, couriers, Backoff(first=0.02, longest=0.05, attempts=6), Pace(poll=0.05))
    try:
        async with served(create_app([handler], database, [dispatcher])) as url:
            slack.bot_url = url
            yield Bot(database, outbox, desk, handler, librarian, slack)
    finally:
        await database.close()


def words(message: dict[str, Any]) -> str:
    """All that a message's sections and notes say."""
    elements = itertools.chain.from_iterable(block.get("elements", [block]) for block in message["blocks"])
    texts = (element["text"] for element in elements if "text" in element)
    return "\n".join(text["text"] if isinstance(text, dict) else str(text) for text in texts)
