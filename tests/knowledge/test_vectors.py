"""Vectors in files: what is nearest is found, among many, too."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings

from knowledge.vectors import VectorIndex
from tests.knowledge.examples import directions

COUNT, NEAREST = 3000, 100


def made_before(folder: Path) -> None:
    """A collection as it was made before it was said how thoroughly one is searched."""
    client: Any = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    client.create_collection("public", embedding_function=None, configuration={"hnsw": {"space": "ip"}})
    client.close()


@pytest.mark.parametrize("is_old", [False, True])
def test_the_nearest_are_found_among_many(is_old: bool, tmp_path: Path) -> None:
    vectors = directions(COUNT, 384)  # no neighbourhood leads a search to another
    if is_old:
        made_before(tmp_path)
    with contextlib.closing(VectorIndex(tmp_path, "public")) as index:
        index.add([f"e{number}" for number in range(COUNT)], vectors.tolist())
        shares = []
        for wanted in vectors[:20]:
            nearest = {f"e{number}" for number in np.argsort(-(vectors @ wanted))[:NEAREST]}
            shares.append(len(nearest & index.search(wanted.tolist(), NEAREST).keys()) / NEAREST)
        assert np.mean(shares) > 0.99
