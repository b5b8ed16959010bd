"""Traces reach a collector over HTTP: a question, its steps and its delivery are one, and no word of it is there."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.observing.otlp import Collected
from bot.observing.spans import Kind, part
from bot.observing.trace import carried, new_trace, read
from bot.settings import Settings
from bot.wiring import Knowledge
from tests.observing.examples import SECRETS, TOLD
from tests.peers.collector import Span, collecting
from tests.web.examples import running, visiting


@pytest.mark.asyncio(loop_scope="session")
async def test_a_question_is_one_trace_from_the_request_to_the_delivery(shelf: Knowledge, tmp_path: Path) -> None:
    shelf.forget_questions()  # another test may have asked the same
    async with collecting() as collector:
        about = {"otlp_endpoint": collector.url, "otlp_headers": SecretStr("x-key=hush%20hush")}
        async with running(shelf, tmp_path, demo=True, **about) as url, visiting(url) as visitor:
            await visitor.become("kafe")
            await visitor.ask(TOLD)
    (asked,) = [span for span in collector.named("request") if span.about["http.route"] == "/spor"]
    trace = [span for span in collector.spans if span.trace == asked.trace]
    (delivered,) = [span for span in trace if span.name == "deliver"]
    (replied,) = [span for span in trace if span.name == "reply"]
    steps = sorted((span for span in trace if span.parent == replied.id), key=lambda span: span.start)
    assert (asked.parent, delivered.parent, replied.parent) == ("", asked.id, delivered.id)
    assert [step.name for step in steps] == ["understand", "retrieve", "answer"]
    assert_one_after_the_other(steps, replied)
    assert delivered.about["end"] == "delivered"
    assert {"ms.embed", "ms.retrieve", "status"} <= replied.about.keys()
    assert {span.service for span in trace} == {"moteplassen"}
    assert {headers["x-key"] for headers in collector.headers} == {"hush hush"}
    sent = b"\n".join(collector.bodies).decode("utf-8", "replace").casefold()
    assert [secret for secret in SECRETS if secret.casefold() in sent] == []


def assert_one_after_the_other(steps: list[Span], around: Span) -> None:
    moments = [around.start, *(moment for step in steps for moment in (step.start, step.end)), around.end]
    assert moments == sorted(moments)


async def test_a_trace_goes_on_in_another_process_under_the_id_that_the_log_has() -> None:
    async with collecting() as collector:
        here, there = (Collected(collector.url, {}, 1.0, {"service.name": name}) for name in ("web", "worker"))
        begun = new_trace()
        with here.begin("request", begun, Kind.REQUEST), part(here, "owe"):
            kept = carried()
        taken = read(kept)
        assert taken is not None
        with contextlib.suppress(LookupError), there.begin("deliver", taken, Kind.DELIVERY):
            raise LookupError(SECRETS[0])
        await close(here, there)
    (request,), (owe,), (deliver,) = (collector.named(name) for name in ("request", "owe", "deliver"))
    assert {request.trace, owe.trace, deliver.trace} == {begun.id}
    assert (owe.parent, deliver.parent) == (request.id, owe.id)
    assert (request.service, deliver.service) == ("web", "worker")
    assert (request.error, deliver.error) == ("", "LookupError")


async def test_a_share_of_the_traces_is_sent_whole_or_not_at_all() -> None:
    async with collecting() as collector:
        spans = Collected(collector.url, {}, 0.5, {"service.name": "web"})
        for _ in range(100):
            with spans.begin("request", new_trace(), Kind.REQUEST), part(spans, "owe"):
                pass
        await close(spans)
    assert 10 < len(collector.named("request")) < 90
    assert {span.trace for span in collector.named("owe")} == {span.trace for span in collector.named("request")}


async def test_a_collector_that_is_away_holds_up_nothing() -> None:
    async with collecting() as collector:
        collector.away = True
        spans = Collected(collector.url, {}, 1.0, {"service.name": "web"})
        with spans.begin("request", new_trace(), Kind.REQUEST):
            pass
        async with asyncio.timeout(10):
            await close(spans)
    assert collector.spans == []


async def close(*collected: Collected) -> None:
    for each in collected:
        await asyncio.to_thread(each.close)


@pytest.mark.slow
def test_who_has_no_collector_loads_no_exporter() -> None:
    script = (
        "import sys, bot.wiring, bot.observing.requests, bot.desk.watching;"
        "print([name for name in sys.modules if 'otlp.proto.http' in name or name == 'bot.observing.otlp'])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("given", "headers"),
    [
        (None, {}),
        ("", {}),
        ("api-key=abc", {"api-key": "abc"}),
        ("a=1, Authorization=Basic%20x%3D%3D", {"a": "1", "Authorization": "Basic x=="}),
        ("nonsense,,a=1", {"a": "1"}),
    ],
)
def test_headers_for_the_collector_are_read_as_its_standard_says(given: str | None, headers: dict[str, str]) -> None:
    settings = Settings(_env_file=None, otlp_headers=None if given is None else SecretStr(given))
    assert settings.otlp_header_values == headers


@pytest.mark.parametrize("name", ["MOTEPLASSEN_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_the_collector_is_set_by_our_name_or_the_standard_one(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "http://collector:4318")
    assert Settings(_env_file=None).otlp_endpoint == "http://collector:4318"
