"""Each team has a channel, and cases go from one to another."""

from __future__ import annotations

import pytest

from tests.peers.slack import Slack
from tests.peers.slack.model import Message
from tests.slack.casework import (
    ASKER,
    GUEST,
    KARI,
    NORA,
    OFFICER,
    modal,
    opened,
    press,
    quiet,
    said,
    shown,
    under,
    whispered,
)
from tests.slack.examples import Bot, started
from tests.slack.teams import BUILDING, BUSINESS, NORA_VIK, NOTHING_FOUND, PERMITS, TEAMS, about

pytestmark = pytest.mark.usefixtures("teams")


def cards(bot: Bot, channel: str) -> list[Message]:
    return [each for each in bot.slack.channels[channel] if "thread_ts" not in each]


@pytest.mark.parametrize(
    ("question", "channel"),
    [("Hva gjør dere?", BUSINESS), ("Kan jeg skjenke?", PERMITS), ("Hva med fasaden?", BUILDING)],
    ids=["the default team", "another team", "a team without a channel"],
)
async def test_a_case_comes_to_the_channel_of_its_team(bot: Bot, question: str, channel: str) -> None:
    await about(bot, question)
    assert f">{question}" in shown(await said(bot, channel, "M-1"))
    assert [len(cards(bot, each)) for each in (BUSINESS, PERMITS, BUILDING)].count(0) == 2


async def test_a_team_without_a_channel_meets_in_the_default_team_s_where_no_other_is_set(
    address: str, slack: Slack
) -> None:
    async with started(address, slack, teams=TEAMS, slack_officers_channel=None) as bot:
        await about(bot, "Hva med fasaden?")
        await said(bot, BUSINESS, "M-1")


@pytest.mark.parametrize(
    ("user", "officer"),
    [(KARI, True), (NORA, True), ("UINA", True), ("ULEDER", True), ("UOLA", False), (GUEST, False), (ASKER, False)],
)
async def test_officers_are_the_staff_in_any_team_s_channel_and_those_whom_the_teams_name(
    bot: Bot, user: str, officer: bool
) -> None:
    case = await about(bot, "Kan jeg skjenke?")
    await press(bot, user, "claim", PERMITS)
    await quiet(bot)
    assert ((await bot.desk.get(case.id)).officer is not None) is officer


async def test_a_team_s_channel_that_is_gone_keeps_nobody_from_being_an_officer_of_another(
    bot: Bot, slack: Slack
) -> None:
    case = await about(bot, "Kan jeg skjenke?")
    del slack.channels[BUSINESS]
    await press(bot, NORA, "claim", PERMITS)
    await said(bot, PERMITS, "Under arbeid · Nora Vik")
    assert (await bot.desk.get(case.id)).officer == NORA_VIK


async def test_a_case_that_is_given_to_another_team_goes_to_its_channel_and_leaves_the_old_one(
    bot: Bot, slack: Slack
) -> None:
    case = await about(bot, "Hva gjør dere?")
    old = await said(bot, BUSINESS, "M-1")
    await press(bot, KARI, "send_back", BUSINESS)
    view = await modal(bot, KARI)
    options = next(block["element"]["options"] for block in view.blocks if block.get("block_id") == "team")
    assert [option["text"]["text"] for option in options] == ["Vet ikke", "Bevillingskontoret", "Byggesak"]
    assert await slack.submit(KARI, team="bevilling", text="Det er om <øl>.") == {}
    new = await said(bot, PERMITS, "*M-1 · Venter på saksbehandler*")
    assert "Bevillingskontoret" in shown(new)
    note = shown(await said(bot, PERMITS, "ga sak M-1 til", new["ts"]))
    assert note.splitlines() == ["*Kari Berg ga sak M-1 til Bevillingskontoret.*", "", ">Det er om &lt;øl&gt;."]
    await said(bot, BUSINESS, "*Sak M-1 er gitt til Bevillingskontoret*")
    assert all(block["type"] != "actions" for block in old["blocks"])
    assert not (await bot.desk.get(case.id)).not_ours
    await quiet(bot)
    assert [len(cards(bot, each)) for each in (BUSINESS, PERMITS)] == [1, 1]


