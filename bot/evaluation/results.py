"""What a run over a file of questions leaves behind: a result for each question, and what it was made with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.question import Status

if TYPE_CHECKING:  # what only reads results need not wait for the library to load
    from bot.evaluation.runs import Outcome

FILE = "run.json"
_FOUND = 10
_FROZEN = ConfigDict(frozen=True, extra="ignore")


class RunError(ValueError):
    """A file is not the result of a run, or two can't be compared. The message says why and what to do."""


class Shown(BaseModel):
    """A section that the asker was shown, and the words of it."""

    model_config = _FROZEN

    document: str
    section: str
    title: str
    quote: str


class Result(BaseModel):
    """A question and what became of it.

    `rank` is the place of the first right section found, `right` whether what was drafted cites one (the bot may have
    abstained all the same), `contains` whether the answer holds the words it must, `ms` the time it took. `shown` is
    what was quoted or, where the bot abstained, offered as nearest.
    """

    model_config = _FROZEN

    id: str
    text: str
    language: str = ""
    kind: str = ""
    answerable: bool
    gold: tuple[str, ...] = ()
    ends: Status | None = None
    status: Status
    confidence: float = Field(ge=0, le=1)
    drafted: bool
    rank: int | None = Field(ge=1)
    right: bool
    contains: bool
    ms: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    found: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()

    @property
    def answered(self) -> bool:
        """Was an answer given?"""
        return self.status is Status.ANSWERED

    @property
    def wrong(self) -> bool:
        """Was an answer given that cites no right section?"""
        return self.answered and not self.right

    @property
    def as_expected(self) -> bool:
        """Did it end as it should: answered rightly, or not at all, or as the question says?"""
        if self.ends and self.status is not self.ends:
            return False
        return self.right and self.contains if self.answerable else not self.answered


class Run(BaseModel):
    """The results of all questions. `made_with` is what two runs can differ by: versions, settings, corpus."""

    model_config = _FROZEN

    at: dt.datetime
    questions: str
    made_with: dict[str, str]
    threshold: float
    results: tuple[Result, ...]


def result_of(outcome: Outcome) -> Result:
    """The outcome as it is written down."""
    question, reply = outcome.question, outcome.reply
    return Result(
        **question.model_dump(include={"id", "text", "language", "kind", "answerable", "gold", "ends"}),
        status=reply.status,
        confidence=reply.confidence,
        drafted=bool(reply.draft or reply.claims),
        rank=outcome.rank,
        right=outcome.right,
        contains=outcome.contains,
        ms=round(reply.ms, 1),
        found=tuple(f"{document}#{section}" for document, section in reply.ranking[:_FOUND]),
        shown=tuple(
            Shown(document=each.document, section=each.section, title=each.title, quote=each.quote)
            for each in reply.citations or reply.nearest
        ),
    )


def write_run(run: Run, path: Path) -> None:
    """Write it as JSON with a line for each question. Raises OSError."""
    about = run.model_dump_json(exclude={"results"})
    lines = ",\n".join(result.model_dump_json() for result in run.results)
    path.write_text(f'{about[:-1]},"results":[\n{lines}\n]}}\n', encoding="utf-8")


def read_run(path: Path) -> Run:
    """A run that was written down. Raises RunError."""
    try:
        run = Run.model_validate_json(path.read_bytes())
    except OSError as error:
        raise RunError(f"{path}: can't be read ({error.strerror or error})") from error
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, fault["loc"]))
        raise RunError(
            f"{path}: {where + ': ' if where else ''}{fault['msg']}; give the {FILE} that `eval run` wrote"
        ) from None
    if not run.results:
        raise RunError(f"{path}: holds no results")
    return run


def parts_of(results: Sequence[Result]) -> dict[str, dict[str, list[Result]]]:
    """The results by language and by kind, as far as the questions say."""
    parts: dict[str, dict[str, list[Result]]] = {"language": {}, "kind": {}}
    for result in results:
        for name, value in (("language", result.language), ("kind", result.kind)):
            if value:
                parts[name].setdefault(value, []).append(result)
    return {name: dict(sorted(found.items())) for name, found in parts.items() if found}
