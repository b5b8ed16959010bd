from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.case import (
    LONGEST_ANSWER,
    SYSTEM,
    TO_ASKER,
    Actor,
    Case,
    CaseState,
    Event,
    IllegalMove,
    Move,
    Refusal,
)
from bot.desk.moves import apply
from tests.desk.drawing import DOCS, drawn
from tests.desk.examples import ASKER, KARI, OLA, request

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
NEW = Case(**dict(request()), id="c" * 32, number=17, opened=NOON)


def event(move: Move, actor: Actor = KARI, text: str = "Ja, til klokka 02.", hour: int = 13) -> Event:
    says = move in {*TO_ASKER, Move.FOLLOWED_UP, Move.CORRECTED}
    to = OLA if move is Move.REASSIGNED else None
    return Event(
        move=move,
        actor=actor,
        moment=NOON.replace(hour=hour),
        text=text if says else "",
        to=to,
        team="bygg" if move is Move.ROUTED else "",
        into="m" * 32 if move is Move.MERGED else "",
    )


PERSON = Actor(id=ASKER.id, name=ASKER.name)
CLAIMED = apply(NEW, event(Move.CLAIMED))
ANSWERED = apply(CLAIMED, event(Move.ANSWERED, hour=14))
CLOSED = apply(ANSWERED, event(Move.CLOSED, hour=15))
ASKED = apply(CLAIMED, event(Move.ASKED_BACK, text="Ute eller inne?"))
RETURNED = apply(CLAIMED, event(Move.RETURNED))
MERGED = apply(CLAIMED, event(Move.MERGED))
WITHDRAWN = apply(CLAIMED, event(Move.WITHDRAWN, PERSON))

