"""People who ask on the web, in Slack and in Teams, forward, follow up and rate; and all that is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from bot.database import Base, Database
from bot.desk.case import NewCase
from bot.desk.desk import Desk
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Outbox
from bot.desk.outbox_table import OutboxRow
from bot.handlers.slack import store as slack
from bot.handlers.slack.known import Known
from bot.handlers.slack.replies.feedbacks import Feedbacks as SlackFeedbacks
from bot.handlers.teams import store as teams
from bot.handlers.web.live import Live
from bot.handlers.web.messages import Asked
from bot.handlers.web.threads import Threads
from bot.people import Asker, Place
from bot.posing import Posed
from bot.question import Reply, Status
from tests.desk.examples import KARI


class Human(NamedTuple):
    """Somebody invented; every word of theirs has their number in it, and nobody else's does."""

    number: int
    platform: str

    @property
    def id(self) -> str:
        return {"web": f"guest-{self.number}", "slack": f"U{self.number}U", "teams": f"29:{self.number}-t"}[
            self.platform
        ]

    @property
    def name(self) -> str:
        return f"Ola{self.number} Nordmann{self.number}"

    @property
    def contact(self) -> str:
        return f"ola{self.number}@example.no"

    @property
    def asker(self) -> Asker:
        return Asker(id=self.id, name=self.name)

    @property
    def tokens(self) -> Sequence[str]:
        """What nothing may hold once they are erased."""
        return (self.id, self.name, self.contact, f"ord{self.number}")

    def says(self, what: str) -> str:
        return f"{what} ord{self.number}?"


class World:
    """What people have done, in a database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.outbox = outbox = Outbox(database)
        self.desk = Desk(database, outbox, officer_platforms=("web", "slack"))
        self._threads = Threads(database, outbox, Live(database))
        self._tables: dict[str, Any] = {"slack": slack.Replies(database), "teams": teams.Replies(database)}
        self._thread: dict[str, str | None] = {"web": None}
        self._count = 0
        self._said: dict[Human, list[tuple[str, Place]]] = {}
        self._lines: dict[str, list[str]] = {}
        """What stands in each thread, as what is forwarded from there has it."""

    async def ask(self, human: Human) -> None:
        self._count += 1
        text = human.says(f"Hva koster det {self._count}")
        if human.platform == "web":
            await self._ask_on_web(human, text)
            return
        alone = self._count % 2 == 0
        channel = f"D{human.number}D" if alone else "C1"
        place = Place(platform=human.platform, workspace="T1", channel=channel, thread="t1", private=alone)
        earlier = [said.question.text for said in await self._tables[human.platform].in_thread(place)]
        posed = Posed(text=text, asker=human.asker, place=place, history=tuple(earlier))
        reply = self._reply(f"r{self._count}", text)
        key = f"mention:{channel}:{self._count}:{human.id}"
        await self._tables[human.platform].keep(key, posed, reply)
        if human.platform == "slack":
            posts = slack.Posts(self.database)
            post, _ = await posts.begin(key, place)
            await posts.arrived(post, channel, f"{self._count}.1")
            known = Known(self.database)
            await known.begin("T1", [human.id])
        else:
            await teams.Posts(self.database).keep(key, place, "activity")
            room = teams.Room(channel=channel, tenant="T1", kind="personal" if alone else "channel", service_url="x")
            await teams.Rooms(self.database, "x").keep(room)
        self._note(human, place, reply.id, text)

    async def _ask_on_web(self, human: Human, text: str) -> None:
        about = {"channel": "naeringsliv", "thread": self._thread["web"], "asker": human.asker, "language": "nb"}
        asked = Asked(key=f"k{self._count}", text=text, session=f"s-{human.id}", **about)
        question, reply = await self._threads.ask(asked)
        self._thread["web"] = question.thread
        await self._threads.say(reply, self._reply(reply.id, text))
        place = Place(platform="web", channel="naeringsliv", thread=question.thread)
        self._note(human, place, reply.id, text)

    def _note(self, human: Human, place: Place, reply_id: str, text: str) -> None:
        self._said.setdefault(human, []).append((reply_id, place))
        said = [f"{human.name}: {text}", f"Møteplassen: Jeg vet ikke: {text}"]
        self._lines.setdefault(f"{place.platform}/{place.channel}/{place.thread}", []).extend(said)

    async def forward(self, human: Human) -> None:
        for reply_id, place in self._said.get(human, [])[-1:]:
            new = NewCase(
                reply_id=reply_id,
                question=human.says("Kan jeg"),
                original=human.says("Før"),
                language="nb",
                asker=human.asker,
                place=place,
                contact=human.contact,
                history=tuple(self._lines[f"{place.platform}/{place.channel}/{place.thread}"]),
            )
            await self.desk.open(new)

    async def follow_up(self, human: Human) -> None:
        for case in await self._cases(human):
            await self.desk.follow_up(case.id, human.asker, human.says("Og mer"), f"ref-{human.id}")

    async def answer(self, human: Human) -> None:
        for case in await self._cases(human):
            await self.desk.answer(case.id, KARI, f"Hei {human.name}, {human.says('svaret er ja')}")
        owed = select(OutboxRow).where(OutboxRow.kind == "case.answered", OutboxRow.platform == "web")
        async with self.database.reading() as session:
            rows = (await session.scalars(owed)).all()
        for row in rows:
            await self._threads.answer(row.key, CaseNotice.model_validate(row.payload))

    async def rate(self, human: Human) -> None:
        for reply_id, _ in self._said.get(human, [])[-1:]:
            if human.platform == "slack":
                await SlackFeedbacks(self.database).keep(reply_id, human.id, good=False, comment=human.says("Nei"))
            if human.platform == "teams":
                await teams.Feedbacks(self.database).keep(reply_id, human.id, good=False, comment=human.says("Nei"))

    async def _cases(self, human: Human) -> Sequence[Any]:
        return [case for case in await self.desk.list() if case.asker.id == human.id and case.state in _OPEN]

    @staticmethod
    def _reply(id_: str, text: str) -> Reply:
        return Reply(id=id_, status=Status.ABSTAINED, language="nb", lead=f"Jeg vet ikke: {text}")


_OPEN = {"forwarded", "claimed", "asked"}


async def dump(database: Database) -> Mapping[str, Sequence[str]]:
    """Every column of every row of every table, a line a row."""
    found = {}
    async with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = await session.execute(select(table))
            found[table.name] = [json.dumps([str(value) for value in row], ensure_ascii=False) for row in rows]
    return found
