from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from bot.wiring import Knowledge
from tests.web.conftest import Visit
from tests.web.examples import ABSTAINED, PATIENCE, Event, Person, message_of, running, thread_of, visiting, words

pytestmark = pytest.mark.asyncio(loop_scope="session")

Update = dict[str, Any]


async def heard_until(stream: AsyncIterator[Event], enough: Callable[[Update], bool]) -> list[tuple[str, Update]]:
    """What comes, each message with the id of its event, up to and with the first that is enough."""
    heard = []
    async with asyncio.timeout(PATIENCE):
        async for event in stream:
            heard += [(event.id, update) for update in event.data]
            if any(enough(update) for update in event.data):
                return heard
    raise AssertionError("the stream has ended")


async def address(person: Person, path: str = "/") -> str:
    """The stream that the script of the page listens to."""
    stream = (await person.page(path)).node("#_strom").attrs
    thread = f"&traad={stream['data-thread']}" if stream["data-thread"] else ""
    return f"/hendelser?kanal={stream['data-channel']}&etter={stream['data-after']}{thread}"


def part(update: Update, selector: str) -> str:
    return " ".join(words(node) for node in LexborHTMLParser(update["html"]).css(selector))


def holds(text: str) -> Callable[[Update], bool]:
    return lambda update: text in update["html"]


async def test_ones_own_question_can_be_sent_on_in_all_of_ones_browsers_and_in_nobody_elses(visit: Visit) -> None:
    asker, again, other = await visit(), await visit(), await visit("bygg")
    async with again.hearing(await address(again)) as mine, other.hearing(await address(other)) as theirs:
        page = await asker.ask("Hva sier D2 til oss alle?")
        for stream, is_mine in ((mine, True), (theirs, False)):
            heard = await heard_until(stream, holds(message_of(page)))
            while 'aria-busy="true"' in heard[-1][1]["html"]:
                heard += await heard_until(stream, holds(message_of(page)))
            reply = heard[-1][1]
            assert (reply["id"], reply["mine"]) == (message_of(page), is_mine)
            assert ("saksbehandler" in part(reply, ".actions").lower()) is is_mine


async def test_others_hear_of_a_question_and_of_its_reply_as_they_come(visit: Visit) -> None:
    asker, other = await visit(), await visit("bygg")
    async with other.hearing(await address(other)) as stream:
        page = await asker.ask("Hva sier D1 til oss alle?")
        heard = await heard_until(stream, holds(message_of(page)))
        while 'aria-busy="true"' in heard[-1][1]["html"]:
            heard += await heard_until(stream, holds(message_of(page)))
    # The examples of the demo may be answered meanwhile, too.
    first = next(update for _, update in heard if update["thread"] == thread_of(page))
    assert (part(first, ".text"), first["mine"]) == ("Hva sier D1 til oss alle?", False)
    assert first["shell"]
    assert heard[-1][1]["id"] == message_of(page)
    assert "saksbehandler" not in part(heard[-1][1], ".actions").lower()


async def test_a_follow_up_in_a_thread_that_came_live_is_there_once_however_often_it_is_sent(visit: Visit) -> None:
    asker, other = await visit(), await visit("bygg")
    async with other.hearing(await address(other)) as stream:
        thread = thread_of(await asker.ask("Hva sier C1 til oss to?"))
        heard = await heard_until(stream, lambda update: update["id"] == thread)
    shell = LexborHTMLParser(next(update["shell"] for _, update in heard if update["shell"]))
    fields = {each.attrs["name"] or "": each.attrs["value"] or "" for each in shell.css("input[type=hidden]")}
    for _ in range(2):
        assert (await other.posted("/spor", tekst="Og B3?", **fields)).status_code == 200
    assert (await other.page(f"/t/{thread}")).all(".question .text") == ["Hva sier C1 til oss to?", "Og B3?"]


