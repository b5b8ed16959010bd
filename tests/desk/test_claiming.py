"""Many officers want the same cases at once, in several processes: each has one officer, and the others hear who."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from bot.desk.case import Move
from bot.desk.desk import Desk
from tests.desk.examples import request

ROOT = Path(__file__).parents[2]
OFFICERS = [f"Officer {letter}" for letter in "ABCDEFGHIJKLMNOPQRST"]
PROCESSES = 2


@pytest.mark.parametrize(
    ("officers", "count"), [(4, 20), pytest.param(20, 200, marks=[pytest.mark.slow, pytest.mark.timeout(300)])]
)
async def test_of_officers_who_claim_the_same_cases_at_once_one_gets_each_and_all_others_hear_who(
    address: str, desk: Desk, officers: int, count: int
) -> None:
    cases = [(await desk.open(request(f"reply-{number}"))).id for number in range(count)]
    told = await everybody_claims(address, OFFICERS[:officers], cases)
    assert sorted(told) == OFFICERS[:officers]
    for case_id in cases:
        officer = (await desk.get(case_id)).officer
        assert officer
        assert {hears[case_id] for hears in told.values()} == {officer.name}, (
            "who has it knows, and all others are told"
        )
        claims = [event.actor for event in await desk.events(case_id) if event.move is Move.CLAIMED]
        assert [claim.name for claim in claims] == [officer.name]


async def everybody_claims(address: str, officers: list[str], cases: list[str]) -> dict[str, dict[str, str]]:
    """Who has each of the cases, as each of the officers is told."""
    shares = [officers[number::PROCESSES] for number in range(PROCESSES)]
    processes = [await process(address, names) for names in shares]
    for each in processes:
        await say(each, json.dumps(cases))
        assert await line(each) == "ready"
    for each in processes:
        await say(each, "go")
    told = [json.loads(await line(each)) for each in processes]
    assert [await each.wait() for each in processes] == [0] * PROCESSES
    return {name: hears for share in told for name, hears in share.items()}


async def process(address: str, names: list[str]) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "tests.desk.claimer", address, *names)
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=ROOT, limit=2**20)


async def say(process: asyncio.subprocess.Process, text: str) -> None:
    assert process.stdin
    process.stdin.write(f"{text}\n".encode())
    await process.stdin.drain()


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    return (await process.stdout.readline()).decode().strip()
