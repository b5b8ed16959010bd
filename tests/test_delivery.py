"""What operators are handed: the image's recipe, the parts of one machine, systemd's units."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml  # type: ignore[import-untyped]
from pydantic import SecretStr

from bot.commands.server import _SHUTDOWN
from bot.database import _STATEMENT
from bot.desk.dispatcher import Pace
from bot.observing.otlp import _SECONDS
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = ROOT / "Dockerfile"
COMPOSE = ROOT / "compose.yaml"
UNITS = sorted((ROOT / "docs" / "systemd").glob("*.service"))
LONG_LIVED = [unit for unit in UNITS if "Type=oneshot" not in unit.read_text(encoding="utf-8")]
GIVEN = {f"MOTEPLASSEN_{name}": "https://x" for name in ("PUBLIC_URL", "OIDC_ISSUER", "OIDC_CLIENT_ID")}
EXPOSURE = "30"
"""What systemd says of a service that is well protected is below this (tenths)."""
UV = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")


def instructions() -> Iterator[tuple[str, str, str]]:
    """The stage, the instruction and its words, one after another."""
    stage = ""
    whole = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text(encoding="utf-8"), flags=re.M))
    for line in filter(None, whole.splitlines()):
        name, _, words = line.partition(" ")
        if name == "FROM":
            stage = words.rpartition(" ")[2]
        yield stage, name, words.strip()


def copied() -> list[str]:
    """What comes into the image from this tree."""
    return [
        source
        for _, name, words in instructions()
        if name == "COPY" and not words.startswith("--from")
        for source in words.split()[:-1]
    ]


def services() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    return found


def secrets() -> set[str]:
    """The variables that hold secrets."""
    return {
        f"MOTEPLASSEN_{name}".upper()
        for name, field in Settings.model_fields.items()
        if SecretStr in get_args(field.annotation)
    }


def test_the_recipe_of_the_image_has_no_fault_that_hadolint_knows() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    command: list[str | Path] = [linter, "--failure-threshold", "info", DOCKERFILE]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_the_image_is_given_the_packages_and_nothing_that_is_kept_out_of_it() -> None:
    assert {"bot", "ingest", "knowledge", "pyproject.toml", "uv.lock"} <= set(copied())
    assert [each for each in copied() if not (ROOT / each).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert next(line for line in ignored if not line.startswith("#")) == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == set(copied())


def test_no_stage_that_is_run_runs_as_root() -> None:
    users = {stage: words for stage, name, words in instructions() if name == "USER"}
    assert users == {"runtime": "10001:10001", "scans": "10001:10001"}
    assert (list(instructions())[-1]) == ("plain", "FROM", "runtime AS plain")


def test_no_secret_comes_into_a_layer_or_the_environment_of_a_container() -> None:
    passed = " ".join(words for _, name, words in instructions() if name in {"ARG", "ENV", "RUN"})
    assert not re.search("SECRET|TOKEN|PASSWORD|_KEY", passed)
    for service in services().values():
        assert set(service.get("environment", {})) & secrets() == set()


@pytest.mark.parametrize("name", sorted(services()))
def test_every_container_is_closed_watched_and_started_again(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == ("no" if name == "release" else "unless-stopped")
    watched = service.get("healthcheck", {}).get("test") or (name == "web" and "HEALTHCHECK" in DOCKERFILE.read_text())
    assert watched or name == "release"


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not installed; .ci/run installs it")
def test_the_parts_of_one_machine_are_read_by_compose() -> None:
    command = ["docker-compose", "--file", str(COMPOSE), "config", "--services"]
    told = subprocess.run(command, env=os.environ | GIVEN, capture_output=True, text=True, check=False)
    assert (told.returncode, set(told.stdout.split())) == (0, set(services())), told.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_every_unit_is_closed_to_what_it_does_not_need(unit: Path) -> None:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit.read_text(encoding="utf-8"))
    service = dict(parser["Service"])
    assert service["User"] == "moteplassen"
    for name in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictNamespaces"):
        assert service[name] == "yes"
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"]) == ("strict", "")
    assert service.get("Restart") == ("always" if unit in LONG_LIVED else None)
    assert not any(variable in unit.read_text(encoding="utf-8").partition("Environment=")[2] for variable in secrets())


@pytest.mark.parametrize("unit", LONG_LIVED, ids=lambda unit: unit.stem)
def test_no_unit_is_given_up_because_something_was_away_when_it_started(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    assert "Requires=" not in text.replace("Not Requires=", "")
    assert "StartLimitIntervalSec=0\n" in text.partition("[Service]")[0]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The root of a machine on which the units lie and the programs that they start are there."""
    units = tmp_path / "etc" / "systemd" / "system"
    shutil.copytree("/lib/systemd/system", units, symlinks=True)
    for each in (ROOT / "docs" / "systemd").iterdir():
        shutil.copy(each, units)
    for program in ("opt/moteplassen/bin/moteplassen", "opt/moteplassen/bin/chroma", "bin/sh", "usr/bin/find"):
        (tmp_path / program).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / program).touch(0o755)
    return tmp_path


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
def test_systemd_takes_the_units_and_finds_them_well_protected(machine: Path) -> None:
    names = [unit.name.replace("@", "@8000") for unit in UNITS]
    for command in (
        ["verify", "--man=no", *names, "moteplassen.target", "moteplassen-backup.timer"],
        ["security", "--offline=true", f"--threshold={EXPOSURE}", *(unit.name for unit in UNITS)],
    ):
        told = subprocess.run(
            ["systemd-analyze", f"--root={machine}", *command], capture_output=True, text=True, check=False
        )
        ours = [line for line in told.stderr.splitlines() if "moteplassen" in line]
        assert (told.returncode, ours) == (0, []), told.stdout