async def test_a_case_that_comes_back_is_shown_where_it_was_and_said_at_the_end_of_the_channel(
    bot: Bot, slack: Slack
) -> None:
    case = await about(bot, "Hva gjør dere?")
    old = await said(bot, BUSINESS, "M-1")
    await bot.desk.route(case.id, OFFICER, "bevilling")
    await said(bot, PERMITS, "Venter på saksbehandler")
    await bot.desk.route(case.id, OFFICER, "naering", "Den er deres.")
    note = await said(bot, BUSINESS, "ga sak M-1 til Næringsavdelingen", old["ts"])
    assert note["subtype"] == "thread_broadcast"
    await said(bot, PERMITS, "*Sak M-1 er gitt til Næringsavdelingen*")
    assert "*M-1 · Venter på saksbehandler*" in shown(old)
    await press(bot, KARI, "claim", BUSINESS)
    await said(bot, BUSINESS, "Under arbeid · Kari Berg")
    await quiet(bot)
    assert [len(cards(bot, each)) for each in (BUSINESS, PERMITS)] == [1, 1]
    assert await bot.outbox.failed() == []


async def test_who_does_not_know_whose_it_is_lays_it_back_marked(bot: Bot, slack: Slack) -> None:
    case = await about(bot, "Hva gjør dere?")
    await press(bot, KARI, "send_back", BUSINESS)
    await modal(bot, KARI)
    assert await slack.submit(KARI, text="Ikke oss.") == {}
    await said(bot, BUSINESS, "hører hjemme et annet sted")
    found = await bot.desk.get(case.id)
    assert (found.team, found.not_ours) == ("naering", True)


async def test_notes_are_internal_in_the_old_thread_too(bot: Bot, slack: Slack) -> None:
    case = await about(bot, "Hva gjør dere?")
    old = await said(bot, BUSINESS, "M-1")
    await bot.desk.route(case.id, OFFICER, "bevilling")
    new = await said(bot, PERMITS, "M-1")
    for user, channel, message in ((KARI, BUSINESS, old), (NORA, PERMITS, new)):
        await slack.say(channel, user, "Hvem er dette?", message["ts"])
        await whispered(bot, user, "note" if user == NORA else "notat")
    await quiet(bot)
    assert len(under(bot, "C1", case.place.thread)) == 0
    assert not bot.librarian.asked


async def test_what_the_asker_writes_comes_to_the_team_that_has_the_case_now(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot, question="Hva gjør dere?", **NOTHING_FOUND)
    first = await slack.say("C1", ASKER, "Det haster.", asked["ts"])
    old = await said(bot, BUSINESS, "M-1")
    await said(bot, BUSINESS, "Det haster.", old["ts"])
    await bot.desk.route(case.id, OFFICER, "bevilling")
    new = await said(bot, PERMITS, "M-1")
    await slack.edit("C1", first, "Det haster ikke.")
    await said(bot, PERMITS, ">Det haster ikke.", new["ts"])
    await slack.say("C1", ASKER, "Jo.", asked["ts"])
    await said(bot, PERMITS, ">Jo.", new["ts"])


async def test_a_case_that_does_not_reach_its_new_team_is_said_where_it_came_from(bot: Bot, slack: Slack) -> None:
    case = await about(bot, "Hva gjør dere?")
    old = await said(bot, BUSINESS, "M-1")
    slack.channels[PERMITS].is_archived = True
    await bot.desk.route(case.id, OFFICER, "bevilling")
    note = await said(bot, BUSINESS, "Sak M-1 kom ikke fram til kanalen til Bevillingskontoret.", old["ts"])
    assert note["subtype"] == "thread_broadcast"
