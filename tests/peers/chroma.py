"""A Chroma server of one's own: what `chroma run` runs, without the client that the command loads first."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.peers.ports import free_port


@contextlib.contextmanager
def chroma(folder: Path, port: int = 0) -> Iterator[int]:
    """The port of a server on 127.0.0.1 that keeps its data in the folder, while the block lasts."""
    port = port or free_port()
    words = ["chroma", "run", "--host", "127.0.0.1", "--port", str(port), "--path", str(folder)]
    command = [sys.executable, "-c", f"import chromadb_rust_bindings; chromadb_rust_bindings.cli({words})"]
    with (
        (folder.parent / f"{folder.name}.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=folder.parent) as server,
    ):
        try:
            _await_start(server, port, Path(log.name))
            yield port
        finally:
            server.terminate()


def _await_start(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=1).is_success:
                return
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Chroma did not start:\n{log.read_text(encoding='utf-8')}")
        time.sleep(0.02)
