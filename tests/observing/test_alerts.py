"""The alerts, as Prometheus' own tool reads them: each fires when it is to, and not when things are nearly as bad."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.observing.test_monitoring_files import ALERTS, MONITORING

CASES = sorted((Path(__file__).parent / "alerts").glob("*.yaml"))

needs_promtool = pytest.mark.skipif(
    not shutil.which("promtool"), reason="`promtool` (Debian: prometheus) is not installed here; .ci/run installs it"
)


def promtool(*words: str | Path) -> tuple[int, str]:
    """Its exit status, and all that it says."""
    told = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
    return told.returncode, told.stdout + told.stderr


def looks() -> Iterator[tuple[str, bool]]:
    """By case and alert: its name, and whether it fires in that case."""
    for file in CASES:
        for case in yaml.safe_load(file.read_text("utf-8"))["tests"]:
            fires: dict[str, bool] = {}
            each: dict[str, Any]
            for each in case["alert_rule_test"]:
                fires[each["alertname"]] = fires.get(each["alertname"], False) or bool(each.get("exp_alerts"))
            yield from fires.items()


@needs_promtool
def test_prometheus_takes_its_configuration(tmp_path: Path) -> None:
    # It looks whether the token's file is there, which on this machine it is not.
    shutil.copy(MONITORING / "alerts.yaml", tmp_path)
    (tmp_path / "token").write_text("hush")
    config = (MONITORING / "prometheus.yaml").read_text("utf-8")
    assert "/etc/prometheus/moteplassen-token" in config
    (tmp_path / "prometheus.yaml").write_text(
        config.replace("/etc/prometheus/moteplassen-token", str(tmp_path / "token"))
    )
    status, told = promtool("check", "config", "--lint=all", "--lint-fatal", tmp_path / "prometheus.yaml")
    assert status == 0, told
    assert "1 rule files found" in told


@needs_promtool
def test_prometheus_takes_the_rules() -> None:
    status, told = promtool("check", "rules", "--lint=all", "--lint-fatal", MONITORING / "alerts.yaml")
    assert status == 0, told
    assert f"{len(ALERTS)} rules found" in told


@needs_promtool
@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_alerts_fire_when_they_are_to_and_not_when_things_are_nearly_as_bad(file: Path) -> None:
    status, told = promtool("test", "rules", file)
    assert status == 0, told


def test_of_every_alert_there_is_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    seen = set(looks())
    assert {(alert["alert"], fires) for alert in ALERTS for fires in (True, False)} == seen
