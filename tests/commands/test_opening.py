"""`serve` while it brings the documents in for the first time: who watches over it, and who comes early."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.peers.ports import free_port
from tests.town import environment

pytestmark = pytest.mark.timeout(240)

PATIENCE = 120.0
SIGN_IN = {"OIDC_ISSUER": "http://127.0.0.1:9", "OIDC_CLIENT_ID": "bot", "OIDC_CLIENT_SECRET": "hush"}


@contextlib.contextmanager
def serving(data_dir: Path, sources: Path) -> Iterator[str]:
    """The address of `serve` over these documents, which have not been brought in."""
    port = free_port()
    env = environment(DATA_DIR=str(data_dir), SOURCES=str(sources), **SIGN_IN)
    with subprocess.Popen([sys.executable, "-m", "bot", "serve", "--port", str(port)], env=env) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def first(client: httpx.Client) -> httpx.Response:
    """What is answered first of all, however long it takes until somebody listens."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(httpx.ConnectError):
            return client.get("/health/live")
        time.sleep(0.05)
    raise AssertionError("nobody listens")


def test_it_says_that_it_lives_and_is_not_ready_and_no_request_is_lost_when_it_opens(
    tmp_path: Path, sources: Path
) -> None:
    with serving(tmp_path, sources) as address, httpx.Client(base_url=address, timeout=30) as client:
        assert first(client).json() == {"status": "ok"}
        early = client.get("/health/ready")
        assert (early.status_code, early.json()) == (503, {"status": "unavailable", "away": ["library"]})
        assert early.headers["Connection"] == "close"  # or a request could come on it as it is closed
        page = client.post("/spor", data={"tekst": "Når må skilt omsøkes?"})
        assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
        assert all(word in page.text for word in ("åpner snart", "opnar snart", "opens soon"))
        end, seen = time.monotonic() + PATIENCE, list[int]()
        while seen[-1:] != [200] and time.monotonic() < end:
            seen.append(httpx.get(f"{address}/health/ready", timeout=30).status_code)
            assert client.get("/health/live").status_code == 200
        assert set(seen) == {503, 200}
        assert "Møteplassen" in client.get("/").text
