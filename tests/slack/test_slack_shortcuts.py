from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.desk.case import Case, Officer
from tests.peers.slack import BOT_USER, Message, Slack, View
from tests.slack.aside import actions, said, settled, whispered
from tests.slack.examples import PATIENCE, QUESTION, Bot, words
from tests.slack.narrating import delivery
from tests.slack.staff import STAFF, settle

KARI = Officer(id="kari", name="Kari Berg")


async def opened(slack: Slack, user: str, message: Message, shortcut: str, channel: str = "C1") -> View:
    """The modal that a shortcut opens."""
    await slack.shortcut(user, channel, message, shortcut)
    async with asyncio.timeout(PATIENCE):
        while not (view := slack.modal(user)):
            await asyncio.sleep(0.005)
    return view


def inputs(view: View) -> dict[str, dict[str, Any]]:
    return {block["block_id"]: block["element"] for block in view.blocks if block["type"] == "input"}


async def test_asking_about_a_message_answers_in_the_thread_under_it(bot: Bot, slack: Slack) -> None:
    message = slack.write("C1", "UOLA", f"&lt;Kari&gt; sa {QUESTION} Ring 41 23 45 67.")
    view = await opened(slack, "UKAFE", message, "ask")
    assert inputs(view)["text"]["initial_value"] == f"<Kari> sa {QUESTION} Ring [telefonnummer]."
    assert await slack.submit("UKAFE", text=f"{QUESTION} <!channel>") == {}
    assert slack.modal("UKAFE") is None
    answer = await said(slack, "C1", "Det krever bevilling.")
    assert answer["thread_ts"] == message["ts"]
    assert words(answer).startswith(f"<@UKAFE> spurte:\n>{QUESTION} &lt;!channel&gt;")
    assert actions(answer)[-1] == "forward"
    assert bot.librarian.asked[0].asker is not None
    assert bot.librarian.asked[0].asker.id == "UKAFE"
    await settled(bot)
    assert len(slack.thread("C1", message["ts"])) == 1


async def test_asking_about_a_message_in_a_thread_answers_in_that_thread(bot: Bot, slack: Slack) -> None:
    first = slack.write("C1", "UOLA", "Hei")
    await opened(slack, "UKAFE", slack.write("C1", "UOLA", QUESTION, first["ts"]), "ask")
    await slack.submit("UKAFE")
    assert (await said(slack, "C1", "Det krever bevilling."))["thread_ts"] == first["ts"]


async def test_where_the_bot_is_switched_off_the_answer_can_only_come_to_the_asker_alone(
    bot: Bot, slack: Slack
) -> None:
    message = slack.write("C1", "UOLA", QUESTION)
    await slack.command("UOLA", "C1", "/moteplassen", "av")
    view = await opened(slack, "UKAFE", message, "ask")
    assert [option["value"] for option in inputs(view)["where"]["options"]] == ["aside"]
    assert "svarer jeg ikke så alle kan lese det" in str(view.blocks)
    await slack.submit("UKAFE")
    answer = await whispered(slack, "Det krever bevilling.")
    await slack.click("UKAFE", "C1", {**answer, "ts": "1.1"}, "share")
    await whispered(slack, "Derfor deler jeg ikke noe her.")
    await settled(bot)
    assert not slack.thread("C1", message["ts"])


async def test_where_the_bot_is_switched_off_meanwhile_the_answer_comes_to_the_asker_alone(
    bot: Bot, slack: Slack
) -> None:
    message = slack.write("C1", "UOLA", QUESTION)
    await opened(slack, "UKAFE", message, "ask")
    await slack.command("UOLA", "C1", "/moteplassen", "av")
    await slack.submit("UKAFE", where="here")
    await whispered(slack, "Det krever bevilling.")
    assert not slack.thread("C1", message["ts"])


