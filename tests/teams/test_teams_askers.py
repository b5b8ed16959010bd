"""What askers do with their cases in Teams, and what becomes of what they write, change and take away."""

from __future__ import annotations

import pytest

from bot.database import now
from bot.desk.case import SYSTEM, Case, CaseState, Event, Move
from tests.peers.teams import Sent, Teams
from tests.teams.casework import KARI, forwarded, said, under, words
from tests.teams.examples import OPEN, TEXTS, Bot

WITHDRAW = "Trekk saken/Trekk saken"


async def only(bot: Bot) -> Case:
    (case,) = await bot.desk.list()
    return case


async def texts(bot: Bot) -> list[str]:
    return [event.text for event in await bot.desk.events((await only(bot)).id)]


async def nudged(bot: Bot, teams: Teams) -> tuple[dict[str, object], Sent, Sent]:
    """An answered case whose asker is asked whether that helped: what they wrote, the question, and the card."""
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    case = await only(bot)
    await bot.desk.answer(case.id, KARI, "Ja.")
    await bot.desk.ring(case.id, Event(move=Move.NUDGED, actor=SYSTEM, moment=now()))
    return asked, await bot.answer(asked, 4), card


async def test_an_asker_takes_the_question_back_and_officers_hear_of_it(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    told = await bot.answer(asked, 2)
    shown = await teams.press("mona", told, WITHDRAW)
    case = await only(bot)
    assert words(shown["value"]) == TEXTS("nb", "desk.asker.withdrawn", case=case.label)
    await bot.settled()
    assert case.state is CaseState.WITHDRAWN
    assert "trukket" in told.text
    assert told.buttons == [TEXTS("nb", "desk.reopen.asker")]
    assert TEXTS("nb", "desk.state.withdrawn") in words(card.card)
    assert "Mona Kafé, som spurte, har trukket saken" in under(teams, card)[-1]


async def test_a_case_that_was_taken_back_is_opened_again(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    told = await bot.answer(asked, 2)
    await teams.press("mona", told, WITHDRAW)
    await bot.settled()
    await teams.press("mona", told, "Åpne igjen …/Send", {"text": "Jeg trenger det likevel. Ring 22 33 44 55."})
    await bot.settled()
    assert (await only(bot)).state is CaseState.FORWARDED
    assert "Jeg trenger det likevel. Ring [telefonnummer]." in await texts(bot)
    assert "Jeg trenger det likevel" in under(teams, card)[-1]
    assert told.buttons == ["Skriv mer …", "Trekk saken"]
    assert "åpnet igjen" in told.text


@pytest.mark.parametrize("title", [WITHDRAW, "Skriv mer …/Send"])
async def test_only_whoever_asked_does_that(bot: Bot, teams: Teams, title: str) -> None:
    asked, _, _ = await forwarded(bot, teams, channel=OPEN)
    told = await bot.answer(asked, 2)
    answer = await teams.press("kari", told, title, {"text": "Nei."})
    assert answer["value"] == TEXTS("nb", "desk.refused.asker", case="M-1")
    assert (await only(bot)).version == 1


async def test_what_is_added_comes_to_the_case_once(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    told = await bot.answer(asked, 2)
    for _ in range(2):
        await teams.press("mona", told, "Skriv mer …/Send", {"text": "Det er ute."})
    await bot.settled()
    assert (await texts(bot)).count("Det er ute.") == 1
    (note,) = under(teams, card)
    assert "Fra den som spurte, Mona Kafé" in note
    assert "> Det er ute" in note


async def test_an_answer_that_helped_ends_the_case(bot: Bot, teams: Teams) -> None:
    _, question, card = await nudged(bot, teams)
    assert question.buttons == ["Ja, det hjalp", "Nei, noe mangler …"]
    await teams.press("mona", question, "Ja, det hjalp")
    await bot.settled()
    case = await only(bot)
    assert (case.state, case.helped) == (CaseState.CLOSED, True)
    assert "Så bra" in question.text
    assert TEXTS("nb", "desk.casework.helped") in words(card.card)


async def test_an_answer_that_did_not_help_opens_the_case_again_with_what_is_missing(bot: Bot, teams: Teams) -> None:
    _, question, card = await nudged(bot, teams)
    empty = await teams.press("mona", question, "Nei, noe mangler …/Send", {"text": "  "})
    assert empty["value"] == TEXTS("nb", "desk.refused.empty", case="M-1")
    await teams.press("mona", question, "Nei, noe mangler …/Send", {"text": "Gjelder det ute?"})
    await bot.settled()
    case = await only(bot)
    assert (case.state, case.helped) == (CaseState.FORWARDED, False)
    assert "Gjelder det ute" in under(teams, card)[-1]
    assert "åpnet igjen" in question.text


async def test_what_is_written_in_the_thread_of_a_case_comes_to_it_and_is_said_once(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    before = len(said(teams, asked))
    for text in ("Det er ute.", "Og det er mange. Ring 22 33 44 55."):
        await teams.say("mona", text, OPEN, asked["id"])
    await bot.settled()
    assert "Og det er mange. Ring [telefonnummer]." in await texts(bot)
    assert ["Det er ute" in under(teams, card)[0], "Og det er mange" in under(teams, card)[1]] == [True, True]
    told = said(teams, asked)[before:]
    assert ["Sendt videre til saksbehandler" in each for each in told] == [True, False]
    assert "skjult" in told[1]
    assert len(bot.librarian.asked) == 1


async def test_a_picture_in_the_thread_is_told_of(bot: Bot, teams: Teams) -> None:
    asked, _, _ = await forwarded(bot, teams, channel=OPEN)
    attached = [{"contentType": "image/png", "contentUrl": "https://example.no/x"}, {"contentType": "text/html"}]
    told = {**teams.activity("mona", OPEN, asked["id"], type="message", text="Slik."), "attachments": attached}
    assert (await teams.tell(told)).status_code == 200
    await bot.settled()
    assert (await texts(bot))[-1] == f"Slik.\n\n{TEXTS('nb', 'desk.follow_up.files', count=1)}"


async def test_what_is_changed_or_taken_away_is_so_for_the_officers(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    more = await teams.say("mona", "Det er ute.", OPEN, asked["id"])
    await bot.settled()
    await teams.edit(more, "Det er inne. Ring 22 33 44 55.")
    await teams.edit(more, "Det er inne. Ring 22 33 44 55.")
    await bot.settled()
    (note,) = under(teams, card)
    assert "Det er inne" in note
    assert "22 33" not in note
    await teams.delete(more)
    await bot.settled()
    (note,) = under(teams, card)
    assert "har trukket tilbake det som sto her" in note
    assert [event.move for event in await bot.desk.events((await only(bot)).id)] == [
        *(Move.OPENED, Move.FOLLOWED_UP, Move.CORRECTED, Move.RETRACTED)
    ]


async def test_a_question_that_is_changed_is_so_in_its_case(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams)
    await teams.edit(asked, "Kan jeg skjenke vin?")
    await bot.settled()
    assert (await texts(bot))[-1] == "Kan jeg skjenke vin?"
    (note,) = under(teams, card)
    assert TEXTS("nb", "desk.from_asker.corrected.confidential").rstrip(".") in note
    assert "vin" not in note


@pytest.mark.parametrize("who", ["kari", "per"])
async def test_what_others_change_is_nothing_to_the_case(bot: Bot, teams: Teams, who: str) -> None:
    asked, _, _ = await forwarded(bot, teams, channel=OPEN)
    sender = teams.people[who]
    theirs = {**asked, "from": {"id": sender.account, "name": sender.name, "aadObjectId": who}}
    await teams.edit(theirs, "Noe annet")
    await teams.edit(await teams.say("ola", "Ja vel", OPEN), "Jo")
    await bot.settled()
    assert (await only(bot)).version == 1


async def test_what_comes_too_late_is_answered_with_how_to_ask_anew(bot: Bot, teams: Teams) -> None:
    asked, _, _ = await forwarded(bot, teams, channel=OPEN)
    told = await bot.answer(asked, 2)
    await bot.desk.close((await only(bot)).id, KARI)
    answer = await teams.press("mona", told, "Skriv mer …/Send", {"text": "Det er ute."})
    assert answer["value"] == TEXTS("nb", "desk.refused.closed", case="M-1")
