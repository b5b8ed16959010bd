"""What officers at large read of a run: how many, which, and never a word of what a document says."""

from __future__ import annotations

import pytest

from bot.sourcing.bulletin import MOST, bulletin
from ingest.changes import Change, Kind, change_of
from knowledge.model import Audience
from tests.sourcing.examples import AFTER, BEFORE, CHANGE, guide

SECRET = guide("internal/kontroll", Audience.INTERNAL, naar="På torsdager.")
LATER = guide("internal/kontroll", Audience.INTERNAL, naar="På fredager.")
OPENED = guide("internal/kontroll", naar="Når som helst.")
REWORDED = change_of(Kind.CHANGED, guide("internal/kontroll", naar="Når det passer."), OPENED)


def test_a_document_stands_there_once_with_all_that_happened_to_it() -> None:
    again = change_of(Kind.CHANGED, guide(tid="Til klokka 02.", stoy="Høyst 45 desibel."), AFTER)
    new = guide("guides/ny", om="Nytt.")
    told = bulletin([CHANGE, change_of(Kind.ADDED, new), again, change_of(Kind.CHANGED, new, new)])
    assert [(item.kind, item.title, item.headings) for item in told.items] == [
        (Kind.CHANGED, "Ute", ("Tid", "Stoy")),
        (Kind.ADDED, "Ny", ()),
    ]
    assert told.totals == {Kind.CHANGED: 1, Kind.ADDED: 1}
    assert "klokka" not in told.model_dump_json()


def test_who_may_not_read_internal_documents_hears_nothing_of_them() -> None:
    told = bulletin([change_of(Kind.ADDED, SECRET), CHANGE])
    assert told.totals == {Kind.ADDED: 1, Kind.CHANGED: 1}
    seen = told.seen_by({Audience.PUBLIC})
    assert seen.totals == {Kind.CHANGED: 1}
    assert [item.document for item in seen.items] == ["guides/ute"]
    assert seen.unnamed == 0
    assert "kontroll" not in seen.model_dump_json()


def test_of_many_documents_the_first_are_named_and_the_others_counted() -> None:
    secrets = [guide(f"internal/{number}", Audience.INTERNAL) for number in range(30)]
    told = bulletin([change_of(Kind.ADDED, each) for each in (*secrets, BEFORE)])
    everything = told.seen_by(set(Audience))
    assert (len(everything.items), everything.unnamed) == (MOST, 11)
    public = told.seen_by({Audience.PUBLIC})
    assert ([item.document for item in public.items], public.unnamed) == (["guides/ute"], 0)


def test_what_is_all_new_is_only_counted() -> None:
    told = bulletin([change_of(Kind.ADDED, BEFORE), change_of(Kind.ADDED, SECRET)], brief=True)
    assert (told.items, told.totals) == ((), {Kind.ADDED: 2})


@pytest.mark.parametrize(
    "changes",
    [
        [change_of(Kind.CHANGED, OPENED, SECRET)],
        [change_of(Kind.CHANGED, SECRET, LATER), change_of(Kind.CHANGED, OPENED, SECRET), REWORDED],
        [change_of(Kind.ADDED, SECRET), change_of(Kind.REMOVED, OPENED)],
        [change_of(Kind.CHANGED, SECRET, OPENED)],
        [change_of(Kind.CHANGED, SECRET, OPENED), change_of(Kind.CHANGED, OPENED, SECRET)],
    ],
    ids=["opened", "opened and changed", "opened and removed", "closed", "closed and opened"],
)
def test_a_channel_with_outsiders_hears_nothing_of_what_was_internal_in_between(changes: list[Change]) -> None:
    told = bulletin([*changes, CHANGE])
    seen = told.seen_by({Audience.PUBLIC})
    assert ([item.document for item in seen.items], seen.totals) == (["guides/ute"], {Kind.CHANGED: 1})
    assert len(told.seen_by(set(Audience)).items) == 2


def test_what_became_public_in_a_run_before_is_told_to_everybody() -> None:
    (item,) = bulletin([REWORDED]).seen_by({Audience.PUBLIC}).items
    assert (item.document, item.headings) == ("internal/kontroll", ("Naar",))
