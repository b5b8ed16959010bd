"""What has changed in the sources is told once to whom it concerns, whoever is killed and however many look."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.database import Database
from bot.desk.audit import Audit
from bot.desk.case import Case, Move
from bot.desk.desk import Desk
from bot.desk.faults import Faults, Step
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Delivery, Outbox
from bot.sourcing.bulletin import KIND, Bulletin
from ingest.changes import Kind, change_of
from ingest.ledger import Ledger
from tests.desk.conftest import address, database, desk, other, outbox
from tests.desk.examples import ASKER, KARI, OLA, brought, eventually, request
from tests.sourcing.examples import AFTER, BEFORE, CHANGE, NOW, Newsroom, citation

__all__ = ["address", "database", "desk", "other", "outbox"]

ADDED = change_of(Kind.ADDED, BEFORE)


class KilledError(Exception):
    """The process ends here."""


class Kill(Faults):
    """Ends the process, the transaction being still open, when something is put into the outbox for that time."""

    def __init__(self, time: int) -> None:
        self._left = time

    def at(self, step: Step) -> None:
        self._left -= step is Step.PUTTING
        if step is Step.PUTTING and not self._left:
            raise KilledError


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    ledger = Ledger(tmp_path / "ledger.db")
    yield Newsroom(ledger)
    ledger.close()


async def opened(desk: Desk, number: int = 1, section: str = "tid") -> Case:
    return await desk.open(request(f"reply-{number}", draft=(), nearest=(citation(section),)))


async def told(desk: Desk, case: Case) -> int:
    """How often the case was told of a change."""
    return [event.move for event in await desk.events(case.id)].count(Move.SOURCE_CHANGED)


def bulletins(deliveries: Sequence[Delivery]) -> list[Bulletin]:
    return [Bulletin.model_validate(each.payload) for each in deliveries if each.kind == KIND]


async def test_officers_and_watchers_hear_of_it_and_the_asker_does_not(
    database: Database, outbox: Outbox, desk: Desk, newsroom: Newsroom
) -> None:
    case, beside = await opened(desk), await opened(desk, 2, "stoy")
    await desk.claim(case.id, KARI)
    await desk.watch(case.id, OLA)
    closed = await opened(desk, 3)
    await desk.close(closed.id, KARI)
    await brought(outbox, "slack", "web")
    newsroom.note(CHANGE)
    assert await newsroom.herald(database, outbox, desk).look() == 1

    events = await desk.events(case.id)
    source = events[-1].source
    assert source is not None
    assert (events[-1].move, source.title, source.headings) == (Move.SOURCE_CHANGED, "Ute", ("Tid",))
    assert (await desk.get(case.id)).state is case.state.CLAIMED
    assert [await told(desk, each) for each in (beside, closed)] == [0, 0]
    owed = await brought(outbox, "slack", "web")
    notices = [CaseNotice.model_validate(each.payload) for each in owed if each.kind != KIND]
    assert sorted(each.kind for each in owed) == ["case.changed", "case.watched", KIND]
    assert [(each.officer, each.source) for each in notices] == [(KARI, source)] * 2
    assert next(each.watcher for each in notices if each.watcher) == OLA
    assert (await Audit(database).verify()).faults == ()
    assert newsroom.reviews == 1


async def test_any_number_may_look_at_once_and_again(
    database: Database, other: Database, outbox: Outbox, desk: Desk, newsroom: Newsroom
) -> None:
    cases = [await opened(desk, number) for number in range(3)]
    newsroom.note(CHANGE)
    elsewhere = Outbox(other)
    heralds = [newsroom.herald(database, outbox, desk), newsroom.herald(other, elsewhere, Desk(other, elsewhere))]
    dealt = await asyncio.gather(*(herald.look() for herald in heralds * 3))
    assert sorted(dealt) == [0, 0, 0, 0, 0, 1]
    assert [await told(desk, case) for case in cases] == [1, 1, 1]
    assert len(bulletins(await brought(outbox, "slack"))) == 1
    assert (await Audit(database).verify()).faults == ()


@pytest.mark.parametrize("time", [1, 2], ids=["before the cases", "after them"])
async def test_who_is_killed_leaves_nothing_half_done(
    database: Database, outbox: Outbox, desk: Desk, newsroom: Newsroom, time: int
) -> None:
    case = await opened(desk)
    await brought(outbox, "slack")
    newsroom.note(CHANGE)
    doomed = Outbox(database, Kill(time))
    with pytest.raises(KilledError):
        await newsroom.herald(database, doomed, Desk(database, doomed, ("slack",))).look()
    assert (await told(desk, case), await brought(outbox, "slack")) == (0, [])
    await newsroom.herald(database, outbox, desk).look()
    assert await told(desk, case) == 1
    assert sorted(each.kind for each in await brought(outbox, "slack")) == ["case.changed", KIND]


async def test_of_the_first_run_nothing_is_flagged_and_one_line_said(
    database: Database, outbox: Outbox, desk: Desk, newsroom: Newsroom
) -> None:
    case = await opened(desk)
    await brought(outbox, "slack")
    herald = newsroom.herald(database, outbox, desk)
    assert await herald.look() == 0
    newsroom.note(ADDED, *(ADDED.model_copy(update={"document": f"guides/{number}"}) for number in range(40)))
    assert await herald.look() == 41
    assert await told(desk, case) == 0
    (bulletin,) = bulletins(await brought(outbox, "slack"))
    assert (bulletin.items, bulletin.totals) == ((), {Kind.ADDED: 41})


async def test_one_run_is_one_message_also_where_it_takes_its_time(
    database: Database, outbox: Outbox, desk: Desk, newsroom: Newsroom
) -> None:
    herald = newsroom.herald(database, outbox, desk)
    newsroom.note(ADDED)
    await herald.look()
    await brought(outbox, "slack")
    newsroom.note(CHANGE, ago=3)
    newsroom.note(change_of(Kind.REMOVED, AFTER), ago=1)
    assert await herald.look() == 0, "the run may not be over"
    newsroom.now = NOW + dt.timedelta(minutes=1)
    assert await herald.look() == 2
    (bulletin,) = bulletins(await brought(outbox, "slack"))
    assert [(item.title, item.kind) for item in bulletin.items] == [("Ute", Kind.REMOVED)]
    for minute in range(31):
        newsroom.now = NOW + dt.timedelta(hours=1, minutes=minute)
        changed = (CHANGE, change_of(Kind.CHANGED, BEFORE, AFTER))[minute % 2]
        newsroom.note(changed, ago=0)
        assert await herald.look() == (31 if minute == 30 else 0), "but nobody waits for ever"


async def test_a_ledger_that_was_made_anew_is_followed_from_its_beginning(
    database: Database, outbox: Outbox, desk: Desk, newsroom: Newsroom, tmp_path: Path
) -> None:
    newsroom.note(ADDED, CHANGE)
    await newsroom.herald(database, outbox, desk).look()
    anew = Newsroom(Ledger(tmp_path / "anew.db"))
    case = await opened(desk)
    await brought(outbox, "slack")
    anew.note(CHANGE)
    assert [await anew.herald(database, outbox, desk).look() for _ in range(2)] == [1, 0]
    assert await told(desk, case) == 1
    (bulletin,) = bulletins(await brought(outbox, "slack"))
    assert bulletin.items == ()
    anew.ledger.close()


async def test_of_a_ledger_made_anew_nothing_is_missed_though_it_has_more_changes_than_the_one_before(
    database: Database, outbox: Outbox, desk: Desk, newsroom: Newsroom, tmp_path: Path
) -> None:
    newsroom.note(ADDED)
    await newsroom.herald(database, outbox, desk).look()
    case = await opened(desk)
    anew = Newsroom(Ledger(tmp_path / "anew.db"))
    anew.note(CHANGE, ADDED)
    assert [await anew.herald(database, outbox, desk).look() for _ in range(2)] == [2, 0]
    assert await told(desk, case) == 1
    newsroom.note(CHANGE)
    assert [await each.herald(database, outbox, desk).look() for each in (anew, newsroom)] == [0, 1]
    anew.ledger.close()


async def test_an_older_copy_of_the_ledger_is_followed_from_its_beginning(
    database: Database, outbox: Outbox, desk: Desk, newsroom: Newsroom, tmp_path: Path
) -> None:
    newsroom.note(ADDED)
    with contextlib.closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        copy.execute("ATTACH ? AS original", (str(tmp_path / "ledger.db"),))
        copy.execute("CREATE TABLE about AS SELECT * FROM original.about")
        copy.commit()
    newsroom.note(CHANGE)
    await newsroom.herald(database, outbox, desk).look()
    back = Newsroom(Ledger(tmp_path / "copy.db"))
    assert back.ledger.id == newsroom.ledger.id
    back.note(CHANGE)
    assert [await back.herald(database, outbox, desk).look() for _ in range(2)] == [1, 0]
    back.ledger.close()


async def test_nothing_is_owed_to_a_channel_that_nobody_named(
    database: Database, outbox: Outbox, desk: Desk, tmp_path: Path
) -> None:
    newsroom = Newsroom(Ledger(tmp_path / "ledger.db"), platform="")
    newsroom.note(CHANGE)
    await newsroom.herald(database, outbox, desk).look()
    assert bulletins(await brought(outbox, "slack", "web", "")) == []
    newsroom.ledger.close()


async def test_it_looks_again_and_again_until_it_is_stopped(
    database: Database, outbox: Outbox, desk: Desk, newsroom: Newsroom
) -> None:
    case = await opened(desk)
    herald, stop = newsroom.herald(database, outbox, desk, pause=0.01), asyncio.Event()
    looking = asyncio.create_task(herald.run(stop))
    newsroom.note(CHANGE)

    async def flagged() -> bool:
        return await told(desk, case) == 1

    await eventually(flagged)
    stop.set()
    await looking
    assert (await desk.get(case.id)).asker == ASKER
