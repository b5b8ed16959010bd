"""A worker has a small address of its own, where it is asked for its health and what it measures."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.peers.ports import free_port
from tests.town import environment, moteplassen

PATIENCE = 110.0
TOKEN = {"Authorization": "Bearer hush"}


@contextlib.contextmanager
def working(data: Path, sources: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """A worker, and somebody in front of it."""
    about = {"SOURCES": str(sources), "WORKER_PORT": str(port), "METRICS_TOKEN": "hush", "LOG_LEVEL": "DEBUG"}
    command = [sys.executable, "-m", "bot", "worker", "--data-dir", str(data)]
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment(**about)) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client,
    ):
        try:
            yield process, client
        finally:
            process.kill()


def until(client: httpx.Client, away: list[str] | None) -> None:
    """Wait until that is away of the worker's parts, None for nothing."""
    end = time.monotonic() + PATIENCE
    told: object = None
    while time.monotonic() < end:
        try:
            told = client.get("/health/ready").json().get("away")
        except httpx.TransportError as error:
            told = repr(error)
        if told == away:
            return
        time.sleep(0.05)
    raise AssertionError(f"it has not come to {away}: {told}")


def said(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """Tell it to stop; what it has logged until its end, which is a good one. No line of it is a traceback's."""
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    lines = told.splitlines()
    assert not [line for line in lines if "Traceback" in line]
    return [json.loads(line) for line in lines if line.startswith("{")]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_worker_tells_how_it_is_from_its_start_to_its_end(data_dir: Path, sources: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with working(data, sources, free_port()) as (process, client):
        until(client, ["library", "dispatcher"])  # nobody has brought the documents in
        assert client.get("/health/live").json() == {"status": "ok"}
        logged = said(process)
    assert ("health.away", "library") in {(line["event"], line.get("part")) for line in logged}
    shutil.copytree(data_dir, data, dirs_exist_ok=True)
    with working(data, sources, free_port()) as (process, client):
        until(client, None)
        assert client.get("/metrics").status_code == 401
        told = client.get("/metrics", headers=TOKEN).text
        for name in ("outbox_waiting", "cases_open", "build_info", "source_documents", "dispatcher_idle_seconds"):
            assert f"\nmoteplassen_{name}" in told
        assert client.get("/").status_code == 404
        said(process)


def test_a_workers_port_that_is_taken_is_told_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        result = moteplassen("worker", "--data-dir", tmp_path, WORKER_PORT=port)
    assert result.exit_code == 1
    assert f"can't listen on 127.0.0.1:{port}" in result.stderr
    assert "MOTEPLASSEN_WORKER_PORT" in result.stderr
