"""Sending any message to the case officers, by the action in its menu."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desk.case import Case, Officer
from tests.peers.teams import STRANGER, Fault, Person, Sent, Teams
from tests.teams.examples import CASES, GROUP, OPEN, TOWN, Bot, started

KARI = Officer(id="teams:kari", name="Kari Saksbehandler")
HTML = "<p>Hva må vi gjøre for å få <b>skilt</b>?</p><p>Ring&nbsp;22 33 44 55</p>"
TEXT = "Hva må vi gjøre for å få skilt?\nRing [telefonnummer]"


def field(shown: dict[str, Any], name: str) -> dict[str, Any]:
    body = shown["task"]["value"]["card"]["content"]["body"]
    return next(dict(each) for each in body if each.get("id") == name)


def said(shown: dict[str, Any]) -> str:
    return str(shown["task"]["value"]["card"]["content"]["body"])


def in_chat(teams: Teams, person: str) -> list[Sent]:
    return [each for each in teams.sent if each.conversation == f"a:chat-{person}"]


async def case_of(bot: Bot, card: Sent) -> Case:
    return await bot.desk.get(card.card["actions"][0]["data"]["case"])


async def test_the_dialog_shows_what_is_sent_and_where_the_answer_comes(bot: Bot, teams: Teams) -> None:
    shown = await teams.open_action("ola", HTML, TOWN)
    assert shown["task"]["type"] == "continue"
    assert field(shown, "text")["value"] == TEXT
    assert "her i samtalen" in said(shown)
    assert "i chatten din med Møteplassen" in said(await teams.open_action("ola", HTML, teams.between("ola", "per")))


async def test_a_message_in_a_channel_becomes_a_case_and_is_answered_under_it(bot: Bot, teams: Teams) -> None:
    shown = await teams.open_action("mona", HTML, OPEN, message="17")
    ended = await teams.submit("mona", shown, OPEN, concerns="Kafé  Kringla")
    await bot.settled()
    assert ended["task"]["type"] == "message"
    case = await case_of(bot, await bot.nth(CASES, 1))
    assert case.question == f"Gjelder: Kafé Kringla\n\n{TEXT}"
    assert (case.asker.name, case.place.thread, case.place.outsiders) == ("Mona Kafé", "17", True)
    await bot.desk.answer((await bot.desk.claim(case.id, KARI)).id, KARI, "Søk om skilt.")
    told = await bot.nth(f"{OPEN};messageid=17", 1)
    assert "sendt til saksbehandler" in told.text
    await bot.settled()
    assert any("Søk om skilt." in each.text for each in teams.sent if each.conversation == f"{OPEN};messageid=17")


async def test_in_a_thread_the_answer_comes_in_the_thread(bot: Bot, teams: Teams) -> None:
    await teams.submit("ola", await teams.open_action("ola", HTML, TOWN, message="18", thread="9"), TOWN)
    assert (await bot.nth(f"{TOWN};messageid=9", 1)).text


async def test_where_the_bot_is_not_the_answer_comes_to_the_sender_alone(bot: Bot, teams: Teams) -> None:
    for room in (teams.between("ola", "per"), teams.between("ola", "per", "mona")):
        await teams.submit("ola", await teams.open_action("ola", HTML, room), room)
    await bot.settled()
    cases = [each for each in teams.sent if each.conversation == CASES]
    assert len(cases) == 2
    case = await case_of(bot, cases[0])
    assert (case.place.channel, case.place.private) == ("a:chat-ola", True)
    await bot.desk.answer((await bot.desk.claim(case.id, KARI)).id, KARI, "Bare til deg.")
    await bot.settled()
    assert [each.conversation for each in teams.sent if "Bare til deg." in each.text] == ["a:chat-ola"]


async def test_two_peoples_chat_is_none_with_the_bot_though_teams_calls_it_personal(bot: Bot, teams: Teams) -> None:
    room = teams.between("ola", "per")
    teams.rooms[room].bot = True  # should it ever be let in there
    await teams.submit("ola", await teams.open_action("ola", "Når er det kontroll?", room), room)
    case = await case_of(bot, await bot.nth(CASES, 1))
    assert (case.place.private, case.place.outsiders, case.audience) == (False, True, "public")


async def test_who_has_no_app_is_told_what_to_do_and_nothing_is_sent(bot: Bot, teams: Teams) -> None:
    teams.join(Person("nils", "Nils", app=False))
    room = teams.between("nils", "ola")
    shown = await teams.open_action("nils", HTML, room)
    assert "Legg til Møteplassen" in said(shown)
    assert "actions" not in shown["task"]["value"]["card"]["content"]
    await bot.settled()
    assert teams.sent == []


async def test_the_same_message_is_one_case_of_its_sender(bot: Bot, teams: Teams) -> None:
    shown = await teams.open_action("ola", HTML, TOWN)
    for _ in range(2):
        await teams.submit("ola", shown, TOWN, about={"id": "again"})
    await teams.submit("ola", shown, TOWN)
    await bot.settled()
    assert len([each for each in teams.sent if each.conversation == CASES]) == 1
    assert "Du har allerede sendt" in said(await teams.open_action("ola", HTML, TOWN))
    assert "Du har allerede sendt" in said(await teams.submit("ola", shown, TOWN))
    assert "actions" in (await teams.open_action("kari", HTML, TOWN))["task"]["value"]["card"]["content"]


@pytest.mark.parametrize("written", ["", "  ", "?!", "x" * 5_000])
async def test_what_is_no_question_is_refused_in_the_dialog(bot: Bot, teams: Teams, written: str) -> None:
    shown = await teams.submit("ola", await teams.open_action("ola", HTML, TOWN), TOWN, text=written)
    assert shown["task"]["value"]["card"]["content"]["body"][0]["color"] == "Attention"
    assert field(shown, "text")["value"] == written
    await bot.settled()
    assert teams.sent == []


async def test_a_long_message_is_cut_and_that_is_said(bot: Bot, teams: Teams) -> None:
    shown = await teams.open_action("ola", "skilt " * 2_000, GROUP, kind="text")
    assert len(field(shown, "text")["value"]) <= field(shown, "text")["maxLength"]
    assert "slutten mangler" in said(shown)


@pytest.mark.parametrize(
    "value",
    [
        {"commandId": "other", "commandContext": "message", "data": {"message": "1"}},
        {"commandId": "forward", "commandContext": "message", "data": "x"},
        {"commandId": "forward", "commandContext": "message"},
    ],
)
async def test_senseless_dialogs_come_to_nothing(bot: Bot, teams: Teams, value: dict[str, Any]) -> None:
    for name in ("submitAction", "fetchTask"):
        assert "kan jeg ikke sende" in said(await teams.extend("ola", name, value, TOWN))
    await bot.settled()
    assert teams.sent == []


async def test_who_is_not_in_the_conversation_can_put_nothing_there(bot: Bot, teams: Teams) -> None:
    teams.join(Person("ida", "Ida", tenant=STRANGER))
    shown = await teams.open_action("ida", HTML, TOWN)
    assert "i chatten din med Møteplassen" in said(shown)
    await teams.submit("ida", shown, TOWN, about={}, aside="")
    await bot.settled()
    assert {each.conversation for each in teams.sent} == {CASES, "a:chat-ida"}


async def test_where_teams_is_away_nothing_is_lost(address: str, teams: Teams) -> None:
    async with started(address, teams):
        shown = await teams.open_action("ola", HTML, TOWN)
        teams.faults.append(Fault("GET", "[mM]embers", 503, times=99))
        teams.faults.append(Fault("POST", "/v3/conversations", 503, times=99))
        await teams.submit("ola", shown, TOWN)
    teams.faults.clear()
    async with started(address, teams) as bot:
        await bot.settled()
        assert len([each for each in teams.sent if each.conversation == CASES]) == 1


async def test_what_did_not_arrive_is_told_to_who_sent_it(bot: Bot, teams: Teams) -> None:
    room = teams.between("ola", "per")
    shown = await teams.open_action("ola", HTML, room)
    teams.faults.append(Fault("POST", "/v3/conversations$", 403))
    await teams.submit("ola", shown, room)
    await bot.until(lambda: next(iter(in_chat(teams, "ola")), None))
    assert "fikk ikke sendt" in in_chat(teams, "ola")[0].text
