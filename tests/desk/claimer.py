"""A process in which officers claim cases: python -m tests.desk.claimer DATABASE NAME... < the cases' ids.

It says "ready", waits for a line, and has all of them claim all cases at once, in the same order. Then it says, as
JSON, whose name each of them was told for each case: their own where they got it.
"""

from __future__ import annotations

import asyncio
import json
import sys

from bot.database import Database
from bot.desk.case import IllegalMove, Officer, Refusal
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox


async def claim_all(desk: Desk, name: str, case_ids: list[str]) -> dict[str, str]:
    """Who has each of the cases, as the officer is told."""
    told = {}
    for case_id in case_ids:
        try:
            case = await desk.claim(case_id, Officer(id=name.lower(), name=name))
            told[case_id] = case.officer.name if case.officer else ""
        except IllegalMove as error:
            told[case_id] = str(error.values["name"]) if error.refusal is Refusal.TAKEN else error.refusal
    return told


async def main(address: str, names: list[str], case_ids: list[str]) -> None:
    database = Database(address)
    desk = Desk(database, Outbox(database), officer_platforms=("slack",))
    await desk.get(case_ids[0])
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    told = await asyncio.gather(*(claim_all(desk, name, case_ids) for name in names))
    print(json.dumps(dict(zip(names, told, strict=True))), flush=True)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:], json.loads(sys.stdin.readline())))
