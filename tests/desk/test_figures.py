"""Figures, counted by hand and by both databases, and percentiles as the standard library has them."""

from __future__ import annotations

import asyncio
import datetime as dt
import statistics
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.figures import By, Figures, Times, figures
from bot.desk.outbox import Outbox
from bot.desk.outcomes import OutcomeRow, Outcomes
from bot.desk.routing import Router
from bot.desk.span import Span
from bot.desk.tables import CaseRow
from bot.desk.team import Team, Topic
from bot.desk.teams import Teams
from bot.desk.timekeeper import Timekeeper
from bot.handlers.slack.store import Replies
from bot.handlers.web.live import Live
from bot.handlers.web.messages import Asked, Progress
from bot.handlers.web.threads import Threads
from bot.posing import Posed
from bot.question import Reply, Status
from bot.replies import GIVEN_UP
from knowledge.model import Citation, Claim
from tests.databases import Databases
from tests.desk.examples import ASKER, KARI, OLA, SOURCE, THREAD, request

MONDAY = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
PLAN = SOURCE.model_copy(update={"document": "plan/x", "section": "B3", "title": "Planen – B3", "kind": "plan"})
TEAMS = Teams(
    [
        Team(id="bevilling", name="Bevilling", topics=(Topic(name="Servering", sources=("guide/*",)),)),
        Team(id="felles", name="Felles", default=True),
    ]
)


class Watch:
    """What time it is."""

    def __init__(self, moment: dt.datetime) -> None:
        self.moment = moment

    def __call__(self) -> dt.datetime:
        return self.moment

    def on(self, hours: float) -> None:
        self.moment = MONDAY + hours * HOUR


@pytest.fixture
def watch() -> Watch:
    return Watch(MONDAY)


@pytest.fixture
def desk(database: Database, outbox: Outbox, watch: Watch) -> Desk:
    return Desk(database, outbox, router=Router(TEAMS), clock=watch)


def reply(status: Status = Status.ANSWERED, *cited: Citation, language: str = "nb") -> Reply:
    claims = tuple(Claim(text="Ja.", citation=each) for each in cited)
    found = {"claims": claims} if status is Status.ANSWERED else {"nearest": cited}
    return Reply(id="r", status=status, language=language, lead="Hei", **found)


async def note(database: Database, key: str, said: Reply) -> None:
    async with database.writing() as session:
        await Outcomes(TEAMS).note(session, "web", key, said)


@pytest.fixture
async def worked(desk: Desk, database: Database, watch: Watch) -> Database:
    """Four cases: one answered and reopened, one sent back and given on, one late, one withdrawn; and five replies."""
    answered = await desk.open(request("reply-1"))
    returned = await desk.open(request("reply-2", nearest=(PLAN,), draft=(), language="en"))
    late = await desk.open(request("reply-3"))
    watch.on(1)
    await desk.ask_back(answered.id, KARI, "Hvor mange sitteplasser?")
    withdrawn = await desk.open(request("reply-4"))
    await desk.claim(returned.id, OLA)
    await desk.send_back(returned.id, OLA)
    await desk.route(returned.id, OLA, "bevilling")
    watch.on(2)
    await desk.follow_up(answered.id, ASKER, "40", "m1")
    await desk.withdraw(withdrawn.id, ASKER)
    await desk.reassign(returned.id, OLA, KARI)
    watch.on(4)
    await desk.answer(answered.id, KARI, "Ja.")
    await desk.answer(returned.id, KARI, "Ja.")
    watch.on(5)
    await desk.helped(answered.id, ASKER)
    await desk.reopen(returned.id, ASKER, "Det var ikke det jeg mente.")
    watch.on(28)
    await Timekeeper(desk, watch).look()
    assert (await desk.get(late.id)).escalated
    for number, said in enumerate(
        [
            reply(Status.ANSWERED, SOURCE),
            reply(Status.ANSWERED, PLAN, language="en"),
            reply(Status.ABSTAINED, SOURCE),
            reply(Status.SAID),
            reply(Status.REFUSED),
        ]
    ):
        await note(database, f"m{number}", said)
    return database


