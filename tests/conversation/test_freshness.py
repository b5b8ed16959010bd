from __future__ import annotations

import datetime as dt

import pytest

from bot.question import Status
from knowledge.library import Library
from knowledge.model import Document
from tests.conversation.examples import ALWAYS, TEXTS, Bot
from tests.knowledge.examples import guide, split

QUESTION = {
    "nb": "Hva er gebyret for torgplass?",
    "nn": "Kva er gebyret for torgplass, og kva kostar det?",
    "en": "What is the fee (gebyr) for a torgplass?",
}
OLD, NEW = dt.date.today() - dt.timedelta(days=800), dt.date.today() - dt.timedelta(days=30)
FIVE = guide("guides/gammel", "Gebyret for torgplass er 500 kroner.", title="Torget før", checked=OLD)
SEVEN = guide("guides/ny", "Gebyret for torgplass er 700 kroner per dag.", title="Torget nå", checked=NEW)


async def filled(bot: Bot, shelf: Library, *documents: Document) -> Bot:
    await shelf.put_all([split(document) for document in documents])
    return bot.but(library=shelf, threshold=ALWAYS)


@pytest.mark.parametrize("language", ["nb", "en"])
async def test_where_sources_differ_both_are_shown_the_newer_first_and_that_is_said(
    bot: Bot, shelf: Library, language: str
) -> None:
    reply = await (await filled(bot, shelf, FIVE, SEVEN)).asked(QUESTION[language])
    assert [claim.text for claim in reply.claims] == [SEVEN.sections[0].text, FIVE.sections[0].text]
    assert [citation.date for citation in reply.citations] == [NEW, OLD]
    differ = TEXTS(language, "reply.note.differ", newer="N", older="O").partition("N")[0]
    assert differ in reply.note
    assert reply.note.index("Torget nå") < reply.note.index("Torget før")
    assert str(OLD.year) in reply.note


SALT, NO_SALT = "Det er tillatt å strø fortauet med salt.", "Det er forbudt å strø fortauet med salt."


@pytest.mark.parametrize(("text", "other"), [(SALT, NO_SALT), (NO_SALT, SALT)])
async def test_where_one_forbids_what_the_other_allows_both_are_shown(
    bot: Bot, shelf: Library, text: str, other: str
) -> None:
    old = guide("guides/gammel", text, title="Vinter før", checked=OLD)
    new = guide("guides/ny", other, title="Vinter nå", checked=NEW)
    reply = await (await filled(bot, shelf, old, new)).asked("Kan jeg strø salt på fortauet?")
    assert [claim.text for claim in reply.claims] == [other, text]
    assert reply.note.index("Vinter nå") < reply.note.index("Vinter før")
    assert str(OLD.year) in reply.note


@pytest.mark.parametrize(("kind", "first"), [("guidance", "guides/ny"), ("law", "guides/gammel")])
async def test_of_sources_that_are_as_good_the_newer_is_shown_first(
    bot: Bot, shelf: Library, kind: str, first: str
) -> None:
    old = guide("guides/gammel", SALT, title="Vinter", checked=OLD, kind=kind)
    new = guide("guides/ny", SALT, title="Vinter", checked=NEW, kind=kind)
    reply = await (await filled(bot, shelf, old, new)).asked("Kan jeg strø salt på fortauet?")
    assert reply.citations[0].document == first


async def test_where_sources_agree_nothing_is_said_of_it(bot: Bot, shelf: Library) -> None:
    same = SEVEN.model_copy(update={"id": "guides/andre", "title": "Andre"})
    reply = await (await filled(bot, shelf, SEVEN, same)).asked(QUESTION["nb"])
    assert reply.note == TEXTS("nb", "reply.note.guidance")


async def test_a_source_that_has_vanished_says_so_in_its_title_and_in_the_note(bot: Bot, shelf: Library) -> None:
    gone = SEVEN.model_copy(update={"missing": dt.date(2026, 3, 1)})
    reply = await (await filled(bot, shelf, gone)).asked(QUESTION["nb"])
    (source,) = reply.citations
    assert source.title.endswith("finnes ikke lenger hos kilden")
    assert TEXTS("nb", "reply.note.missing", title=source.title, since="1. mars 2026") in reply.note


async def test_a_source_that_was_long_not_checked_says_when_it_was(bot: Bot, shelf: Library) -> None:
    reply = await (await filled(bot, shelf, FIVE)).asked(QUESTION["nb"])
    assert reply.status is Status.ANSWERED
    (line,) = [line for line in reply.note.splitlines() if "Torget før" in line]
    assert "sist kontrollert" in line
    assert str(OLD.year) in line


@pytest.mark.parametrize("kind", ["law", "plan"])
async def test_laws_and_plans_do_not_grow_old(bot: Bot, shelf: Library, kind: str) -> None:
    lasting = FIVE.model_copy(update={"kind": kind})
    assert not (await (await filled(bot, shelf, lasting)).asked(QUESTION["nb"])).note


async def test_what_is_named_exactly_is_not_set_against_others(bot: Bot) -> None:
    assert not (await bot.asked("serveringsloven § 15")).note
