"""Whoever has to judge a change sees the words before and after, and all of it at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sourcing.revisions import Revisions
from ingest.changes import Kind, change_of
from ingest.ledger import Ledger
from tests.sourcing.examples import AFTER, BEFORE, CHANGE, NOW, guide

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.add_changes([CHANGE], NOW)
    yield ledger
    ledger.close()


async def words(ledger: Ledger, since: dt.datetime, *anchors: str) -> dict[str, list[tuple[str, str]]]:
    found = await Revisions(ledger).since("guides/ute", since, anchors)
    return {each.heading: [(sign, text) for sign, text in each.words if sign != " "] for each in found}


async def test_a_section_is_shown_as_it_was_and_as_it_is(ledger: Ledger) -> None:
    assert await words(ledger, NOW, "tid") == {"Tid": [("-", "23"), ("+", "02")]}
    assert await words(ledger, NOW) == {"Tid": [("-", "23"), ("+", "02")]}
    assert await words(ledger, NOW, "stoy") == {}
    assert await words(ledger, NOW + HOUR, "tid") == {}


async def test_several_changes_are_one_and_what_is_as_it_was_is_none(ledger: Ledger) -> None:
    third = guide(tid="Til klokka 01.", stoy="Høyst 50 desibel.")
    ledger.add_changes([change_of(Kind.CHANGED, third, AFTER)], NOW + HOUR)
    assert await words(ledger, NOW, "tid") == {"Tid": [("-", "23"), ("+", "01")]}
    assert await words(ledger, NOW + HOUR, "tid") == {"Tid": [("-", "02"), ("+", "01")]}
    ledger.add_changes([change_of(Kind.CHANGED, BEFORE, third)], NOW + 2 * HOUR)
    assert await words(ledger, NOW, "tid") == {}


async def test_what_is_gone_is_shown_as_it_was_and_what_is_new_is_nobodys_source(ledger: Ledger) -> None:
    ledger.add_changes([change_of(Kind.CHANGED, guide(ny="Nytt.", tid="Til klokka 02."), AFTER)], NOW + HOUR)
    assert await words(ledger, NOW + HOUR) == {"Stoy": [("-", "Høyst 50 desibel.")]}
