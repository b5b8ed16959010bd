"""A real Prometheus reads a web process and a worker, is asked what the dashboard asks, and tells Alertmanager."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import math
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import yaml  # type: ignore[import-untyped]

from tests.observing.test_monitoring_files import ALERTS, DASHBOARD, MONITORING, PANELS
from tests.observing.test_workers import working
from tests.peers.openai import OpenAI, claim
from tests.peers.openai import running as openai_running
from tests.peers.ports import free_port
from tests.peers.prometheus import alertmanager, needs_prometheus, prometheus
from tests.test_app import Server, demo
from tests.web.examples import ABSTAINED, Person, visiting

pytestmark = [needs_prometheus, pytest.mark.timeout(300)]

PATIENCE = 110.0
KNOWN = "Når må du ha serveringsbevilling?"
QUOTED = "Den som vil drive serveringssted, må ha serveringsbevilling fra kommunen"
EMPTY = {
    "Errors of ours": "there are none",
    "How long runs take, 95 %": "no source is due",
    "Seconds since each process last read what is published": "each has a library of its own",
}
"""Panels that show nothing of what is watched here, and why."""


@dataclass(frozen=True)
class Watched:
    """A web process, a worker with the address that it is watched at, and what watches both."""

    bot: Server
    worker: subprocess.Popen[str]
    address: str
    prometheus: httpx.Client
    alertmanager: httpx.Client

    def told(self, path: str, **words: Any) -> Any:
        """What Prometheus answers there."""
        response = self.prometheus.get(f"/api/v1/{path}", params=words)
        assert response.is_success, response.text
        return response.json()["data"]

    def targets(self) -> dict[str, str]:
        """How it is with each job's one process."""
        return {each["labels"]["job"]: each["health"] for each in self.told("targets")["activeTargets"]}

    def rules(self) -> list[dict[str, Any]]:
        """The rules, and what became of them."""
        return [rule for group in self.told("rules")["groups"] for rule in group["rules"]]

    def heard(self) -> list[dict[str, Any]]:
        """The alerts that Alertmanager has been told of and that are not over."""
        alerts: list[dict[str, Any]] = self.alertmanager.get("/api/v2/alerts").raise_for_status().json()
        return alerts

    def firing(self) -> set[tuple[str, str]]:
        """The alerts that fire, and of which process each is."""
        alerts = self.told("alerts")["alerts"]
        labels = [each["labels"] for each in alerts if each["state"] == "firing"]
        return {(each["alertname"], each.get("instance", "")) for each in labels}

    def shown(self, expression: str) -> bool:
        """Is there anything to be drawn of it, in the last minute, as Grafana asks for it?"""
        now = time.time()
        result = self.told("query_range", query=expression, start=now - 60, end=now, step=1)["result"]
        return any(not math.isnan(float(value)) for series in result for _, value in series["values"])


def adapted(folder: Path, web: str, worker: str, alerts: str) -> Path:
    """The configuration that ships, with addresses and paths of here, and in a hurry. Of the rules, only
    MoteplassenDown has a shorter `for`."""
    config = yaml.safe_load((MONITORING / "prometheus.yaml").read_text("utf-8"))
    config["global"] |= {"scrape_interval": "1s", "evaluation_interval": "1s"}
    (manager,) = config["alerting"]["alertmanagers"]
    manager["static_configs"] = [{"targets": [alerts]}]
    targets = {"moteplassen-web": web, "moteplassen-worker": worker}
    for job in config["scrape_configs"]:
        job["authorization"]["credentials_file"] = str(folder / "token")
        job["static_configs"] = [{"targets": [targets.pop(job["job_name"])]}]
    assert not targets
    (folder / "token").write_text("hush\n", encoding="utf-8")
    rules = (MONITORING / "alerts.yaml").read_text("utf-8")
    assert rules.count("for: 2m\n") == 2
    (folder / "alerts.yaml").write_text(rules.replace("for: 2m\n", "for: 5s\n", 1), encoding="utf-8")
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder / "prometheus.yaml"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def openai() -> AsyncIterator[OpenAI]:
    async with openai_running() as openai:
        yield openai


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def watched(
    openai: OpenAI, data_dir: Path, sources: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Watched]:
    folder, port = tmp_path_factory.mktemp("watched"), free_port()
    for name in ("web", "worker"):
        shutil.copytree(data_dir, folder / name)
    model = {"OPENAI_BASE_URL": openai.url, "CHAT_PRICE_IN": "10", "CHAT_PRICE_OUT": "10"}
    unlimited = {f"LIMIT_{name}": "0" for name in ("ASKER", "PLACE", "TENANT")}
    with contextlib.ExitStack() as stack:
        bot = stack.enter_context(demo(folder / "web", sources, METRICS_TOKEN="hush", **model, **unlimited))
        worker, _ = stack.enter_context(working(folder / "worker", sources, port))
        manager = stack.enter_context(alertmanager(folder / "alertmanager"))
        address, web = f"127.0.0.1:{port}", bot.url.removeprefix("http://")
        config = adapted(folder, web, address, manager.base_url.netloc.decode())
        reader = stack.enter_context(prometheus(config, folder / "prometheus"))
        yield Watched(bot, worker, address, reader, manager)