async def test_everything_is_counted(worked: Database, watch: Watch) -> None:
    (everything,) = await figures(worked, watch())
    assert everything == Figures(
        answered=2,
        abstained=1,
        cases=4,
        open=2,
        late=1,
        returned=1,
        reassigned=1,
        reopened=1,
        escalated=1,
        helped=1,
        unhelped=1,
        # after 1 hour and after 4; p90 lies nine tenths of the way between them
        reply=Times(count=2, median=2.5 * 3600, p90=3.7 * 3600),
        # after 5 hours (it helped) and after 4; not that one was withdrawn
        close=Times(count=2, median=4.5 * 3600, p90=4.9 * 3600),
    )
    assert everything.answered_share == 2 / 3
    assert everything.helped_share == 1 / 2


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        # What was not theirs counts with the team that said so, not with the one that has it now.
        (By.TEAM, {"bevilling": (1, 1, 4, 0, 1, 1), "felles": (1, 0, 0, 1, 0, 0)}),
        (By.TOPIC, {"": (1, 0, 1, 1, 1, 0), "Servering": (1, 1, 3, 0, 0, 1)}),
        (By.STRATEGY, {"": (1, 1, 3, 0, 0, 1), "B3": (1, 0, 1, 1, 1, 0)}),
        (By.LANGUAGE, {"en": (1, 0, 1, 1, 1, 0), "nb": (1, 1, 3, 0, 0, 1)}),
    ],
)
async def test_figures_are_divided(
    worked: Database, watch: Watch, by: By, expected: dict[str, tuple[int, ...]]
) -> None:
    found = await figures(worked, watch(), by=by)
    assert [each.of for each in found] == sorted(expected)
    assert {
        each.of: (each.answered, each.abstained, each.cases, each.returned, each.reassigned, each.escalated)
        for each in found
    } == expected


async def test_a_span_holds_its_first_moment_and_not_its_last(worked: Database, watch: Watch) -> None:
    one = Span(since=MONDAY + HOUR, until=MONDAY + 2 * HOUR)
    assert [(each.cases, each.answered) for each in await figures(worked, watch(), one)] == [(1, 0)]
    first = Span(until=MONDAY + HOUR)
    assert [each.cases for each in await figures(worked, watch(), first)] == [3]
    assert [each.answered for each in await figures(worked, watch(), Span(since=MONDAY + HOUR))] == [2]


async def test_an_empty_desk_has_no_shares_and_no_times(database: Database) -> None:
    (nothing,) = await figures(database, MONDAY)
    assert nothing == Figures()
    assert (nothing.answered_share, nothing.helped_share, nothing.reply.median) == (None, None, None)
    assert await figures(database, MONDAY, by=By.TEAM) == []


async def outcomes(database: Database) -> list[tuple[str, str, str, str, str]]:
    async with database.reading() as session:
        rows = await session.scalars(select(OutcomeRow).order_by(OutcomeRow.key))
        return [(row.key, row.status, row.topic, row.strategy, row.document) for row in rows]


async def test_of_a_reply_only_figures_are_noted(database: Database) -> None:
    await note(database, "m1", reply(Status.ABSTAINED, SOURCE, PLAN))
    await note(database, "m1", reply(Status.ANSWERED, PLAN, SOURCE))
    await note(database, "m2", Reply(id="r", status=Status.ABSTAINED, language="nb"))
    assert await outcomes(database) == [("m1", "answered", "Servering", "B3", "plan/x")]


async def test_a_reply_in_slack_counts_once_and_takes_its_apologys_place(database: Database) -> None:
    replies = Replies(database, Outcomes(TEAMS))
    posed = Posed(text="Kan jeg?", asker=ASKER, place=THREAD.model_copy(update={"platform": "slack"}))
    apology = Reply(id="sorry", status=Status.ABSTAINED, language="nb", lead="Det gikk ikke.")
    await replies.keep(f"k{GIVEN_UP}", posed, apology)
    assert await outcomes(database) == [("k", "abstained", "", "", "")]
    for _ in range(2):
        await replies.keep("k", posed, reply(Status.ANSWERED, SOURCE))
    assert await outcomes(database) == [("k", "answered", "Servering", "", "guide/servering")]
    await replies.replace("k", posed, reply(Status.ABSTAINED, SOURCE).model_copy(update={"id": "narrower"}))
    assert await outcomes(database) == [("k", "abstained", "Servering", "", "guide/servering")]