MOVES = [
    # case, move, by whom, the state after it or why not
    (NEW, Move.CLAIMED, KARI, CaseState.CLAIMED),
    (NEW, Move.RELEASED, KARI, CaseState.FORWARDED),
    (NEW, Move.ANSWERED, KARI, CaseState.ANSWERED),
    (NEW, Move.CLOSED, KARI, CaseState.CLOSED),
    (NEW, Move.REOPENED, KARI, CaseState.FORWARDED),
    (NEW, Move.OPENED, KARI, Refusal.OPEN),
    (CLAIMED, Move.CLAIMED, KARI, CaseState.CLAIMED),
    (CLAIMED, Move.CLAIMED, OLA, Refusal.TAKEN),
    (CLAIMED, Move.RELEASED, KARI, CaseState.FORWARDED),
    (CLAIMED, Move.RELEASED, OLA, Refusal.TAKEN),
    (CLAIMED, Move.ANSWERED, KARI, CaseState.ANSWERED),
    (CLAIMED, Move.ANSWERED, OLA, Refusal.TAKEN),
    (CLAIMED, Move.CLOSED, KARI, CaseState.CLOSED),
    (CLAIMED, Move.CLOSED, OLA, Refusal.TAKEN),
    (CLAIMED, Move.REOPENED, OLA, CaseState.CLAIMED),
    (ANSWERED, Move.CLAIMED, KARI, Refusal.ANSWERED),
    (ANSWERED, Move.CLAIMED, OLA, Refusal.ANSWERED),
    (ANSWERED, Move.RELEASED, KARI, Refusal.ANSWERED),
    (ANSWERED, Move.ANSWERED, KARI, CaseState.ANSWERED),
    (ANSWERED, Move.ANSWERED, OLA, Refusal.ANSWERED),
    (ANSWERED, Move.CLOSED, OLA, CaseState.CLOSED),
    (ANSWERED, Move.REOPENED, KARI, CaseState.FORWARDED),
    (CLOSED, Move.CLAIMED, OLA, Refusal.CLOSED),
    (CLOSED, Move.RELEASED, KARI, Refusal.CLOSED),
    (CLOSED, Move.ANSWERED, KARI, Refusal.CLOSED),
    (CLOSED, Move.CLOSED, OLA, CaseState.CLOSED),
    (CLOSED, Move.REOPENED, OLA, CaseState.FORWARDED),
    (NEW, Move.SOURCE_CHANGED, SYSTEM, CaseState.FORWARDED),
    (ASKED, Move.SOURCE_CHANGED, SYSTEM, CaseState.ASKED),
    (CLOSED, Move.SOURCE_CHANGED, SYSTEM, Refusal.CLOSED),
    (ANSWERED, Move.UNDELIVERED, KARI, CaseState.ANSWERED),
    (CLOSED, Move.UNDELIVERED, KARI, CaseState.CLOSED),
    (NEW, Move.UNDELIVERED, KARI, CaseState.FORWARDED),
    (NEW, Move.REASSIGNED, KARI, CaseState.CLAIMED),
    (CLAIMED, Move.REASSIGNED, KARI, CaseState.CLAIMED),
    (ASKED, Move.REASSIGNED, KARI, CaseState.ASKED),
    (ANSWERED, Move.REASSIGNED, KARI, Refusal.ANSWERED),
    (CLOSED, Move.REASSIGNED, KARI, Refusal.CLOSED),
    (NEW, Move.RETURNED, KARI, CaseState.FORWARDED),
    (CLAIMED, Move.RETURNED, KARI, CaseState.FORWARDED),
    (CLAIMED, Move.RETURNED, OLA, Refusal.TAKEN),
    (ANSWERED, Move.RETURNED, KARI, Refusal.ANSWERED),
    (NEW, Move.ASKED_BACK, KARI, CaseState.ASKED),
    (CLAIMED, Move.ASKED_BACK, KARI, CaseState.ASKED),
    (CLAIMED, Move.ASKED_BACK, OLA, Refusal.TAKEN),
    (ASKED, Move.ASKED_BACK, KARI, CaseState.ASKED),
    (ANSWERED, Move.ASKED_BACK, KARI, Refusal.ANSWERED),
    (CLOSED, Move.ASKED_BACK, KARI, Refusal.CLOSED),
    (ASKED, Move.CLAIMED, KARI, CaseState.ASKED),
    (ASKED, Move.CLAIMED, OLA, Refusal.TAKEN),
    (ASKED, Move.RELEASED, KARI, CaseState.FORWARDED),
    (ASKED, Move.ANSWERED, KARI, CaseState.ANSWERED),
    (ASKED, Move.ANSWERED, OLA, Refusal.TAKEN),
    (ASKED, Move.CLOSED, OLA, Refusal.TAKEN),
    (ASKED, Move.CLOSED, KARI, CaseState.CLOSED),
    (ASKED, Move.REOPENED, KARI, CaseState.ASKED),
    (NEW, Move.FOLLOWED_UP, PERSON, CaseState.FORWARDED),
    (CLAIMED, Move.FOLLOWED_UP, PERSON, CaseState.CLAIMED),
    (ASKED, Move.FOLLOWED_UP, PERSON, CaseState.CLAIMED),
    (ANSWERED, Move.FOLLOWED_UP, PERSON, CaseState.ANSWERED),
    (CLOSED, Move.FOLLOWED_UP, PERSON, Refusal.CLOSED),
    (ANSWERED, Move.CORRECTED, PERSON, CaseState.ANSWERED),
    (ASKED, Move.RETRACTED, PERSON, CaseState.ASKED),
    (CLAIMED, Move.SUPPLEMENTED, KARI, Refusal.UNANSWERED),
    (ANSWERED, Move.SUPPLEMENTED, KARI, CaseState.ANSWERED),
    (ANSWERED, Move.SUPPLEMENTED, OLA, Refusal.TAKEN),
    (CLOSED, Move.SUPPLEMENTED, KARI, Refusal.CLOSED),
    (NEW, Move.ROUTED, KARI, CaseState.FORWARDED),
    (CLAIMED, Move.ROUTED, KARI, CaseState.FORWARDED),
    (CLAIMED, Move.ROUTED, OLA, Refusal.TAKEN),
    (ANSWERED, Move.ROUTED, KARI, Refusal.ANSWERED),
    (NEW, Move.MERGED, KARI, CaseState.MERGED),
    (CLAIMED, Move.MERGED, OLA, Refusal.TAKEN),
    (ANSWERED, Move.MERGED, KARI, Refusal.ANSWERED),
    (MERGED, Move.CLAIMED, KARI, Refusal.MERGED),
    (MERGED, Move.ANSWERED, KARI, Refusal.MERGED),
    (MERGED, Move.CLOSED, KARI, Refusal.MERGED),
    (MERGED, Move.FOLLOWED_UP, PERSON, CaseState.MERGED),
    (MERGED, Move.REOPENED, KARI, CaseState.FORWARDED),
    (MERGED, Move.WITHDRAWN, PERSON, CaseState.WITHDRAWN),
    (NEW, Move.WITHDRAWN, PERSON, CaseState.WITHDRAWN),
    (ASKED, Move.WITHDRAWN, PERSON, CaseState.WITHDRAWN),
    (NEW, Move.WITHDRAWN, KARI, Refusal.ASKER),
    (ANSWERED, Move.WITHDRAWN, PERSON, Refusal.ANSWERED),
    (WITHDRAWN, Move.CLAIMED, KARI, Refusal.WITHDRAWN),
    (WITHDRAWN, Move.FOLLOWED_UP, PERSON, Refusal.WITHDRAWN),
    (WITHDRAWN, Move.REOPENED, PERSON, CaseState.FORWARDED),
    (ANSWERED, Move.HELPED, PERSON, CaseState.CLOSED),
    (ANSWERED, Move.HELPED, KARI, Refusal.ASKER),
    (CLAIMED, Move.HELPED, PERSON, Refusal.UNANSWERED),
    (ANSWERED, Move.NUDGED, SYSTEM, CaseState.ANSWERED),
    (CLAIMED, Move.NUDGED, SYSTEM, Refusal.UNANSWERED),
    (CLOSED, Move.WATCHED, OLA, CaseState.CLOSED),
    (CLAIMED, Move.UNWATCHED, OLA, CaseState.CLAIMED),
    (NEW, Move.FOLLOWED_UP, KARI, Refusal.ASKER),
]


