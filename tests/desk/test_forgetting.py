"""Erasing from cases: texts and whoever asked go, the log is whole, and what was changed beside it still shows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot.database import Database, now
from bot.desk.audit import Audit
from bot.desk.case import Actor, IllegalMove
from bot.desk.desk import Desk
from bot.desk.figures import figures
from bot.desk.forgetting import GONE, forget, new_pseudonym
from bot.desk.outbox import Outbox
from bot.desk.tables import CaseRow
from tests.databases import Databases
from tests.desk.examples import ASKER, KARI, OLA, request
from tests.desk.test_audit import unguarded

OPERATOR = Actor(id="cli:root", name="root")


async def forgotten(database: Database, number: int) -> str:
    pseudonym = new_pseudonym()
    async with database.writing() as session:
        rows = (await session.scalars(select(CaseRow).where(CaseRow.number == number))).all()
        await forget(session, rows, ASKER.id, pseudonym, OPERATOR, now())
    return pseudonym


async def worked(desk: Desk) -> None:
    for number in range(2):
        case = await desk.open(request(f"reply-{number}", contact="ola@example.no"))
        await desk.ask_back(case.id, KARI, "Hvor?")
        await desk.follow_up(case.id, ASKER, "På Strømsø.", "ref-1")
        await desk.answer(case.id, KARI, "Ja, til klokka 02.")


async def test_a_case_keeps_its_figures_and_loses_its_texts_and_its_asker(desk: Desk, database: Database) -> None:
    await worked(desk)
    moment = now()
    before = await figures(database, moment)
    pseudonym = await forgotten(database, 1)
    other, erased = await desk.list()
    assert (erased.asker.id, erased.asker.name, erased.contact) == (pseudonym, GONE, "")
    assert {erased.question, erased.answer, *(event.text for event in await desk.events(erased.id))} == {GONE}
    assert other.question == request().question
    assert await figures(database, moment) == before
    verdict = await Audit(database).verify()
    assert verdict.faults == ()
    assert (await Audit(database).glance()).faults == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_events SET text = 'Nei.' WHERE case_number = 1 AND move = 'answered'",
        "UPDATE audit SET what = 'closed' WHERE seq = 1",
        "UPDATE audit SET actor_id = 'erased:1' WHERE seq = 6",
        "DELETE FROM case_events WHERE case_number = 1 AND version = 2",
        "UPDATE case_events SET text = '[slettet]' WHERE case_number = 2 AND version = 1",
    ],
)
async def test_what_was_changed_under_cover_of_an_erasure_shows(desk: Desk, database: Database, statement: str) -> None:
    await worked(desk)
    await forgotten(database, 1)
    await unguarded(database, statement)
    assert (await Audit(database).verify()).faults


async def test_a_case_whose_texts_are_gone_can_go_on(desk: Desk, database: Database) -> None:
    await worked(desk)
    await forgotten(database, 1)
    case = (await desk.list())[-1]
    await desk.reopen(case.id, KARI)
    await desk.answer(case.id, OLA, "Et nytt svar.")
    assert (await Audit(database).verify()).faults == ()


async def test_the_log_lets_only_who_it_was_be_erased(desk: Desk, database: Database) -> None:
    await worked(desk)
    for change in ("what = 'x', actor_id = 'erased:1'", "actor_name = 'Ola'", "actor_id = 'ola'"):
        with pytest.raises(DBAPIError, match="only ever added to"):
            async with database.writing() as session:
                await session.execute(text(f"UPDATE audit SET {change} WHERE seq = 1"))


MOVES = ("claim", "ask_back", "follow_up", "answer", "close", "reopen", "withdraw", "watch", "send_back")


@given(st.lists(st.tuples(st.sampled_from(MOVES), st.sampled_from([KARI, OLA])), max_size=12))
@settings(max_examples=25, deadline=None)
async def test_after_any_course_of_a_case_erasing_it_leaves_the_log_whole(
    databases: Databases, moves: list[tuple[str, Actor]]
) -> None:
    async with databases.ready("sqlite") as address:
        database = Database(address)
        desk = Desk(database, Outbox(database))
        case = await desk.open(request())
        for number, (move, officer) in enumerate(moves):
            try:
                match move:
                    case "follow_up":
                        await desk.follow_up(case.id, ASKER, f"Mer {number}", f"ref-{number}")
                    case "withdraw":
                        await desk.withdraw(case.id, ASKER)
                    case "ask_back" | "answer" | "send_back":
                        await getattr(desk, move)(case.id, officer, f"Tekst {number % 2}")
                    case _:
                        await getattr(desk, move)(case.id, officer)
            except IllegalMove:
                continue
        await forgotten(database, 1)
        faults = (await Audit(database).verify()).faults
        await database.close()
    assert faults == ()
