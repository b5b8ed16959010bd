from __future__ import annotations

from bot.database import Database
from tests.peers.teams import Teams
from tests.privacy.telling import MASKED, TOLD, kept
from tests.privacy.world import dump
from tests.teams.examples import Bot


async def test_of_what_is_told_in_teams_no_table_holds_personal_data(bot: Bot, teams: Teams, address: str) -> None:
    await bot.answer(await teams.say("ola", TOLD))
    assert [question.text for question in bot.librarian.asked] == [MASKED]
    database = Database(address)
    rows = await dump(database)
    await database.close()
    assert MASKED in str(rows)
    assert kept(rows) == []
