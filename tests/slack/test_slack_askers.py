"""What askers hear of their cases, by when to expect what, and what they can do with them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import AsyncIterator

import pytest

from bot.desk.absences import Absences
from bot.desk.calendar import OSLO
from bot.desk.case import Case, CaseState, Move, Officer
from bot.desk.team import Leader, Team
from bot.desk.teams import Teams
from bot.desk.timekeeper import Timekeeper
from bot.handlers.slack.moments import moment
from tests.peers.slack import Slack
from tests.peers.slack.model import Message
from tests.slack.casework import (
    ASKER,
    KARI,
    OFFICER,
    QUESTION,
    SAKER,
    card,
    forwarded,
    modal,
    noted,
    people,
    quiet,
    said,
    shown,
    whispered,
)
from tests.slack.examples import Bot, started

TUESDAY = dt.datetime(2020, 11, 24, 9, tzinfo=OSLO)
LEADER = Leader(id="slack:ULEDER", name="Per Moen")
TEAMS = Teams([Team(id="alle", name="Saksbehandlere", default=True, leader=LEADER)])


@dataclasses.dataclass
class Clock:
    """What time it is for the desk."""

    now: dt.datetime = TUESDAY

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def bot(address: str, slack: Slack, clock: Clock) -> AsyncIterator[Bot]:
    people(slack)
    async with started(address, slack, teams=TEAMS, clock=clock) as bot:
        yield bot


async def later(bot: Bot, clock: Clock, day: int, hour: int) -> None:
    """It is that day of the month, and the clocks are looked at."""
    clock.now = TUESDAY.replace(day=day, hour=hour)
    await Timekeeper(bot.desk, clock).look()


def by(day: int, hour: int) -> str:
    return moment(TUESDAY.replace(day=day, hour=hour), "nb")


async def answered(bot: Bot) -> tuple[Message, Case]:
    asked, case = await forwarded(bot)
    await bot.desk.answer(case.id, OFFICER, "Ja.")
    await said(bot, "C1", "Ja.", asked["ts"])
    return asked, case


async def nudged(bot: Bot, clock: Clock) -> tuple[Message, Case]:
    """What the asker is asked a working day after the answer."""
    asked, case = await answered(bot)
    await later(bot, clock, 25, 10)
    return await said(bot, "C1", "Hjalp svaret på sak M-1?", asked["ts"]), case


async def test_the_asker_hears_by_when_to_expect_a_word(bot: Bot) -> None:
    asked, _ = await forwarded(bot)
    told = shown(await bot.answer(asked, 2))
    assert f"sendt til saksbehandler som sak M-1. Du hører fra oss innen {by(25, 9)}, her i tråden." in told


async def test_the_officers_are_reminded_before_and_the_leader_is_told_after_a_deadline(
    bot: Bot, slack: Slack, clock: Clock
) -> None:
    asked, _ = await forwarded(bot)
    await later(bot, clock, 25, 8)
    assert shown(await noted(bot, "går ut")) == f"Fristen for sak M-1 går ut {by(25, 9)}. Ingen har tatt saken."
    await later(bot, clock, 25, 10)
    note = await noted(bot, "gikk ut")
    assert shown(note) == (
        f"Fristen for sak M-1 gikk ut {by(25, 9)}. Den som spurte, har fått vite at det tar lenger tid. "
        "Ingen har tatt saken. Til teamets leder: <@ULEDER>"
    )
    assert note["subtype"] == "thread_broadcast"
    assert "*over fristen*" in shown(await card(bot))
    await said(bot, "C1", "Sak M-1 tar lenger tid enn vi sa", asked["ts"])
    await later(bot, clock, 25, 11)
    await quiet(bot)
    assert len(slack.thread("C1", asked["ts"])) == 3
    assert len(slack.thread(SAKER, (await card(bot))["ts"])) == 2


async def test_who_has_the_case_is_the_one_who_is_reminded(bot: Bot, clock: Clock) -> None:
    _, case = await forwarded(bot)
    await bot.desk.claim(case.id, OFFICER)
    await later(bot, clock, 25, 8)
    assert shown(await noted(bot, "går ut")).endswith("<@UKARI>")


async def test_where_they_are_away_whoever_stands_in_is_reminded_as_well(bot: Bot, clock: Clock) -> None:
    _, case = await forwarded(bot)
    await bot.desk.claim(case.id, OFFICER)
    absences = Absences(bot.database, TEAMS)
    nora = Officer(id="slack:UNORA", name="Nora Vik")
    await absences.tell(OFFICER, absences.today, absences.today, nora)
    await later(bot, clock, 25, 8)
    assert shown(await noted(bot, "går ut")).endswith("<@UKARI> <@UNORA>")


async def test_while_the_asker_is_waited_for_the_clock_stands_and_then_runs_again(bot: Bot, clock: Clock) -> None:
    asked, case = await forwarded(bot)
    await bot.desk.ask_back(case.id, OFFICER, "Hvor?")
    await said(bot, "C1", "Fristen for saken står stille til du har svart.", asked["ts"])
    await card(bot, "Fristen står stille: venter på den som spurte")
    await later(bot, clock, 30, 9)
    await bot.slack.say("C1", ASKER, "På Torget.", asked["ts"])
    due = (await bot.desk.get(case.id)).due
    told = await said(bot, "C1", "Saksbehandleren arbeider videre med sak M-1", asked["ts"])
    due = (await bot.desk.get(case.id)).due
    assert due is not None
    assert f"du hører fra oss innen {moment(due, 'nb')}" in shown(told)
    await card(bot, f"Svar innen {moment(due, 'nb')}")


async def test_the_asker_takes_the_question_back_and_the_officers_hear_of_it(bot: Bot, slack: Slack) -> None:
    asked, case = await forwarded(bot)
    await bot.desk.claim(case.id, OFFICER)
    message = await bot.answer(asked, 2)
    (button,) = next(block["elements"] for block in message["blocks"] if block["type"] == "actions")
    assert button["confirm"]["title"]["text"] == "Trekke sak M-1?"
    await slack.click(ASKER, "C1", message, "asker.withdraw")
    await said(bot, "C1", "Du har trukket sak M-1.", asked["ts"])
    assert all(block["type"] != "actions" for block in message["blocks"])
    await card(bot, "*M-1 · Trukket av den som spurte")
    assert shown(await noted(bot, "har trukket")) == "<@UKARI> *Kafé Kringla, som spurte, har trukket saken.*"
    assert (await bot.desk.get(case.id)).state is CaseState.WITHDRAWN


@pytest.mark.parametrize("action", ["asker.withdraw"])
async def test_nobody_else_takes_it_back(bot: Bot, slack: Slack, action: str) -> None:
    asked, case = await forwarded(bot)
    await slack.click("UOLA", "C1", await bot.answer(asked, 2), action)
    await whispered(bot, "UOLA", "Bare den som spurte, kan gjøre det med sak M-1.")
    assert (await bot.desk.get(case.id)).state is CaseState.FORWARDED


async def test_what_is_answered_is_not_taken_back_and_that_is_said(bot: Bot, slack: Slack) -> None:
    asked, _ = await answered(bot)
    await slack.click(ASKER, "C1", await bot.answer(asked, 2), "asker.withdraw")
    await whispered(bot, ASKER, "har allerede svart på sak M-1")


async def test_the_asker_is_asked_once_whether_it_helped_and_says_yes(bot: Bot, slack: Slack, clock: Clock) -> None:
    question, case = await nudged(bot, clock)
    assert shown(question).startswith("<@UKAFE> Hjalp svaret på sak M-1?")
    await slack.click(ASKER, "C1", question, "asker.helped")
    await said(bot, "C1", "Så bra! Sak M-1 er avsluttet.", case.place.thread)
    assert all(block["type"] != "actions" for block in question["blocks"])
    await card(bot, "Den som spurte, sier at svaret hjalp.")
    assert ((await bot.desk.get(case.id)).state, (await bot.desk.get(case.id)).helped) == (CaseState.CLOSED, True)
    await later(bot, clock, 27, 10)
    await quiet(bot)
    assert len([each for each in slack.thread("C1", case.place.thread) if "Hjalp svaret" in shown(each)]) == 0


async def test_the_asker_says_what_is_missing_and_the_case_is_open_again(bot: Bot, slack: Slack, clock: Clock) -> None:
    question, case = await nudged(bot, clock)
    await slack.click(ASKER, "C1", question, "asker.not_helped")
    view = await modal(bot, ASKER)
    assert view.content["title"]["text"] == "Åpne sak M-1 igjen"
    assert "er tom" in (await slack.submit(ASKER, missing="  \n "))["errors"]["missing"]
    assert (await bot.desk.get(case.id)).state is CaseState.ANSWERED
    assert await slack.submit(ASKER, missing="Hvor <søker> jeg? Ring 99 88 77 66.") == {}
    told = f"Sak M-1 er åpnet igjen. Du hører fra en saksbehandler her i tråden innen {by(26, 10)}."
    await said(bot, "C1", told, case.place.thread)
    note = shown(await noted(bot, "vil at saken tas opp igjen"))
    assert ">Hvor &lt;søker&gt; jeg? Ring [telefonnummer]." in note
    found = await bot.desk.get(case.id)
    assert (found.state, found.helped) == (CaseState.FORWARDED, False)
    assert (await bot.desk.events(case.id))[-1].move is Move.REOPENED


async def test_what_is_missing_is_not_lost_where_an_officer_was_quicker(bot: Bot, slack: Slack, clock: Clock) -> None:
    question, case = await nudged(bot, clock)
    await slack.click(ASKER, "C1", question, "asker.not_helped")
    await modal(bot, ASKER)
    await bot.desk.reopen(case.id, OFFICER)
    assert await slack.submit(ASKER, missing="Hvor søker jeg?") == {}
    await noted(bot, ">Hvor søker jeg?")


async def test_nobody_else_says_whether_it_helped(bot: Bot, slack: Slack, clock: Clock) -> None:
    question, case = await nudged(bot, clock)
    for action in ("asker.helped", "asker.not_helped"):
        slack.whispers.clear()
        await slack.click("UOLA", "C1", question, action)
        await whispered(bot, "UOLA", "Bare den som spurte")
    assert slack.modal("UOLA") is None
    assert (await bot.desk.get(case.id)).state is CaseState.ANSWERED


async def test_where_that_modal_does_not_open_it_is_said(bot: Bot, slack: Slack, clock: Clock) -> None:
    question, _ = await nudged(bot, clock)
    slack.trouble("views.open", "expired_trigger_id")
    await slack.click(ASKER, "C1", question, "asker.not_helped")
    await whispered(bot, ASKER, "Slack åpnet ikke vinduet.")


async def test_a_case_is_taken_back_and_opened_again_on_the_home_tab(bot: Bot, slack: Slack) -> None:
    _, case = await forwarded(bot)
    await slack.open_home(ASKER)
    await quiet(bot)
    assert f"Du hører fra oss innen {by(25, 9)}" in home(slack)
    await slack.click_home(ASKER, "asker.withdraw")
    await quiet(bot)
    assert "Du har trukket sak M-1." in home(slack)
    assert "sak M-1: Trukket av deg" in home(slack)
    await slack.click_home(ASKER, "asker.reopen")
    await modal(bot, ASKER)
    assert await slack.submit(ASKER, missing="Likevel.") == {}
    await quiet(bot)
    assert "Sak M-1 er åpnet igjen" in home(slack)
    assert (await bot.desk.get(case.id)).state is CaseState.FORWARDED
    await noted(bot, ">Likevel.")


def home(slack: Slack) -> str:
    view = slack.home(ASKER)
    assert view is not None
    return shown(view.content)


async def test_of_a_private_question_nothing_is_told_in_the_channel_when_it_is_opened_again(
    bot: Bot, slack: Slack, clock: Clock
) -> None:
    asked = await slack.ask("D1", ASKER, QUESTION)
    await bot.send_on("D1", await bot.answer(asked, channel="D1"))
    await said(bot, "D1", "som sak M-1", asked["ts"])
    (case,) = await bot.desk.list()
    await bot.desk.answer(case.id, OFFICER, "Ja.")
    await said(bot, "D1", "Ja.", asked["ts"])
    await later(bot, clock, 25, 10)
    question = await said(bot, "D1", "Hjalp svaret", asked["ts"])
    assert not shown(question).startswith("<@")
    await slack.click(ASKER, "D1", question, "asker.not_helped")
    await modal(bot, ASKER)
    await slack.submit(ASKER, missing="Hemmeligheten.")
    note = shown(await noted(bot, "vil at saken tas opp igjen"))
    assert "Kringla" not in note
    assert "Hemmelig" not in note
    assert KARI