def test_every_process_is_given_as_long_to_end_as_the_documents_say_and_as_it_may_need() -> None:
    longest = _SHUTDOWN + Pace().grace + _STATEMENT + _SECONDS  # requests, deliveries, giving these back, traces
    (said,) = re.findall(r"Give it (\d+) seconds to end", (ROOT / "docs" / "several-machines.md").read_text("utf-8"))
    assert longest <= int(said)
    for unit in LONG_LIVED:
        assert f"TimeoutStopSec={said}\n" in unit.read_text(encoding="utf-8"), unit.name
    assert {each["stop_grace_period"] for name, each in services().items() if name != "postgres"} == {f"{said}s"}


def test_a_command_by_hand_has_the_user_the_settings_and_the_secrets_of_the_units(tmp_path: Path) -> None:
    secret_files, asked = tmp_path / "secrets", tmp_path / "asked"
    secret_files.mkdir()
    unit = (ROOT / "docs" / "systemd" / "moteplassen-worker@.service").read_text(encoding="utf-8")
    handed = re.findall(r"^LoadCredential=(\w+):", unit, re.M)
    for name in (*handed, "openai_api_key"):
        (secret_files / name).write_text("hush")
    (tmp_path / "systemd-run").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {asked}\n')
    (tmp_path / "systemd-run").chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "MOTEPLASSEN_SECRETS": str(secret_files)}
    words = ["privacy", "erase", "Kari Nordmann"]
    subprocess.run([ROOT / "docs" / "systemd" / "moteplassen-by-hand", *words], env=env, check=True)
    options = asked.read_text(encoding="utf-8").splitlines()
    assert options[-4:] == ["/opt/moteplassen/bin/moteplassen", *words]
    (shown,) = (each for each in options if each.startswith("--description="))  # in the journal
    assert not any(word in shown for word in words)
    passed = {each.partition(":")[0] for each in options if "LoadCredential=" in each}
    assert passed == {f"--property=LoadCredential={name}" for name in (*handed, "openai_api_key")}
    (name,) = (each.removeprefix("--unit=") for each in options if each.startswith("--unit="))
    data = re.search(r"^Environment=(MOTEPLASSEN_DATA_DIR=\S+) MOTEPLASSEN_SECRETS_DIR=%d$", unit, re.M)
    assert data
    same = {f"--setenv={data[1]}", f"--setenv=MOTEPLASSEN_SECRETS_DIR=/run/credentials/{name}.service"}
    for setting, option in (("User", "uid"), ("Group", "gid"), ("WorkingDirectory", "working-directory")):
        same.add(f"--{option}={_set(unit, setting)}")
    same |= {f"--property={setting}={_set(unit, setting)}" for setting in ("EnvironmentFile", "UMask")}
    assert same <= {*options}


def _set(unit: str, setting: str) -> str:
    (value,) = re.findall(rf"^{setting}=(\S+)$", unit, re.M)
    return str(value)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_steps_of_the_recipe_make_something_that_starts_where_nothing_may_be_written(tmp_path: Path) -> None:
    source, place = tmp_path / "src", tmp_path / "opt"
    for each in copied():
        into = source / each
        into.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / each).is_dir() else shutil.copy
        copy(ROOT / each, into)
    built = [words for stage, name, words in instructions() if (stage, name) == ("build", "RUN")]
    steps = [words.split()[1:] for words in built if words.startswith("/opt/uv/bin/uv ")]
    assert len(steps) == 2
    env = os.environ | {"UV_PROJECT_ENVIRONMENT": str(place), "UV_PYTHON": sys.executable, "UV_LINK_MODE": "copy"}
    for step in steps:
        subprocess.run([UV, *step], cwd=source, env=env, check=True, capture_output=True)
    shutil.rmtree(source)
    subprocess.run(["chmod", "-R", "a-w", place], check=True)
    own = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "MOTEPLASSEN_DATA_DIR": str(tmp_path / "data")}
    told = subprocess.run(
        [place / "bin" / "moteplassen", "check"], cwd=tmp_path, env=own, capture_output=True, text=True, check=False
    )
    assert f"in {place}/lib" in told.stdout, told.stderr  # the list of sources that ships is the installed one
    subprocess.run(["chmod", "-R", "u+w", place], check=True)
