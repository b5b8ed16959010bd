from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.sourcing.excerpting import excerpt
from ingest.changes import diff

FAR = "Her er alt som før. " * 50


def test_what_is_far_from_any_change_is_left_out() -> None:
    told = list(excerpt(diff(f"{FAR}Tre uker. {FAR}Slutt.", f"{FAR}Fire uker. {FAR}Ende.")))
    assert [(sign, text) for sign, text in told if sign != " "] == [
        *(("-", "Tre"), ("+", "Fire")),
        *(("-", "Slutt"), ("+", "Ende")),
    ]
    first, middle, last = (text for sign, text in told if sign == " ")
    assert (first.startswith(" … "), last) == (True, ".")
    assert middle.startswith(" uker. Her er alt som før.")
    assert " … " in middle
    assert all(len(text) < 340 for text in (first, middle, last))


words = st.lists(st.sampled_from(["Skilt", "må", "ikke", "omsøkes", ".", "\n", "x" * 400]), max_size=60).map(" ".join)


@given(before=words, after=words)
def test_every_change_stays_and_nothing_gets_longer(before: str, after: str) -> None:
    whole, told = diff(before, after), list(excerpt(diff(before, after)))
    assert [sign for sign, _ in told] == [sign for sign, _ in whole]
    assert all(len(short) <= len(long) for (_, short), (_, long) in zip(told, whole, strict=True))