async def test_the_answer_comes_to_the_asker_alone_where_they_choose_so(bot: Bot, slack: Slack) -> None:
    message = slack.write("C1", "UOLA", QUESTION)
    await opened(slack, "UKAFE", message, "ask")
    await slack.submit("UKAFE", where="aside")
    answer = await whispered(slack, "Det krever bevilling.")
    assert (answer["user"], answer["thread_ts"]) == ("UKAFE", message["ts"])
    assert actions(answer) == ["share", "forward"]
    assert not slack.thread("C1", message["ts"])
    await slack.click("UKAFE", "C1", {**answer, "ts": "1.1"}, "share")
    assert (await said(slack, "C1", "delte et svar"))["thread_ts"] == message["ts"]


@pytest.mark.parametrize("trouble", [[], ["internal_error"]], ids=["at once", "at the second attempt"])
async def test_an_internal_answer_in_a_thread_is_changed_where_a_guest_has_come(
    bot: Bot, slack: Slack, trouble: list[str]
) -> None:
    settle(slack)
    message = slack.write(STAFF, "UKARI", "Når kommer ølkontrollen?")
    await opened(slack, "UOLA", message, "ask", STAFF)
    await slack.submit("UOLA")
    answer = await said(slack, STAFF, "torsdager")
    await settled(bot)
    await slack.join(STAFF, "UGUEST")
    slack.trouble("chat.update", *trouble)
    for _ in trouble:
        with pytest.raises(SlackApiError):
            await bot.deliver(await delivery(bot))
    await bot.deliver(await delivery(bot))
    assert "Det krever bevilling." in words(answer)
    assert "torsdager" not in str(slack.channels[STAFF])


async def test_an_answer_to_the_asker_alone_is_public_where_a_guest_reads_along(bot: Bot, slack: Slack) -> None:
    settle(slack)
    await slack.join(STAFF, "UGUEST")
    await opened(slack, "UOLA", slack.write(STAFF, "UKARI", "Når kommer ølkontrollen?"), "ask", STAFF)
    await slack.submit("UOLA", where="aside")
    assert "Det krever bevilling." in words(await whispered(slack, ">Når kommer ølkontrollen?"))
    assert [question.audience for question in bot.librarian.asked] == ["public"]


@pytest.mark.parametrize(
    ("text", "told"), [(" \n ", "Meldingen er tom"), ("?!", "ingen ord"), ("é" * 1_000 + " " * 5 + "ø" * 995, "")]
)
async def test_what_is_no_question_is_said_at_the_field(bot: Bot, slack: Slack, text: str, told: str) -> None:
    message = slack.write("C1", "UOLA", QUESTION)
    for shortcut in ("ask", "forward"):
        await opened(slack, "UKAFE", message, shortcut)
        answer = await slack.submit("UKAFE", text=text)
        assert told in answer.get("errors", {}).get("text", "")
        assert ("errors" in answer) == bool(told)
        slack.modals["UKAFE"].clear()


async def test_the_end_of_a_long_message_is_left_out_aloud(bot: Bot, slack: Slack) -> None:
    view = await opened(slack, "UKAFE", slack.write("C1", "UOLA", "hei " * 1_000), "ask")
    assert len(inputs(view)["text"]["initial_value"]) == 2_000
    assert "slutten mangler" in str(view.blocks[0]["hint"])


async def test_where_the_bot_is_not_whoever_asks_hears_it_in_direct_messages(bot: Bot, slack: Slack) -> None:
    slack.add_channel("C2", members=["UKAFE", "UOLA"])
    for shortcut in ("ask", "forward"):
        await opened(slack, "UKAFE", slack.write("C2", "UOLA", f"{QUESTION} {shortcut}"), shortcut, "C2")
        await slack.submit("UKAFE")
    assert actions(await said(slack, "D1", "Det krever bevilling.")) == ["forward"]
    await said(slack, "D1", "M-1")
    case = (await bot.desk.list())[0]
    await bot.desk.answer(case.id, KARI, "Ja, det kan du.")
    await said(slack, "D1", "Ja, det kan du.")


