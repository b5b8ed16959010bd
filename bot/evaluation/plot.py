"""The risk-coverage curve as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt

from bot.evaluation.measures import mean, risk_coverage
from bot.evaluation.runs import Outcome

matplotlib.use("agg")


def plot_risk_coverage(outcomes: Sequence[Outcome], threshold: float, path: Path) -> None:
    """Draw, as PNG, the share of answers that cite no right section over the share of questions answered.

    The dot is where the bot stands with its threshold. Raises OSError where the file can't be written.
    """
    points = risk_coverage([o.reply.confidence for o in outcomes], [o.right for o in outcomes])
    answered = [outcome for outcome in outcomes if outcome.answered]
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    axes.plot([coverage for coverage, _ in points], [risk for _, risk in points], color="#0b5c8a")
    if answered:
        risk = mean([not outcome.right for outcome in answered])
        axes.plot(len(answered) / len(outcomes), risk, "o", color="#b3261e", label=f"threshold {threshold:g}")
        axes.legend()
    axes.set(xlabel="coverage: share answered", ylabel="risk: share of answers that are wrong")
    axes.set(title=f"Risk and coverage, {len(outcomes)} questions", xlim=(0, 1.02), ylim=(0, None))
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=150, format="png")
    plt.close(figure)
