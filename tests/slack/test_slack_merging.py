"""Cases go into each other, are watched, and taken over from who is away; and officers see those of their teams."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.desk.absences import Absences
from bot.desk.case import CaseState, Move
from tests.peers.slack import Slack
from tests.slack.casework import (
    ASKER,
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
from tests.slack.examples import Bot
from tests.slack.teams import BUSINESS, INA, NORA_VIK, NOTHING_FOUND, PERMITS, TEAMS, about

pytestmark = pytest.mark.usefixtures("teams")


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


async def test_what_the_asker_of_a_merged_case_writes_more_comes_to_the_officers(bot: Bot, slack: Slack) -> None:
    main = await about(bot, "Kan jeg skjenke ute?")
    asked, other = await opened(bot, question="Kan man skjenke?", **NOTHING_FOUND)
    await bot.desk.merge(other.id, OFFICER, main.id)
    card = await said(bot, PERMITS, "M-2 · Besvares sammen")
    await slack.say("C1", ASKER, "Det gjelder Torget. Ring 99 88 77 66.", asked["ts"])
    await said(bot, PERMITS, ">Det gjelder Torget. Ring [telefonnummer].", card["ts"])
    await whispered(bot, ASKER, "Jeg har skjult personopplysninger i det du skrev.")
    await slack.say(PERMITS, NORA, "Jaha.", card["ts"])
    told = await whispered(bot, NORA, "Internal note")
    assert all(block["type"] != "actions" for block in told["blocks"])  # there is nothing to be sent from here
    assert not bot.librarian.asked


async def test_whoever_answers_for_several_sees_what_each_of_them_asks_and_adds(bot: Bot, slack: Slack) -> None:
    main = await about(bot, "Hva gjør dere?")  # of another team's, in whose channel the rest is not read
    await bot.desk.claim(main.id, OFFICER)
    theirs = await said(bot, BUSINESS, "*M-1 · Under arbeid · Kari Berg*")
    asked, other = await opened(bot, question="Kan man skjenke?", **NOTHING_FOUND)
    await bot.desk.merge(other.id, NORA_VIK, main.id)
    told = shown(await said(bot, BUSINESS, "Nora Vik slo sammen sak M-2 med denne.", theirs["ts"]))
    assert told.startswith("<@UKARI> ")
    assert ">Kan man skjenke?" in told
    more = await slack.say("C1", ASKER, "Det gjelder Torget.", asked["ts"])
    told = shown(await said(bot, BUSINESS, ">Det gjelder Torget.", theirs["ts"]))
    assert told.startswith("<@UKARI> *M-2 · Fra den som spurte, Kafé Kringla:*")
    await slack.edit("C1", more, "Det gjelder Bragernes torg.")
    await said(bot, BUSINESS, ">Det gjelder Bragernes torg.", theirs["ts"])
    await said(bot, PERMITS, ">Det gjelder Bragernes torg.", (await said(bot, PERMITS, "M-2"))["ts"])
    await bot.desk.withdraw(other.id, other.asker)
    await quiet(bot)
    assert "som får svaret herfra" not in shown(await said(bot, BUSINESS, "M-1"))
    assert len(slack.thread(BUSINESS, theirs["ts"])) == 2  # the note, and what was changed, once


async def test_of_a_private_question_the_others_officers_see_no_words(bot: Bot, slack: Slack) -> None:
    main = await about(bot, "Kan jeg skjenke ute?")
    theirs = await said(bot, PERMITS, "M-1")
    _, other = await opened(bot, question="Kan vi skjenke?", private=True, **NOTHING_FOUND)
    await bot.desk.merge(other.id, NORA_VIK, main.id)
    await said(bot, PERMITS, "slo sammen sak M-2 med denne", theirs["ts"])
    await bot.desk.follow_up(other.id, other.asker, "Hemmelig.", "D1:1")
    told = shown(await said(bot, PERMITS, "M-2 · Den som spurte, har skrevet mer.", theirs["ts"]))
    assert f"/saker/{other.id}" in told
    told = " ".join(under(bot, PERMITS, theirs["ts"]))
    assert "Hemmelig" not in told
    assert "Kan vi" not in told


async def test_the_answer_modal_says_how_many_others_get_the_answer(bot: Bot) -> None:
    other = await about(bot, "Kan man skjenke ute?")
    main = await about(bot, "Kan jeg skjenke ute?")
    await bot.desk.merge(other.id, OFFICER, main.id)
    await said(bot, PERMITS, "som får svaret herfra: 1")
    await press(bot, NORA, "answer", PERMITS)
    assert "The answer also goes to others who have asked the same: 1" in shown((await modal(bot, NORA)).content)


async def test_a_note_that_is_sent_to_several_says_so_first(bot: Bot, slack: Slack) -> None:
    other = await about(bot, "Kan man skjenke ute?")
    main = await about(bot, "Kan jeg skjenke ute?")
    await bot.desk.merge(other.id, OFFICER, main.id)
    theirs = await said(bot, PERMITS, "som får svaret herfra: 1")
    await slack.say(PERMITS, NORA, "Yes, until ten.", theirs["ts"])
    await slack.click(NORA, PERMITS, await whispered(bot, NORA, "Internal note"), "relay")
    told = shown((await modal(bot, NORA)).content)
    assert "Answers and additions also go to others who have asked the same: 1" in told


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