async def forwarded(bot: Bot, slack: Slack, message: Message, **filled: str) -> Case:
    await opened(slack, "UKAFE", message, "forward")
    assert await slack.submit("UKAFE", filled) == {}
    await said(slack, "C1", "M-1")
    cases = await bot.desk.list()
    assert len(cases) == 1
    return cases[0]


async def test_a_message_is_sent_to_the_officers_and_answered_in_its_thread(bot: Bot, slack: Slack) -> None:
    message = slack.write("C1", "UOLA", "Hva må vi gjøre for å få skilt?")
    case = await forwarded(
        bot, slack, message, text="Hva må vi gjøre for å få skilt? 01010750160", concerns="Kafé  Kringla"
    )
    assert case.question == "Gjelder: Kafé Kringla\n\nHva må vi gjøre for å få skilt? [fødselsnummer]"
    assert (case.asker.id, case.asker.name, case.language) == ("UKAFE", "Kafé Kringla", "nb")
    assert (case.place.channel, case.place.thread) == ("C1", message["ts"])
    await bot.desk.answer(case.id, KARI, "Ja, send søknad.")
    assert (await said(slack, "C1", "Ja, send søknad."))["thread_ts"] == message["ts"]
    assert not bot.librarian.asked


async def test_a_modal_that_is_submitted_twice_opens_one_case(bot: Bot, slack: Slack) -> None:
    message = slack.write("C1", "UOLA", "Hva må vi gjøre for å få skilt?")
    view = await opened(slack, "UKAFE", message, "forward")
    for _ in range(2):
        slack.modals["UKAFE"] = [view]
        await slack.submit("UKAFE")
    await said(slack, "C1", "M-1")
    await settled(bot)
    assert len(await bot.desk.list()) == 1
    assert len(slack.thread("C1", message["ts"])) == 1


async def test_the_modals_speak_the_language_of_the_message(bot: Bot, slack: Slack) -> None:
    view = await opened(slack, "UKAFE", slack.write("C1", "UOLA", "What must we do to get a sign?"), "forward")
    assert view.content["title"]["text"] == "Send to a case officer"
    assert "case officers read it, and the question is shown in their channel." in words(view.content)


async def test_whoever_waits_for_a_modal_in_vain_is_told(bot: Bot, slack: Slack) -> None:
    slack.trouble("views.open", "expired_trigger_id")
    await slack.shortcut("UKAFE", "C1", slack.write("C1", "UOLA", "Hva må vi gjøre?"), "ask")
    assert (await whispered(slack, "Skjemaet åpnet seg ikke (feil "))["user"] == "UKAFE"


async def test_a_message_to_the_bot_itself_is_answered_in_its_thread_too(bot: Bot, slack: Slack) -> None:
    message = slack.write("D1", "UKAFE", QUESTION)
    await opened(slack, "UKAFE", message, "ask", "D1")
    await slack.submit("UKAFE")
    assert (await said(slack, "D1", "<@UKAFE> spurte:"))["thread_ts"] == message["ts"]


async def test_the_files_of_the_message_are_read_too(bot: Bot, slack: Slack) -> None:
    file = slack.add_file("brev.txt", "text/plain", "Vi vil skjenke øl.".encode())
    await slack.say("C1", "UOLA", f"Hva gjelder her? <@{BOT_USER}>", files=[file])
    message = slack.channels["C1"][0]
    answer = await said(slack, "C1", "Jeg leste brev.txt.")
    await opened(slack, "UKAFE", message, "ask")
    await slack.submit("UKAFE", text="Hva gjelder i dette brevet?", where="aside")
    answer = await whispered(slack, "Det krever bevilling.")
    assert "Jeg leste brev.txt." in words(answer)
    assert words(answer).startswith(">Hva gjelder i dette brevet?\n")
