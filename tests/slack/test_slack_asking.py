from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from bot.desk.outbox_table import OutboxRow
from bot.handlers.slack.receiving import LARGEST_REQUEST
from bot.question import Listener, Question, Reply
from knowledge.model import Audience, Claim
from tests.desk.examples import eventually
from tests.peers.slack import BOT, BOT_USER, Slack
from tests.slack.examples import ALCOHOL, QUESTION, Bot, Librarian, started, words

NATIONAL_ID = "01010750160"


def kept(folder: Path) -> bytes:
    """All that is in the database's files."""
    return b"".join(path.read_bytes() for path in folder.glob("slack.db*"))


async def owed(bot: Bot) -> int:
    async with bot.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(OutboxRow)) or 0


async def test_a_mention_gets_a_cited_answer_in_its_thread(bot: Bot, slack: Slack) -> None:
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    answer = await bot.answer(asked)
    told = words(answer).splitlines()
    assert [line for line in told if line][:4] == [
        "Dette står i kildene:",
        "Det krever bevilling. [1]",
        "[1] <https://example.no/servering?a=1&amp;b=2|Servering &amp; skjenking> · 1. november 2026",
        ">Skjenking av alkohol krever skjenkebevilling",
    ]
    assert bot.librarian.asked[0].text == QUESTION
    assert bot.librarian.asked[0].audience is Audience.PUBLIC


class Thorough(Librarian):
    """Says two things of one section."""

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        reply = await super().reply(question, listener)
        more = Claim(text="Den gjelder i fire år.", citation=ALCOHOL.model_copy(update={"quote": "i fire år"}))
        return reply.model_copy(update={"claims": (*reply.claims, more)})


async def test_a_section_that_is_cited_twice_stands_there_once_with_both_quotes(address: str, slack: Slack) -> None:
    async with started(address, slack, librarian=Thorough()) as bot:
        told = words(await bot.answer(await slack.ask("C1", "UKAFE", QUESTION)))
    assert [line for line in told.splitlines() if line][1:6] == [
        "Det krever bevilling. [1]",
        "Den gjelder i **fire år**. [1]",
        "[1] <https://example.no/servering?a=1&amp;b=2|Servering &amp; skjenking> · 1. november 2026",
        ">Skjenking av alkohol krever skjenkebevilling",
        ">i fire år",
    ]


async def test_a_direct_message_is_a_question_too(bot: Bot, slack: Slack) -> None:
    asked = await slack.ask("D1", "UKAFE", QUESTION)
    assert "bevilling" in words(await bot.answer(asked, channel="D1"))


async def test_what_the_bot_does_not_know_comes_with_the_nearest_sources_and_the_way_to_an_officer(
    bot: Bot, slack: Slack
) -> None:
    answer = words(await bot.answer(await slack.ask("C1", "UKAFE", "Hva koster skilt?")))
    assert "Det vet jeg ikke." in answer
    assert "*Dette er kildene som ligger nærmest:*\n\n• <https://example.no" in answer
    assert "Send til saksbehandler" in answer


async def test_an_event_that_slack_sends_again_is_answered_once(bot: Bot, slack: Slack) -> None:
    event = slack.event("C1", slack.write("C1", "UKAFE", QUESTION))
    again = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    sent = list(await asyncio.gather(slack.send(event), slack.send(event, **again), slack.send(event, **again)))
    await bot.answer(event["event"])
    sent.append(await slack.send(event, **again))
    assert [response.status_code for response in sent] == [200] * 4
    assert await owed(bot) == len(bot.librarian.asked) == len(slack.thread("C1", event["event"]["ts"])) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=\u00e6\u00f8"},
        {"X-Slack-Request-Timestamp": str(int(time.time()) - 301)},
        {"X-Slack-Request-Timestamp": "yesterday"},
    ],
    ids=["forged", "garbled", "old", "no time"],
)
async def test_a_request_that_slack_did_not_sign_just_now_is_refused(
    bot: Bot, slack: Slack, headers: Mapping[str, Any]
) -> None:
    event = slack.event("C1", slack.write("C1", "UKAFE", QUESTION))
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    response = await slack.send(event, **encoded)
    assert response.status_code == 401
    assert await owed(bot) == 0


async def test_bytes_that_are_no_text_and_bodies_without_end_are_refused(bot: Bot, slack: Slack) -> None:
    assert (await slack.send(b"\xff\xfe{")).status_code == 401
    assert (await slack.send(b" " * (LARGEST_REQUEST + 1))).status_code == 413


async def test_slack_can_verify_the_address(bot: Bot, slack: Slack) -> None:
    response = await slack.send({"type": "url_verification", "token": "t", "challenge": "abc"})
    assert (response.status_code, response.json()) == (200, {"challenge": "abc"})


@pytest.mark.parametrize(
    "changes",
    [
        {"bot_id": "BOTHER", "user": "UOTHER"},
        {"bot_id": BOT, "user": BOT_USER},
        {"subtype": "message_changed", "message": {"type": "message", "user": "UKAFE", "ts": "1.1", "text": QUESTION}},
        {"subtype": "channel_join"},
        {"user": None},
        {"channel": "C1", "channel_type": "channel"},
    ],
    ids=["another bot", "itself", "an edit", "a joining", "nobody", "a channel it is not asked in"],
)
async def test_only_people_are_answered(bot: Bot, slack: Slack, changes: Mapping[str, Any]) -> None:
    event = slack.event("D1", slack.write("D1", "UKAFE", QUESTION))
    response = await slack.send({**event, "event": {**event["event"], **changes}})
    assert response.status_code == 200
    assert await owed(bot) == 0


