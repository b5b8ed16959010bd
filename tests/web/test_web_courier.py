from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from bot.database import Database, now
from bot.desk.case import Case, Event, Move
from bot.desk.desk import Desk
from bot.desk.notices import WRITTEN, deliveries
from bot.desk.outbox import Delivery, Outbox, Undeliverable
from bot.handlers.web.channels import CASES
from bot.handlers.web.courier import TO_ANSWERERS, TO_ASKERS, TO_OFFICERS, WebCourier
from bot.handlers.web.live import Live
from bot.handlers.web.messages import Asked
from bot.handlers.web.threads import Threads
from bot.migrations import migrate
from bot.publishing.answer import Act
from bot.publishing.answer import Event as AnswerEvent
from bot.publishing.notices import deliveries as answer_deliveries
from bot.question import Listener, Question, Reply, Status
from bot.wiring import Knowledge
from knowledge.model import Claim
from tests.desk.examples import ASKER, KARI, OLA, SOURCE, request
from tests.publishing.examples import proposed
from tests.web.offices import ELSEWHERE

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'moteplassen.db'}")
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
def threads(database: Database) -> Threads:
    return Threads(database, Outbox(database), Live(database))


@pytest.fixture
def courier(database: Database, threads: Threads, knowledge: Knowledge) -> WebCourier:
    return WebCourier(threads, knowledge.conversation, Desk(database, Outbox(database)), knowledge.texts)


def case(**changes: object) -> Case:
    about = {"id": "c1", "number": 1, "opened": now(), "watchers": (OLA,), "officer": KARI, "team": "all"}
    return Case.model_validate(request().model_dump() | about | changes)


def owed() -> set[str]:
    """Every kind that the desk and publishing may owe the web."""
    moment = now()
    moves = [Event(move=move, actor=KARI, moment=moment, text="?", due=moment) for move in Move]
    of_cases = [each for event in moves for each in deliveries(case(), event, ("web",), case())]
    acts = [AnswerEvent(act=act, actor=KARI, moment=moment) for act in Act]
    of_answers = [each for act in acts for each in answer_deliveries(proposed(), act, ("web",))]
    return {each.kind for each in (*of_cases, *of_answers) if each.platform == "web"}


async def test_whatever_the_web_is_owed_it_knows() -> None:
    assert owed() == WRITTEN | TO_OFFICERS | TO_ASKERS | TO_ANSWERERS


async def test_what_the_web_does_not_know_is_said_to_be_undeliverable(courier: WebCourier) -> None:
    event = Event(move=Move.CLAIMED, actor=KARI, moment=now())
    (known, *_) = deliveries(case(place=ELSEWHERE), event, ("web",))
    strange = known.model_copy(update={"kind": "case.sung"})
    with pytest.raises(Undeliverable, match=r"case\.sung"):
        await courier.deliver(strange)


@pytest.mark.parametrize("kind", sorted(TO_OFFICERS | TO_ANSWERERS))
async def test_officers_pages_hear_of_it(courier: WebCourier, threads: Threads, kind: str) -> None:
    event = Event(move=Move.CLAIMED, actor=KARI, moment=now())
    (known, *_) = deliveries(case(place=ELSEWHERE), event, ("web",))
    before = await threads.revision(CASES)
    await courier.deliver(Delivery(kind=kind, platform="web", key=kind, payload=known.payload))
    assert await threads.revision(CASES) == before + 1


@pytest.mark.parametrize("kind", sorted(TO_ASKERS))
async def test_a_thread_that_is_gone_can_not_be_told(courier: WebCourier, kind: str) -> None:
    event = Event(move=Move.CLAIMED, actor=KARI, moment=now())
    told = [each for each in deliveries(case(), event, ()) if each.kind == "case.claimed"]
    with pytest.raises(Undeliverable):
        await courier.deliver(told[0].model_copy(update={"kind": kind}))


class Talking:
    """Replies after so many seconds, and says meanwhile how it goes."""

    def __init__(self, seconds: float, claims: Sequence[Claim] = ()) -> None:
        self._seconds = seconds
        self._claims = claims

    async def reply(self, question: Question, listener: Listener) -> Reply:
        await listener.step("retrieve")
        for each in self._claims:
            await listener.claim(each)
        await asyncio.sleep(self._seconds)
        return Reply(id="r", status=Status.ANSWERED, language="nb", lead=question.text)


@pytest.mark.parametrize(
    ("seconds", "claims", "told"),
    [(0.6, (), False), (1.8, (), True), (0.6, (Claim(text="Søk.", citation=SOURCE),), True)],
    ids=["a quick one", "a slow one", "one that is written"],
)
async def test_steps_are_told_where_a_reply_takes_long_and_claims_at_once(
    database: Database, threads: Threads, knowledge: Knowledge, seconds: float, claims: Sequence[Claim], told: bool
) -> None:
    courier = WebCourier(threads, Talking(seconds, claims), Desk(database, Outbox(database)), knowledge.texts)
    _, reply = await threads.ask(
        Asked(key="1", channel="naeringsliv", thread=None, asker=ASKER, text="Hva?", language="nb", session="s")
    )
    begun = time.monotonic()
    await courier.deliver(Delivery(kind="reply", platform="web", key="reply:1", payload={"message": reply.id}))
    changes = await threads.revision("naeringsliv") - reply.revision
    assert changes > 1 if told else changes == 1 or time.monotonic() - begun > 1
    assert (await threads.message(reply.id)).progress is None
