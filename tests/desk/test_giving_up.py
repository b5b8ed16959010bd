"""What people see of a delivery to the web that is given up."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable

import pytest

from bot.database import Database
from bot.desk.case import Move
from bot.desk.desk import Desk
from bot.desk.dispatcher import Backoff, Dispatcher, Pace
from bot.desk.outbox import Outbox
from bot.handlers.web.courier import WebCourier
from bot.handlers.web.live import Live
from bot.handlers.web.messages import Asked, Message
from bot.handlers.web.threads import Threads
from bot.observing.trace import followed, new_trace
from bot.people import Place
from bot.question import Listener, Question, Reply, Status
from bot.texts import Texts
from tests.desk.examples import ASKER, KARI, eventually, request, running

ONCE = Backoff(first=0.01, longest=0.01, attempts=2)
APOLOGIES = {
    "nb": "Jeg fikk ikke til å svare på spørsmålet. Send det til en saksbehandler, så får du svar.",
    "en": "I couldn't answer the question. Send it to a case officer, and you will get an answer.",
}


@dataclasses.dataclass
class Broken:
    """A conversation that never finds its words."""

    asked: int = 0

    async def reply(self, question: Question, listener: Listener) -> Reply:
        self.asked += 1
        raise ConnectionError("the chat model is away")


@pytest.fixture
def threads(database: Database, outbox: Outbox) -> Threads:
    return Threads(database, outbox, Live(database))


async def ask(threads: Threads, language: str = "nb") -> Message:
    """The reply that is owed to a question."""
    asked = Asked(
        key="1", channel="naeringsliv", thread=None, asker=ASKER, text="Hva nå?", language=language, session="s"
    )
    return (await threads.ask(asked))[1]


@pytest.mark.parametrize("language", APOLOGIES)
async def test_the_asker_of_a_reply_that_is_given_up_is_shown_the_way_to_an_officer(
    outbox: Outbox, threads: Threads, desk: Desk, language: str
) -> None:
    with followed(trace := new_trace()):
        owed, broken = await ask(threads, language), Broken()

    async def come() -> bool:
        return not (await threads.message(owed.id)).waiting

    async with running(Dispatcher(outbox, {"web": WebCourier(threads, broken, desk, Texts())}, ONCE, Pace(poll=0.01))):
        await eventually(come)
        await eventually(failed(outbox))
    said = (await threads.message(owed.id)).said
    assert said
    assert (said.lead, said.status, said.language) == (APOLOGIES[language], Status.ABSTAINED, language)
    assert said.note.endswith(f": {trace.error_id}"), "the log has it in every line about the question"
    assert broken.asked == 2


async def test_the_case_says_that_an_answer_did_not_reach_the_asker_and_says_it_once(
    outbox: Outbox, threads: Threads, database: Database
) -> None:
    desk = Desk(database, outbox, ("web",))
    gone = Place(platform="web", channel="naeringsliv", thread="gone")
    case = await desk.open(request("a reply that is gone", place=gone))
    courier = WebCourier(threads, Broken(), desk, Texts())
    await desk.answer(case.id, KARI, "Ja.")
    queue = await threads.revision("saker")
    async with running(Dispatcher(outbox, {"web": courier}, ONCE, Pace(poll=0.01))):
        await eventually(failed(outbox))
    (given_up,) = [each for each in await outbox.failed() if each.delivery.kind == "case.answered"]
    await courier.give_up(given_up.delivery)
    events = await desk.events(case.id)
    assert [(event.move, event.actor.name) for event in events[1:]] == [
        (Move.ANSWERED, KARI.name),
        (Move.UNDELIVERED, KARI.name),
    ]
    assert (await desk.get(case.id)).answer == "Ja."
    assert await threads.revision("saker") > queue, "pages that show the case are brought up to date"


def failed(outbox: Outbox) -> Callable[[], Awaitable[bool]]:
    """Something was given up."""

    async def any_failed() -> bool:
        return bool(await outbox.failed())

    return any_failed