@pytest.mark.parametrize(("case", "move", "actor", "outcome"), MOVES)
def test_what_a_case_allows(case: Case, move: Move, actor: Actor, outcome: CaseState | Refusal) -> None:
    if isinstance(outcome, CaseState):
        assert apply(case, event(move, actor)).state is outcome
    else:
        with pytest.raises(IllegalMove) as refused:
            apply(case, event(move, actor))
        assert refused.value.refusal is outcome


@pytest.mark.parametrize(
    ("case", "repeated"),
    [
        (CLAIMED, event(Move.CLAIMED, hour=20)),
        (ANSWERED, event(Move.ANSWERED, hour=20)),
        (CLOSED, event(Move.CLOSED, OLA, hour=20)),
        (NEW, event(Move.RELEASED)),
        (NEW, event(Move.REOPENED)),
        (ASKED, event(Move.ASKED_BACK, text="Ute eller inne?", hour=20)),
        (ASKED, event(Move.REOPENED)),
        (RETURNED, event(Move.RETURNED, OLA)),
        (apply(CLAIMED, event(Move.REASSIGNED)), event(Move.REASSIGNED, hour=20)),
    ],
)
def test_what_is_done_twice_happens_once(case: Case, repeated: Event) -> None:
    assert apply(case, repeated) is case


def test_another_answer_from_the_same_officer_is_refused_rather_than_lost() -> None:
    with pytest.raises(IllegalMove, match="Kari Berg has answered case M-17 already"):
        apply(ANSWERED, event(Move.ANSWERED, text="Nei, til klokka 01."))


def test_a_case_is_given_to_somebody() -> None:
    case = apply(CLAIMED, event(Move.REASSIGNED, hour=15))
    assert (case.officer, case.claimed) == (OLA, NOON.replace(hour=15))
    with pytest.raises(IllegalMove) as refused:
        apply(NEW, event(Move.REASSIGNED).model_copy(update={"to": None}))
    assert refused.value.refusal is Refusal.NOBODY


def test_a_case_that_belongs_elsewhere_is_marked_until_somebody_takes_it() -> None:
    assert (RETURNED.not_ours, RETURNED.officer, RETURNED.claimed) == (True, None, None)
    takes = (Move.CLAIMED, Move.ANSWERED, Move.ASKED_BACK, Move.REASSIGNED)
    assert not any(apply(RETURNED, event(move)).not_ours for move in takes)
    assert apply(RETURNED, event(Move.FOLLOWED_UP, PERSON)).not_ours


