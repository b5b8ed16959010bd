"""What the web keeps, on each kind of database."""

from __future__ import annotations

import pytest

from bot.database import Database, now
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.feedback import Fault, Importance
from bot.handlers.web.feedback import DOWN, UP, Feedback
from bot.handlers.web.live import Live
from bot.handlers.web.messages import Asked, Kind
from bot.handlers.web.pages.requests import number
from bot.handlers.web.pages.selecting import Chooser, Selection
from bot.handlers.web.threads import NoSuchMessage, Threads
from bot.people import Role
from tests.desk.conftest import address, database
from tests.desk.examples import ASKER, KARI

__all__ = ["address", "database"]


def asked(text: str, thread: str | None = None) -> Asked:
    return Asked(key="1", channel="naeringsliv", thread=thread, asker=ASKER, text=text, language="nb", session="s")


@pytest.fixture
def threads(database: Database) -> Threads:
    return Threads(database, Outbox(database), Live(database))


async def test_what_people_think_is_pressed_explained_turned_and_listed(database: Database, threads: Threads) -> None:
    _, reply = await threads.ask(asked("Hva sier B3?"))
    feedback = Feedback(database)
    await feedback.press(reply.id, "a", Role.BUSINESS, UP)
    await feedback.explain(reply.id, "a", Role.BUSINESS, Fault.WRONG, "Nei", None)
    await feedback.explain(reply.id, "b", Role.OFFICER, Fault.OUTDATED, "Gammelt", Importance.HIGH)
    found = await feedback.latest(10)
    assert [(each.fault, each.text, each.importance, each.role) for each in found] == [
        (Fault.OUTDATED, "Gammelt", Importance.HIGH, Role.OFFICER),
        (Fault.WRONG, "Nei", None, Role.BUSINESS),
    ]
    assert list(await feedback.latest(10, before=found[0].changed)) == found[1:]
    assert (await feedback.of([reply.id], "a"))[reply.id].thumb == DOWN
    await feedback.press(reply.id, "a", Role.BUSINESS, UP)
    assert (await feedback.of([reply.id], "a"))[reply.id].fault is None
    await feedback.press(reply.id, "b", Role.OFFICER, DOWN)
    assert (list(await feedback.latest(10)), await feedback.of([reply.id], "b")) == ([], {})


async def test_a_follow_up_stands_in_its_thread_once_and_owes_no_reply(database: Database, threads: Threads) -> None:
    question, _ = await threads.ask(asked("Hva sier B3?"))
    said = [await threads.follow_up(asked("Det haster.", question.thread)) for _ in range(2)]
    assert said[0] == said[1]
    kinds = [message.kind for message in (await threads.thread(question.thread)).messages]
    assert kinds == [Kind.QUESTION, Kind.REPLY, Kind.FOLLOW_UP]
    with pytest.raises(NoSuchMessage):
        await threads.follow_up(asked("Hvor?", "finnes-ikke"))


async def test_no_address_asks_for_what_a_database_refuses(database: Database, threads: Threads) -> None:
    assert await threads.recent("naeringsliv", limit=5, before=number("9" * 9)) == []
    assert number("9" * 10) is None
    chosen = Selection.read({"q": "sjiraff\0er", "team": "naering\0", "for": "9" * 10})
    assert chosen
    assert (
        await Desk(database, Outbox(database), ("web",)).find(
            chosen.cases(Chooser(officer=KARI), now()), 5, chosen.before
        )
        == []
    )
