from __future__ import annotations

import collections

import pytest

from tests.peers.slack import Slack
from tests.slack.faults import Trial

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

COUNT = 600
"""`python -m tests.bench.slack_faults` does this with 10,000."""


async def test_every_question_has_one_answer_whatever_goes_wrong(slack: Slack, address: str) -> None:
    outcome = await Trial(slack, address, COUNT).run()
    assert outcome.answers == collections.Counter({1: COUNT})
    assert outcome.unfinished == 0
    assert (outcome.kills, outcome.duplicates > COUNT * 0.02, outcome.failures > COUNT * 0.02) == (3, True, True)
