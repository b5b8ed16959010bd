"""`eval run` and `eval compare`: a report over a file of questions, and two of them side by side."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.commands.console import err, fail, out, plain_errors, print_json, steps, verbatim, warn
from bot.commands.options import AsJson, DataDir, settings_of

if TYPE_CHECKING:
    from bot.evaluation.comparison import Comparison, Difference, Pair
    from bot.evaluation.records import KnownQuestion, Record
    from bot.evaluation.results import Run
    from bot.settings import Settings
    from bot.wiring import Knowledge

_QUESTIONS = "JSONL or JSONL.gz of {id, text, history, answerable, gold, must_contain, language, kind, ends}."
_CORPUS = "JSONL or JSONL.gz of {id, title, text}; without it, what is in the data directory is asked."
_LISTED = 20

RunFile = Annotated[Path, typer.Argument(help="A run.json that `eval run` wrote.")]


def run(
    questions: Annotated[Path, typer.Argument(help=_QUESTIONS)],
    folder: Annotated[Path, typer.Option("--out", help="A folder for report.md, its pictures and run.json.")],
    corpus: Annotated[Path | None, typer.Option(help=_CORPUS, show_default=False)] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Ask every question of a file and write a report. What a corpus holds that is not in force yet is left out."""
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.evaluation.records import KnownQuestion, Record, RecordsError, read_records  # noqa: PLC0415
    from bot.evaluation.report import NO_PICTURES, REPORT, write_report  # noqa: PLC0415
    from bot.evaluation.scores import scores  # noqa: PLC0415
    from ingest.sources import SourcesError  # noqa: PLC0415
    from knowledge.library import LibraryBusy  # noqa: PLC0415

    with plain_errors(DataDirError, RecordsError, SourcesError, LibraryBusy):
        _make(folder)
        today = dt.datetime.now(dt.UTC).date()
        records = [each for each in read_records(corpus, Record) if each.holds(today)] if corpus else None
        done = asyncio.run(_run(settings_of(data_dir), records, read_records(questions, KnownQuestion), questions.name))
        try:
            drawn = write_report(done, folder)
        except OSError as error:
            raise fail(f"can't write into {folder}: {error.strerror or error}") from error
        if not drawn:
            warn("no pictures", NO_PICTURES)
        found = scores(done.results)
        if as_json:
            print_json({"n": len(done.results)} | {name: round(value, 4) for name, value in found.items()})
        else:
            _print_scores(found, folder / REPORT)


def compare(
    before: RunFile,
    after: RunFile,
    max_drop: Annotated[float, typer.Option(min=0, max=1, help="By how much a main measure may get worse.")] = 0.02,
    as_json: AsJson = False,
) -> None:
    """See what got better and worse from one run to another; fails where a main measure got worse by too much."""
    from bot.evaluation.comparison import compare as compared  # noqa: PLC0415
    from bot.evaluation.results import RunError, read_run  # noqa: PLC0415

    with plain_errors(RunError):
        found = compared(read_run(before), read_run(after))
        drops = found.drops(max_drop)
        if as_json:
            print_json(_as_json(found, drops))
        else:
            _print_comparison(found)
        if drops:
            told = ", ".join(f"{each.measure.name} (by {each.drop:.3f})" for each in drops)
            raise fail(f"worse by more than {max_drop:g}: {told}")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise fail(f"can't make the folder {folder}: {error.strerror or error}") from error


async def _run(settings: Settings, records: list[Record] | None, questions: list[KnownQuestion], name: str) -> Run:
    from bot.commands.documents import fill_if_unfinished  # noqa: PLC0415
    from bot.evaluation.runs import fill  # noqa: PLC0415
    from bot.wiring import open_corpus, open_knowledge  # noqa: PLC0415

    if records is None:
        with contextlib.closing(open_knowledge(settings)) as knowledge:
            await fill_if_unfinished(settings, knowledge.library)
            return await _ask(settings, knowledge, questions, name)
    with open_corpus(settings, [each.id for each in records], warm=False) as knowledge:
        with steps() as progress:
            await fill(knowledge.library, records, progress("Indexing"))
        return await _ask(settings, knowledge, questions, name)


