from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from functools import reduce

import pytest
from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError

from bot.database import Database
from bot.desk.case import Actor, Case, CaseState, IllegalMove, Move, Refusal
from bot.desk.desk import Desk
from bot.desk.moves import apply
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Outbox
from bot.desk.store import CaseNotFound
from bot.desk.tables import CaseRow
from tests.desk.examples import ASKER, KARI, OLA, THREAD, request, settled, waiting


async def test_a_case_is_kept_as_it_was_handed_over(desk: Desk) -> None:
    case = await desk.open(request())
    assert await desk.get(case.id) == case
    assert {name: getattr(case, name) for name in type(request()).model_fields} == dict(request())
    assert (case.label, case.state, len(case.id)) == ("M-1", CaseState.FORWARDED, 32)


async def test_pressing_twice_gives_the_same_case(desk: Desk, outbox: Outbox) -> None:
    first = await desk.open(request())
    again = await desk.open(request(question="pressed again"))
    assert again == first
    assert len(await desk.events(first.id)) == 1
    assert len(await waiting(outbox, "slack")) == 1


async def test_pressing_at_once_in_several_processes_gives_one_case(desk: Desk, other: Database) -> None:
    elsewhere = Desk(other, Outbox(other), ("slack",))
    opened = await asyncio.gather(*(where.open(request()) for where in (desk, elsewhere) * 4))
    assert len({case.id for case in opened}) == 1
    assert len(await desk.list()) == 1


async def test_numbers_are_counted_and_ids_are_not(desk: Desk) -> None:
    cases = [await desk.open(request(f"reply-{number}")) for number in (1, 2, 2, 3)]
    assert [case.label for case in cases] == ["M-1", "M-2", "M-2", "M-3"]
    assert len({case.id for case in cases}) == 3


async def test_of_officers_who_claim_at_once_one_gets_the_case(desk: Desk, other: Database) -> None:
    elsewhere = Desk(other, Outbox(other), ("slack",))
    for number in range(10):
        case = await desk.open(request(f"reply-{number}"))
        claims = await asyncio.gather(desk.claim(case.id, KARI), elsewhere.claim(case.id, OLA), return_exceptions=True)
        won = next(claim for claim in claims if isinstance(claim, Case))
        lost = next(claim for claim in claims if isinstance(claim, IllegalMove))
        assert won.officer
        assert lost.refusal is Refusal.TAKEN
        assert won.officer.name in str(lost)
        assert [event.move for event in await desk.events(case.id)] == [Move.OPENED, Move.CLAIMED]


async def test_a_change_to_an_older_version_of_a_case_is_not_made(desk: Desk, database: Database) -> None:
    case = await desk.open(request())

    async def overtake() -> None:
        async with database.writing() as session:
            row = await session.get_one(CaseRow, case.number)
            newer = update(CaseRow).where(CaseRow.number == case.number).values(version=7)
            await session.execute(newer, execution_options={"synchronize_session": False})
            row.take_over(case.model_copy(update={"version": 2}))

    with pytest.raises(StaleDataError):
        await overtake()
    assert await desk.get(case.id) == case


async def test_a_case_goes_its_way_and_the_events_tell_it(desk: Desk) -> None:
    opened = await desk.open(request())
    await desk.claim(opened.id, KARI)
    await desk.release(opened.id, KARI)
    answered = await desk.answer(opened.id, OLA, "Ja, til klokka 02.")
    assert (answered.officer, answered.answer, answered.state) == (OLA, "Ja, til klokka 02.", CaseState.ANSWERED)
    await desk.close(opened.id, OLA)
    await desk.reopen(opened.id, ASKER)
    case = await desk.claim(opened.id, KARI)

    events = await desk.events(opened.id)
    assert [(event.move, event.actor.name) for event in events] == [
        (Move.OPENED, ASKER.name),
        (Move.CLAIMED, KARI.name),
        (Move.RELEASED, KARI.name),
        (Move.ANSWERED, OLA.name),
        (Move.CLOSED, OLA.name),
        (Move.REOPENED, ASKER.name),
        (Move.CLAIMED, KARI.name),
    ]
    assert events[3].text == "Ja, til klokka 02."
    assert events == sorted(events, key=lambda event: event.moment)
    # What is reopened has a clock that begins anew, by the team's hours: it is in no event.
    clock = {"due_reply": case.due_reply, "due_answer": case.due_answer}
    assert reduce(apply, events[1:], opened).model_copy(update=clock) == case == await desk.get(opened.id)


async def test_a_refused_move_changes_nothing_and_tells_nobody(desk: Desk, outbox: Outbox) -> None:
    case = await desk.claim((await desk.open(request())).id, KARI)
    assert len(await settled(outbox, "slack", "web")) == 3
    for text in ("Ja.", "", "a" * 10_001):
        with pytest.raises(IllegalMove):
            await desk.answer(case.id, OLA, text)
    with pytest.raises(IllegalMove):
        await desk.release(case.id, OLA)
    assert await desk.get(case.id) == case
    assert len(await desk.events(case.id)) == 2
    assert await settled(outbox, "slack", "web") == []


