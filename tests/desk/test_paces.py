"""So many at once, and of more one at a time."""

from __future__ import annotations

import pytest

from bot.desk.pacing import Pacing


def test_some_go_at_once_and_more_wait_each_for_one_gap_longer() -> None:
    pacing = Pacing(3, 60.0)
    waits = [pacing.wait() for _ in range(5)]
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert waits[3:] == [pytest.approx(60, abs=1), pytest.approx(120, abs=1)]


def test_a_gap_later_one_more_goes_at_once() -> None:
    pacing = Pacing(1, 1e-9)
    assert [pacing.wait() for _ in range(3)] == [0.0, 0.0, 0.0]
