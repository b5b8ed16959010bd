from __future__ import annotations

import datetime as dt
import re

import pytest

from knowledge.conflicts import differing, figures, newest_first
from knowledge.model import Citation


def citation(document: str, quote: str, **about: object) -> Citation:
    known = {"document": document, "section": "om", "title": document, "url": f"https://bot.example/{document}"}
    return Citation.model_validate({**known, "quote": quote, **about})


def stems(text: str) -> list[str]:
    """What the index does, roughly: lower case, without endings."""
    return [re.sub(r"(?:ene|er|en|et|a|e)$", "", word) for word in re.findall(r"\w+", text.lower())]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Gebyret er 5 000 kroner.", {"money": {"5000"}}),
        ("Gebyret er kr 5.000,-", {"money": {"5000"}}),
        ("Fristen er tre uker.", {"days": {"21.0"}}),
        ("Fristen er 21 dager.", {"days": {"21.0"}}),
        ("Du må være 18 år gammel.", {"age": {"18"}}),
        ("Søk innen 31. mars.", {"date": {"31. mars"}}),
        ("Skjenking er tillatt til klokka 02.00.", {"clock": {"02"}}),
        ("Skjenking er tillatt til kl. 02.", {"clock": {"02"}}),
        ("Renten er 8,5 prosent.", {"share": {"8.5"}}),
        ("Høyst 1,8 meter over bakken", {"length": {"1.8"}}),
        ("Dette følger av serveringsloven § 15.", {}),
        ("B3 og 2026", {}),
        ("", {}),
    ],
)
def test_what_a_sentence_counts_is_read(sentence: str, found: dict[str, set[str]]) -> None:
    assert figures(sentence) == found


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("Gebyret for skjenkebevilling er 5 000 kroner.", "For skjenkebevilling er gebyret 6 200 kroner.", True),
        ("Fristen for å klage er 3 uker.", "Du kan klage innen en frist på fire uker.", True),
        ("Skjenking av øl er tillatt til klokka 02.", "Øl: skjenking er tillatt til kl. 03.00.", True),
        ("Søknadsfristen for tilskudd er 1. mars.", "Søknadsfristen for tilskudd er 15. april.", True),
        ("The deadline to appeal is three weeks.", "The deadline to appeal is 30 days.", True),
        # the same in other words
        ("Fristen for å klage er 3 uker.", "Fristen for å klage er tre uker.", False),
        ("Fristen for å klage er 21 dager.", "Fristen for å klage er tre uker.", False),
        ("Gebyret for bevilling er 5 000 kroner.", "Gebyret for bevilling er kr 5000.", False),
        # something else
        ("Fristen for å klage er 3 uker.", "Fristen for å søke er 4 uker.", False),
        ("Søknadsfristen for skjenking av øl er 3 uker.", "Søknadsfristen for skjenking av vin er 4 uker.", False),
        ("Gebyret for små steder er 5 000 kroner.", "Gebyret for store steder er 9 000 kroner.", False),
        ("Gebyret for bevilling er 5 000 kroner.", "Gebyret for bevilling betales innen 14 dager.", False),
        ("Fristen skal være minst seks uker.", "Fristen for mottak av tilbud er minst 25 dager.", False),
        ("Gebyret for skjenking er 100 kroner.", "Gebyret for salg er 50 kroner.", False),
        ("Betales innen 14 dager.", "Svar kommer innen 30 dager.", False),
        ("Kravet følger av loven § 3.", "Kravet følger av loven § 4.", False),
    ],
)
def test_sources_differ_where_the_same_has_another_figure(one: str, other: str, differ: bool) -> None:
    pair = (citation("a", one), citation("b", other))
    assert differing(pair[:1], pair, stems) == (pair if differ else None)
    assert bool(differing(pair[1:], pair, stems)) is differ


def test_laws_do_not_contradict_each_other() -> None:
    quotes = ("Gebyret for bevilling er 5 000 kroner.", "Gebyret for bevilling er 6 000 kroner.")
    pair = [citation(quote, quote, kind="law") for quote in quotes]
    assert differing(pair, pair, stems) is None


def test_a_document_does_not_contradict_itself() -> None:
    quotes = ("Gebyret for bevilling er 5 000 kroner.", "Gebyret for bevilling er 6 000 kroner.")
    pair = [citation("a", quote) for quote in quotes]
    assert differing(pair, pair, stems) is None


def test_the_newer_comes_first_unless_a_law_is_there_or_it_has_vanished() -> None:
    old, new = citation("old", "x", date=dt.date(2020, 1, 1)), citation("new", "x", date=dt.date(2026, 1, 1))
    law = citation("law", "x", kind="law", date=dt.date(1997, 1, 1))
    gone = citation("gone", "x", date=dt.date(2026, 2, 1), missing=dt.date(2026, 3, 1))
    undated = citation("undated", "x")
    for first, second in ((new, old), (law, new), (new, gone), (old, undated)):
        assert newest_first(first, second) == newest_first(second, first) == (first, second)
