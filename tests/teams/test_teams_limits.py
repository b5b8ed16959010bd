"""Who asks too much in Teams is told so, once, and when to ask again; nothing that was taken is lost."""

from __future__ import annotations

import pytest

from tests.peers.teams import Teams
from tests.teams.examples import OPEN, started

QUESTION = "Kan jeg skjenke øl ute?"


@pytest.mark.parametrize("channel", ["", OPEN], ids=["chat", "channel"])
async def test_a_question_too_many_is_told_so_once_in_its_thread(address: str, teams: Teams, channel: str) -> None:
    async with started(address, teams, limit_asker=1) as bot:
        first = await teams.say("mona", QUESTION, channel, mention=bool(channel))
        late = [await teams.say("mona", QUESTION, channel, mention=bool(channel)) for _ in range(3)]
        assert await bot.answer(first)
        await bot.settled()
        told = [each for each in teams.sent if "Nå har du spurt mye på kort tid. Prøv igjen om" in each.text]
        assert len(told) in {1, 2}  # two, where a minute of the clock ended meanwhile
        assert told[0].conversation == late[0]["conversation"]["id"]
        assert len(bot.librarian.asked) == 1


async def test_an_activity_that_teams_sends_again_is_neither_counted_nor_refused(address: str, teams: Teams) -> None:
    async with started(address, teams, limit_asker=1) as bot:
        asked = await teams.say("ola", QUESTION)
        for _ in range(3):
            assert (await teams.tell(asked)).status_code == 200
        await bot.settled()
        assert (len(bot.librarian.asked), len(teams.sent)) == (1, 1)


async def test_what_is_too_much_for_the_officers_stays_in_the_form(address: str, teams: Teams) -> None:
    async with started(address, teams, limit_asker=1) as bot:
        reply = await bot.answer(await teams.say("ola", QUESTION))
        shown = await bot.forward("ola", reply)
        assert "Nå har du spurt mye" in str(shown["value"])
        await bot.settled()
        assert not await bot.desk.list()
