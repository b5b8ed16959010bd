"""Tunes E5's first layers to tell whether what is said answers what is asked, on what `pairs.py` wrote:
`python -m tests.bench.tuning.verify PAIRS.npz VERIFIER.npz`, where PyTorch and a GPU are.

Both are read as one text; a weighted sum of the mean of what comes out is the log-odds. The layers are rounded to 4
bits in each step, as in `tune.py`. What was asked of one section or passage in fifty is held out, to measure with. A
minute and a half on an H200.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.tuning.tune import WIDTH, Model, functional, saved, share_of_rate, torch

LAYERS, BATCH, PASSES, RATE, DROPOUT = 6, 512, 5, 1.5e-4, 0.1
"""Layers, pairs at once, times that all are learned from, the highest learning rate, and what is left out by chance."""
HEAD_FASTER = 10
"""How much higher the learning rate of the sum's weights is, which begin anew."""
HELD_OUT = 50
WARM = 0.06
"""The share of all steps in which the learning rate rises."""

Tensor = Any


class Verifier:
    """Layers with the weights of a sum of what comes out."""

    def __init__(self, data: Mapping[str, Any], device: str, layers: int) -> None:
        self.model = Model(data, device, layers)
        self.model.weights |= {
            "head.w": torch.randn(1, WIDTH, device=device) * 0.02,
            "head.b": torch.zeros(1, device=device),
        }

    def log_odds(self, texts: list[Any]) -> Tensor:
        """Of each text that the two are read as."""
        head = (self.model.weights[f"head.{part}"] for part in "wb")
        return functional.linear(self.model.means(texts), *head)[:, 0]


def learn(verifier: Verifier, texts: list[Any], answers: Any, device: str) -> None:
    """Learn from all, again and again."""
    weights = verifier.model.weights
    for each in verifier.model.learnt():
        each.requires_grad_(True)
    head = [weights["head.w"], weights["head.b"]]
    others = [each for each in verifier.model.learnt() if all(each is not one for one in head)]
    groups = [{"params": others, "lr": RATE}, {"params": head, "lr": RATE * HEAD_FASTER}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    highest, verifier.model.dropout = [group["lr"] for group in optimizer.param_groups], DROPOUT
    size = min(BATCH, len(texts))
    steps, done, start = PASSES * (len(texts) // size), 0, time.monotonic()
    for _ in range(PASSES):
        order = np.random.permutation(len(texts))
        for part in (order[at : at + size] for at in range(0, len(order) - size + 1, size)):
            for group, rate in zip(optimizer.param_groups, highest, strict=True):
                group["lr"] = rate * share_of_rate(done, steps, WARM)
            optimizer.zero_grad()
            wanted = torch.tensor(answers[part], dtype=torch.float32, device=device)
            loss = functional.binary_cross_entropy_with_logits(verifier.log_odds([texts[at] for at in part]), wanted)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(verifier.model.learnt(), 1.0)
            optimizer.step()
            done += 1
        print(f"{done} of {steps} steps, {time.monotonic() - start:.0f} s, loss {loss.item():.3f}", flush=True)
    for each in verifier.model.learnt():
        each.requires_grad_(False)
    verifier.model.dropout = 0.0


def ranked(verifier: Verifier, texts: list[Any], answers: Any) -> float:
    """How likely a pair that answers is given more than one that doesn't (AUC)."""
    with torch.no_grad():
        parts = [verifier.log_odds(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
    found = torch.cat(parts).cpu().numpy()
    return float((found[answers][:, None] > found[~answers][None, :]).mean())


def main(data: Mapping[str, Any], out: Path, device: str) -> None:
    """Learn, measure, and write."""
    texts = np.split(data["tokens"], np.cumsum(data["lengths"])[:-1])
    held_out = data["about"] % HELD_OUT == 0
    learned, measured = ([texts[at] for at in np.flatnonzero(part)] for part in (~held_out, held_out))
    verifier = Verifier(data, device, LAYERS)
    learn(verifier, learned, data["answers"][~held_out], device)
    print(f"held out: AUC {ranked(verifier, measured, data['answers'][held_out]):.4f} of {len(measured)} pairs")
    saved(verifier.model.weights, out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--device", default="cuda")
    given = parser.parse_args()
    np.random.seed(0)
    torch.manual_seed(0)
    main(dict(np.load(given.data)), given.out, given.device)