async def test_the_officers_answer_comes_live_into_the_askers_thread(visit: Visit) -> None:
    asker, kari = await visit(), await visit("kari")
    page = await asker.ask(ABSTAINED)
    await asker.forward(page)
    thread = thread_of(page)
    path = (await kari.page(f"/t/{thread}")).node(".case-state a").attrs["href"]
    async with asker.hearing(await address(asker, f"/t/{thread}")) as stream:
        await kari.post(f"{path}/svar", svar="Ingen, så vidt vi vet.")
        heard = await heard_until(stream, holds("Ingen, så vidt vi vet."))
        answer = next(update for _, update in heard if "Ingen, så vidt vi vet." in update["html"])
        assert (part(answer, ".author"), answer["thread"]) == ("Kari Berg", thread)
        assert answer["html"].count('data-announce="Svar fra saksbehandler Kari Berg"') == 1


async def test_coming_back_with_the_last_event_loses_nothing_and_doubles_nothing(visit: Visit) -> None:
    asker, other = await visit(), await visit("bygg")
    path = await address(other)
    before = await asker.ask("Hva sier C2 før bruddet?")
    async with other.hearing(path) as stream:
        heard = await heard_until(stream, lambda update: update["id"] == message_of(before))
    last = heard[-1][0]
    missed = [message_of(await asker.ask(f"Hva sier C2 under bruddet, del {number}?")) for number in range(3)]
    async with other.hearing(path, last) as stream:
        after = await asker.ask("Hva sier C2 etter bruddet?")
        again = await heard_until(stream, lambda update: update["id"] == message_of(after))
    replies = [update["id"] for _, update in again if "reply" in update["html"].split(">")[0]]
    assert list(dict.fromkeys(replies)) == [*missed, message_of(after)]
    versions = [(update["id"], update["revision"]) for _, update in heard + again]
    assert len(set(versions)) == len(versions)


async def test_a_stream_of_a_thread_leaves_out_other_threads(visit: Visit) -> None:
    asker, other = await visit(), await visit("bygg")
    mine = await asker.ask("Hva sier A4 i denne tråden?")
    async with asker.hearing(await address(asker, f"/t/{thread_of(mine)}")) as stream:
        await other.ask("Hva sier A4 i en annen tråd?")
        await asker.forward(mine)
        heard = await heard_until(stream, holds("case-state"))
    assert {update["thread"] for _, update in heard} == {thread_of(mine)}


async def test_officers_hear_that_the_queue_has_changed(visit: Visit) -> None:
    asker, kari = await visit(), await visit("kari")
    after = (await kari.page("/saker")).node("#_saker").attrs["data-after"]
    async with kari.hearing(f"/saker/hendelser?etter={after}") as stream, asyncio.timeout(PATIENCE):
        page = await asker.ask(ABSTAINED)
        await asker.forward(page)
        event = await anext(stream)
    assert (event.name, int(event.id) > int(after or 0)) == ("cases", True)


async def test_what_another_process_writes_is_heard_here(visit: Visit, knowledge: Knowledge, tmp_path: Path) -> None:
    async with (
        running(knowledge, tmp_path, demo=True) as one,
        running(knowledge, tmp_path, demo=True) as two,
        visiting(one) as here,
        visiting(two) as there,
        here.hearing(await address(here)) as stream,
    ):
        await there.ask("Hva sier B3 på den andre tjeneren?")
        await heard_until(stream, holds("Hva sier B3 på den andre tjeneren?"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/hendelser?kanal=naeringsliv", 400),
        ("/hendelser?kanal=naeringsliv&etter=i%20dag", 400),
        ("/hendelser?kanal=naeringsliv&etter=-1", 400),
        ("/hendelser?kanal=ansatte&etter=0", 404),
        ("/hendelser?etter=0", 404),
        ("/saker/hendelser?etter=0", 403),
    ],
)
async def test_a_stream_needs_a_place_that_one_may_read_and_a_start(visit: Visit, path: str, status: int) -> None:
    assert (await (await visit()).page(path)).status == status
