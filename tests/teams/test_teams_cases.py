"""From a question to a case, and back to whoever asked: in Teams, and across platforms."""

from __future__ import annotations

import json

import pytest

from bot.desk.case import CaseState
from bot.desk.team import Team
from bot.desk.teams import Teams as DeskTeams
from tests.peers.teams import Fault, Teams
from tests.teams.casework import KARI, forwarded, said, under, words
from tests.teams.examples import CASES, OPEN, TEXTS, TOWN, Bot, started


async def test_the_asker_sees_what_is_sent_and_then_hears_of_the_case(bot: Bot, teams: Teams) -> None:
    asked = await teams.say("mona", "Kan jeg skjenke øl?", OPEN, mention=True)
    reply = await bot.answer(asked)
    shown = await teams.press("mona", reply, "Send til saksbehandler")
    assert shown["value"]["body"][0]["value"] == "Kan jeg skjenke øl?"
    assert await bot.desk.list() == []
    written = {"question": "Kan jeg skjenke øl ute? Ring 22 33 44 55."}
    await teams.press("mona", reply, "Send", written, shown["value"])
    told = await bot.answer(asked, 2)
    (case,) = await bot.desk.list()
    assert case.question == "Kan jeg skjenke øl ute? Ring [telefonnummer]."
    assert (case.asker.name, case.asker.id, case.original) == ("Mona Kafé", "mona", "Kan jeg skjenke øl?")
    assert case.label in told.text
    assert "skjult" in told.text


async def test_a_case_is_shown_in_the_officers_channel(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams, channel=OPEN)
    assert card.conversation == CASES
    assert "Kan jeg skjenke øl?" in words(card.card)
    assert "Fra Mona Kafé" in words(card.card)
    usual = ["Ta saken", "Svar …", "Spør tilbake …", "Gi til en annen …", "Avslutt", "Åpne saken"]
    assert card.buttons == [*usual, "Ikke vår …", "Slå sammen med en annen …", "Følg saken", "Slutt å følge"]
    assert card.card["actions"][5]["url"].startswith("https://bot.example.no/saker/")
    assert [action["title"] for action in card.card["actions"] if action.get("mode") == "secondary"] == card.buttons[6:]


async def test_of_a_question_that_was_asked_in_private_the_channel_reads_nothing(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams)
    assert "øl" not in words(card.card)
    assert "Mona" not in json.dumps(card.activity, ensure_ascii=False)


async def test_everybody_sees_that_a_question_has_been_sent_and_its_asker_how_it_stands(bot: Bot, teams: Teams) -> None:
    _, reply, card = await forwarded(bot, teams, channel=OPEN)
    await bot.settled()
    (case,) = await bot.desk.list()
    assert case.label in words(reply.card)
    assert reply.card["refresh"]["userIds"] == ["29:mona"]
    await teams.press("kari", card, "Ta saken")
    assert "Kari Saksbehandler" in words((await teams.look("mona", reply))["value"])


async def test_only_who_asked_sends_the_question(bot: Bot, teams: Teams) -> None:
    reply = await bot.answer(await teams.say("ola", "Kan jeg skjenke øl?", TOWN, mention=True))
    answer = await teams.press("kari", reply, "Send til saksbehandler")
    assert answer["value"] == TEXTS("nb", "desk.case.forward.others")
    await bot.settled()
    assert await bot.desk.list() == []


async def test_a_question_is_sent_once(bot: Bot, teams: Teams) -> None:
    _, reply, _ = await forwarded(bot, teams)
    await bot.settled()
    again = await teams.look("mona", reply)
    assert "har allerede sendt" in words(again["value"])
    assert len(await bot.desk.list()) == 1


async def test_what_can_not_be_sent_is_said_where_it_is_written(bot: Bot, teams: Teams) -> None:
    reply = await bot.answer(await teams.say("mona", "Kan jeg skjenke øl?"))
    shown = await bot.forward("mona", reply, question="???")
    assert TEXTS("nb", "reply.refused.unreadable") in words(shown["value"])
    assert await bot.desk.list() == []


