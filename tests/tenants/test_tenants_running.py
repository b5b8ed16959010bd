"""`demo` and `worker` for several municipalities, as processes of their own."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.peers.ports import free_port
from tests.town import FILES, environment, write

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE = 120.0
QUESTION = "Når må skilt omsøkes?"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Two municipalities; the list of sources of the second one has a mistake."""
    write(tmp_path / "alfa")
    write(tmp_path / "beta", {**FILES, "sources.toml": "[[source\n"})
    tables = [
        f'[[tenant]]\nid = "{id_}"\npublic_url = "http://{id_}.example.no"\nsources = "{id_}/sources.toml"\n'
        for id_ in ("alfa", "beta")
    ]
    file = tmp_path / "tenants.toml"
    file.write_text("\n".join(tables), "utf-8")
    return file


@contextlib.contextmanager
def running(command: str, listed: Path, said: str, **changes: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process, and what it says when it is up; it ends as it is told to."""
    env = environment(TENANTS=str(listed), DATA_DIR=str(listed.parent / "data"), LOG_LEVEL="INFO", **changes)
    port = ["--port", "0"] if command == "demo" else []
    words = [sys.executable, "-m", "bot", command, *port]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env) as process:
        try:
            assert process.stdout
            yield process, next(line for line in process.stdout if said in line)
            process.send_signal(signal.SIGTERM)
            process.stdout.read()
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


def at(url: str, tenant: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Host": f"{tenant}.example.no"}, timeout=PATIENCE, trust_env=False)


def until_open(client: httpx.Client) -> None:
    end = time.monotonic() + PATIENCE
    while (status := client.get("/").status_code) != 200:
        assert (status, time.monotonic() < end) == (503, True)
        time.sleep(0.2)


def test_one_whose_sources_have_a_mistake_waits_until_it_is_mended_and_the_other_answers(listed: Path) -> None:
    with running("demo", listed, " is open at ") as (process, opened):
        found = re.search(r"http://localhost:(\d+)", opened)
        assert found, opened
        url = f"http://127.0.0.1:{found[1]}"
        with at(url, "alfa") as alfa, at(url, "beta") as beta:
            until_open(alfa)
            asked = alfa.post("/spor", data={"tekst": QUESTION, "kanal": "naeringsliv"})
            thread = asked.headers.get("location", "/")
            end = time.monotonic() + PATIENCE
            while "Skilt på fasaden må omsøkes" not in alfa.get(thread, follow_redirects=True).text:
                assert time.monotonic() < end
                time.sleep(0.2)
            assert beta.get("/").status_code == 503
            assert httpx.get(f"{url}/health", trust_env=False).json() == {"status": "ok", "tenants": 2, "away": 1}
            write(listed.parent / "beta")
            until_open(beta)
        assert process.poll() is None


def test_a_worker_works_for_all_tells_how_they_are_and_ends_when_it_is_told_to(listed: Path) -> None:
    port = free_port()
    with running("worker", listed, "The worker is up, for alfa, beta", WORKER_PORT=str(port)) as (process, _):
        assert process.stdout
        opened = {line for _ in range(2) if (line := next(each for each in process.stdout if "tenant.open" in each))}
        assert {tenant for tenant in ("alfa", "beta") for line in opened if f'"{tenant}"' in line} == {"alfa", "beta"}
        url = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{url}/health", trust_env=False).json() == {"status": "ok", "tenants": 2, "away": 0}
        with at(url, "beta") as beta:
            assert beta.get("/health/live").status_code == 200
            assert beta.get("/health/ready").json() == {"status": "unavailable", "away": ["library", "dispatcher"]}
            assert beta.get("/").status_code == 404
