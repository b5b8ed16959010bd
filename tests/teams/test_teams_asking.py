"""Being asked in Teams: where the bot hears a question, what it goes on from, and who may read the answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.question import Listener, Question, Reply
from tests.peers.teams import STRANGER, Fault, Person, Room, Teams
from tests.slack.examples import Librarian
from tests.teams.examples import GROUP, OPEN, PATIENCE, TOWN, Bot, started

SECRET = "Kontrollørene kommer på torsdager."


async def test_a_question_in_a_personal_chat_is_answered_there(bot: Bot, teams: Teams) -> None:
    reply = await bot.answer(await teams.say("ola", "Kan jeg skjenke øl?"))
    assert "Det krever bevilling. [1]" in reply.text
    assert "[Servering &amp; skjenking](https://example.no/servering?a=1&b=2)" in reply.text


async def test_in_a_channel_the_bot_answers_who_calls_on_it_in_the_thread(bot: Bot, teams: Teams) -> None:
    await teams.say("ola", "Kan jeg skjenke øl?", TOWN)
    asked = await teams.say("ola", "Kan jeg skjenke øl?", TOWN, mention=True)
    reply = await bot.answer(asked)
    await bot.settled()
    assert reply.conversation == f"{TOWN};messageid={asked['id']}"
    assert [question.text for question in bot.librarian.asked] == ["Kan jeg skjenke øl?"]
    assert len(teams.sent) == 1


async def test_while_a_reply_is_thought_of_the_bot_is_seen_typing(address: str, teams: Teams) -> None:
    class Pensive(Librarian):
        async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
            async with asyncio.timeout(PATIENCE):
                while not teams.typing:
                    await asyncio.sleep(0.005)
            return await super().reply(question, listener)

    async with started(address, teams, librarian=Pensive()) as bot:
        reply = await bot.answer(await teams.say("ola", "Kan jeg skjenke øl?", TOWN, mention=True))
    assert set(teams.typing) == {reply.conversation}


async def test_in_a_group_chat_the_bot_answers_who_calls_on_it(bot: Bot, teams: Teams) -> None:
    await teams.say("ola", "Kan jeg skjenke øl?", GROUP)
    reply = await bot.answer(await teams.say("ola", "Kan jeg skjenke øl?", GROUP, mention=True))
    assert reply.conversation == GROUP
    assert len(bot.librarian.asked) == 1


async def test_a_mention_alone_is_told_what_to_do(bot: Bot, teams: Teams) -> None:
    reply = await bot.answer(await teams.say("ola", "", TOWN, mention=True))
    assert (bot.librarian.asked, reply.card) == ([], {})
    assert reply.text


async def test_personal_data_is_masked_before_it_is_kept(bot: Bot, teams: Teams) -> None:
    reply = await bot.answer(await teams.say("ola", "Kan jeg skjenke øl? Ring 22 33 44 55."))
    assert [question.text for question in bot.librarian.asked] == ["Kan jeg skjenke øl? Ring [telefonnummer]."]
    assert "personopplysninger" in reply.text.lower() or "skjult" in reply.text.lower()


async def test_in_a_thread_and_in_a_chat_a_question_goes_on_from_the_persons_own(bot: Bot, teams: Teams) -> None:
    first = await teams.say("ola", "Kan jeg skjenke øl?", TOWN, mention=True)
    await bot.answer(first)
    await teams.say("kari", "Kan jeg servere mat?", TOWN, first["id"], mention=True)
    await teams.say("ola", "Og vin?", TOWN, first["id"], mention=True)
    await bot.answer(await teams.say("ola", "Når må jeg stenge?"))
    await bot.answer(await teams.say("ola", "Og i helgene?"), 2)
    histories = {question.text: question.history for question in bot.librarian.asked}
    assert histories["Og vin?"] == ("Kan jeg skjenke øl?",)
    assert histories["Kan jeg servere mat?"] == ()
    assert histories["Og i helgene?"] == ("Når må jeg stenge?",)


async def test_where_the_bot_may_read_along_a_follow_up_needs_no_mention(bot: Bot, teams: Teams) -> None:
    first = await teams.say("ola", "Kan jeg skjenke øl?", TOWN, mention=True)
    await bot.answer(first)
    await teams.say("ola", "Takk skal du ha!", TOWN, first["id"])
    await teams.say("kari", "Hva med vin?", TOWN, first["id"])
    await teams.say("ola", "Hva med vin?", TOWN, first["id"])
    await bot.answer(first, 2)
    assert [question.text for question in bot.librarian.asked] == ["Kan jeg skjenke øl?", "Hva med vin?"]


@pytest.mark.parametrize(
    ("who", "channel", "told"),
    [
        pytest.param("ola", "", True, id="staff alone with the bot"),
        pytest.param("ola", TOWN, True, id="staff among staff"),
        pytest.param("ola", GROUP, True, id="staff in a chat of staff"),
        pytest.param("ola", OPEN, False, id="staff where a guest reads along"),
        pytest.param("mona", OPEN, False, id="a guest"),
        pytest.param("mona", "", False, id="a guest alone with the bot"),
        pytest.param("per", "", False, id="somebody of another tenant"),
    ],
)
async def test_only_staff_among_staff_are_told_what_is_internal(
    bot: Bot, teams: Teams, who: str, channel: str, told: bool
) -> None:
    reply = await bot.answer(await teams.say(who, "Når er det kontroll?", channel, mention=bool(channel)))
    assert (SECRET in reply.text) is told
    assert bool(reply.entity.get("usageInfo")) is told
    assert not told or reply.entity["usageInfo"]["name"] == "Internt"


@pytest.mark.parametrize("about", [{"tenant": STRANGER}, {"role": "guest"}, {"tenant": ""}])
async def test_one_outsider_in_the_place_is_enough(bot: Bot, teams: Teams, about: dict[str, Any]) -> None:
    teams.join(Person("x", "X", **about), TOWN)
    reply = await bot.answer(await teams.say("ola", "Når er det kontroll?", TOWN, mention=True))
    assert SECRET not in reply.text


async def test_in_a_channel_that_is_shared_with_other_teams_nothing_internal_is_told(bot: Bot, teams: Teams) -> None:
    teams.rooms["19:delt@thread.tacv2"] = Room("channel", ["ola", "kari"], type="shared")
    reply = await bot.answer(await teams.say("ola", "Når er det kontroll?", "19:delt@thread.tacv2", mention=True))
    assert SECRET not in reply.text


async def test_where_teams_does_not_say_who_reads_along_nothing_internal_is_told(bot: Bot, teams: Teams) -> None:
    teams.faults.append(Fault("GET", "[mM]embers", 500, times=99))
    for channel in ("", TOWN):
        reply = await bot.answer(await teams.say("ola", "Når er det kontroll?", channel, mention=bool(channel)))
        assert SECRET not in reply.text


async def test_who_joins_while_the_reply_comes_about_is_not_told_it(bot: Bot, teams: Teams) -> None:
    teams.faults.append(Fault("POST", f"{TOWN}.*/activities$", 503, times=2))
    asked = await teams.say("ola", "Når er det kontroll?", TOWN, mention=True)
    teams.join(teams.people["mona"], TOWN)
    told = teams.activity("ola", TOWN, type="conversationUpdate", membersAdded=[{"id": "29:mona"}])
    assert (await teams.tell(told)).status_code == 200
    reply = await bot.answer(asked)
    assert SECRET not in reply.text


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("application/vnd.microsoft.teams.file.download.info", True),
        ("image/*", True),
        ("reference", True),
        ("text/html", False),
        ("application/vnd.microsoft.card.adaptive", False),
    ],
)
@pytest.mark.parametrize("text", ["Kan jeg skjenke øl?", ""])
async def test_who_attaches_a_file_is_told_that_it_is_not_read(
    bot: Bot, teams: Teams, kind: str, told: bool, text: str
) -> None:
    content = {"downloadUrl": "https://kommune.sharepoint.com/x", "fileType": "pdf"}
    attached = [{"contentType": kind, "name": "skisse.pdf", "content": content}]
    asked = teams.activity("ola", teams.chat("ola"), type="message", text=text, attachments=attached)
    assert (await teams.tell(asked)).status_code == 200
    reply = await bot.answer(asked)
    assert ("Filer og bilder leser jeg ikke" in reply.text) is told
    assert ("Det krever bevilling." in reply.text) is bool(text)
