"""A throwaway Prometheus and a throwaway Alertmanager: Debian's programs, started where they are installed."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.peers.ports import free_port

_PROGRAMS = ("prometheus", "prometheus-alertmanager")
_SILENT = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"

needs_prometheus = pytest.mark.skipif(
    not all(map(shutil.which, _PROGRAMS)),
    reason=f"{' or '.join(f'`{each}`' for each in _PROGRAMS)} is not installed here; .ci/run installs them",
)


@contextlib.contextmanager
def prometheus(config: Path, data: Path) -> Iterator[httpx.Client]:
    """One that does what the file says while the block lasts, and a client in front of it."""
    words = [f"--config.file={config}", f"--storage.tsdb.path={data}", "--log.level=warn"]
    with _running("prometheus", words, data) as client:
        yield client


@contextlib.contextmanager
def alertmanager(data: Path) -> Iterator[httpx.Client]:
    """One that keeps what it is told and passes nothing on, and a client in front of it."""
    config = data.with_suffix(".yaml")
    config.write_text(_SILENT, encoding="utf-8")
    words = [f"--config.file={config}", f"--storage.path={data}", "--cluster.listen-address="]
    with _running("prometheus-alertmanager", words, data) as client:
        yield client


@contextlib.contextmanager
def _running(program: str, words: list[str], data: Path) -> Iterator[httpx.Client]:
    port = free_port()
    command = [program, *words, f"--web.listen-address=127.0.0.1:{port}"]
    with (
        data.with_suffix(".log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=data.parent) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client,
    ):
        try:
            _await_start(server, client, Path(log.name))
            yield client
        finally:
            server.terminate()


def _await_start(server: subprocess.Popen[bytes], client: httpx.Client, log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if client.get("/-/ready").is_success:
                return
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{server.args!r} did not start:\n{log.read_text(encoding='utf-8')}")
        time.sleep(0.02)
