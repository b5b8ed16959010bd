"""What the web keeps, on each kind of database."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.database import Database, now
from bot.desk.desk import Desk
from bot.desk.limiting import Limiter, Limits
from bot.desk.outbox import Outbox
from bot.desk.outcomes import OutcomeRow
from bot.desk.rates import Counted, Rates
from bot.feedback import Fault, Importance
from bot.handlers.web.feedback import DOWN, UP, Feedback
from bot.handlers.web.live import Live
from bot.handlers.web.messages import Asked, Kind, NoSuchMessage, Progress
from bot.handlers.web.pages.requests import number
from bot.handlers.web.pages.selecting import Chooser, Selection
from bot.handlers.web.threads import Threads
from bot.people import Role
from bot.question import Reply, Status
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


@pytest.mark.parametrize("counted", [None, Counted(asker="web/kafe")], ids=["uncounted", "the last that one may ask"])
async def test_what_is_sent_several_times_at_once_is_asked_once(database: Database, counted: Counted | None) -> None:
    threads = Threads(database, Outbox(database), Live(database), limiter=Limiter(Limits(Rates(asker=1))))
    every = await asyncio.gather(*(threads.ask(asked("Hva sier B3?"), counted) for _ in range(6)))
    assert all(messages == every[0] for messages in every)
    assert [message.kind for message in every[0]] == [Kind.QUESTION, Kind.REPLY]
    assert [owed.delivery.payload["message"] for owed in await Outbox(database).waiting()] == [every[0][1].id]
    assert (await threads.thread_of(every[0][1].id)).messages == tuple(every[0])


async def test_questions_that_come_at_once_stand_one_after_the_other_each_with_its_reply(
    database: Database, threads: Threads
) -> None:
    (begun, _) = await threads.ask(asked("Hva sier B3?"))
    posts = [asked(f"Hva betyr B{number}?", begun.thread if number % 3 else None) for number in range(20)]
    posts = [post.model_copy(update={"channel": "ansatte"}) if post.thread is None else post for post in posts]
    missing = asked("Hvor?", "finnes-ikke")
    every = await asyncio.gather(*(threads.ask(post) for post in (*posts, missing)), return_exceptions=True)
    assert isinstance(every.pop(), NoSuchMessage)
    found = [messages for messages in every if not isinstance(messages, BaseException)]
    assert [(question.text, question.channel, reply.question) for question, reply in found] == [
        (post.text, post.channel, question.id) for post, (question, _) in zip(posts, found, strict=True)
    ]
    for channel in ("naeringsliv", "ansatte"):
        here = [message for messages in found for message in messages if message.channel == channel]
        stands = [message.position for message in await threads.changed(channel, 0, 100)]
        assert stands == list(range(1, len(stands) + 1))
        assert {message.position for message in here} <= set(stands)
    owed = {each.delivery.payload["message"] for each in await Outbox(database).waiting()}
    assert owed >= {reply.id for _, reply in found}


async def test_a_reply_that_has_come_stays_as_it_is_and_is_counted_once(database: Database, threads: Threads) -> None:
    _, reply = await threads.ask(asked("Hva sier B3?"))
    for text, status in (("Det første.", Status.ANSWERED), ("Det andre.", Status.ABSTAINED)):
        await threads.say(reply, Reply(id=text, status=status, language="nb", lead=text))
    await threads.progress(reply, Progress(step="retrieve"))
    message = await threads.message(reply.id)
    assert (message.said and message.said.lead, message.progress) == ("Det første.", None)
    async with database.reading() as session:
        outcomes = (await session.scalars(select(OutcomeRow))).all()
    assert [(outcome.reply, outcome.status) for outcome in outcomes] == [("Det første.", Status.ANSWERED)]


async def test_replies_that_come_at_once_are_each_said_and_counted_once(database: Database, threads: Threads) -> None:
    channels = {"naeringsliv": 5, "ansatte": 3}
    posts = [
        asked(f"Hva betyr B{number} i {channel}?").model_copy(update={"channel": channel})
        for channel, count in channels.items()
        for number in range(count)
    ]
    replies = [(await threads.ask(post))[1] for post in posts]
    said = [(reply, f"Svar {number}") for number, reply in enumerate(replies)]
    again = [(reply, f"{text}, om igjen") for reply, text in said[:3]]
    every = [(reply, Reply(id=text, status=Status.ANSWERED, language="nb", lead=text)) for reply, text in said + again]
    await asyncio.gather(*(threads.say(reply, each) for reply, each in every))
    for channel, count in channels.items():
        changed = [message for message in await threads.changed(channel, 2 * count, 100) if message.said]
        assert [message.said.lead for message in changed if message.said] == [
            text for reply, text in said if reply.channel == channel
        ]
        assert len({message.revision for message in changed}) == count
    async with database.reading() as session:
        outcomes = {row.key: row.reply for row in await session.scalars(select(OutcomeRow))}
    assert outcomes == {reply.id: text for reply, text in said}


async def test_threads_that_are_looked_up_at_once_are_each_the_own_one(threads: Threads) -> None:
    begun = [await threads.ask(asked(f"Hva betyr B{number}?")) for number in range(4)]
    more = await threads.ask(asked("Og C1?", begun[0][0].id))
    wanted = [*(reply.id for _, reply in begun), more[1].id, "finnes-ikke"]
    found = await asyncio.gather(*(threads.thread_of(id_) for id_ in wanted), return_exceptions=True)
    assert isinstance(found.pop(), NoSuchMessage)
    assert found == [await threads.thread(id_) for id_ in (*(question.id for question, _ in begun), begun[0][0].id)]


async def test_what_went_to_an_officer_and_is_posted_again_goes_nowhere_else(
    database: Database, threads: Threads
) -> None:
    question, _ = await threads.ask(asked("Hva sier B3?"))
    said = await threads.follow_up(asked("Det haster.", question.thread))
    owed = await Outbox(database).waiting()
    assert list(await threads.ask(asked("Det haster.", question.thread))) == [said]
    assert await Outbox(database).waiting() == owed


async def test_a_message_that_is_gone_has_no_thread(threads: Threads) -> None:
    with pytest.raises(NoSuchMessage):
        await threads.thread_of("finnes-ikke")


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
