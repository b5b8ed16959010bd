"""The bot comes into conversations and goes from them, and so do people: what it says, notes, and forgets."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.desk.case import Officer
from bot.handlers.teams.store import PostRow, RoomRow
from bot.people import Role
from bot.prompts import SUGGESTED
from tests.peers.teams import Fault, Teams
from tests.teams.examples import CASES, GROUP, OPEN, TEXTS, TOWN, Bot, started

SECRET = "Kontrollørene kommer på torsdager."


async def rooms(bot: Bot) -> int:
    async with bot.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(RoomRow)) or 0


@pytest.mark.parametrize(("who", "role"), [("ola", Role.STAFF), ("per", Role.BUSINESS)])
async def test_who_takes_the_app_is_welcomed_once_with_questions_to_press(
    bot: Bot, teams: Teams, who: str, role: Role
) -> None:
    await teams.install(who)
    await teams.install(who)
    await bot.settled()
    (welcome,) = teams.sent
    asked = [each["actions"][0]["data"]["msteams"]["value"] for each in welcome.card["body"][1:]]
    assert welcome.conversation == f"a:chat-{who}"
    assert "Hei!" in welcome.text
    assert asked == [TEXTS("nb", key) for key in SUGGESTED[role]]


@pytest.mark.parametrize("channel", [TOWN, GROUP])
async def test_where_the_app_is_added_everybody_is_told_how_to_ask(bot: Bot, teams: Teams, channel: str) -> None:
    await teams.install("ola", channel, locale="en-GB")
    await bot.settled()
    (welcome,) = teams.sent
    assert (welcome.conversation, welcome.card) == (channel, {})
    assert "Mention @Møteplassen" in welcome.text


async def test_in_a_team_the_bot_speaks_in_the_channel_that_was_chosen_for_it(bot: Bot, teams: Teams) -> None:
    told = teams.activity("ola", TOWN, type="installationUpdate", action="add")
    told["channelData"]["settings"] = {"selectedChannel": {"id": OPEN}}
    await teams.tell(told)
    await bot.settled()
    assert [each.conversation for each in teams.sent] == [OPEN]


@pytest.mark.parametrize("event", ["channelRenamed", "teamRenamed", "teamMemberAdded", "newfangled", None])
async def test_other_news_of_a_conversation_is_noted_and_nothing_said(
    bot: Bot, teams: Teams, event: str | None
) -> None:
    told = teams.activity("ola", TOWN, type="conversationUpdate", topicName="Nytt navn")
    told["channelData"]["eventType"] = event
    assert (await teams.tell(told)).status_code == 200
    await bot.settled()
    assert (teams.sent, await rooms(bot)) == ([], 1)


@pytest.mark.parametrize("how", ["removed", "member", "channelDeleted", "teamDeleted"])
async def test_where_the_bot_is_gone_it_forgets_how_to_get_there(bot: Bot, teams: Teams, how: str) -> None:
    await teams.install("ola", TOWN)
    await bot.settled()
    assert await rooms(bot) == 1
    if how == "removed":
        await teams.remove("ola", TOWN)
    else:
        told = teams.activity("ola", TOWN, type="conversationUpdate")
        about: dict[str, Any] = {"membersRemoved": [{"id": told["recipient"]["id"]}]} if how == "member" else {}
        told["channelData"] |= {} if about else {"eventType": how}
        await teams.tell(told | about)
    await bot.settled()
    async with bot.database.reading() as session:
        left = await session.scalar(select(func.count()).select_from(PostRow).where(PostRow.key.startswith("welcome")))
    assert (await rooms(bot), left) == (0, 0)
    await teams.install("ola", TOWN)
    await bot.settled()
    assert len(teams.sent) == 2  # it has come anew


async def test_what_is_owed_where_the_bot_no_longer_is_is_given_up_and_the_officers_hear_of_it(
    bot: Bot, teams: Teams
) -> None:
    asked = await teams.say("ola", "Kan jeg skjenke øl?", TOWN, mention=True)
    await bot.forward("ola", await bot.answer(asked))
    card = await bot.nth(CASES, 1)
    await bot.settled()
    await teams.remove("ola", TOWN)
    kari = Officer(id="teams:kari", name="Kari Saksbehandler")
    await bot.desk.answer((await bot.desk.claim(card.card["actions"][0]["data"]["case"], kari)).id, kari, "Ja.")
    told = await bot.until(
        lambda: next((each for each in teams.sent if each.conversation.startswith(f"{CASES};")), None)
    )
    assert "Kari Saksbehandler" in told.text
    assert not any("Ja." in each.text for each in teams.sent if each.conversation.startswith(TOWN))


@pytest.mark.parametrize(("channel", "told_of"), [(TOWN, TOWN), (GROUP, GROUP), (TOWN, CASES)])
async def test_an_outsider_who_joins_makes_the_place_public_from_the_next_question_on(
    bot: Bot, teams: Teams, channel: str, told_of: str
) -> None:
    async def ask() -> str:
        asked = await teams.say("ola", "Når er det kontroll?", channel, mention=True)
        await bot.settled()
        return (await bot.nth(asked["conversation"]["id"], 1 if channel == TOWN else len(teams.sent))).text

    assert SECRET in await ask()
    await teams.come("mona", channel, told_of)
    assert SECRET not in await ask()


async def test_it_does_not_matter_which_process_hears_of_who_joins(address: str, teams: Teams) -> None:
    async with started(address, teams) as first:
        at = teams.bot
        assert SECRET in (await first.answer(await teams.say("ola", "Når er det kontroll?", TOWN, mention=True))).text
        async with started(address, teams):  # Teams tells this one
            await teams.come("mona", TOWN)
        teams.bot = at
        reply = await first.answer(await teams.say("ola", "Når er det kontroll?", TOWN, mention=True))
        assert SECRET not in reply.text


async def test_a_channel_that_is_shared_later_is_public_though_messages_do_not_say_so(
    address: str, teams: Teams
) -> None:
    async with started(address, teams) as bot:
        at = teams.bot
        assert SECRET in (await bot.answer(await teams.say("ola", "Når er det kontroll?", TOWN, mention=True))).text
        async with started(address, teams) as other:
            told = teams.activity("ola", CASES, type="conversationUpdate")
            told["channelData"] |= {"eventType": "channelShared", "channel": {"id": TOWN}}
            await teams.tell(told)
            await other.settled()
        teams.bot = at
        reply = await bot.answer(await teams.say("ola", "Når er det kontroll?", TOWN, mention=True))
        assert SECRET not in reply.text
    async with started(address, teams) as bot:
        reply = await bot.answer(await teams.say("ola", "Når er det kontroll?", TOWN, mention=True))
        assert SECRET not in reply.text


async def test_a_welcome_waits_where_teams_asks_for_it(bot: Bot, teams: Teams) -> None:
    teams.faults.append(Fault("POST", "/activities$", 429, headers={"retry-after": "0"}, times=2))
    await teams.install("ola", TOWN)
    await bot.settled()
    assert len(teams.sent) == 1
