"""Follow-ups: what is searched for is what a person who had read the thread would ask."""

from __future__ import annotations

import pytest

from bot.following import beside, standalone
from knowledge.concepts import Concepts

CAFE = "Når må jeg ha serveringsbevilling for en kafé i sentrum?"


@pytest.mark.parametrize(
    ("thread", "text", "query"),
    [
        # a part of the paragraph that was asked for
        (["Hva sier serveringsloven § 15?"], "hva sier andre ledd?", "hva sier andre ledd i § 15 i serveringsloven?"),
        (["§ 8-14 i alkoholloven"], "Og tredje ledd bokstav b?", "Og tredje ledd bokstav b i § 8-14 i alkoholloven?"),
        (["Kva seier serveringslova § 15?"], "og fyrste ledd?", "og fyrste ledd i § 15 i serveringslova?"),
        (["serveringsloven § 15 says?"], "the second paragraph?", "the second paragraph i § 15 i serveringsloven?"),
        # another paragraph of the same law, and a part of that
        (["Hva sier serveringsloven § 15?"], "og § 16?", "og § 16 i serveringsloven?"),
        (["Hva sier serveringsloven § 15?", "og § 16?"], "andre ledd?", "andre ledd i § 16 i serveringsloven?"),
        (["Hva sier pbl § 20-1?", "andre ledd?"], "og tredje ledd?", "og tredje ledd i § 20-1 i pbl?"),
        # what names its law, or a thread that has gone on, needs nothing
        (["Hva sier serveringsloven § 15?"], "og § 1-5 i alkoholloven?", "og § 1-5 i alkoholloven?"),
        (["Hva sier serveringsloven § 15?", CAFE], "og i helgene?", f"{CAFE} og i helgene?"),
        ([], "andre ledd?", "andre ledd?"),
        # something else in the place of what was asked for
        (["Hva koster bevilling for vin?"], "Og for øl?", "Hva koster bevilling for øl?"),
        (["Kva kostar løyve til vin?"], "Kva med til brennevin?", "Kva kostar løyve til brennevin?"),
        (["What does a licence cost for wine?"], "And for beer?", "What does a licence cost for beer?"),
        # the topic
        ([CAFE], "Hva med nynorsk?", f"{CAFE} Hva med nynorsk?"),
        ([CAFE], "Gjelder det også på søndager?", f"{CAFE} Gjelder det også på søndager?"),
        ([CAFE, "Gjelder det også ute?"], "og om vinteren?", f"{CAFE} Gjelder det også ute? og om vinteren?"),
        (["Do I need a licence?"], "What about Sundays?", "Do I need a licence? What about Sundays?"),
        # a new question
        ([CAFE], "Hvilke krav stiller kommunen til skilt på fasaden av butikken?", None),
        (["Hva sier B3?"], "og C1?", None),
    ],
)  # fmt: skip
def test_a_follow_up_is_made_whole(thread: list[str], text: str, query: str | None) -> None:
    assert standalone(text, thread) == (query or text)


@pytest.mark.parametrize(
    ("first", "text", "query"),
    [
        ("Hva koster løyvet?", "Hvor lang er behandlingstiden?", "Hvor lang er behandlingstiden? løyvet"),
        ("Trenger jeg bevilling for kafé?", "Hva koster det?", "Trenger jeg bevilling for kafé? Hva koster det?"),
        (CAFE, "Hva sier B3?", "Hva sier B3?"),
        (CAFE, "Hvilke krav gjelder for skilt på fasader?", "Hvilke krav gjelder for skilt på fasader?"),
        (CAFE, "Hvor er det forbudt å røyke?", "Hvor er det forbudt å røyke?"),
        ("What does a licence cost?", "How long does it take?", "What does a licence cost? How long does it take?"),
    ],
)  # fmt: skip
def test_what_is_asked_beside_a_question_is_about_the_same(first: str, text: str, query: str) -> None:
    assert beside(text, first, Concepts.load().knows_subject) == query