def test_what_was_asked_back_is_known_until_more_is_written() -> None:
    assert (ASKED.asked, ASKED.officer, ASKED.replied) == ("Ute eller inne?", KARI, NOON.replace(hour=13))
    again = apply(ASKED, event(Move.ASKED_BACK, text="Og når?", hour=15))
    assert (again.asked, again.replied) == ("Og når?", ASKED.replied)
    assert apply(ASKED, event(Move.FOLLOWED_UP, PERSON)).asked is None
    assert apply(ASKED, event(Move.CLOSED)).asked is None


@pytest.mark.parametrize("move", [Move.ANSWERED, Move.ASKED_BACK, Move.FOLLOWED_UP])
@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", Refusal.EMPTY),
        (" \n\t", Refusal.EMPTY),
        ("a" * (LONGEST_ANSWER + 1), Refusal.LONG),
        ("a" * LONGEST_ANSWER, None),
        ("a", None),
    ],
)
def test_what_is_written_says_something_and_not_too_much(move: Move, text: str, outcome: Refusal | None) -> None:
    by = PERSON if move is Move.FOLLOWED_UP else KARI
    if outcome is None:
        after = apply(CLAIMED, event(move, by, text=text))
        assert (after.answer or after.asked or text) == text
    else:
        with pytest.raises(IllegalMove) as refused:
            apply(CLAIMED, event(move, by, text=text))
        assert refused.value.refusal is outcome


def test_an_answer_by_nobodys_officer_takes_the_case() -> None:
    case = apply(NEW, event(Move.ANSWERED, OLA, hour=16))
    assert (case.officer, case.claimed, case.answered) == (OLA, NOON.replace(hour=16), NOON.replace(hour=16))


def test_a_reopened_case_is_as_new_but_for_its_history() -> None:
    case = apply(CLOSED, event(Move.REOPENED, Actor(id=ASKER.id, name=ASKER.name)))
    assert case == NEW.model_copy(update={"version": CLOSED.version + 1, "helped": False})


def test_a_refusal_names_who_has_the_case() -> None:
    with pytest.raises(IllegalMove, match="Kari Berg has claimed case M-17"):
        apply(CLAIMED, event(Move.CLAIMED, OLA))


events = st.builds(
    event,
    move=st.sampled_from(Move),
    actor=st.sampled_from([KARI, OLA, PERSON]),
    text=st.sampled_from(["", "Ja.", "Nei.", "a" * (LONGEST_ANSWER + 1)]),
    hour=st.integers(0, 23),
)


@given(st.lists(events, max_size=30))
def test_whatever_happens_a_case_makes_sense(happenings: list[Event]) -> None:
    case, applied = NEW, 1
    for happening in happenings:
        before = case
        with contextlib.suppress(IllegalMove):
            case = apply(case, happening)
        applied += case is not before
        assert (case is before) == (case == before)
        assert case.version == applied
        assert_makes_sense(case)


def assert_makes_sense(case: Case) -> None:
    assert {name: getattr(case, name) for name in type(request()).model_fields} == dict(request())
    assert (case.officer is None) == (case.claimed is None)
    assert (case.answer is None) == (case.answered is None)
    assert (case.closed is not None) == (case.state in {CaseState.CLOSED, CaseState.WITHDRAWN})
    assert (case.merged_into is not None) == (case.state is CaseState.MERGED)
    assert (case.asked is not None) == (case.state is CaseState.ASKED)
    assert not (case.not_ours and case.officer)
    assert case.replied or (case.answer is None and case.asked is None)
    assert case.helped is not True or case.state is CaseState.CLOSED
    if case.answer is not None:
        assert case.officer
        assert 0 < len(case.answer) <= LONGEST_ANSWER
    match case.state:
        case CaseState.FORWARDED:
            assert (case.officer, case.answer) == (None, None)
        case CaseState.CLAIMED | CaseState.ASKED:
            assert case.officer
            assert case.answer is None
        case CaseState.ANSWERED:
            assert case.answer
        case CaseState.MERGED:
            assert (case.officer, case.answer) == (None, None)
        case CaseState.CLOSED | CaseState.WITHDRAWN:
            pass


def test_the_docs_show_the_table_that_the_code_follows() -> None:
    text = DOCS.read_text()
    assert drawn(text) == text, "run `python -m tests.desk.drawing`"
    assert {f"| {move} |" for move in Move} <= {
        line[: line.index("|", 1) + 1] for line in text.splitlines() if "|" in line[1:]
    }
