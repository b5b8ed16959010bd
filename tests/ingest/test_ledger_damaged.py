"""A ledger that is damaged is begun anew: what is noted there is found out again by looking at the sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.ledger import Ledger
from tests.damage import DAMAGES, Damage


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_ledger_is_begun_anew_and_tells_that_it_is_another(tmp_path: Path, damage: Damage) -> None:
    file = tmp_path / "ledger.db"
    ledger = Ledger(file)
    known = ledger.id
    ledger.close()
    damage(file)
    again = Ledger(file)
    assert again.id != known
    assert again.sources() == {}
    again.close()
    unharmed = Ledger(file)
    assert unharmed.id != known
    unharmed.close()
