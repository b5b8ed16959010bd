from __future__ import annotations

from collections.abc import AsyncIterator
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
from bot.handlers.web.threads import Threads
from bot.migrations import migrate
from bot.publishing.answer import Act
from bot.publishing.answer import Event as AnswerEvent
from bot.publishing.notices import deliveries as answer_deliveries
from bot.wiring import Knowledge
from tests.desk.examples import KARI, OLA, request
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
