"""How often something may happen, whatever comes when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.rates import PERIOD, Counted, Limited, Rates, Scope, take, take_all

RATES = st.integers(min_value=1, max_value=1_000)
MOMENTS = st.lists(st.integers(min_value=0, max_value=3 * PERIOD), min_size=1, max_size=80).map(sorted)
START = 1_700_000_000_000_000


def let_in(moments: list[int], rate: int) -> list[int]:
    """The moments of what was let in."""
    due, through = 0, []
    for moment in moments:
        due, wait = take(due, START + moment, rate)
        if not wait:
            through.append(moment)
    return through


@given(RATES)
def test_as_many_as_the_rate_says_may_come_at_once_and_no_more(rate: int) -> None:
    assert len(let_in([0] * (rate + 3), rate)) == rate


@given(MOMENTS, RATES)
def test_no_minute_lets_in_more_than_twice_the_rate_and_no_moment_more_than_the_rate(
    moments: list[int], rate: int
) -> None:
    through = let_in(moments, rate)
    for moment in through:
        assert sum(moment <= each < moment + PERIOD for each in through) <= 2 * rate
        assert through.count(moment) <= rate


@given(MOMENTS, RATES)
def test_who_keeps_to_the_rate_is_never_turned_away(moments: list[int], rate: int) -> None:
    evenly = [number * (PERIOD // rate + 1) for number in range(len(moments))]
    assert let_in(evenly, rate) == evenly


@given(MOMENTS, RATES)
def test_who_waits_as_long_as_they_are_told_is_let_in(moments: list[int], rate: int) -> None:
    due = 0
    for moment in moments:
        due, wait = take(due, START + moment, rate)
        assert 0 <= wait <= PERIOD
        if wait:
            assert take(due, START + moment + wait, rate)[1] == 0
            assert take(due, START + moment + wait - 1, rate)[1] > 0


@given(st.integers(min_value=0, max_value=START), RATES, RATES)
def test_a_clock_that_is_put_back_keeps_nobody_waiting_for_longer_than_a_minute(back: int, rate: int, now: int) -> None:
    due = 0
    for _ in range(rate):
        due, _ = take(due, START, rate)
    assert take(due, START - back, now)[1] <= PERIOD


def test_what_is_too_much_for_one_counts_for_none_of_the_others() -> None:
    wanted = [
        {"per": (Scope.ASKER, 1), "torget": (Scope.PLACE, 10)},
        {"per": (Scope.ASKER, 1), "torget": (Scope.PLACE, 10)},
        {"ola": (Scope.ASKER, 1), "torget": (Scope.PLACE, 10)},
    ]
    after, found = take_all({}, wanted, START)
    assert found == [None, Limited(Scope.ASKER, 60), None]
    assert after["torget"] == START + 2 * PERIOD // 10


def test_it_is_said_what_has_to_be_waited_for_the_longest() -> None:
    wanted = [{"per": (Scope.ASKER, 60), "torget": (Scope.PLACE, 1), "alle": (Scope.TENANT, 2)}] * 2
    assert take_all({}, wanted, START)[1] == [None, Limited(Scope.PLACE, 60)]


@pytest.mark.parametrize("scope", list(Scope))
def test_without_a_rate_there_is_none(scope: Scope) -> None:
    assert Rates().of(scope) == 0


def test_who_has_no_name_counts_for_nobody() -> None:
    assert Counted().scopes == {}
    assert Counted(place="torget").scopes == {Scope.PLACE: "torget"}