@pytest.mark.parametrize("move", ["claim", "release", "close", "reopen"])
async def test_a_case_that_does_not_exist_is_said_not_to(desk: Desk, move: str) -> None:
    with pytest.raises(CaseNotFound, match="no case has the id 'nowhere'"):
        await getattr(desk, move)("nowhere", KARI)
    for question in (desk.get("nowhere"), desk.events("nowhere"), desk.answer("nowhere", KARI, "Ja.")):
        with pytest.raises(CaseNotFound, match="nowhere"):
            await question


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Ja.\r\nTil klokka 02.\r\n", "Ja.\nTil klokka 02."),
        ("Ja\x00,\x1b[31m til\u202e klokka 02.", "Ja,[31m til klokka 02."),
        ("a\tb\rc", "a\tb\nc"),
        ("<b>Ja</b> – 10\u00a0000 kr 👍🏽", "<b>Ja</b> – 10\u00a0000 kr 👍🏽"),
        ("👩\u200d🍳 sier ja\ud83d", "👩\u200d🍳 sier ja"),
    ],
)
async def test_an_answer_keeps_its_words_and_loses_control_characters(desk: Desk, written: str, kept: str) -> None:
    case = await desk.open(request())
    assert (await desk.answer(case.id, KARI, written)).answer == kept
    assert (await desk.get(case.id)).answer == kept


async def test_who_hears_what(desk: Desk, outbox: Outbox) -> None:
    case = await desk.open(request())
    moves: list[tuple[Callable[..., Awaitable[Case]], tuple[object, ...], list[str]]] = [
        (desk.release, (KARI,), []),
        (desk.claim, (KARI,), ["slack case.changed", "web case.claimed"]),
        (desk.release, (KARI,), ["slack case.changed"]),
        (desk.claim, (OLA,), ["slack case.changed", "web case.claimed"]),
        (desk.claim, (OLA,), []),
        (desk.answer, (OLA, "Ja."), ["slack case.changed", "web case.answered"]),
        (desk.close, (KARI,), ["slack case.changed"]),
        (desk.reopen, (ASKER,), ["slack case.changed"]),
        (desk.close, (KARI,), ["slack case.changed", "web case.closed"]),
        (desk.reopen, (OLA,), ["slack case.changed", "web case.reopened"]),
        (desk.close, (ASKER,), ["slack case.changed"]),
    ]
    assert await heard(outbox) == ["slack case.opened"]
    for move, arguments, expected in moves:
        await move(case.id, *arguments)
        assert await heard(outbox) == expected


async def heard(outbox: Outbox) -> list[str]:
    return [f"{each.delivery.platform} {each.delivery.kind}" for each in await settled(outbox, "slack", "web")]


async def test_a_notice_tells_a_courier_all_it_needs(desk: Desk, outbox: Outbox) -> None:
    case = await desk.open(request())
    await desk.answer(case.id, KARI, "Ja, til klokka 02.")
    (leased,) = await waiting(outbox, "web")
    assert CaseNotice.model_validate(leased.delivery.payload) == CaseNotice(
        case_id=case.id,
        label="M-1",
        move=Move.ANSWERED,
        state=CaseState.ANSWERED,
        language="nb",
        reply_id="reply-1",
        place=THREAD,
        officer=KARI,
        text="Ja, til klokka 02.",
        team=case.team,
        actor=Actor(id=KARI.id, name=KARI.name),
    )


async def test_the_list_and_the_counts(desk: Desk) -> None:
    cases = [await desk.open(request(f"reply-{number}")) for number in range(4)]
    await desk.claim(cases[1].id, KARI)
    await desk.answer(cases[2].id, OLA, "Ja.")

    def numbers(listed: object) -> list[int]:
        assert isinstance(listed, list)
        return [case.number for case in listed]

    assert numbers(await desk.list()) == [4, 3, 2, 1]
    assert numbers(await desk.list([CaseState.FORWARDED])) == [4, 1]
    assert numbers(await desk.list([CaseState.CLAIMED, CaseState.ANSWERED], limit=1)) == [3]
    assert numbers(await desk.list([])) == []
    counts = {CaseState.FORWARDED: 2, CaseState.CLAIMED: 1, CaseState.ANSWERED: 1}
    assert await desk.counts() == dict.fromkeys(CaseState, 0) | counts


async def test_cases_are_found_by_the_replies_that_opened_them(desk: Desk) -> None:
    first, second = [await desk.open(request(reply)) for reply in ("a", "b")]
    assert await desk.of_reply("a") == first
    assert await desk.of_reply("z") is None
    assert await desk.of_replies(["a", "b", "z"]) == {"a": first, "b": second}


async def test_moments_come_back_as_they_were(desk: Desk) -> None:
    before = dt.datetime.now(dt.UTC)
    case = await desk.answer((await desk.open(request())).id, KARI, "Ja.")
    stored = await desk.get(case.id)
    assert stored.answered == case.answered
    assert stored.answered
    assert before <= stored.opened <= stored.answered <= dt.datetime.now(dt.UTC)
    assert (await desk.events(case.id))[0].actor == Actor(id=ASKER.id, name=ASKER.name)
