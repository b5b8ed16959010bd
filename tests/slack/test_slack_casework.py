from __future__ import annotations

import asyncio
import json

import pytest

from bot.desk.case import LONGEST_ANSWER, CaseState, Move, Officer
from tests.desk.examples import eventually
from tests.peers.slack import Slack
from tests.slack.casework import (
    ASKER,
    GUEST,
    KARI,
    NORA,
    OFFICER,
    QUESTION,
    SAKER,
    card,
    modal,
    noted,
    opened,
    people,
    press,
    quiet,
    said,
    shown,
    under,
    whispered,
)
from tests.slack.examples import TEXTS, Bot, started

NORA_VIK = Officer(id="slack:UNORA", name="Nora Vik")


@pytest.fixture(autouse=True)
def _people(slack: Slack) -> None:
    people(slack)


async def test_officers_claim_release_close_and_reopen_with_buttons(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    for button, told in (
        ("claim", "*M-1 · Under arbeid · Kari Berg*"),
        ("release", "*M-1 · Venter på saksbehandler*"),
        ("close", "*M-1 · Avsluttet*"),
        ("reopen", "*M-1 · Venter på saksbehandler*"),
    ):
        await press(bot, KARI, button)
        await card(bot, told)
    await quiet(bot)
    assert [text.split(".")[0] for text in under(bot, "C1", asked["ts"])] == [
        "Kari Berg har tatt sak M-1 og svarer her i tråden",
        "Sak M-1 er avsluttet uten svar",
        "Sak M-1 er åpnet igjen",
    ]
    events = await bot.desk.events(case.id)
    assert {event.actor.id for event in events[1:]} == {"slack:UKARI"}


async def test_pressing_twice_happens_once(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    message = dict(await card(bot))
    await asyncio.gather(*(slack.click(KARI, SAKER, message, "claim") for _ in range(3)))
    await quiet(bot)
    assert [event.move for event in await bot.desk.events(case.id)] == [Move.OPENED, Move.CLAIMED]
    assert len(under(bot, "C1", asked["ts"])) == 1
    assert not slack.whispers


async def test_what_a_colleague_has_taken_is_theirs_and_that_is_told_in_ones_own_language(
    bot: Bot, slack: Slack
) -> None:
    _, case = await opened(bot)
    await bot.desk.claim(case.id, OFFICER)
    await card(bot, "Under arbeid")
    for button in ("release", "close", "answer", "ask_back", "reassign", "send_back"):
        slack.whispers.clear()
        await press(bot, NORA, button)
        assert shown(await whispered(bot, NORA, "M-1")) == TEXTS(
            "en", "desk.refused.taken", case="M-1", name="Kari Berg"
        )
    assert slack.modal(NORA) is None
    assert (await bot.desk.get(case.id)).officer == OFFICER


async def test_a_guest_among_the_officers_is_told_that_cases_are_not_for_them(bot: Bot, slack: Slack) -> None:
    _, case = await opened(bot)
    for button in ("claim", "close", "answer", "reassign"):
        slack.whispers.clear()
        await press(bot, GUEST, button)
        assert "Bare saksbehandlere" in shown(await whispered(bot, GUEST, ""))
    assert slack.modal(GUEST) is None
    assert await bot.desk.get(case.id) == case


@pytest.mark.parametrize("user", ["UOLA", ASKER], ids=["staff elsewhere", "an outsider"])
async def test_who_is_not_among_the_officers_does_nothing_there(bot: Bot, slack: Slack, user: str) -> None:
    _, case = await opened(bot)
    for button in ("claim", "close", "answer", "reassign"):
        await press(bot, user, button)
    await quiet(bot)
    await eventually(lambda: len(slack.called("chat.postEphemeral")) == 4)
    assert slack.modal(user) is None
    assert await bot.desk.get(case.id) == case


async def test_where_there_is_a_group_of_officers_it_says_who_they_are(address: str, slack: Slack) -> None:
    slack.add_group("SOFF", "saksbehandlere", ["UOLA"])
    async with started(address, slack, slack_officers_group="SOFF") as bot:
        await opened(bot)
        await press(bot, KARI, "claim")
        await whispered(bot, KARI, "Bare saksbehandlere")
        await press(bot, "UOLA", "claim")
        await card(bot, "Under arbeid · Ola Lie")


DRAFT = "Bevilling må søkes [1]\n\n[1] Servering https://example.no/s"


async def test_what_the_bot_was_not_sure_of_stands_under_an_empty_answer(bot: Bot, slack: Slack) -> None:
    await opened(bot)
    await press(bot, KARI, "answer")
    view = await modal(bot, KARI)
    typed, beneath = view.blocks[-4]["element"], view.blocks[-2:]
    assert (typed["type"], typed.get("initial_value")) == ("plain_text_input", None)
    assert view.blocks[-4]["label"]["text"] == "Svaret ditt"
    assert beneath[0]["text"]["text"].startswith("*Botens utkast, som den ikke var sikker på")
    assert beneath[1]["text"] == {"type": "plain_text", "text": DRAFT, "emoji": False}
    with pytest.raises(AssertionError, match="must be filled in"):
        await slack.submit(KARI)


async def test_what_the_bot_has_answered_is_where_an_answer_begins(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot, abstained=False)
    await press(bot, KARI, "answer")
    view = await modal(bot, KARI)
    (block,) = [each for each in view.blocks if each["type"] == "input"]
    assert block["element"]["initial_value"] == DRAFT
    assert "les det før du sender" in block["label"]["text"]
    assert shown(view.content).count(DRAFT) == 1
    assert await slack.submit(KARI) == {}
    await said(bot, "C1", "Bevilling må søkes", asked["ts"])
    assert (await bot.desk.get(case.id)).answer == DRAFT


async def test_where_an_answer_will_be_read_is_said_and_there_it_arrives(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    await press(bot, KARI, "answer")
    view = await modal(bot, KARI)
    told = shown(view.content)
    assert "Kan jeg ha &lt;b&gt;skilt&lt;/b&gt; &amp; lys?" in told
    assert "Hvordan søker jeg om uteservering?" in told
    assert "<https://example.no/s|Servering>" in told
    assert "Dette vises i tråden i <#C1>" in told
    assert await slack.submit(KARI, text="Ja, men <søk> først.") == {}
    assert shown(await said(bot, "C1", "Ja, men", asked["ts"])).splitlines() == [
        "*Kari Berg, saksbehandler, svarer på sak M-1:*",
        "Ja, men &lt;søk&gt; først.",
    ]
    await card(bot, "*M-1 · Besvart · Kari Berg*")
    await noted(bot, "Sendt til den som spurte: svaret fra Kari Berg til Kafé Kringla")
    assert (await bot.desk.get(case.id)).answer == "Ja, men <søk> først."


async def test_a_confidential_question_is_shown_to_the_officer_who_opens_it_and_in_no_channel(
    bot: Bot, slack: Slack
) -> None:
    _, case = await opened(bot, "D1", private=True)
    await press(bot, KARI, "answer")
    view = await modal(bot, KARI)
    assert "skilt" in shown(view.content)
    assert "privat melding som bare Kafé Kringla ser" in shown(view.content)
    await slack.submit(KARI, text="Ja, hemmelig.")
    await said(bot, "D1", "Ja, hemmelig.", case.place.thread)
    await noted(bot, "Sendt til den som spurte")
    everything = json.dumps(slack.channels[SAKER])
    assert not any(word in everything for word in ("skilt", "hemmelig", "Kringla"))


@pytest.mark.parametrize("typed", ["   \n", "a" * (LONGEST_ANSWER + 1)], ids=["empty", "too long"])
async def test_what_cannot_be_sent_is_said_in_the_modal(bot: Bot, slack: Slack, typed: str) -> None:
    _, case = await opened(bot)
    await press(bot, KARI, "answer")
    view = await modal(bot, KARI)
    payload = slack._from(KARI) | {"type": "view_submission", "view": view.shown()}
    payload["view"]["state"] = {"values": {"text": {"text": {"type": "plain_text_input", "value": typed}}}}
    answered = (await slack.deliver("interactive", payload)).json()
    assert answered["response_action"] == "errors"
    assert answered["errors"]["text"].startswith("Teksten til sak M-1")
    assert (await bot.desk.get(case.id)).state is CaseState.FORWARDED


async def test_the_text_is_not_lost_when_somebody_else_was_quicker(bot: Bot, slack: Slack) -> None:
    _, case = await opened(bot)
    await press(bot, NORA, "answer")
    await modal(bot, NORA)
    await bot.desk.claim(case.id, OFFICER)
    answered = await slack.submit(NORA, text="My answer.")
    assert answered["errors"]["text"].startswith("Kari Berg has taken case M-1")
    assert slack.modal(NORA) is not None
    await bot.desk.release(case.id, OFFICER)
    assert await slack.submit(NORA, text="My answer.") == {}
    assert (await bot.desk.get(case.id)).officer == NORA_VIK


async def test_a_question_back_reaches_the_asker_with_a_name(bot: Bot, slack: Slack) -> None:
    asked, _ = await opened(bot)
    await press(bot, KARI, "ask_back")
    await modal(bot, KARI)
    await slack.submit(KARI, text="Hvor stort er det?")
    assert shown(await said(bot, "C1", "Hvor stort", asked["ts"])).splitlines() == [
        "*Kari Berg, saksbehandler, spør om sak M-1:*",
        "Hvor stort er det?",
        "Skriv svaret her i tråden, så kommer det til saksbehandleren. Fristen for saken står stille til du har svart.",
    ]
    await card(bot, "*M-1 · Venter på den som spurte · Kari Berg*")
    await noted(bot, ">Hvor stort er det?")


async def test_a_case_is_given_to_an_officer_who_is_told(bot: Bot, slack: Slack) -> None:
    asked, _ = await opened(bot)
    await press(bot, KARI, "reassign")
    await modal(bot, KARI)
    for nobody in ("UOLA", GUEST, ASKER):
        answered = await slack.submit(KARI, who=nobody)
        assert answered["errors"] == {"who": "Denne personen er ikke saksbehandler."}
    assert await slack.submit(KARI, who=NORA) == {}
    assert shown(await noted(bot, "har fått sak")) == "<@UNORA> *Nora Vik har fått sak M-1.*"
    await card(bot, "*M-1 · Under arbeid · Nora Vik*")
    assert under(bot, "C1", asked["ts"]) == ["Nora Vik har overtatt sak M-1 og svarer her i tråden."]


async def test_a_case_that_is_not_ours_goes_back_marked_and_the_asker_hears_nothing(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    await press(bot, KARI, "claim")
    await card(bot, "Under arbeid")
    await press(bot, KARI, "send_back")
    await modal(bot, KARI)
    assert await slack.submit(KARI, text="Det er en <byggesak>.") == {}
    message = await card(bot, "hører hjemme et annet sted")
    assert "*M-1 · Venter på saksbehandler*" in shown(message)
    await noted(bot, ">Det er en &lt;byggesak&gt;.")
    assert (await bot.desk.get(case.id)).not_ours
    await quiet(bot)
    assert len(under(bot, "C1", asked["ts"])) == 1


async def test_a_modal_that_slack_does_not_open_is_told_with_an_error_code(
    bot: Bot, slack: Slack, capsys: pytest.CaptureFixture[str]
) -> None:
    await opened(bot)
    slack.trouble("views.open", "expired_trigger_id")
    await press(bot, KARI, "answer")
    code = shown(await whispered(bot, KARI, "Feilkode: ")).rpartition(" ")[2]
    assert code in capsys.readouterr().out


async def test_a_case_is_worked_on_while_slack_has_troubles(bot: Bot, slack: Slack) -> None:
    asked, _ = await opened(bot)
    slack.trouble("chat.update", "500")
    slack.trouble("chat.postMessage", "lost")
    await press(bot, KARI, "claim")
    await card(bot, "Under arbeid")
    await quiet(bot)
    assert len(under(bot, "C1", asked["ts"])) == 1


async def test_nothing_that_people_write_is_logged(bot: Bot, slack: Slack, capsys: pytest.CaptureFixture[str]) -> None:
    await opened(bot)
    await press(bot, KARI, "answer")
    await modal(bot, KARI)
    await slack.submit(KARI, text="Svaret er førtito.")
    await quiet(bot)
    logged = capsys.readouterr().out
    assert not any(word in logged for word in ("førtito", "skilt", "Kari", "Kringla", QUESTION))


async def test_what_was_pressed_is_done_by_the_next_process_where_this_one_dies(address: str, slack: Slack) -> None:
    async with started(address, slack) as bot:
        _, case = await opened(bot)
        message = dict(await card(bot))
    async with started(address, slack, delivers=False) as dying:
        await slack.click(KARI, SAKER, message, "claim")
        assert (await dying.desk.get(case.id)).state is CaseState.FORWARDED
    async with started(address, slack) as bot:
        await card(bot, "Under arbeid")
        assert (await bot.desk.get(case.id)).officer == OFFICER


async def test_the_officers_hear_of_a_question_back_that_did_not_arrive(bot: Bot, slack: Slack) -> None:
    _, case = await opened(bot)
    slack.away.add("C1")
    await bot.desk.ask_back(case.id, OFFICER, "Hvor?")
    await said(bot, SAKER, "Det Kari Berg skrev i sak M-1, nådde ikke fram til den som spurte.")
    assert (await bot.desk.events(case.id))[-1].move is Move.UNDELIVERED
