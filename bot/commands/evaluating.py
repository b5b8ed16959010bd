"""`eval`: how well passages are found and questions answered."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.commands.console import fail, out, plain_errors, print_json, steps
from bot.commands.options import AsJson, DataDir, settings_of
from bot.commands.reporting import compare, run

if TYPE_CHECKING:
    from bot.evaluation.baselines import Standing
    from bot.evaluation.records import KnownQuestion, Query, Record
    from bot.evaluation.runs import Outcome, RetrievalScores
    from bot.settings import Settings

evaluation = typer.Typer(
    name="eval", help="Measure retrieval and answers against questions with known answers.", no_args_is_help=True
)
for command in (run, compare):
    evaluation.command()(command)

Corpus = Annotated[Path, typer.Option("--corpus", help="JSONL or JSONL.gz of {id, title, text}.")]
Queries = Annotated[Path, typer.Option(help="JSONL or JSONL.gz of {id, text, gold}; gold is an id or a list.")]


@evaluation.command()
def retrieval(
    corpus: Corpus,
    queries: Queries,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """See how high the right passages are ranked. The index is kept in the data directory for the next run."""
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.evaluation.records import Query, Record, RecordsError, read_records  # noqa: PLC0415

    with plain_errors(DataDirError, RecordsError):
        records, asked = read_records(corpus, Record), read_records(queries, Query)
        scores = asyncio.run(_retrieval(settings_of(data_dir), records, asked))
        _print(scores.model_dump(by_alias=True), as_json=as_json)


@evaluation.command()
def answers(
    corpus: Corpus,
    questions: Annotated[
        Path, typer.Option(help="JSONL or JSONL.gz of {id, text, history, answerable, gold, must_contain}.")
    ],
    plot: Annotated[Path | None, typer.Option(help="Draw the risk-coverage curve into this PNG file.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """See how many questions are answered, and how many wrongly. What is not in force yet is left out."""
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.evaluation.records import KnownQuestion, Record, RecordsError, read_records  # noqa: PLC0415
    from bot.evaluation.scores import score_answers  # noqa: PLC0415

    with plain_errors(DataDirError, RecordsError):
        draw = _drawing(plot) if plot else None
        today = dt.datetime.now(dt.UTC).date()
        records = [record for record in read_records(corpus, Record) if record.holds(today)]
        outcomes = asyncio.run(_answers(settings_of(data_dir), records, read_records(questions, KnownQuestion)))
        if draw:
            draw(outcomes)
        _print(score_answers(outcomes).model_dump(), as_json=as_json)


@evaluation.command()
def baselines(corpus: Corpus, queries: Queries, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """See how passages are found by BM25, by vectors, by their fusion by rank, and by LangChain's usual set-up.

    All of them search the same records, with the same embeddings as ours.
    """
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.evaluation.records import Query, Record, RecordsError, read_records  # noqa: PLC0415

    with plain_errors(DataDirError, RecordsError):
        records, asked = read_records(corpus, Record), read_records(queries, Query)
        found = asyncio.run(_baselines(settings_of(data_dir), records, asked))
        if as_json:
            print_json({"n": len(asked)} | {name: each.model_dump(by_alias=True) for name, each in found.items()})
        else:
            _print_baselines(found, len(asked))


def _drawing(path: Path) -> Callable[[list[Outcome]], None]:
    try:
        from bot.evaluation.plot import plot_risk_coverage  # noqa: PLC0415
    except ImportError:
        raise fail("--plot needs matplotlib: install moteplassen with the extra `plot`") from None
    if not path.parent.is_dir():
        raise fail(f"can't write {path}: there is no folder {path.parent}")
    from knowledge.confidence import THRESHOLD  # noqa: PLC0415

    def draw(outcomes: list[Outcome]) -> None:
        try:
            plot_risk_coverage(outcomes, THRESHOLD, path)
        except OSError as error:
            raise fail(f"can't write {path}: {error.strerror or error}") from error

    return draw


async def _retrieval(settings: Settings, records: list[Record], queries: list[Query]) -> RetrievalScores:
    from bot.evaluation.runs import fill, measure_retrieval  # noqa: PLC0415
    from bot.wiring import open_corpus  # noqa: PLC0415

    # Searching is timed: as in a server, the vectors of sentences are there when a question comes.
    with open_corpus(settings, _ids(records), warm=True) as knowledge, steps() as progress:
        await fill(knowledge.library, records, progress("Indexing"))
        return await measure_retrieval(knowledge.long_retriever(), queries, progress("Searching"))


async def _answers(settings: Settings, records: list[Record], questions: list[KnownQuestion]) -> list[Outcome]:
    from bot.evaluation.runs import ask_all, fill  # noqa: PLC0415
    from bot.wiring import open_corpus  # noqa: PLC0415

    with open_corpus(settings, _ids(records), warm=False) as knowledge, steps() as progress:
        await fill(knowledge.library, records, progress("Indexing"))
        return await ask_all(knowledge.conversation, questions, progress("Asking"))


async def _baselines(settings: Settings, records: list[Record], queries: list[Query]) -> dict[str, Standing]:
    from bot.evaluation.baselines import rank_all, standings  # noqa: PLC0415
    from bot.evaluation.runs import fill  # noqa: PLC0415
    from bot.evaluation.usual import UsualChain  # noqa: PLC0415
    from bot.wiring import open_corpus  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory() as folder,
        open_corpus(settings, _ids(records), warm=False) as knowledge,
        contextlib.closing(UsualChain(Path(folder), knowledge.embeddings)) as chain,
        steps() as progress,
    ):
        await fill(knowledge.library, records, progress("Indexing"))
        await asyncio.to_thread(chain.fill, records, progress("Indexing as LangChain does"))
        retriever = knowledge.long_retriever()
        rankings = await rank_all(retriever, knowledge.embeddings, chain, queries, progress("Searching"))
    return standings(rankings, queries)


def _print_baselines(found: dict[str, Standing], count: int) -> None:
    table = Table("searched by", "nDCG@10", "recall@5", "ours is ahead by", "", title=f"{count} queries")
    for name, each in found.items():
        ahead = ("", "") if name == "ours" else (f"{each.ours_ndcg_10:+.4f}", f"{each.ours_recall_5:+.4f}")
        table.add_row(name, f"{each.ndcg_10:.4f}", f"{each.recall_5:.4f}", *ahead)
    out.print(table)


def _ids(records: list[Record]) -> list[str]:
    return [record.id for record in records]


def _print(scores: dict[str, float], *, as_json: bool) -> None:
    if as_json:
        print_json(scores)
        return
    for name, value in scores.items():
        out.print(f"{name:24} {value:g}")
