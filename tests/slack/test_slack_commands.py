from __future__ import annotations

import asyncio
import logging
import re

import pytest

from bot.desk.case import Officer
from bot.handlers.slack.questions.rendering import aside
from bot.question import Reply, Status
from bot.texts import LANGUAGES, Texts
from tests.desk.examples import eventually
from tests.peers.slack import BOT_USER, Slack
from tests.slack.aside import actions, said, settled, whispered
from tests.slack.examples import QUESTION, Bot, started, words
from tests.slack.narrating import delivery
from tests.slack.staff import STAFF, settle

KARI = Officer(id="kari", name="Kari Berg")
INTERNALLY = "Når kommer ølkontrollen?"
"""What is answered otherwise from internal sources."""


async def test_only_the_asker_sees_the_answer_with_its_sources_and_the_ways_on(bot: Bot, slack: Slack) -> None:
    acknowledged, _ = await slack.command("UKAFE", "C1", "/spor", QUESTION)
    assert acknowledged["response_type"] == "ephemeral"
    assert "Jeg leter" in acknowledged["text"]
    answer = await whispered(slack, "Det krever bevilling.")
    assert (answer["channel"], answer["user"]) == ("C1", "UKAFE")
    assert words(answer).startswith(f">{QUESTION}")
    assert "[1] <https://example.no/servering" in words(answer)
    assert actions(answer) == ["share", "forward"]
    assert not slack.channels["C1"]
    assert slack.acks[-1] < 1


@pytest.mark.parametrize("text", ["", "  ", "hjelp"])
async def test_without_a_question_the_acknowledgement_says_how_to_ask(bot: Bot, slack: Slack, text: str) -> None:
    acknowledged, _ = await slack.command("UKAFE", "C1", "/spor", text)
    assert "«/spor Når må jeg ha serveringsbevilling?»" in acknowledged["text"]
    assert not bot.librarian.asked


@pytest.mark.parametrize(
    ("text", "told"),
    [("a" * 2_001, "2001 tegn"), ("...!", "ingen ord"), ("what must i do " * 200, "The question is")],
    ids=["too long", "no words", "too long, in English"],
)
async def test_what_is_no_question_is_told_at_once(bot: Bot, slack: Slack, text: str, told: str) -> None:
    acknowledged, _ = await slack.command("UKAFE", "C1", "/spor", text)
    assert told.casefold() in acknowledged["text"].casefold() or "characters" in acknowledged["text"]
    assert not bot.librarian.asked


async def test_personal_data_is_masked_before_it_is_kept(bot: Bot, slack: Slack) -> None:
    await slack.command("UKAFE", "C1", "/spor", "Kan jeg, 01010750160, skjenke øl?")
    answer = await whispered(slack, "Det krever bevilling.")
    assert bot.librarian.asked[0].text == "Kan jeg, [fødselsnummer], skjenke øl?"
    assert "skjult personopplysninger" in words(answer)


async def test_a_question_is_asked_aside_also_where_the_bot_is_not_or_writes_with_its_asker(
    bot: Bot, slack: Slack
) -> None:
    slack.add_channel("C2", members=["UKAFE"])
    for channel in ("C2", "D1"):
        await slack.command("UKAFE", channel, "/spor", f"{QUESTION} {channel}")
        answer = await whispered(slack, f">{QUESTION} {channel}")
        assert answer["channel"] == channel
    assert actions(answer) == ["forward"]


@pytest.mark.parametrize(
    ("troubles", "channel", "where"),
    [
        ((["used_url"], []), "C1", "chat.postEphemeral"),
        ((["500"], []), "C1", "response_url"),
        ((["used_url"], ["user_not_in_channel"]), "C1", "chat.postMessage"),
        ((["used_url"], []), "C2", "chat.postMessage"),
    ],
    ids=["in the channel", "when it answers again", "in direct messages", "in direct messages where the bot is not"],
)
async def test_an_answer_finds_another_way_where_its_address_is_used_up(
    bot: Bot, slack: Slack, troubles: tuple[list[str], list[str]], channel: str, where: str
) -> None:
    slack.add_channel("C2", members=["UKAFE"])
    slack.trouble("response_url", *troubles[0])
    slack.trouble("chat.postEphemeral", *troubles[1])
    await slack.command("UKAFE", channel, "/spor", QUESTION)
    if where == "chat.postMessage":
        await said(slack, "D1", "Det krever bevilling.")
    else:
        await whispered(slack, "Det krever bevilling.")
    assert bool(slack.called("chat.postEphemeral")) == (where != "response_url")
    assert len(bot.librarian.asked) == 1