async def _ask(settings: Settings, knowledge: Knowledge, questions: list[KnownQuestion], name: str) -> Run:
    from bot.evaluation.made_with import made_with  # noqa: PLC0415
    from bot.evaluation.results import Run, result_of  # noqa: PLC0415
    from bot.evaluation.runs import ask_all  # noqa: PLC0415
    from knowledge.confidence import THRESHOLD  # noqa: PLC0415
    from knowledge.embeddings import E5Embeddings  # noqa: PLC0415

    # Answers are timed: as in a server, what is loaded behind the first questions is there.
    await asyncio.to_thread(knowledge.warm, pause=0)
    with steps() as progress:
        outcomes = await ask_all(knowledge.conversation, questions, progress("Asking"))
    chosen = {
        "chat model": settings.chat_model if settings.has_chat_model else "none",
        "embeddings": E5Embeddings.name,
        "threshold": f"{THRESHOLD:g}",
    }
    return Run(
        at=dt.datetime.now(dt.UTC),
        questions=name,
        made_with=await made_with(knowledge.library, chosen),
        threshold=THRESHOLD,
        results=tuple(map(result_of, outcomes)),
    )


def _print_scores(found: dict[str, float], report: Path) -> None:
    for name, value in found.items():
        out.print(f"{name:24} {value:.4g}")
    err.print(verbatim(f"The report is in {report}"))


def _print_comparison(found: Comparison) -> None:
    out.print(_table(f"{len(found.pairs)} questions", {"": found.differences}))
    for by, parts in found.parts.items():
        changed = {value: [each for each in part if _is_told(each)] for value, part in parts.items()}
        if any(changed.values()):
            out.print(_table(f"what changed by {by}", changed))
    for title, pairs in (("better", found.better), ("worse", found.worse)):
        out.print(f"{len(pairs)} {title}:" if pairs else f"none {title}")
        for pair in pairs[:_LISTED]:
            out.print(verbatim(f"  {_line(pair)}"))
        if more := pairs[_LISTED:]:
            out.print(f"  and {len(more)} more (--json lists all)")
    if found.left_out:
        warn("left out", f"{len(found.left_out)} questions are in one run only, or were changed")
    for name, (before, after) in found.made_with.items():
        out.print(verbatim(f"made with {name}: {before or '–'} → {after or '–'}"))


def _table(title: str, parts: Mapping[str, Sequence[Difference]]) -> Table:
    from bot.evaluation.report import number  # noqa: PLC0415

    table = Table("", "measure", "before", "after", "change", "95%", title=title)
    for value, differences in parts.items():
        for place, each in enumerate(differences):
            change = each.after - each.before
            within = "" if each.low is None or each.high is None else f"{each.low:+.3f} … {each.high:+.3f}"
            shown = f"{change:+.3f}" if each.measure.is_share else f"{change:+.0f}"
            row = (number(each.measure, each.before), number(each.measure, each.after), shown if change else "", within)
            table.add_row(verbatim(value if not place else ""), each.measure.name, *row, style=_style(each))
    return table


def _is_told(difference: Difference) -> bool:
    return difference.measure.main and difference.before != difference.after


def _style(difference: Difference) -> str:
    return "red" if difference.drop > 0 else "green" if difference.drop < 0 else ""


def _line(pair: Pair) -> str:
    before, after = pair
    ends = " → ".join(f"{each.status.value} {each.confidence:.2f}, rank {each.rank or '–'}" for each in pair)
    return f"{before.id}: {after.text} ({ends})"


def _as_json(found: Comparison, drops: Sequence[Difference]) -> dict[str, object]:
    return {
        "n": len(found.pairs),
        "left_out": list(found.left_out),
        "measures": _values(found.differences),
        "parts": {by: {value: _values(each) for value, each in parts.items()} for by, parts in found.parts.items()},
        "better": [before.id for before, _ in found.better],
        "worse": [before.id for before, _ in found.worse],
        "made_with": {name: list(values) for name, values in found.made_with.items()},
        "drops": [each.measure.name for each in drops],
    }


def _values(differences: Sequence[Difference]) -> dict[str, dict[str, float | None]]:
    return {
        each.measure.name: {
            "before": round(each.before, 4),
            "after": round(each.after, 4),
            **(
                {}
                if each.low is None or each.high is None
                else {"low": round(each.low, 4), "high": round(each.high, 4)}
            ),
        }
        for each in differences
    }
