"""A change concerns the cases that cite what it changed, and no others."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.desk.case import Case, Move
from bot.sourcing.concerned import told
from ingest.changes import Change, Kind, change_of
from ingest.ledger import Noted
from knowledge.model import Audience, Claim
from tests.desk.examples import request
from tests.sourcing.examples import AFTER, BEFORE, CHANGE, NOW, citation, guide

TID, STOY, OTHER = citation("tid"), citation("stoy"), citation("tid", "guides/inne")
SHORTER = guide(stoy="Høyst 50 desibel.")


def case(**about: Any) -> Case:
    about = {"draft": (), "nearest": (), "id": "c", "number": 1, "opened": NOW, **about}
    answer = about.pop("answer", None)
    values = dict(request()) | about
    return Case(**values, answer=answer)


def noted(change: Change, at: dt.datetime = NOW) -> Noted:
    return Noted(number=7, at=at, change=change)


@pytest.mark.parametrize(
    ("about", "change", "headings"),
    [
        ({"nearest": (TID,)}, CHANGE, ("Tid",)),
        ({"draft": (Claim(text="t", citation=TID),), "nearest": (STOY, TID)}, CHANGE, ("Tid",)),
        ({"nearest": (STOY,)}, CHANGE, None),
        ({"nearest": (OTHER,)}, CHANGE, None),
        ({}, CHANGE, None),
        ({"nearest": (TID,)}, change_of(Kind.CHANGED, SHORTER, BEFORE), ("Tid",)),
        ({"nearest": (STOY,)}, change_of(Kind.CHANGED, BEFORE, SHORTER), None),
        ({"nearest": (TID, STOY)}, change_of(Kind.REMOVED, BEFORE), ("Tid", "Stoy")),
        ({"nearest": (STOY,)}, change_of(Kind.MISSING, BEFORE), ("Stoy",)),
        ({"nearest": (TID,)}, change_of(Kind.FOUND, AFTER, BEFORE), ("Tid",)),
        ({"nearest": (TID,)}, change_of(Kind.FOUND, BEFORE, BEFORE), None),
        ({"nearest": (TID,)}, change_of(Kind.ADDED, BEFORE), None),
        ({"answer": "Se https://bot.example.no/kilde/guides/ute?q=Til%20klokka#tid."}, CHANGE, ("Tid",)),
        ({"answer": "Se https://bot.example.no/kilde/guides/ute#stoy"}, CHANGE, None),
        ({"answer": "Se (https://bot.example.no/kilde/guides/ute)"}, CHANGE, ()),
        ({"answer": "Det står i guides/ute#tid."}, CHANGE, None),
        ({"nearest": (TID,), "opened": NOW + dt.timedelta(seconds=1)}, CHANGE, None),
    ],
)
def test_a_change_is_told_to_who_cites_what_it_changed(
    about: dict[str, Any], change: Change, headings: tuple[str, ...] | None
) -> None:
    event = told(case(**about), noted(change), NOW)
    if headings is None:
        assert event is None
        return
    assert event is not None
    assert event.source is not None
    assert (event.move, event.source.headings, event.source.kind) == (Move.SOURCE_CHANGED, headings, change.kind)
    assert event.source.url.startswith("https://bot.example.no/kilde/guides/ute")


HIDDEN = guide(audience=Audience.INTERNAL, tid="Til klokka 23.", kontroll="På torsdager.").model_copy(
    update={"title": "Kontroll ute"}
)
CLOSED = change_of(Kind.CHANGED, HIDDEN, BEFORE)
LINK = "https://bot.example.no/kilde/guides/ute"


@pytest.mark.parametrize("change", [CLOSED, CLOSED.model_copy(update={"sections": ()})], ids=["whole", "as noted"])
@pytest.mark.parametrize(
    ("about", "title", "headings"),
    [({"nearest": (STOY, TID)}, "Ute", ("Stoy", "Tid")), ({"answer": f"Se {LINK}#tid"}, "guides/ute", ())],
    ids=["cited", "linked to"],
)
def test_what_became_internal_is_removed_for_a_public_case_and_called_as_it_was(
    change: Change, about: dict[str, Any], title: str, headings: tuple[str, ...]
) -> None:
    event = told(case(**about), noted(change), NOW)
    assert event is not None
    assert event.source is not None
    assert (event.source.kind, event.source.title, event.source.headings) == (Kind.REMOVED, title, headings)
    assert event.source.audience is Audience.INTERNAL, "so that a channel with outsiders hears no more than that"
    assert "ontroll" not in event.source.model_dump_json()


@pytest.mark.parametrize(
    ("audience", "before", "after"),
    [
        (Audience.INTERNAL, Audience.PUBLIC, Audience.INTERNAL),
        (Audience.PUBLIC, Audience.INTERNAL, Audience.PUBLIC),
        (Audience.INTERNAL, Audience.INTERNAL, Audience.PUBLIC),
    ],
)
def test_who_may_still_read_it_hears_nothing_of_another_audience(
    audience: Audience, before: Audience, after: Audience
) -> None:
    change = change_of(Kind.CHANGED, guide(audience=after, tid="Nå."), guide(audience=before, tid="Nå."))
    assert told(case(nearest=(TID,), audience=audience), noted(change), NOW) is None
