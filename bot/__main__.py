"""The `moteplassen` command. Commands load what they need when they run, so that `--help` answers at once."""

from __future__ import annotations

import gc
import sys

import typer

from bot.commands.asking import ask, strategy
from bot.commands.backing_up import backup, restore
from bot.commands.cases import cases
from bot.commands.checking import check
from bot.commands.documents import ingest
from bot.commands.evaluating import evaluation
from bot.commands.migrating import migrate
from bot.commands.options import LOG_LEVEL, TENANT, LogLevel, Tenant
from bot.commands.privacy import privacy
from bot.commands.running import demo, serve, worker
from bot.commands.sources import sources
from bot.commands.teams import teams
from bot.commands.tenants import tenants

app = typer.Typer(
    name="moteplassen",
    help="Møteplassen: cited answers from a municipality's plan and regulations, or a case officer who answers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (demo, serve, worker, migrate, ingest, ask, strategy, check, backup, restore):
    app.command()(command)
for group in (cases, sources, evaluation, teams, tenants, privacy):
    app.add_typer(group)


@app.callback()
def _begin(log_level: LogLevel = None, tenant: Tenant = None) -> None:
    LOG_LEVEL.set(log_level)
    TENANT.set(tenant)


def main() -> None:
    """Run the command line."""
    # Loading some two thousand modules makes objects that stay; at Python's usual pace they are looked through for
    # garbage a hundred times over, which is a tenth of the time to start.
    gc.set_threshold(50_000)
    # A thread that waits for a database on SQLite or for the model needs Python's lock for microseconds between two
    # steps. Beside one that computes it gets that every 5 ms by default, and a reply has a hundred such steps.
    sys.setswitchinterval(0.0005)
    app()


if __name__ == "__main__":
    main()