async def test_where_no_answer_comes_the_asker_is_told_so_in_direct_messages(bot: Bot, slack: Slack) -> None:
    await slack.command("UKAFE", "C1", "/spor", "Hva er krasj?")
    told = await said(slack, "D1", ">Hva er krasj?")
    assert actions(told) == ["forward"]


async def test_the_address_for_the_answer_is_not_logged(
    bot: Bot, slack: Slack, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for logger in ("slack_sdk", "slack_bolt", "slack_webhook", "bot"):
        caplog.set_level(logging.DEBUG, logger)
    slack.trouble("response_url", "500", "gone")
    await slack.command("UKAFE", "C1", "/spor", QUESTION)
    await settled(bot)
    logged = caplog.text + capfd.readouterr().out
    assert logged.count("outbox.postponed") == 2
    assert f"{slack.base}response/" not in logged


async def test_sharing_puts_the_answer_into_the_channel_once(bot: Bot, slack: Slack) -> None:
    await slack.command("UKAFE", "C1", "/spor", QUESTION)
    answer = await whispered(slack, "Det krever bevilling.")
    await asyncio.gather(*(slack.click("UKAFE", "C1", answer, "share") for _ in range(2)))
    shared = await said(slack, "C1", "Det krever bevilling.")
    assert words(shared).startswith(f"<@UKAFE> delte et svar:\n>{QUESTION}")
    assert "thread_ts" not in shared
    assert actions(shared) == []
    await settled(bot)
    assert len(slack.channels["C1"]) == 1
    assert "Det krever bevilling." in words(answer)


async def test_somebody_else_can_not_share(bot: Bot, slack: Slack) -> None:
    await slack.command("UKAFE", "C1", "/spor", QUESTION)
    answer = await whispered(slack, "Det krever bevilling.")
    await slack.click("UOLA", "C1", answer, "share")
    assert (await whispered(slack, "Bare den som stilte spørsmålet"))["user"] == "UOLA"
    assert not slack.channels["C1"]


async def test_where_the_bot_may_not_write_the_asker_is_told_and_can_try_again(bot: Bot, slack: Slack) -> None:
    slack.add_channel("C2", members=["UKAFE"])
    await slack.command("UKAFE", "C2", "/spor", QUESTION)
    answer = await whispered(slack, "Det krever bevilling.")
    await slack.click("UKAFE", "C2", answer, "share")
    await whispered(slack, "/invite")
    assert "Det krever bevilling." in words(answer)
    slack.channels["C2"].members[BOT_USER] = None
    await slack.click("UKAFE", "C2", answer, "share")
    await said(slack, "C2", "delte et svar")


@pytest.mark.parametrize("bot_is_there", [True, False])
@pytest.mark.parametrize("guests", [["UGJEST"], []], ids=["a guest", "shared with others"])
async def test_where_outsiders_are_in_the_channel_staff_are_told_aside_what_is_public_only(
    bot: Bot, slack: Slack, guests: list[str], bot_is_there: bool
) -> None:
    slack.add_person("UGJEST", "Gjest", is_restricted=True)
    members = ["UOLA", *([BOT_USER] if bot_is_there else []), *guests]
    slack.add_channel("C2", members=members).is_ext_shared = not guests
    await slack.command("UOLA", "C2", "/spor", INTERNALLY)
    assert "Det krever bevilling." in words(await whispered(slack, f">{INTERNALLY}"))
    assert [question.audience for question in bot.librarian.asked] == ["public"]


async def test_in_direct_messages_with_the_bot_staff_are_told_what_is_internal(bot: Bot, slack: Slack) -> None:
    await slack.command("UOLA", slack.dm("UOLA").id, "/spor", INTERNALLY)
    await whispered(slack, "torsdager")


async def test_what_an_answer_aside_says_is_public_when_a_guest_came_before_it_was_shown(
    bot: Bot, slack: Slack
) -> None:
    settle(slack)
    slack.trouble("response_url", "used_url")
    slack.trouble("chat.postEphemeral", "user_not_in_channel")
    await slack.command("UOLA", STAFF, "/spor", INTERNALLY)
    told = await said(slack, slack.dm("UOLA").id, "torsdager")
    await settled(bot)
    await slack.join(STAFF, "UGUEST")
    await bot.deliver(await delivery(bot))
    assert not any("torsdager" in words(each) for each in slack.whispers)
    assert "Det krever bevilling." in words(told)


@pytest.mark.parametrize("guest", [True, False])
async def test_an_internal_answer_is_for_staff_aside_and_shared_only_where_staff_are_alone(
    bot: Bot, slack: Slack, guest: bool
) -> None:
    settle(slack)
    await slack.command("UOLA", STAFF, "/spor", INTERNALLY)
    answer = await whispered(slack, "torsdager")
    if guest:
        await slack.join(STAFF, "UGUEST")
    await slack.click("UOLA", STAFF, answer, "share")
    if guest:
        assert (await whispered(slack, "interne kilder"))["user"] == "UOLA"
        assert not any("bot_id" in message for message in slack.channels[STAFF])
    else:
        await said(slack, STAFF, "torsdager")


async def test_a_guest_is_not_told_what_is_internal(bot: Bot, slack: Slack) -> None:
    slack.add_person("UGJEST", "Gjest", is_restricted=True)
    slack.channels["C1"].members["UGJEST"] = None
    await slack.command("UGJEST", "C1", "/spor", "Når kommer ølkontrollen?")
    assert "Det krever bevilling." in words(await whispered(slack, ">Når kommer"))
    assert not any("torsdager" in words(each) for each in slack.whispers)


async def test_the_officers_answer_reaches_the_asker_in_direct_messages(bot: Bot, slack: Slack) -> None:
    await slack.command("UKAFE", "C1", "/spor", "Hva koster skilt?")
    answer = await whispered(slack, "Det vet jeg ikke.")
    await slack.click("UKAFE", "C1", answer, "forward")
    await eventually(lambda: slack.modal("UKAFE") is not None)
    await slack.submit("UKAFE")
    await said(slack, "D1", "M-1")
    case = (await bot.desk.list())[0]
    assert (case.question, case.asker.id, case.place.private) == ("Hva koster skilt?", "UKAFE", True)
    assert case.confidential
    await bot.desk.answer(case.id, KARI, "Et skilt koster 800 kroner.")
    await said(slack, "D1", "Et skilt koster 800 kroner.")
    assert not slack.channels["C1"]


async def test_a_question_is_answered_by_the_next_process_where_this_one_dies(address: str, slack: Slack) -> None:
    async with started(address, slack, delivers=False):
        acknowledged, _ = await slack.command("UKAFE", "C1", "/spor", QUESTION)
        assert "Jeg leter" in acknowledged["text"]
    async with started(address, slack):
        await whispered(slack, "Det krever bevilling.")


async def test_a_command_that_comes_twice_is_answered_once(bot: Bot, slack: Slack) -> None:
    form = {"command": "/spor", "text": QUESTION, "team_id": "T1", "channel_id": "C1", "user_id": "UKAFE"}
    for _ in range(2):
        await slack.deliver("slash_commands", {**form, "trigger_id": "1.2.3", "user_name": "kafe"})
    await settled(bot)
    assert len(bot.librarian.asked) == len(slack.whispers) == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_where_nothing_is_found_it_is_said_once_where_an_officer_answers(language: str) -> None:
    texts = Texts()
    reply = Reply(id="r1", status=Status.ABSTAINED, language=language, lead=texts(language, "reply.abstained"))
    shown = aside("Hva koster skilt?", reply, texts, shareable=True)
    told = " ".join(str(block.to_dict()) for block in shown.blocks)
    assert texts(language, "slack.command.officer") in told
    assert not re.search(r"svarer deg her|answer you here", told)