async def until(holds: Callable[[], bool]) -> None:
    """Return when it holds."""
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.5)


async def use(visitor: Person, openai: OpenAI) -> None:
    """Somebody asks what the documents say, which the model once won't write, and what they don't; that is sent on."""
    openai.say(claim("Du må ha serveringsbevilling fra kommunen.", QUOTED))
    openai.trouble("refusal")
    for question in (KNOWN, KNOWN):
        await visitor.ask(question)
    await visitor.forward(await visitor.ask(ABSTAINED))


@pytest.mark.asyncio(loop_scope="session")
async def test_prometheus_gets_into_every_process_and_evaluates_every_rule(watched: Watched) -> None:
    await until(lambda: watched.targets() == {"moteplassen-web": "up", "moteplassen-worker": "up"})
    read = dt.datetime.now(dt.UTC)
    # A rule that finds nothing to read is well, whatever it says of what it finds.
    await until(lambda: all(dt.datetime.fromisoformat(rule["lastEvaluation"]) > read for rule in watched.rules()))
    assert {rule["name"]: rule.get("lastError") for rule in watched.rules()} == {each["alert"]: None for each in ALERTS}


@pytest.mark.asyncio(loop_scope="session")
async def test_the_dashboard_shows_of_a_bot_in_use_all_that_it_has_a_panel_for(
    watched: Watched, openai: OpenAI
) -> None:
    (job,) = (each for each in DASHBOARD["templating"]["list"] if each["name"] == "job")
    asked = {
        (panel["title"], target["expr"].replace("$job", job["allValue"]))
        for panel in PANELS
        for target in panel["targets"]
    }
    empty = {each for each in asked if each[0] in EMPTY}
    assert {title for title, _ in empty} == EMPTY.keys()
    missing = asked - empty
    async with visiting(watched.bot.url) as visitor:
        await visitor.become("kafe")
        end = time.monotonic() + PATIENCE
        # Growth is seen of what was there before: what is counted must have been read once, and come again.
        while missing and time.monotonic() < end:
            await use(visitor, openai)
            await asyncio.sleep(2)
            missing = {each for each in missing if not watched.shown(each[1])}
    assert missing == set()
    assert {title for title, expression in empty if watched.shown(expression)} == set()


@pytest.mark.asyncio(loop_scope="session")
async def test_of_a_process_that_hangs_alertmanager_hears_and_hears_when_it_is_well_again(watched: Watched) -> None:
    await until(lambda: "down" not in watched.targets().values() and not watched.firing())
    watched.worker.send_signal(signal.SIGSTOP)
    await until(lambda: bool(watched.firing()))
    assert watched.firing() == {("MoteplassenDown", watched.address)}
    await until(lambda: bool(watched.heard()))
    (alert,) = watched.heard()
    labels = {"alertname": "MoteplassenDown", "job": "moteplassen-worker", "severity": "page"}
    assert alert["labels"] == labels | {"instance": watched.address}
    assert alert["annotations"] == {
        "summary": f"{watched.address} does not answer",
        "runbook_url": "runbook.md#moteplassendown",
    }
    watched.worker.send_signal(signal.SIGCONT)
    await until(lambda: not watched.firing() and not watched.heard())
