"""The `moteplassen` command. Commands load what they need when they run, so that `--help` answers at once."""

from __future__ import annotations

import gc

import typer

from bot.commands.asking import ask, strategy
from bot.commands.cases import cases
from bot.commands.checking import check
from bot.commands.documents import ingest
from bot.commands.evaluating import evaluation
from bot.commands.options import LOG_LEVEL, LogLevel
from bot.commands.running import demo, serve, worker
from bot.commands.sources import sources

app = typer.Typer(
    name="moteplassen",
    help="Møteplassen: cited answers from a municipality's plan and regulations, or a case officer who answers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (demo, serve, worker, ingest, ask, strategy, check):
    app.command()(command)
for group in (cases, sources, evaluation):
    app.add_typer(group)


@app.callback()
def _begin(log_level: LogLevel = None) -> None:
    LOG_LEVEL.set(log_level)


def main() -> None:
    """Run the command line."""
    # Loading some two thousand modules makes objects that stay; at Python's usual pace they are looked through for
    # garbage a hundred times over, which is a tenth of the time to start.
    gc.set_threshold(50_000)
    app()


if __name__ == "__main__":
    main()
