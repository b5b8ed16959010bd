"""Each team has a channel; cases go from one to another, into each other, and are watched."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.desk.absences import Absences
from bot.desk.case import Case, CaseState, Move, Officer
from bot.desk.team import Member, Person, Team, Topic
from bot.desk.teams import Teams
from tests.peers.slack import Slack
from tests.peers.slack.model import Message
from tests.slack.casework import (
    ASKER,
    GUEST,
    KARI,
    NORA,
    OFFICER,
    SAKER,
    modal,
    opened,
    people,
    press,
    quiet,
    said,
    shown,
    under,
    whispered,
)
from tests.slack.examples import Bot, started

BUSINESS, PERMITS, BUILDING = "GNAERING", "GBEVILL", SAKER
TEAMS = Teams(
    [
        Team(id="naering", name="Næringsavdelingen", default=True, slack_channel=BUSINESS),
        Team(
            id="bevilling",
            name="Bevillingskontoret",
            slack_channel=PERMITS,
            topics=(Topic(name="Servering", words=("skjenk*",)),),
            leader=Person(id="slack:ULEDER", name="Per Moen"),
            members=(Member(id="slack:UINA", name="Ina Vik"),),
        ),
        Team(id="bygg", name="Byggesak", topics=(Topic(name="Skilt", words=("fasade*",)),)),
    ]
)
NORA_VIK = Officer(id="slack:UNORA", name="Nora Vik")
INA = Officer(id="slack:UINA", name="Ina Vik")
NOTHING_FOUND: dict[str, Any] = {"nearest": (), "draft": ()}


@pytest.fixture
async def bot(address: str, slack: Slack) -> AsyncIterator[Bot]:
    """Kari is with the business team, Nora with permits, which also has Ina, who is in no channel; UOLA is in none."""
    settle(slack)
    async with started(address, slack, teams=TEAMS) as bot:
        yield bot


def settle(slack: Slack) -> None:
    people(slack)
    slack.add_person("UINA", "Ina Vik")
    slack.add_person("ULEDER", "Per Moen")
    slack.add_channel(BUSINESS, name="naering", members=[KARI, GUEST, "UBOT"], is_private=True)
    slack.add_channel(PERMITS, name="bevilling", members=[NORA, "ULEDER", "UBOT"], is_private=True)
    slack.channels[SAKER].members = {"UBOT": None}


async def about(bot: Bot, question: str, **changes: Any) -> Case:
    _, case = await opened(bot, question=question, **NOTHING_FOUND, **changes)
    return case


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
    settle(slack)
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


async def test_the_same_question_is_answered_once_for_all_who_asked(bot: Bot, slack: Slack) -> None:
    main = await about(bot, "Kan jeg skjenke ute?")
    await about(bot, "Kan jeg skjenke?", audience="internal")
    asked, other = await opened(bot, question="Kan man skjenke ute om kvelden?", **NOTHING_FOUND)
    await press(bot, NORA, "merge", PERMITS)  # under the latest
    view = await modal(bot, NORA)
    (element,) = [block["element"] for block in view.blocks if block["type"] == "input"]
    (option,) = element["options"]  # of the same audience only
    assert option["text"]["text"] == "M-1: Kan jeg skjenke ute?"
    assert option["description"]["text"] == "The answer then goes to this many: 1"  # they are the same asker's
    assert await slack.submit(NORA, into=main.id) == {}
    await said(bot, PERMITS, "*M-3 · Besvares sammen med en annen · M-1*")
    await said(bot, PERMITS, "Det samme er spurt i flere saker, som får svaret herfra: 1")
    await said(bot, "C1", "Flere har spurt om det samme som du i sak M-3.", asked["ts"])
    await bot.desk.answer(main.id, OFFICER, "Ja, til klokka ti.")
    await said(bot, "C1", "Ja, til klokka ti.", asked["ts"])
    await said(bot, "C1", "Ja, til klokka ti.", main.place.thread)
    assert (await bot.desk.get(other.id)).state is CaseState.ANSWERED


async def test_the_answer_modal_says_how_many_others_get_the_answer(bot: Bot) -> None:
    other = await about(bot, "Kan man skjenke ute?")
    main = await about(bot, "Kan jeg skjenke ute?")
    await bot.desk.merge(other.id, OFFICER, main.id)
    await said(bot, PERMITS, "som får svaret herfra: 1")
    await press(bot, NORA, "answer", PERMITS)
    assert "The answer also goes to others who have asked the same: 1" in shown((await modal(bot, NORA)).content)


async def test_where_there_is_no_other_case_to_merge_into_that_is_said(bot: Bot, slack: Slack) -> None:
    await about(bot, "Kan jeg skjenke?")
    await press(bot, NORA, "merge", PERMITS)
    await whispered(bot, NORA, "There are no other cases that case M-1 can be merged into.")
    assert slack.modal(NORA) is None


async def test_whoever_watches_a_case_hears_what_becomes_of_it_in_direct_messages(bot: Bot, slack: Slack) -> None:
    case = await about(bot, "Kan jeg skjenke?")
    for _ in range(2):
        await press(bot, NORA, "watch", PERMITS)
    await said(bot, PERMITS, "Følges av Nora Vik")
    await whispered(bot, NORA, "You are watching case M-1")
    await bot.desk.answer(case.id, OFFICER, "Hemmelig svar.")
    room = slack.dm(NORA).id
    told = shown(await said(bot, room, "Kari Berg"))
    assert told.splitlines() == [
        "*Case M-1, which you are watching*",
        "",
        "Kari Berg answered",
        "",
        f"<https://bot.example.no/saker/{case.id}|Open the case>",
    ]
    await press(bot, NORA, "unwatch", PERMITS)
    await whispered(bot, NORA, "You are no longer watching case M-1")
    await bot.desk.close(case.id, OFFICER)
    await quiet(bot)
    assert len(slack.channels[room]) == 1
    moves = [event.move for event in await bot.desk.events(case.id)]
    assert (moves.count(Move.WATCHED), moves.count(Move.UNWATCHED)) == (1, 1)


async def test_the_card_says_who_is_away_and_whoever_stands_in_takes_over(bot: Bot, slack: Slack, address: str) -> None:
    case = await about(bot, "Kan jeg skjenke?")
    slack.channels[PERMITS].members[KARI] = None
    await bot.desk.claim(case.id, NORA_VIK)
    await said(bot, PERMITS, "Under arbeid · Nora Vik")
    await press(bot, KARI, "take_over", PERMITS)
    await whispered(bot, KARI, "Nora Vik har tatt sak M-1.")
    absences = Absences(bot.database, TEAMS)
    today = absences.today
    await absences.tell(NORA_VIK, today, today + dt.timedelta(days=3), INA)
    await bot.desk.watch(case.id, OFFICER)
    card = await said(bot, PERMITS, "Nora Vik er borte til og med")
    assert "→ <@UINA>" in shown(card)
    await press(bot, KARI, "take_over", PERMITS)
    await quiet(bot)
    assert (await bot.desk.get(case.id)).officer == NORA_VIK  # it is Ina who stands in
    await press(bot, "UINA", "take_over", PERMITS)
    card = await said(bot, PERMITS, "*M-1 · Under arbeid · Ina Vik*")
    assert "er borte" not in shown(card)


async def test_the_queue_on_the_home_tab_is_that_of_one_s_teams_and_is_filtered(bot: Bot, slack: Slack) -> None:
    theirs, others = await about(bot, "Kan jeg skjenke?"), await about(bot, "Hva gjør dere?")
    taken = await about(bot, "Kan jeg skjenke ute?")
    await bot.desk.claim(taken.id, INA)
    await slack.open_home("UINA")
    await quiet(bot)
    queues = {}
    for wanted in ("open", "mine", "unclaimed", "late"):
        await slack.click_home("UINA", "home.filter", wanted)
        await quiet(bot)
        home = slack.home("UINA")
        assert home is not None
        queues[wanted] = [each.label for each in (theirs, others, taken) if f"*{each.label}*" in shown(home.content)]
    assert queues == {"open": ["M-1", "M-3"], "mine": ["M-3"], "unclaimed": ["M-1"], "late": []}
    assert "Ingen saker her akkurat nå." in shown(slack.homes["UINA"].content)
    await slack.open_home("UINA")
    await quiet(bot)
    assert "Ingen saker her akkurat nå." in shown(slack.homes["UINA"].content)  # what was chosen stays


async def test_who_is_named_in_no_team_sees_the_queues_of_all(bot: Bot, slack: Slack) -> None:
    for question in ("Kan jeg skjenke?", "Hva gjør dere?"):
        await about(bot, question)
    await slack.open_home(KARI)
    await quiet(bot)
    home = slack.home(KARI)
    assert home is not None
    assert all(f"*{label}*" in shown(home.content) for label in ("M-1", "M-2"))


async def test_a_case_that_does_not_reach_its_new_team_is_said_where_it_came_from(bot: Bot, slack: Slack) -> None:
    case = await about(bot, "Hva gjør dere?")
    old = await said(bot, BUSINESS, "M-1")
    slack.channels[PERMITS].is_archived = True
    await bot.desk.route(case.id, OFFICER, "bevilling")
    note = await said(bot, BUSINESS, "Sak M-1 kom ikke fram til kanalen til Bevillingskontoret.", old["ts"])
    assert note["subtype"] == "thread_broadcast"
