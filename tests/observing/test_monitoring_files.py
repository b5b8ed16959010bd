"""The dashboard, the alerts and the runbook are about what the bot really measures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml  # type: ignore[import-untyped]
from prometheus_client.parser import text_string_to_metric_families

from tests.observing.examples import Town

DOCS = Path(__file__).parents[2] / "docs"
MONITORING = DOCS / "monitoring"
GROUPS: list[dict[str, Any]] = yaml.safe_load((MONITORING / "alerts.yaml").read_text("utf-8"))["groups"]
ALERTS: list[dict[str, Any]] = [rule for group in GROUPS for rule in group["rules"]]
DASHBOARD: dict[str, Any] = json.loads((MONITORING / "dashboard.json").read_text("utf-8"))
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
PROMETHEUS_OWN = {"up"}


def selected(expression: str) -> Iterator[promql_parser.VectorSelector]:
    """What an expression reads. Raises ValueError where it is no PromQL."""
    found: list[promql_parser.VectorSelector] = []

    def look(part: promql_parser.Expr) -> bool:
        if isinstance(part, promql_parser.MatrixSelector):
            found.append(part.vector_selector)
        elif isinstance(part, promql_parser.VectorSelector):
            found.append(part)
        return True

    promql_parser.walk(promql_parser.parse(expression), look)
    yield from found


def expressions() -> dict[str, str]:
    """All expressions, by where they stand."""
    alerts = {str(alert["alert"]): str(alert["expr"]) for alert in ALERTS}
    # Grafana fills the variable in before Prometheus reads it.
    shown = {
        f"{panel['title']} {target['refId']}": target["expr"].replace("$job", "moteplassen-web")
        for panel in PANELS
        for target in panel["targets"]
    }
    return alerts | shown


async def measured(town: Town) -> dict[str, set[str]]:
    """The names of samples that the app shows when it has been used, and of the metrics, each with its labels."""
    await town.ask("web", "Hvor mange elefanter bor det på Mars?")
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(await town.numbers()):
        endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        found |= {family.name + ending: set() for ending in endings}
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


@pytest.mark.asyncio(loop_scope="session")
async def test_what_alerts_and_dashboard_read_is_measured(town: Town) -> None:
    there = await measured(town)
    for where, expression in expressions().items():
        read = list(selected(expression))
        assert read, where
        for each in read:
            assert each.name in there.keys() | PROMETHEUS_OWN, where
            labels = {matcher.name for matcher in each.matchers.matchers} - {"job", "instance"}
            if there.get(each.name or ""):
                assert labels <= there[each.name or ""], where


def test_every_alert_has_a_section_in_the_runbook_and_every_section_an_alert() -> None:
    runbook = (DOCS / "runbook.md").read_text("utf-8")
    headings = re.findall(r"^## (.+)$", runbook, re.M)
    assert headings == [alert["alert"] for alert in ALERTS]
    for alert in ALERTS:
        page, _, anchor = alert["annotations"]["runbook_url"].partition("#")
        assert (DOCS / page).is_file()
        assert anchor in {heading.lower() for heading in headings}
        assert alert["labels"]["severity"] in {"page", "ticket"}
        section = runbook.split(f"## {alert['alert']}\n")[1].split("\n## ")[0]
        for part in ("**Means**", "**Askers see**", "**Look at**", "**Do**"):
            assert part in section, f"{alert['alert']} says nothing of {part}"


def test_what_the_runbook_quotes_of_the_log_is_logged() -> None:
    quoted = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", (DOCS / "runbook.md").read_text("utf-8"))) - {"sources.toml"}
    sources = "\n".join(file.read_text("utf-8") for file in (DOCS.parent / "bot").rglob("*.py"))
    assert quoted
    assert {event for event in quoted if f'"{event}"' not in sources} == set()


def test_the_panels_of_the_dashboard_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24, panel["title"]
        taken |= cells
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
