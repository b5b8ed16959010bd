"""What passes between officer and asker beyond question and answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.desk.case import Case, CaseState, IllegalMove, Move
from bot.desk.desk import Desk
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Outbox
from bot.people import Place
from tests.desk.examples import ASKER, KARI, OLA, THREAD, request, settled


async def heard(outbox: Outbox) -> list[str]:
    return [f"{each.delivery.platform} {each.delivery.kind}" for each in await settled(outbox, "slack", "web")]


async def test_who_hears_what(desk: Desk, outbox: Outbox) -> None:
    case = await desk.open(request())
    moves: list[tuple[Callable[..., Awaitable[Case]], tuple[object, ...], list[str]]] = [
        (desk.send_back, (KARI, "Byggesak."), ["slack case.changed"]),
        (desk.send_back, (OLA, ""), []),
        (desk.reassign, (KARI, OLA), ["slack case.changed", "web case.reassigned"]),
        (desk.reassign, (KARI, OLA), []),
        (desk.ask_back, (OLA, "Ute eller inne?", "G1:1"), ["slack case.changed", "web case.asked_back"]),
        (desk.ask_back, (OLA, "Ute eller inne?", "G1:1"), []),
        (desk.follow_up, (ASKER, "Ute.", "C1:2"), ["slack case.changed", "web case.resumed"]),
        (desk.follow_up, (ASKER, "Ute.", "C1:2"), []),
        (desk.correct, (ASKER, "Inne.", "C1:2"), ["slack case.changed"]),
        (desk.correct, (ASKER, "Inne.", "C1:2"), []),
        (desk.correct, (ASKER, "Ute.", "C1:2"), ["slack case.changed"]),
        (desk.retract, (ASKER, "C1:2"), ["slack case.changed"]),
        (desk.retract, (ASKER, "C1:2"), []),
        (desk.answer, (OLA, "Ja.", "G1:3"), ["slack case.changed", "web case.answered"]),
        (desk.supplement, (OLA, "Nei.", "G1:3"), ["slack case.changed", "web case.supplemented"]),
        (desk.supplement, (OLA, "Nei.", "G1:3"), []),
    ]
    assert await heard(outbox) == ["slack case.opened"]
    for move, arguments, expected in moves:
        await move(case.id, *arguments)
        assert await heard(outbox) == expected, (move, arguments)


async def test_the_officers_hear_what_was_written_and_where(desk: Desk, outbox: Outbox) -> None:
    case = await desk.open(request())
    await desk.ask_back(case.id, KARI, " Ute\x00 eller inne? ")
    await settled(outbox, "slack", "web")
    await desk.follow_up(case.id, ASKER, "Ute.", "C1:2")
    (leased,) = await settled(outbox, "slack")
    notice = CaseNotice.model_validate(leased.delivery.payload)
    assert (notice.move, notice.text, notice.ref) == (Move.FOLLOWED_UP, "Ute.", "C1:2")
    assert (notice.state, notice.officer) == (CaseState.CLAIMED, KARI)
    assert [event.text for event in await desk.events(case.id)][1:] == ["Ute eller inne?", "Ute."]


async def test_the_events_say_to_whom_a_case_was_given(desk: Desk) -> None:
    case = await desk.open(request())
    await desk.reassign(case.id, KARI, OLA)
    given = (await desk.events(case.id))[-1]
    assert (given.actor.name, given.to) == (KARI.name, OLA)


async def test_what_a_message_was_the_occasion_of_is_found_again(desk: Desk) -> None:
    case = await desk.open(request())
    await desk.follow_up(case.id, ASKER, "Ute.", "C1:2")
    found = await desk.about("C1:2")
    assert found
    assert (found[0].id, found[1].move, found[1].text) == (case.id, Move.FOLLOWED_UP, "Ute.")
    assert await desk.about("C1:3") is None


async def test_the_cases_of_a_thread_are_found_latest_first(desk: Desk) -> None:
    first, second = [await desk.open(request(reply)) for reply in ("a", "b")]
    await desk.open(request("c", place=Place(platform="slack", channel=THREAD.channel, thread=THREAD.thread)))
    assert [case.id for case in await desk.in_thread(THREAD)] == [second.id, first.id]
    assert await desk.in_thread(THREAD.model_copy(update={"thread": "other"})) == []


async def test_nothing_more_is_written_to_a_case_that_is_closed(desk: Desk, outbox: Outbox) -> None:
    case = await desk.answer((await desk.open(request())).id, KARI, "Ja.")
    await desk.close(case.id, KARI)
    await settled(outbox, "slack", "web")
    with pytest.raises(IllegalMove):
        await desk.follow_up(case.id, ASKER, "Takk!", "C1:2")
    assert await heard(outbox) == []
