"""How the command line speaks: results on stdout, the rest on stderr, mistakes in one line."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
import traceback
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from bot.error_ids import new_error_id
from knowledge.disks import is_full

REFUSED = 2
"""Exit status of a command that understood nothing of what it was given."""

_FULL = (
    "the disk is full that the data directory (MOTEPLASSEN_DATA_DIR or --data-dir, ./data by default), or what is "
    "written to, lies on: free space there, and start again. Nothing needs to be taken away or made anew."
)

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """One JSON value on stdout, in one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def print_row(*cells: str) -> None:
    """One line on stdout with tabs between the cells, for programs to read."""
    sys.stdout.write("\t".join(" ".join(cell.split()) for cell in cells) + "\n")


def verbatim(text: str, style: str = "") -> Text:
    """A text for a terminal as it stands, whoever wrote it: no markup in it is followed, no control character sent."""
    kept = (sign if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"} else " " for sign in text)
    return Text("".join(kept), style)


def warn(what: str, message: str) -> None:
    """Say on stderr what is not as it should be, and go on."""
    err.print(Text.assemble((f"{what}:", "yellow"), " ", verbatim(message)))


def fail(message: str, status: int = 1) -> typer.Exit:
    """Say what is wrong on stderr; raise what this returns."""
    err.print(Text.assemble(("error:", "red"), " ", verbatim(message)))
    return typer.Exit(status)


@contextlib.contextmanager
def plain_errors(*expected: type[Exception]) -> Iterator[None]:
    """Mistakes of the expected kinds end the command with their message; any other with an id that is in the log."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter, KeyboardInterrupt):
        raise
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False)]
        raise fail("a setting is wrong: " + "; ".join(lines)) from None
    except expected as error:
        raise fail(str(error)) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, the user gets an id and no stack trace
        if is_full(error):
            raise fail(_FULL) from None
        error_id = new_error_id()
        where = _note(error_id, error)
        raise fail(
            f"something went wrong that should not have ({type(error).__name__}). "
            f"Report it with the error id {error_id}; what led to it stands in {where}"
        ) from None


class _RateColumn(ProgressColumn):
    """How many are done in a second."""

    def render(self, task: Task) -> Text:
        """The rate of the last half a minute; nothing before it is known."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f}/s", style="progress.data.speed")


def progress_bar() -> Progress:
    """A progress bar on stderr; nothing where stderr is no terminal."""
    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        _RateColumn(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
        TextColumn("{task.fields[title]}", style="dim", markup=False),
    )
    return Progress(*columns, console=err, disable=not err.is_terminal, transient=True)


@contextlib.contextmanager
def steps() -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """A progress bar for several steps: what it gives takes a step's name, and gives what is told how far that is."""
    with progress_bar() as bar:

        def start(what: str) -> Callable[[int, int], None]:
            task = bar.add_task(what, total=None, title="")
            return lambda done, total: bar.update(task, completed=done, total=total)

        yield start


def _note(error_id: str, error: Exception) -> Path:
    """Keep what led to an error where whoever looks into it finds it, and the user need not see it."""
    path = Path(typer.get_app_dir("moteplassen")) / "errors.log"
    told = "".join(traceback.format_exception(error))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{dt.datetime.now(dt.UTC).isoformat()} {error_id}\n{told}\n")
    except OSError:
        sys.stderr.write(told)
        return Path("standard error, above")
    return path
