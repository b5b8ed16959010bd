"""From every revision that there has been to the newest, with rows in all tables; docs/upgrading.md promises it."""

from __future__ import annotations

import asyncio
import sys

import pytest
from alembic.script import ScriptDirectory

from bot.database import Database
from bot.desk.case import CaseState
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.migrations import FOLDER, is_newest, migrate
from bot.settings import ConfigurationError
from tests.desk.examples import KARI
from tests.desk.migrating import SPARSE, check, contents, lost, mark, put_at, revision_of, revisions
from tests.town import environment

HEAD = revisions()[-1]
GIVEN_UP: frozenset[str] = frozenset()
"""Tables and columns ("table.column") that a migration takes away or rewrites because it is meant to."""
MIGRATE = """
import asyncio, sys
from bot.database import Database
from bot.migrations import migrate
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(migrate(Database(sys.argv[1])))
"""


def test_the_revisions_are_one_line_with_one_end() -> None:
    scripts = ScriptDirectory(str(FOLDER))
    assert scripts.get_heads() == [HEAD]
    for script in scripts.walk_revisions():
        assert not script.is_branch_point, f"two migrations follow {script.revision}: put one behind the other"
        assert not script.is_merge_point, f"{script.revision} joins two lines: there is one"


@pytest.mark.parametrize("revision", revisions())
async def test_no_row_is_lost_on_the_way_from_any_revision_to_the_newest(blank: str, revision: str) -> None:
    database = Database(blank)
    await put_at(database, revision)
    before = await contents(database)
    assert all(before.values()), "a table is empty, and what happens to its rows goes untested"
    await migrate(database)
    after = await contents(database)
    kept = {
        table: [{name: value for name, value in row.items() if f"{table}.{name}" not in GIVEN_UP} for row in rows]
        for table, rows in before.items()
        if table not in GIVEN_UP
    }
    assert lost(kept, after) == {}
    await check(database)
    # What was forwarded then is worked on now.
    desk = Desk(database, Outbox(database))
    (number,) = (row["id"] for row in after["cases"] if row["id"].startswith(str(SPARSE)))
    assert (await desk.claim(number, KARI)).state is CaseState.CLAIMED
    await database.close()


@pytest.mark.slow  # each process loads everything that has tables
async def test_two_processes_that_upgrade_an_old_database_at_once_both_find_it_new(blank: str) -> None:
    database = Database(blank)
    await put_at(database, "0001")
    before = await contents(database)
    upgrading = [await _process(blank) for _ in range(2)]
    for process in upgrading:
        assert process.stdout
        assert await process.stdout.readline() == b"ready\n"
    told = await asyncio.gather(*(process.communicate(b"go\n") for process in upgrading))
    assert [process.returncode for process in upgrading] == [0, 0], told
    assert await is_newest(database)
    assert lost(before, await contents(database)) == {}
    await database.close()


async def _process(address: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", MIGRATE, address, stdin=pipe, stdout=pipe, stderr=pipe, env=environment()
    )


async def test_a_database_of_a_newer_version_is_left_alone_and_told_with_what_to_do(database: Database) -> None:
    await mark(database, "9999")
    for attempt in (migrate, is_newest):
        with pytest.raises(ConfigurationError, match="9999") as told:
            await attempt(database)
        assert "newer version" in str(told.value)
        assert "docs/upgrading.md" in str(told.value)
    assert await revision_of(database) == "9999"