async def test_an_officers_answer_arrives_where_the_question_was_asked(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    shown = await teams.press("kari", card, "Svar …/Send", {"text": "Ja, med *bevilling*."})
    assert "Besvart" in words(shown["value"])
    answer = await bot.answer(asked, 3)
    await bot.settled()
    assert "Kari Saksbehandler, saksbehandler, svarer på sak" in answer.text
    assert "Ja, med \\*bevilling\\*." in answer.text
    assert "Besvart" in words(card.card)
    assert len([each for each in teams.sent if each.conversation == CASES]) == 1
    sent = await bot.nth(f"{CASES};messageid={card.id}", 1)
    assert "Sendt til den som spurte: svaret fra Kari Saksbehandler til Mona Kafé" in sent.text


async def test_a_case_is_claimed_laid_back_and_closed_and_its_card_shows_it(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    for title, state in [("Ta saken", "claimed"), ("Legg tilbake", "forwarded"), ("Avslutt/Avslutt", "closed")]:
        await teams.press("kari", card, title)
        await bot.settled()
        assert TEXTS("nb", f"desk.state.{state}") in words(card.card)
    assert card.buttons[:2] == ["Åpne igjen", "Åpne saken"]
    said = [each.text for each in teams.sent if each.conversation == asked["conversation"]["id"]]
    assert "har tatt sak" in said[2]
    assert "avsluttet uten svar" in said[3]


async def test_a_move_that_is_not_allowed_is_explained(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams)
    teams.join(teams.people["ola"], CASES)
    before = dict(card.card)
    await teams.press("ola", card, "Ta saken")
    answer = await teams.press("kari", card, "Avslutt/Avslutt", card=before)
    assert answer["type"] == "application/vnd.microsoft.activity.message"
    assert "Ola Ansatt" in answer["value"]
    assert (await bot.desk.list())[0].state is CaseState.CLAIMED


@pytest.mark.parametrize(
    ("who", "listed", "may"),
    [
        pytest.param("kari", "", True, id="staff in the officers' channel"),
        pytest.param("ola", "", False, id="other staff"),
        pytest.param("mona", "", False, id="a guest"),
        pytest.param("mona", "mona", False, id="a guest, though listed"),
        pytest.param("ola", "ola", True, id="listed"),
        pytest.param("kari", "ola", False, id="not listed"),
    ],
)
async def test_only_officers_work_on_cases(address: str, teams: Teams, who: str, listed: str, may: bool) -> None:
    async with started(address, teams, teams_officers=listed) as bot:
        _, reply, card = await forwarded(bot, teams, channel=OPEN)
        # The press names another conversation than the card's: it is there that the person is looked up.
        await teams.execute(who, reply, card.card["actions"][0])
        assert (await bot.desk.list())[0].state is (CaseState.CLAIMED if may else CaseState.FORWARDED)


async def test_what_an_officer_asks_back_is_answered_in_the_chat(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams)
    await teams.press("kari", card, "Spør tilbake …/Send", {"text": "Ute eller inne?"})
    question = await bot.answer(asked, 3)
    assert "Ute eller inne?" in question.text
    await teams.say("mona", "Ute. Ring 22 33 44 55.")
    await bot.settled()
    (case,) = await bot.desk.list()
    assert (case.state, case.asked) == (CaseState.CLAIMED, None)
    assert "Ute. Ring [telefonnummer]." in [event.text for event in await bot.desk.events(case.id)]
    told = "\n".join(said(teams, asked)[3:])
    assert "skjult" in told
    assert "Takk." in told
    await bot.answer(await teams.say("mona", "Kan jeg skjenke øl?"), 6)
    assert len(bot.librarian.asked) == 2


async def test_a_team_that_gets_a_case_has_it_in_its_channel(address: str, teams: Teams) -> None:
    other = "19:bygg@thread.tacv2"
    teams.rooms[other] = teams.rooms[CASES]
    routed = DeskTeams(
        [
            Team(id="alt", name="Service", default=True, teams_channel=CASES),
            Team(id="bygg", name="Byggesak", teams_channel=other),
        ]
    )
    async with started(address, teams, desk_teams=routed) as bot:
        _, _, card = await forwarded(bot, teams, channel=OPEN)
        (case,) = await bot.desk.list()
        await bot.desk.route(case.id, KARI, "bygg")
        there = await bot.nth(other, 1)
        await bot.settled()
    assert "Byggesak" in words(there.card)
    assert "er gitt til Byggesak" in words(card.card)
    assert card.buttons == ["Åpne saken"]


async def test_a_process_that_never_heard_the_asker_brings_the_answer(address: str, teams: Teams) -> None:
    async with started(address, teams) as bot:
        asked, _, _ = await forwarded(bot, teams)
        await bot.settled()
    async with started(address, teams) as bot:
        (case,) = await bot.desk.list()
        await bot.desk.answer(case.id, KARI, "Ja.")
        assert "Ja." in (await bot.answer(asked, 3)).text


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("PUT", "/activities/", 412, times=2), id="changed by two at once"),
        pytest.param(Fault("PUT", "/activities/", 429, headers={"retry-after": "1"}), id="too many"),
        pytest.param(Fault("PUT", "/activities/", 502), id="trouble"),
    ],
)
async def test_a_card_that_can_not_be_changed_now_is_later(bot: Bot, teams: Teams, fault: Fault) -> None:
    _, _, card = await forwarded(bot, teams)
    await bot.settled()
    teams.faults.append(fault)
    await teams.press("kari", card, "Ta saken")
    await bot.settled()
    assert fault.met == fault.times
    assert "Under arbeid" in words(card.card)


async def test_a_card_that_somebody_has_deleted_is_posted_anew(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams)
    await bot.settled()
    teams.sent.remove(card)
    (case,) = await bot.desk.list()
    await bot.desk.claim(case.id, KARI)
    await bot.settled()
    assert "Under arbeid" in words((await bot.nth(CASES, 1)).card)


async def test_officers_hear_of_an_answer_that_did_not_arrive(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams)
    await bot.settled()
    teams.faults.append(Fault("POST", "chat-mona/activities$", 403, code="BotNotInConversationRoster", times=99))
    await teams.press("kari", card, "Svar …/Send", {"text": "Ja."})
    await bot.settled()
    assert any("nådde ikke fram" in each for each in under(teams, card))
    assert len([each for each in teams.sent if each.conversation == asked["conversation"]["id"]]) == 2
