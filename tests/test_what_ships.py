"""What ships, indexed whole: slow, and the nearest thing to a newcomer's first minutes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.prompts import SUGGESTED as SUGGESTED_QUESTIONS
from bot.question import Question, Status
from bot.texts import Texts
from bot.wiring import Knowledge
from knowledge.model import Audience

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

QUESTIONS = Path(__file__).parent / "bench" / "data"
OF_LAWS = {QUESTIONS / f"questions-{name}.jsonl" for name in ("laws", "asked")}
FILES = sorted({*QUESTIONS.glob("*.jsonl"), *QUESTIONS.glob("near/guides*.jsonl")} - OF_LAWS)
"""Of questions about what ships."""
LANGUAGES = ("nb", "nn", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("example", ["business.1", "business.2", "business.3", "staff.1", "staff.2", "staff.3"])
async def test_what_the_page_suggests_to_ask_is_answered(shipped: Knowledge, example: str, language: str) -> None:
    audience = Audience.INTERNAL if example.startswith("staff") else Audience.PUBLIC
    text = Texts()(language, f"web.example.{example}")
    reply = await shipped.conversation.reply(Question(text=text, audience=audience))
    assert (reply.status, reply.language) == (Status.ANSWERED, language), reply.nearest


SUGGESTED = sorted({key for keys in SUGGESTED_QUESTIONS.values() for key in keys})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", SUGGESTED)
async def test_what_is_suggested_to_ask_is_answered(shipped: Knowledge, key: str, language: str) -> None:
    reply = await shipped.conversation.reply(Question(text=Texts()(language, key)))
    assert (reply.status, reply.language) == (Status.ANSWERED, language), reply.nearest


async def test_every_section_that_our_own_questions_are_about_is_there(shipped: Knowledge) -> None:
    documents = await shipped.library.reader(Audience.PUBLIC).documents()
    there = {f"{document.id}#{section.anchor}" for document in documents for section in document.sections}
    lines = [json.loads(line) for file in FILES for line in file.read_text("utf-8").splitlines()]
    assert {gold for line in lines for gold in line["gold"]} <= there
