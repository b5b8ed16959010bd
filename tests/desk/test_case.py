from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.case import LONGEST_ANSWER, Actor, Case, CaseState, Event, IllegalMove, Move, Refusal, apply
from tests.desk.examples import ASKER, KARI, OLA, request

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
NEW = Case(**dict(request()), id="c" * 32, number=17, opened=NOON)


def event(move: Move, actor: Actor = KARI, text: str = "Ja, til klokka 02.", hour: int = 13) -> Event:
    return Event(move=move, actor=actor, moment=NOON.replace(hour=hour), text=text if move is Move.ANSWERED else "")


CLAIMED = apply(NEW, event(Move.CLAIMED))
ANSWERED = apply(CLAIMED, event(Move.ANSWERED, hour=14))
CLOSED = apply(ANSWERED, event(Move.CLOSED, hour=15))

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
    (ANSWERED, Move.UNDELIVERED, KARI, CaseState.ANSWERED),
    (CLOSED, Move.UNDELIVERED, KARI, CaseState.CLOSED),
    (NEW, Move.UNDELIVERED, KARI, CaseState.FORWARDED),
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
    ],
)
def test_what_is_done_twice_happens_once(case: Case, repeated: Event) -> None:
    assert apply(case, repeated) is case


def test_another_answer_from_the_same_officer_is_refused_rather_than_lost() -> None:
    with pytest.raises(IllegalMove, match="Kari Berg has answered case M-17 already"):
        apply(ANSWERED, event(Move.ANSWERED, text="Nei, til klokka 01."))


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", Refusal.EMPTY),
        (" \n\t", Refusal.EMPTY),
        ("a" * (LONGEST_ANSWER + 1), Refusal.LONG),
        ("a" * LONGEST_ANSWER, CaseState.ANSWERED),
        ("a", CaseState.ANSWERED),
    ],
)
def test_an_answer_says_something_and_not_too_much(text: str, outcome: CaseState | Refusal) -> None:
    if isinstance(outcome, CaseState):
        assert apply(CLAIMED, event(Move.ANSWERED, text=text)).answer == text
    else:
        with pytest.raises(IllegalMove) as refused:
            apply(CLAIMED, event(Move.ANSWERED, text=text))
        assert refused.value.refusal is outcome


def test_an_answer_by_nobodys_officer_takes_the_case() -> None:
    case = apply(NEW, event(Move.ANSWERED, OLA, hour=16))
    assert (case.officer, case.claimed, case.answered) == (OLA, NOON.replace(hour=16), NOON.replace(hour=16))


def test_a_reopened_case_is_as_new_but_for_its_history() -> None:
    case = apply(CLOSED, event(Move.REOPENED, Actor(id=ASKER.id, name=ASKER.name)))
    assert case == NEW.model_copy(update={"version": CLOSED.version + 1})


def test_a_refusal_names_who_has_the_case() -> None:
    with pytest.raises(IllegalMove, match="Kari Berg has claimed case M-17"):
        apply(CLAIMED, event(Move.CLAIMED, OLA))


events = st.builds(
    event,
    move=st.sampled_from(Move),
    actor=st.sampled_from([KARI, OLA]),
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
    assert (case.closed is not None) == (case.state is CaseState.CLOSED)
    if case.answer is not None:
        assert case.officer
        assert 0 < len(case.answer) <= LONGEST_ANSWER
    match case.state:
        case CaseState.FORWARDED:
            assert (case.officer, case.answer) == (None, None)
        case CaseState.CLAIMED:
            assert case.officer
            assert case.answer is None
        case CaseState.ANSWERED:
            assert case.answer
        case CaseState.CLOSED:
            pass
