"""What Prometheus is told: of requests, replies and deliveries, of the database now, and never without an end."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.database import Database, now
from bot.desk.desk import Desk
from bot.desk.dispatcher import Backoff, Dispatcher, Pace
from bot.desk.outbox import Outbox, Undeliverable
from bot.desk.routing import Router
from bot.desk.teams import Teams
from bot.desk.watching import Deliveries
from bot.metrics import MetricsEndpoint
from bot.observing.replies import NOTHING, UNSURE, ReplyMetrics
from bot.observing.standing import Standing
from bot.people import Place
from bot.question import Question, Reply, Status
from bot.triage import Kind
from knowledge.calls import Call, Outcome, Purpose
from tests.databases import KINDS, Databases
from tests.desk.examples import Faulty, delivery, eventually, put, request, running
from tests.observing.examples import Town


def samples(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    """The values of each sample by those of its labels, in the order of the labels' names."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for each in family.samples:
            found.setdefault(each.name, {})[tuple(value for _, value in sorted(each.labels.items()))] = each.value
    return found


def shown(registry: CollectorRegistry) -> Mapping[str, Mapping[tuple[str, ...], float]]:
    return samples(generate_latest(registry).decode())


@pytest.fixture
async def database(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[Database]:
    async with databases.ready(getattr(request, "param", "sqlite")) as address:
        database = Database(address)
        yield database
        await database.close()


@pytest.mark.asyncio(loop_scope="session")
async def test_a_process_with_a_library_of_its_own_reads_no_snapshot(town: Town) -> None:
    assert math.isnan(samples(await town.numbers())["moteplassen_snapshots_idle_seconds"][()])


@pytest.mark.asyncio(loop_scope="session")
async def test_requests_are_counted_by_route_however_many_addresses_there_are(town: Town) -> None:
    for number in range(20):
        await town.visitor.page(f"/t/{number}")
        await town.visitor.page(f"/nowhere/{number}?{number}")
        await town.visitor.client.request(f"ODD{number}", "/")
    await town.visitor.page("/static/style.css")
    counted = samples(await town.numbers())["moteplassen_http_requests_total"]
    assert counted["GET", "/t/{thread}", "404"] == 20
    routes = {route for _, route, _ in counted}
    assert not [route for route in routes if re.search(r"\d", route)]
    assert {method for method, _, _ in counted} <= {"GET", "POST", "HEAD", "other"}
    assert "/static/*" in routes


@pytest.mark.parametrize("database", KINDS, indirect=True)
async def test_what_is_owed_and_late_is_read_from_the_database_when_it_is_asked_for(database: Database) -> None:
    later = now() + dt.timedelta(days=30)
    outbox = Outbox(database)
    desk = Desk(database, outbox, (), Router(Teams.single()))
    standing, registry = Standing(database, desk, ["web", "slack"], lambda: later), CollectorRegistry()
    registry.register(standing)
    await put(database, outbox, *(delivery(key) for key in ("a", "b", "c")))
    await desk.open(request())
    (given_up,) = await outbox.lease(["web"], 1, dt.timedelta(minutes=1))
    await outbox.give_up(given_up, "no way")
    assert shown(registry) == {}
    await standing.read()
    found = shown(registry)
    assert found["moteplassen_outbox_waiting"] == {("web",): 3, ("slack",): 0}  # one of them to tell of the other
    assert found["moteplassen_outbox_given_up"] == {("web",): 1, ("slack",): 0}
    assert found["moteplassen_outbox_oldest_seconds"]["web",] == pytest.approx(30 * 86400, abs=60)
    assert found["moteplassen_outbox_oldest_seconds"]["slack",] == 0
    assert found["moteplassen_cases_open"] == {("forwarded",): 1, ("claimed",): 0, ("asked",): 0}
    assert found["moteplassen_cases_late"][()] == 1
    assert found["moteplassen_database_up"][()] == 1


async def test_of_a_database_that_is_away_there_are_no_old_numbers(database: Database) -> None:
    standing, registry = Standing(database, Desk(database, Outbox(database)), ["web"]), CollectorRegistry()
    registry.register(standing)
    await standing.read()
    assert shown(registry)["moteplassen_database_up"] == {(): 1}
    await database.close()
    Path(str(database.engine.url.database)).unlink()  # noqa: ASYNC240 - nothing else goes on
    await standing.read()
    assert shown(registry) == {"moteplassen_database_up": {(): 0}}


async def test_a_reading_is_made_for_whoever_knows_the_token_alone() -> None:
    class Reading:
        made = 0

        async def read(self) -> None:
            self.made += 1

    reading = Reading()
    app = Starlette(routes=MetricsEndpoint(CollectorRegistry(), SecretStr("hush"), [reading]).routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
        await client.get("/metrics", headers={"Authorization": "Bearer what"})
        assert reading.made == 0
        await client.get("/metrics", headers={"Authorization": "Bearer hush"})
        assert reading.made == 1


async def test_deliveries_are_counted_by_how_each_attempt_ended(database: Database) -> None:
    outbox, watch, registry = Outbox(database), Deliveries(), CollectorRegistry()
    watch.register(registry)
    courier = Faulty(a=[OSError("away")], b=[Undeliverable("gone")])
    dispatcher = Dispatcher(outbox, {"web": courier}, Backoff(first=0.01), Pace(poll=0.01), watch=watch)
    await put(database, outbox, delivery("a"), delivery("b"))
    async with running(dispatcher):
        await eventually(lambda: set(courier.keys) == {"a"} and courier.given_up == ["b"])
    found = shown(registry)
    assert found["moteplassen_delivery_attempts_total"] == {
        ("delivered", "reply", "web"): 1,
        ("delivered", "other", "web"): 1,
        ("postponed", "reply", "web"): 1,
        ("given_up", "reply", "web"): 1,
    }
    assert found["moteplassen_delivery_seconds_count"] == {("reply", "web"): 1, ("other", "web"): 1}


def test_replies_are_counted_by_how_they_end_and_abstentions_by_why() -> None:
    metrics, registry = ReplyMetrics(), CollectorRegistry()
    metrics.register(registry)
    question = Question(text="Hva?", place=Place(platform="slack", channel="C1", thread="1"))
    abstained = Reply(id="1", status=Status.ABSTAINED, language="nb", ms=2000, timings={"embed": 1500.0})
    metrics.note(question, abstained)
    metrics.note(question, abstained.model_copy(update={"ranking": (("d", "s"),)}))
    metrics.note(question, abstained.model_copy(update={"kind": Kind.DISPUTE, "ranking": (("d", "s"),)}))
    calls = tuple(Call(purpose=each, outcome=Outcome.OK, ms=250) for each in (Purpose.RANK, Purpose.WRITE))
    metrics.note(Question(text="Hva?"), abstained.model_copy(update={"status": Status.ANSWERED, "calls": calls}))
    metrics.failed(question)
    found = shown(registry)
    assert found["moteplassen_replies_total"] == {
        ("slack", "abstained"): 3,
        ("other", "answered"): 1,
        ("slack", "failed"): 1,
    }
    whys = {why: number for (why,), number in found["moteplassen_abstentions_total"].items() if number}
    assert whys == {NOTHING: 1, UNSURE: 1, "dispute": 1}
    assert found["moteplassen_reply_part_seconds_sum"] == {("embed",): 6.0, ("chat",): 0.5}
    assert found["moteplassen_reply_seconds_count"][()] == 4