async def test_a_personal_number_is_nowhere_kept_and_its_writer_hears_of_it(
    bot: Bot, slack: Slack, tmp_path: Path
) -> None:
    question = f"Jeg er {NATIONAL_ID}, skriv til <mailto:kari@kafe.no|kari@kafe.no>. Kan jeg skjenke øl?"
    asked = await slack.ask("C1", "UKAFE", question)
    assert "Jeg har skjult personopplysninger" in words(await bot.answer(asked))
    await bot.send_on("C1", await bot.answer(asked))
    await bot.answer(asked, 2)
    masked = "Jeg er [fødselsnummer], skriv til [e-postadresse]. Kan jeg skjenke øl?"
    assert bot.librarian.asked[0].text == masked
    assert [case.question for case in await bot.desk.list()] == [masked]
    assert b"Kan jeg skjenke" in kept(tmp_path)
    assert NATIONAL_ID.encode() not in kept(tmp_path)
    assert b"kari@kafe.no" not in kept(tmp_path)


async def test_a_text_that_is_too_long_is_refused_and_not_kept(bot: Bot, slack: Slack, tmp_path: Path) -> None:
    asked = await slack.ask("C1", "UKAFE", "Hemmelig. " * 300)
    answer = await bot.answer(asked)
    assert words(answer).startswith("Spørsmålet er på 2999 tegn, og jeg kan lese 2000.")
    assert not bot.librarian.asked
    assert b"Hemmelig" not in kept(tmp_path)


async def test_a_mention_without_a_question_gets_help(bot: Bot, slack: Slack) -> None:
    assert "Meldingen er tom" in words(await bot.answer(await slack.ask("C1", "UKAFE", "")))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("What is the fee for my café? " * 100, "The question has 2899 characters"),
        ("Kva kostar det å opne kafé her? Eg veit ikkje. " * 60, "Spørsmålet er på 2819 teikn"),
    ],
    ids=["English", "Nynorsk"],
)
async def test_a_refusal_speaks_the_language_of_the_text(bot: Bot, slack: Slack, text: str, told: str) -> None:
    assert told in words(await bot.answer(await slack.ask("C1", "UKAFE", text)))


async def test_a_refusal_of_what_has_no_words_speaks_the_language_of_the_thread(bot: Bot, slack: Slack) -> None:
    first = await slack.ask("C1", "UKAFE", "When do I need a licence?")
    await bot.answer(first)
    await slack.ask("C1", "UKAFE", "???", thread=first["ts"])
    assert "I find no words" in words(await bot.answer(first, 3))


async def test_a_question_in_the_thread_comes_with_what_has_been_asked_there(bot: Bot, slack: Slack) -> None:
    first = await slack.ask("C1", "UKAFE", QUESTION)
    await bot.answer(first)
    await slack.ask("C1", "UOLA", "Og vin?", thread=first["ts"])
    await bot.answer(first, 3)
    await slack.ask("C1", "UKAFE", "Også ute?", thread=first["ts"])
    await bot.answer(first, 5)
    assert [question.history for question in bot.librarian.asked] == [(), (QUESTION,), (QUESTION, "Og vin?")]


async def test_what_was_acknowledged_is_answered_after_the_process_is_gone(address: str, slack: Slack) -> None:
    async with started(address, slack, delivers=False) as before:
        asked = await slack.ask("C1", "UKAFE", QUESTION)
        assert not before.librarian.asked
    async with started(address, slack) as after:
        assert "bevilling" in words(await after.answer(asked))


async def test_what_could_not_be_kept_is_not_acknowledged(bot: Bot, slack: Slack) -> None:
    event = slack.event("C1", slack.write("C1", "UKAFE", QUESTION))
    await _rename(bot, "outbox", "elsewhere")
    assert (await slack.send(event)).status_code == 500
    await _rename(bot, "elsewhere", "outbox")
    assert (await slack.send(event, **{"X-Slack-Retry-Num": "1"})).status_code == 200
    assert "bevilling" in words(await bot.answer(event["event"]))


async def test_a_question_is_kept_while_slack_answers_nothing(bot: Bot, slack: Slack) -> None:
    slack.trouble("auth.test", *["500"] * 5)
    slack.trouble("chat.postMessage", *["500"] * 3)
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    assert "bevilling" in words(await bot.answer(asked))


async def test_the_token_is_tried_at_the_start(bot: Bot, slack: Slack) -> None:
    await eventually(lambda: bool(slack.called("auth.test")))


async def test_nothing_of_what_people_write_is_logged(
    bot: Bot, slack: Slack, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    event = slack.event("C1", slack.write("C1", "UKAFE", "Hemmelig øl?"))
    await slack.send(event, **{"X-Slack-Signature": "v0=0"})
    await slack.send({**event, "event": {**event["event"], "type": "pin_added"}})
    await slack.send(event)
    await bot.answer(event["event"])
    captured = capfd.readouterr()
    assert "Hemmelig" not in caplog.text + captured.out + captured.err


async def _rename(bot: Bot, table: str, name: str) -> None:
    async with bot.database.writing() as session:
        await session.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


@pytest.mark.parametrize("kind", [None, "app_home", "missing"])
async def test_a_direct_message_is_one_whatever_slack_calls_its_channel(
    bot: Bot, slack: Slack, kind: str | None
) -> None:
    asked = slack.write("D1", "UKAFE", QUESTION)
    event = slack.event("D1", asked)
    event["event"]["channel_type"] = kind
    if kind == "missing":
        del event["event"]["channel_type"]
    assert (await slack.send(event)).status_code == 200
    assert "bevilling" in words(await bot.answer(asked, channel="D1"))
