"""The audit log: it says who did what, it is only ever added to, and what was changed behind its back shows."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from bot.database import Database
from bot.desk.audit import Audit, AuditHeadRow
from bot.desk.case import Move
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from tests.desk.examples import ASKER, KARI, OLA, request


@pytest.fixture
async def head(desk: Desk, database: Database) -> str:
    """The latest hash after some work."""
    for number in range(3):
        case = await desk.open(request(f"reply-{number}"))
        await desk.answer(case.id, KARI, "Ja, til klokka 02.")
    return (await Audit(database).verify()).head


async def test_every_move_is_in_the_log(desk: Desk, database: Database) -> None:
    case = await desk.open(request())
    await desk.claim(case.id, KARI)
    await desk.claim(case.id, KARI)
    await desk.answer(case.id, KARI, "Ja.")
    entries = await Audit(database).entries(f"case:{case.id}")
    assert [(each.seq, each.actor_id, each.what, each.version) for each in entries] == [
        (1, ASKER.id, Move.OPENED, 1),
        (2, KARI.id, Move.CLAIMED, 2),
        (3, KARI.id, Move.ANSWERED, 3),
    ]
    verdict = await Audit(database).verify()
    assert (verdict.entries, verdict.faults) == (3, ())
    assert "Ja." not in str([vars(each) for each in entries])


@pytest.mark.parametrize("what", ["UPDATE audit SET actor_name = 'Ola'", "DELETE FROM audit WHERE seq = 2"])
async def test_the_database_refuses_changes(head: str, database: Database, what: str) -> None:
    with pytest.raises(DBAPIError, match="only ever added to"):
        async with database.writing() as session:
            await session.execute(text(what))
    assert not (await Audit(database).verify(head)).faults


async def unguarded(database: Database, *statements: str) -> None:
    """Do what somebody with all rights on the database can do."""
    async with database.writing() as session:
        if database.engine.dialect.name == "sqlite":
            for trigger in ("audit_no_update", "audit_no_delete"):
                await session.execute(text(f"DROP TRIGGER {trigger}"))
        else:
            await session.execute(text("DROP TRIGGER audit_guard ON audit"))
        for statement in statements:
            await session.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit SET actor_name = 'Ola' WHERE seq = 2", (2, "the entry was changed")),
        ("DELETE FROM audit WHERE seq = 2", (2, "entries are missing here")),
        ("DELETE FROM audit WHERE seq = 6", (6, "entries are missing at the end")),
        ("UPDATE case_events SET text = 'Nei.' WHERE move = 'answered'", (2, "what is kept of the case")),
        ("DELETE FROM case_events WHERE case_number = 3 AND version = 2", (6, "what is kept of the case")),
        ("UPDATE cases SET answer = 'Nei.' WHERE number = 2", (4, "case M-2 does not stand")),
        ("UPDATE cases SET state = 'closed' WHERE number = 2", (4, "case M-2 does not stand")),
        ("UPDATE cases SET officer_id = 'ola' WHERE number = 2", (4, "case M-2 does not stand")),
    ],
)
async def test_what_was_changed_shows(head: str, database: Database, statement: str, fault: tuple[int, str]) -> None:
    await unguarded(database, statement)
    faults = (await Audit(database).verify(head)).faults
    assert fault[0] in {each.seq for each in faults}
    assert any(each.seq == fault[0] and each.what.startswith(fault[1]) for each in faults)


@pytest.mark.parametrize("entries", [1, 2, 5, 6, 100])
async def test_a_glance_at_a_whole_log_finds_it_whole(head: str, database: Database, entries: int) -> None:
    verdict = await Audit(database).glance(entries)
    assert (verdict.entries, verdict.head, verdict.faults) == (6, head, ())


async def test_a_glance_at_an_empty_log_finds_it_whole(database: Database) -> None:
    assert await Audit(database).glance() == await Audit(database).verify()


@pytest.mark.parametrize(
    ("statement", "seq", "what"),
    [
        ("UPDATE audit SET actor_name = 'Ola' WHERE seq = 6", 6, "the entry was changed"),
        ("UPDATE audit SET actor_name = 'Ola' WHERE seq = 5", 5, "the entry was changed"),
        ("DELETE FROM audit WHERE seq = 6", 6, "entries are missing at the end"),
        ("DELETE FROM audit WHERE seq = 5", 5, "entries are missing here"),
        ("DELETE FROM audit WHERE seq = 1", 5, "entries are missing somewhere before"),
        ("DELETE FROM audit", 6, "entries are missing at the end"),
    ],
)
async def test_a_glance_finds_what_was_changed_lately_and_what_is_missing(
    head: str, database: Database, statement: str, seq: int, what: str
) -> None:
    await unguarded(database, statement)
    first = (await Audit(database).glance(2)).faults[0]
    assert (first.seq, first.what[: len(what)]) == (seq, what)


async def test_a_log_that_was_made_anew_does_not_hold_what_was_noted(head: str, desk: Desk, database: Database) -> None:
    await unguarded(database, "DELETE FROM audit")
    async with database.writing() as session:
        await session.execute(update(AuditHeadRow).values(seq=0, hash="0" * 64))
    await desk.open(request("reply-9"))
    assert not (await Audit(database).verify()).faults
    assert [each.what for each in (await Audit(database).verify(head)).faults] == [
        "the hash that was noted before is not in the log"
    ]


async def test_many_who_work_at_once_make_one_chain(desk: Desk, database: Database, other: Database) -> None:
    desks = [desk, Desk(other, Outbox(other), ("slack",))]
    cases = await asyncio.gather(*(desks[n % 2].open(request(f"reply-{n}")) for n in range(20)))
    officers = (KARI, OLA)
    tried = [desks[n % 2].claim(case.id, officers[n % 2]) for case in cases for n in range(2)]
    await asyncio.gather(*tried, return_exceptions=True)
    verdict = await Audit(database).verify()
    assert (verdict.entries, verdict.faults) == (40, ())