async def test_a_reply_on_the_web_counts_once_with_what_was_said_first(database: Database, outbox: Outbox) -> None:
    threads = Threads(database, outbox, Live(database), Outcomes(TEAMS))
    asked = Asked(key="1", channel="naeringsliv", thread=None, asker=ASKER, text="Kan jeg?", language="nb", session="s")
    owed = (await threads.ask(asked))[1]
    await threads.progress(owed, Progress(step="retrieve"))
    assert await outcomes(database) == []
    for said in (reply(Status.ANSWERED, SOURCE), reply(Status.ABSTAINED, PLAN)):
        await threads.say(owed, said)
    assert await outcomes(database) == [(owed.id, "answered", "Servering", "", "guide/servering")]


CASES = 12
SECONDS = st.lists(st.integers(0, 40_000_000), max_size=CASES)


class Ready:
    """A database of each kind with as many cases, of which the seconds are set."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses

    async def times(self, seconds: Sequence[int]) -> list[list[Figures]]:
        """What each database makes of cases that took so long, every other one in a team of its own."""
        return [await self._of(address, seconds) for address in self._addresses]

    async def _of(self, address: str, seconds: Sequence[int]) -> list[Figures]:
        database = Database(address)
        try:
            async with database.writing() as session:
                for number in range(CASES):
                    taken = seconds[number] if number < len(seconds) else None
                    values = {"reply_seconds": taken, "team": f"team-{number % 2}"}
                    await session.execute(update(CaseRow).where(CaseRow.number == number + 1).values(**values))
            return [*await figures(database, MONDAY), *await figures(database, MONDAY, by=By.TEAM)]
        finally:
            await database.close()


def inclusive(values: Sequence[int]) -> Times:
    """The percentiles as the standard library has them."""
    if len(values) < 2:
        return Times(count=len(values), **dict.fromkeys(("median", "p90"), *values) if values else {})
    p90 = statistics.quantiles(values, n=10, method="inclusive")[8]
    return Times(count=len(values), median=statistics.median(values), p90=p90)


async def test_percentiles_are_those_of_the_standard_library_on_both_databases(databases: Databases) -> None:
    async with databases.ready("sqlite") as file, databases.ready("postgres") as server:
        for address in (file, server):
            database = Database(address)
            desk = Desk(database, Outbox(database))
            for number in range(CASES):
                await desk.open(request(f"reply-{number}"))
            await database.close()
        ready = Ready([file, server])

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given(SECONDS)
        def hold(seconds: list[int]) -> None:
            ours, theirs = asyncio.run(ready.times(seconds))
            assert ours == theirs
            for found, part in zip(ours, (seconds, seconds[::2], seconds[1::2]), strict=True):
                assert found.reply.model_dump() == pytest.approx(inclusive(part).model_dump(), nan_ok=True)

        await asyncio.to_thread(hold)


async def test_each_time_that_a_case_is_said_to_belong_elsewhere_is_counted_once(
    desk: Desk, database: Database, watch: Watch
) -> None:
    case = await desk.open(request())
    await desk.route(case.id, KARI, "felles")
    await desk.claim(case.id, OLA)
    await desk.send_back(case.id, OLA)
    await desk.watch(case.id, KARI)
    await desk.route(case.id, KARI, "bevilling")  # which is what was asked for, and not another fault of the routing
    await desk.claim(case.id, OLA)
    await desk.route(case.id, OLA, "felles")
    by_team = {each.of: each.returned for each in await figures(database, watch(), by=By.TEAM)}
    assert by_team == {"bevilling": 2, "felles": 1}
    assert [each.returned for each in await figures(database, watch())] == [3]
