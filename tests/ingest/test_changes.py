from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.changes import Change, Kind, change_of, compare, diff
from ingest.ledger import Ledger, SourceRecord
from ingest.schedule import due, entry_of, next_check
from ingest.sources import Source
from knowledge.model import Document, Section

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)

words = st.lists(st.sampled_from(["Skilt", "må", "ikke", "omsøkes", ".", "\n\n", "§ 3", "  "]), max_size=12).map(
    " ".join
)
texts = st.dictionaries(st.sampled_from("abcdef"), words.filter(str.strip), min_size=1)


def document(sections: dict[str, str]) -> Document:
    about = {"id": "guides/x", "title": "X", "kind": "guidance", "audience": "public", "language": "nb"}
    listed = [Section(anchor=name, heading=name.upper(), text=text) for name, text in sections.items()]
    return Document.model_validate({**about, "source": "Veiledninger", "sections": listed})


@given(before=words, after=words)
def test_a_diff_holds_both_texts_and_nothing_else(before: str, after: str) -> None:
    parts = diff(before, after)
    assert "".join(text for sign, text in parts if sign != "+") == before
    assert "".join(text for sign, text in parts if sign != "-") == after
    assert all(sign == " " for sign, _ in parts) == (before == after)


@given(before=texts, after=texts)
def test_every_section_is_the_same_changed_added_or_removed(before: dict[str, str], after: dict[str, str]) -> None:
    told = {(each.kind, each.anchor): (each.before, each.after) for each in compare(document(before), document(after))}
    assert told == {
        **{(Kind.ADDED, name): ("", after[name]) for name in after.keys() - before.keys()},
        **{(Kind.REMOVED, name): (before[name], "") for name in before.keys() - after.keys()},
        **{
            (Kind.CHANGED, name): (before[name], after[name])
            for name in before.keys() & after.keys()
            if before[name] != after[name]
        },
    }


def test_a_paragraph_that_got_another_heading_and_another_place_is_still_the_same() -> None:
    old = Section(anchor="3-bevilling", heading="§ 3 Bevilling", text="Må ha bevilling.", keys=("law:x/3",))
    new = Section(anchor="3-krav", heading="§ 3 Krav", text="Må ha bevilling.", keys=("law:x/3",), path=("Del II",))
    (told,) = compare(
        document({}).model_copy(update={"sections": (old,)}), document({}).model_copy(update={"sections": (new,)})
    )
    assert (told.kind, told.anchor, told.heading) == (Kind.CHANGED, "3-bevilling", "§ 3 Krav")


def test_long_texts_are_compared_soon() -> None:
    before = "\n".join(f"{number} " + "lorem ipsum dolor sit amet " * 8 for number in range(2_000))
    parts = diff(before, before.replace("\n77 ", "\n78 "))
    assert 2 <= len([text for sign, text in parts if sign != " "]) <= 2


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.db")


def change(text: str, kind: Kind = Kind.CHANGED) -> Change:
    return change_of(kind, document({"a": text}), document({"a": "Før."}))


def test_changes_are_numbered_and_read_on_from_a_number(ledger: Ledger) -> None:
    ledger.add_changes([change("En."), change("To.")], NOW)
    first, second = ledger.changes()
    assert (first.change, second.change, first.at) == (change("En."), change("To."), NOW)
    assert ledger.changes(after=first.number) == [second]
    assert ledger.last_changes(1) == [second]
    assert (ledger.last_changes(9, "guides/x"), ledger.last_changes(9, "guides/y")) == ([second, first], [])


def test_a_change_that_is_noted_again_after_a_run_was_broken_off_is_there_once(ledger: Ledger) -> None:
    for text in ("En.", "En.", "To.", "En."):
        ledger.add_changes([change(text)], NOW)
    assert [noted.change for noted in ledger.changes()] == [change("En."), change("To."), change("En.")]


def test_changes_of_more_than_a_year_ago_are_forgotten(ledger: Ledger) -> None:
    ledger.add_changes([change("En.")], NOW - dt.timedelta(days=366))
    ledger.add_changes([change("To.")], NOW)
    assert [noted.change for noted in ledger.changes()] == [change("To.")]


def source(**values: object) -> Source:
    about = {"name": "Kommunen", "kind": "page", "audience": "public", "language": "nb", "url": "https://a.example/"}
    return Source.model_validate({**about, "folder": Path("/"), **values})


@pytest.mark.parametrize(
    ("failures", "shortest", "longest"),
    [
        (0, dt.timedelta(hours=21.6), dt.timedelta(hours=26.4)),
        (1, dt.timedelta(minutes=4.5), dt.timedelta(minutes=5.5)),
        (4, dt.timedelta(minutes=36), dt.timedelta(minutes=44)),
        (9, dt.timedelta(hours=19), dt.timedelta(hours=24)),
        (500, dt.timedelta(hours=21.6), dt.timedelta(hours=26.4)),
    ],
)
def test_a_source_is_looked_at_once_in_its_interval_and_sooner_where_it_failed(
    failures: int, shortest: dt.timedelta, longest: dt.timedelta
) -> None:
    chance = random.Random(1)
    waits = [next_check(source(every="1 day"), NOW, failures, chance) - NOW for _ in range(50)]
    assert shortest <= min(waits) < max(waits) <= longest


def test_what_was_never_looked_at_is_due_and_so_is_what_is_listed_otherwise_now() -> None:
    daily = source(every="1 day")
    known = SourceRecord(name="Kommunen", entry=entry_of(daily), checked=NOW, due=NOW + dt.timedelta(days=1))
    assert due([daily], {}, NOW) == [daily]
    assert due([daily], {"Kommunen": known}, NOW + dt.timedelta(hours=2)) == []
    for other in (source(every="1 hour"), source(audience="internal"), source(url="https://b.example/")):
        assert due([other], {"Kommunen": known}, NOW) == [other]
    assert due([daily], {"Kommunen": known}, NOW + dt.timedelta(days=1)) == [daily]
