from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.records import Record, read_records
from knowledge.concepts import CONCEPTS, NOTHING, Concepts, ConceptsError, weighed

LAWS = Path(__file__).parents[2].parent / "shared" / "data" / "laws" / "sections.jsonl.gz"
SMALL = """
[laws]
alk = "alkoholloven"
[words]
alcohol = "øl, beer*"
shop = "butikk*, food truck*"
[index.alcohol]
"@alcohol, skjenk*" = ["alkoholholdig drikk", "alk"]
"@shop @alcohol selge" = ["salg av alkoholholdig drikk", "alk § 3-7", "alk § 3-1"]
"*tillatelse" = ["bevilling"]
"""


def load(tmp_path: Path, text: str) -> Concepts:
    path = tmp_path / "concepts.toml"
    path.write_text(text, encoding="utf-8")
    return Concepts.load(path)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Øl!", {"alkoholholdig drikk"}),
        ("Kan butikken selge øl?", {"alkoholholdig drikk", "salg av alkoholholdig drikk"}),
        ("Selge beers from a food  truck", {"alkoholholdig drikk", "salg av alkoholholdig drikk"}),
        ("skjenketid", {"alkoholholdig drikk"}),
        ("skjeenketid", {"alkoholholdig drikk"}),
        ("sjkenketid", {"alkoholholdig drikk"}),
        ("byggetillatelse", {"bevilling"}),
        ("ølbrygging", set()),
        ("", set()),
    ],
)
def test_what_people_say_is_found_in_what_the_law_calls_it(tmp_path: Path, text: str, terms: set[str]) -> None:
    assert {term for hint in load(tmp_path, SMALL).read(text) for term in hint.terms} == terms


def test_an_entry_counts_by_how_much_of_the_question_it_is_about(tmp_path: Path) -> None:
    hints = load(tmp_path, SMALL).read("selge øl i butikk")
    about = weighed(hints, lambda words: len(words) / 4)
    assert about.terms == {"alkoholholdig drikk": 0.0625, "salg av alkoholholdig drikk": 0.5625}
    assert about.points == {"law:alkoholloven/3-7": 0.75, "law:alkoholloven/3-1": pytest.approx(0.675)}
    assert about.laws == {"law:alkoholloven": 0.75}
    assert weighed([], len) == NOTHING


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('[index.a]\n"@nothing" = ["x"]', "line 2: '@nothing': @nothing is no group"),
        ('[laws]\nalk = "alkoholloven"\n[index.a]\n"x" = ["y"]\n"øl" = ["alk § a"]', "line 5: 'øl': 'alk § a'"),
        ('[index.a]\n"øl" = ["alkl § 3-7"]', "line 2: 'øl': 'alkl § 3-7'"),
        ('[index.a]\n"øl" = "alkohol"', "line 2: 'øl': "),
        ('[index.a]\n"øl" = [7]', "line 2: 'øl': "),
        ('[index.a]\n" , " = ["x"]', "line 2: ' , ': "),
        ('[index.a]\n"øl" = ["x"', "Unclosed array"),
    ],
)
def test_a_wrong_entry_is_told_with_its_line(tmp_path: Path, wrong: str, told: str) -> None:
    with pytest.raises(ConceptsError) as error:
        load(tmp_path, wrong)
    assert str(error.value).startswith(str(tmp_path / "concepts.toml"))
    assert told in str(error.value)


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    shares = weighed(SHIPPED.read(text), lambda words: 1.0)
    assert all(0 < share <= 1 for part in (shares.terms, shares.points, shares.laws) for share in part.values())


SHIPPED = Concepts.load(CONCEPTS)


@pytest.mark.skipif(not LAWS.exists(), reason="the laws are not there")
def test_every_paragraph_that_the_shipped_file_points_to_is_in_force() -> None:
    records = [record for record in read_records(LAWS, Record) if record.holds(dt.date(2026, 11, 1))]
    keys = {key for record in records for section in record.document.sections for key in section.keys}
    assert SHIPPED.points <= keys | {key.partition("/")[0] for key in keys}
