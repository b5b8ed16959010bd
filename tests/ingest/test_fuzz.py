"""Broken documents, as the pipeline reads them: each is read, or refused with a reason that somebody thought of."""

from __future__ import annotations

import pytest

from tests.ingest.fuzzing import read_all
from tests.ingest.mutants import mutant


@pytest.mark.parametrize("count", [60, pytest.param(400, marks=[pytest.mark.slow, pytest.mark.timeout(600)])])
async def test_no_broken_document_breaks_its_reader(count: int) -> None:
    tally = await read_all(mutant(7, number) for number in range(count))
    assert tally.failures == {}
    assert tally.read.total() + tally.refused.total() == count
    assert min(tally.read.total(), tally.refused.total()) > count / 10, "the mutants are all alike"


def test_a_seed_makes_the_same_document_again() -> None:
    assert [mutant(7, number) for number in range(8)] == [mutant(7, number) for number in range(8)]
    assert mutant(7, 1).content != mutant(8, 1).content
