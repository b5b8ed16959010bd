"""A run as a report: Markdown, and pictures where matplotlib is installed."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.evaluation.measures import mean
from bot.evaluation.results import FILE, Result, Run, Shown, parts_of, write_run
from bot.evaluation.scores import MEASURES, Measure, bins, curve, scores

REPORT = "report.md"
PICTURES = {
    "recall.png": "Recall",
    "risk-coverage.png": "Risk and coverage",
    "reliability.png": "Reliability of the confidence",
}
NO_PICTURES = (
    "There are no pictures: matplotlib is missing. Install moteplassen with the extra `plot` to have them drawn."
)
_WORST = 20
_DEPTH = 10
_SHOWN = 3
_LONGEST = 400
_COVERAGES = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)


def write_report(run: Run, folder: Path) -> bool:
    """Write the results and the report into the folder, which is made; False where pictures are missing.

    Raises OSError where it can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_run(run, folder / FILE)
    drawn = _draw(run, folder)
    (folder / REPORT).write_text("\n".join(_report(run, drawn=drawn)) + "\n", encoding="utf-8")
    return drawn


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table, its first column to the left and the others to the right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return ["", *(f"| {' | '.join(cells)} |" for cells in lines), ""]


def number(measure: Measure, value: float | None) -> str:
    """A value as it is printed; a dash where there is none."""
    return "–" if value is None else f"{value:.3f}" if measure.is_share else f"{value:.0f}"


def escaped(text: str) -> str:
    """A text of somebody else's in one line of Markdown, as it stands; long ones are cut."""
    line = textwrap.shorten(text, _LONGEST, placeholder=" …")
    return re.sub(r"([\\`*_{}\[\]<>|#~&!])", r"\\\1", line)


def _draw(run: Run, folder: Path) -> bool:
    for name in PICTURES:  # those of a run before must not pass for this one's
        (folder / name).unlink(missing_ok=True)
    try:
        from bot.evaluation.plot import plot_recall, plot_reliability, plot_risk_coverage  # noqa: PLC0415
    except ImportError:
        return False
    paths = [folder / name for name in PICTURES]
    plot_recall(_recalls(run.results), paths[0])
    plot_risk_coverage(run.results, run.threshold, paths[1])
    plot_reliability(bins(run.results), paths[2])
    return True


def _report(run: Run, *, drawn: bool) -> Iterator[str]:
    found = scores(run.results)
    answerable = sum(each.answerable for each in run.results)
    yield "# Evaluation"
    yield f"\n{len(run.results)} questions of `{run.questions}`, {answerable} answerable; {run.at:%Y-%m-%d %H:%M} UTC."
    yield from table(
        ["measure", "value", "what it says"],
        [[each.name, number(each, found.get(each.name)), each.about] for each in MEASURES],
    )
    yield from [f"![{title}]({name})" for name, title in PICTURES.items()] if drawn else [NO_PICTURES]
    for by, parts in parts_of(run.results).items():
        yield f"\n## By {by}"
        yield from _breakdown(by, parts)
    yield from _confidence(run)
    yield from _worst(run.results)
    yield "\n## Made with"
    yield from table(["", ""], [[name, escaped(value)] for name, value in run.made_with.items()])


def _breakdown(by: str, parts: Mapping[str, Sequence[Result]]) -> list[str]:
    rows = []
    for value, results in parts.items():
        found = scores(results)
        rows.append([escaped(value), str(len(results)), *(number(each, found.get(each.name)) for each in MEASURES)])
    return table([by, "n", *(each.name for each in MEASURES)], rows)


def _confidence(run: Run) -> Iterator[str]:
    yield "\n## Confidence\n\nDrafts by how sure the bot was, and the share of them that cite a right section:"
    rows = [[f"{each.confidence:.3f}", f"{each.right:.3f}", str(each.count)] for each in bins(run.results)]
    yield from table(["confidence", "right", "drafts"], rows)
    yield f"Were more or fewer questions answered (the threshold is {run.threshold:g}):"
    points = curve(run.results)
    chosen = dict.fromkeys(next(point for point in points if point[0] >= least) for least in _COVERAGES)
    yield from table(["coverage", "risk"], [[f"{coverage:.2f}", f"{risk:.3f}"] for coverage, risk in chosen])


def _worst(results: Sequence[Result]) -> Iterator[str]:
    """Wrong answers, the surest first; then what should have been answered, the least sure first."""
    off = [each for each in results if not each.as_expected]
    off.sort(key=lambda each: (not each.wrong, -each.confidence if each.wrong else each.confidence))
    yield f"\n## The worst {len(off[:_WORST])} of {len(off)} that did not end as they should"
    for each in off[:_WORST]:
        place = f"found at place {each.rank}" if each.rank else "not found"
        yield f"\n### {escaped(each.id)}: {escaped(each.text)}\n"
        yield f"- {each.status.value}, confidence {each.confidence:.2f}; {escaped(each.language)} {escaped(each.kind)}"
        yield f"- right: {', '.join(map(escaped, each.gold))}; {place}" if each.gold else "- nothing answers it"
        yield from map(_shown, each.shown[:_SHOWN]) if each.shown else ["- nothing was shown"]
        if each.answered and each.right:
            yield "- a right section, but not the words that the answer must contain"


def _shown(shown: Shown) -> str:
    return f"- shown: {escaped(f'{shown.document}#{shown.section}')} ({escaped(shown.title)}): «{escaped(shown.quote)}»"


def _recalls(results: Sequence[Result]) -> dict[str, list[float]]:
    """For every language and for all: the share of answerable questions with a right section among the first k."""
    parts = {"all": results, **parts_of(results).get("language", {})}
    ranks = {name: [each.rank or _DEPTH + 1 for each in part if each.answerable] for name, part in parts.items()}
    return {
        name: [mean([float(rank <= depth) for rank in places]) for depth in range(1, _DEPTH + 1)]
        for name, places in ranks.items()
        if places
    }
