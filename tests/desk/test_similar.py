"""Which cases may ask the same, and which officers there are."""

from __future__ import annotations

import pytest

from bot.database import Database
from bot.desk.case import Case, CaseState, Officer
from bot.desk.desk import Desk
from bot.desk.roster import Roster
from bot.desk.similar import similar, stems
from bot.desk.team import Member, Team
from bot.desk.teams import Teams
from knowledge.model import Audience
from tests.desk.examples import ASKER, KARI, OLA, request

MAIN = "Hvor mange stoler kan jeg sette på fortauet utenfor kafeen?"


async def opened(desk: Desk, question: str, **changes: object) -> Case:
    return await desk.open(request(f"reply {question}{changes}", question=question, **changes))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Fortauet og fortau", ["forta"]),
        ("Er det lov å ...?", []),
        ("Uteserveringen på § 1234", ["uteserverin", "1234"]),
        ("a_b_c", []),
    ],
)
def test_words_are_looked_for_without_their_endings(text: str, found: list[str]) -> None:
    assert sorted(stems(text)) == sorted(found)


async def test_the_case_that_shares_the_rarest_words_comes_first(desk: Desk) -> None:
    main = await opened(desk, MAIN)
    near = await opened(desk, "Kan jeg ha stoler på fortauet utenfor butikken?")
    other = await opened(desk, "Kan jeg sette telt utenfor?")
    await opened(desk, "Hva koster en bevilling?")
    assert [case.question for case in await similar(desk, main)] == [near.question, other.question]
    assert await similar(desk, main, limit=1) == [near]


async def test_only_what_it_can_be_merged_into_is_suggested(desk: Desk) -> None:
    main = await opened(desk, MAIN)
    closed, inside, answered = [
        await opened(desk, f"Stoler på fortauet {name}?", audience=audience)
        for name, audience in (
            ("avsluttet", Audience.PUBLIC),
            ("internt", Audience.INTERNAL),
            ("besvart", Audience.PUBLIC),
        )
    ]
    await desk.close(closed.id, KARI)
    await desk.answer(answered.id, KARI, "Ti.")
    found = await similar(desk, main)
    assert [(case.label, case.state) for case in found] == [(answered.label, CaseState.ANSWERED)]
    assert inside not in found


async def test_one_word_in_common_is_not_enough(desk: Desk) -> None:
    main = await opened(desk, MAIN)
    await opened(desk, "Hvem vasker fortauet?")
    assert list(await similar(desk, main)) == []


async def test_officers_are_those_whom_teams_name_and_whoever_has_worked(database: Database, desk: Desk) -> None:
    teams = Teams([Team(id="all", name="Alle", default=True, members=(Member(id="ina", name="Ina Vik"),))])
    roster = Roster(database, teams, [OLA])
    case = await opened(desk, MAIN)
    await desk.follow_up(case.id, ASKER, "Og bord?", "r1")
    assert [officer.name for officer in await roster.officers()] == ["Ina Vik", "Ola Lie"]
    siri = Officer(id="u-7", name="Siri Moe")
    await desk.claim(case.id, siri)
    assert [officer.name for officer in await roster.officers()] == ["Ina Vik", "Ola Lie", "Siri Moe"]
    assert await roster.officer("u-7") == siri
    assert await roster.officer(ASKER.id) is None
