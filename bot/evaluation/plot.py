"""Results as pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from bot.evaluation.measures import Bin, mean, risk_coverage

matplotlib.use("agg")

_BLUE, _RED = "#0b5c8a", "#b3261e"


class Judged(Protocol):
    """How sure the bot was, whether it was right, and whether it answered."""

    @property
    def confidence(self) -> float:
        """How sure (0..1)."""

    @property
    def right(self) -> bool:
        """Does the draft cite a right section?"""

    @property
    def answered(self) -> bool:
        """Was an answer given?"""


def plot_risk_coverage(judged: Sequence[Judged], threshold: float, path: Path) -> None:
    """Draw, as PNG, the share of answers that cite no right section over the share of questions answered.

    The dot is where the bot stands with its threshold. Raises OSError where the file can't be written.
    """
    points = risk_coverage([each.confidence for each in judged], [each.right for each in judged])
    answered = [each for each in judged if each.answered]
    with _drawn(path) as axes:
        axes.plot([coverage for coverage, _ in points], [risk for _, risk in points], color=_BLUE)
        if answered:
            risk = mean([not each.right for each in answered])
            axes.plot(len(answered) / len(judged), risk, "o", color=_RED, label=f"threshold {threshold:g}")
            axes.legend()
        axes.set(xlabel="coverage: share answered", ylabel="risk: share of answers that are wrong")
        axes.set(title=f"Risk and coverage, {len(judged)} questions", xlim=(0, 1.02), ylim=(0, None))


def plot_reliability(bins: Sequence[Bin], path: Path) -> None:
    """Draw, as PNG, the share of right drafts over their confidence; on the diagonal it means what it says.

    The numbers say how many drafts stand at a point. Raises OSError where the file can't be written.
    """
    with _drawn(path) as axes:
        axes.plot([0, 1], [0, 1], "--", color="#777777", label="calibrated")
        axes.plot(
            [each.confidence for each in bins], [each.right for each in bins], "o-", color=_BLUE, label="measured"
        )
        for each in bins:
            axes.annotate(
                str(each.count), (each.confidence, each.right), (4, 6), textcoords="offset points", fontsize=8
            )
        axes.legend()
        axes.set(xlabel="confidence", ylabel="share of drafts that are right", xlim=(0, 1.02), ylim=(-0.02, 1.08))
        axes.set(title=f"Reliability, {sum(each.count for each in bins)} drafts")


def plot_recall(recalls: Mapping[str, Sequence[float]], path: Path) -> None:
    """Draw, as PNG, the share of questions with a right section among the first 1, 2, 3, ..., a line for each name.

    Raises OSError where the file can't be written.
    """
    with _drawn(path) as axes:
        for name, shares in recalls.items():
            axes.plot(range(1, len(shares) + 1), shares, "o-", markersize=4, label=name)
        axes.legend()
        axes.set(xlabel="sections looked at", ylabel="share with a right one among them", ylim=(0, 1.02))
        axes.set(title="Recall")


@contextmanager
def _drawn(path: Path) -> Iterator[Axes]:
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    try:
        yield axes
        axes.grid(alpha=0.3)
        figure.savefig(path, dpi=150, format="png")
    finally:
        plt.close(figure)
