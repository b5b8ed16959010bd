"""Numbers that matter stand out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.emphasis import stressed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Gebyret er 5 000 kroner.", "Gebyret er <5 000 kroner>."),
        ("minimum kr 2130 for salg", "minimum <kr 2130> for salg"),
        ("kr. 1.500,50 og 2 millioner kroner", "<kr. 1.500,50> og <2 millioner kroner>"),
        ("senest innen 60 dager", "senest innen <60 dager>"),
        ("Fristen er tre uker.", "Fristen er <tre uker>."),
        ("overstiger fem og en halv time", "overstiger <fem og en halv time>"),
        ("i ti år, 2-3 veker", "i <ti år>, <2-3 veker>"),
        ("within 14 days", "within <14 days>"),
        ("fra 1. januar 2027 og 17. mai", "fra <1. januar 2027> og <17. mai>"),
        ("til kl. 02.00 og klokka 3", "til <kl. 02.00> og <klokka 3>"),
        ("høyst 50 m² eller 8 meter, 22 %", "høyst <50 m²> eller <8 meter>, <22 %>"),
        ("§ 4-1 i lov 2005 nr. 62", "§ 4-1 i lov 2005 nr. 62"),
        ("en dag", "<en dag>"),
        (
            "12 prikker, 4,7 volumprosent, 5000 euro og 30 spørsmål",
            "<12 prikker>, <4,7 volumprosent>, <5000 euro> og <30 spørsmål>",
        ),
        ("fra klokka 08.00 til 18.00", "fra <klokka 08.00 til 18.00>"),
        ("10 mennesker og 3 møter", "10 mennesker og 3 møter"),
        ("&#39;5 dager&#39;", "&#39;<5 dager>&#39;"),
    ],
)
def test_amounts_deadlines_dates_and_measures_are_stressed(text: str, shown: str) -> None:
    assert stressed(text, "<", ">") == shown


@given(st.text(st.sampled_from("0123456789 .,-–krodagerm²%&;#1\n")))
def test_nothing_but_the_marks_is_added(text: str) -> None:
    assert stressed(text, "[", "]").replace("[", "").replace("]", "") == text
