"""Erasing somebody: after it nothing in the database leads to them, and nothing else has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.database import Database
from bot.desk.audit import Audit
from bot.desk.case import Actor
from bot.handlers.slack.store import Replies
from bot.people import Place
from bot.posing import Posed
from bot.privacy.dossier import record, text
from bot.privacy.erasing import Erasing
from bot.privacy.person import Person, people
from bot.privacy.traces import traces
from bot.question import Reply, Status
from tests.databases import KINDS, Databases
from tests.desk.examples import KARI
from tests.privacy.world import Human, World, dump

OPERATOR = Actor(id="cli:root", name="root")
PEOPLE = [
    Human(100 + number, platform) for number, platform in enumerate(("web", "web", "slack", "slack", "teams", "teams"))
]
DEEDS = ("ask", "forward", "follow_up", "answer", "rate")


def read_all(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.iterdir()]


courses = st.lists(st.tuples(st.sampled_from(DEEDS), st.sampled_from(PEOPLE)), min_size=3, max_size=25)


async def lived(database: Database, course: list[tuple[str, Human]]) -> World:
    world = World(database)
    for deed, human in course:
        await getattr(world, deed)(human)
    return world


async def erased(world: World, human: Human) -> None:
    person = Person(platform=human.platform, id=human.id)
    await Erasing(world.database, world.outbox, world.desk).erase(person, OPERATOR)


def holding(rows: Mapping[str, Sequence[str]], tokens: Sequence[str]) -> dict[str, list[str]]:
    found = {name: [row for row in lines if any(each in row for each in tokens)] for name, lines in rows.items()}
    return {name: lines for name, lines in found.items() if lines}


EVERYTHING = [(deed, human) for deed in (*DEEDS, "ask", "forward") for human in PEOPLE]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("human", PEOPLE[1::2], ids=["web", "slack", "teams"])
async def test_after_an_erasure_nothing_holds_the_person_and_the_log_is_whole(
    databases: Databases, kind: str, human: Human
) -> None:
    async with databases.ready(kind) as address:
        database = Database(address)
        world = await lived(database, EVERYTHING)
        assert holding(await dump(database), human.tokens)
        await erased(world, human)
        left = holding(await dump(database), human.tokens)
        verdict = await Audit(database).verify()
        await database.close()
    assert left == {}
    assert verdict.faults == ()


@pytest.mark.slow
@given(courses, st.sampled_from(PEOPLE))
@settings(max_examples=25, deadline=None)
async def test_whatever_people_did_an_erasure_takes_one_of_them_and_leaves_the_others(
    databases: Databases, course: list[tuple[str, Human]], human: Human
) -> None:
    async with databases.ready("sqlite") as address:
        database = Database(address)
        world = await lived(database, course)
        before = await dump(database)
        await erased(world, human)
        after = await dump(database)
        verdict = await Audit(database).verify()
        await database.close()
    assert holding(after, human.tokens) == {}
    assert verdict.faults == ()
    others = [token for other in PEOPLE if other != human for token in other.tokens]
    for table, rows in holding(before, others).items():
        untouched = {row for row in rows if not any(token in row for token in human.tokens)}
        assert untouched <= set(after[table]), table


async def test_what_was_erased_is_not_in_the_file_of_the_database_either(databases: Databases, tmp_path: Path) -> None:
    human = PEOPLE[0]
    async with databases.ready("sqlite", tmp_path / "m.db") as address:
        database = Database(address)
        await erased(await lived(database, EVERYTHING), human)
        await database.truncate_log()
        content = b"".join(await asyncio.to_thread(read_all, tmp_path))
        await database.close()
    assert [token for token in human.tokens if token.encode() in content] == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_person_is_found_by_id_case_contact_or_name_and_others_are_not(databases: Databases, kind: str) -> None:
    async with databases.ready(kind) as address:
        database = Database(address)
        await lived(database, EVERYTHING)
        async with database.reading() as session:
            for human in PEOPLE:
                cases = [case for case in await World(database).desk.list() if case.asker.id == human.id]
                wanted = [f"{human.platform}:{human.id}", human.id, human.name, human.contact, cases[0].label]
                found = [await people(session, who) for who in wanted]
                assert [[each.label for each in group] for group in found] == [[f"{human.platform}:{human.id}"]] * 5
            assert await people(session, "nobody@example.no") == []
            assert await people(session, "M-999") == []
        await database.close()


async def test_what_is_handed_out_holds_all_of_the_person_and_nothing_of_others(databases: Databases) -> None:
    async with databases.ready("sqlite") as address:
        database = Database(address)
        world = await lived(database, [(deed, human) for human in PEOPLE for deed in (*DEEDS,)])
        human, other = PEOPLE[0], PEOPLE[2]
        async with database.reading() as session:
            person = (await people(session, human.id))[0]
            found = record(person, await traces(session, person), (await world.desk.list())[0].opened)
        await database.close()
    read = text(found)
    kept = found["kept"]
    assert {kind for kind in kept if kept[kind]} >= {"cases", "events", "messages", "letters", "deliveries", "audit"}
    for token in human.tokens:
        assert token in read
    assert other.id not in read.replace(other.name, "")


async def test_an_erasure_takes_nothing_of_others_who_say_the_same(databases: Databases) -> None:
    human, other = PEOPLE[2], PEOPLE[3]
    place = Place(platform="slack", workspace="T1", channel="C1", thread="t1")
    async with databases.ready("sqlite") as address:
        database = Database(address)
        world = await lived(database, [("ask", other), ("forward", other)])
        (case,) = await world.desk.list()
        await world.desk.answer(case.id, KARI, "Ja, bevilling trengs.")
        posed = Posed(text="bevilling", asker=human.asker, place=place)
        await Replies(database).keep("k", posed, Reply(id="r", status=Status.ABSTAINED, language="nb", lead="Nei."))
        async with database.reading() as session:
            (person,) = await people(session, human.id)
            handed_out = text(record(person, await traces(session, person), case.opened))
        before = await dump(database)
        await erased(world, human)
        after = await dump(database)
        await database.close()
    theirs = [row for row in before["outbox"] if case.id in row]
    assert theirs
    assert set(theirs) <= set(after["outbox"])
    assert case.id not in handed_out
