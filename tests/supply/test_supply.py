"""What Møteplassen is made of is written down whole, and what is known to be wrong with it is told."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADVISORY: dict[str, Any] = {
    "id": "GHSA-test",
    "modified": "2026-01-01T00:00:00Z",
    "summary": "Templates are cursed",
    "affected": [
        {
            "package": {"name": "jinja2", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}],
        }
    ],
}


def locked() -> set[tuple[str, str]]:
    """The packages of the lock file that are not ours, and their versions."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    return {(each["name"], each["version"]) for each in lock["package"] if each["name"] != "moteplassen"}


def test_every_locked_package_is_written_down_with_version_licence_and_hash(tmp_path: Path) -> None:
    file = tmp_path / "there" / "sbom.json"
    subprocess.run([sys.executable, ROOT / ".ci" / "sbom.py", file], check=True, capture_output=True)
    bom = json.loads(file.read_text(encoding="utf-8"))
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.5")
    assert bom["metadata"]["component"]["name"] == "moteplassen"
    components = {(each["name"], each["version"]): each for each in bom["components"]}
    assert components.keys() == locked()
    for (name, _), each in components.items():
        assert each["purl"].startswith(f"pkg:pypi/{name}@"), name
        hashes = [found for file in each["externalReferences"] for found in file["hashes"]]
        assert hashes, name
        assert all(found["alg"] == "SHA-256" and len(found["content"]) == 64 for found in hashes), name
        (licence,) = each["licenses"]
        assert licence.get("expression") or licence["license"]["name"], name
    (starlette,) = [each for (name, _), each in components.items() if name == "starlette"]
    assert starlette["licenses"] == [{"expression": "BSD-3-Clause"}]
    assert {ref["ref"] for ref in bom["dependencies"]} >= {each["bom-ref"] for each in bom["components"]}


@contextlib.contextmanager
def advisories(*named: str) -> Iterator[str]:
    """A service like OSV's, which knows something bad of these packages."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))["queries"]
            known = {"id": ADVISORY["id"], "modified": ADVISORY["modified"]}
            self._answer({"results": [{"vulns": [known]} if q["package"]["name"] in named else {} for q in asked]})

        def do_GET(self) -> None:
            self._answer(ADVISORY)

        def _answer(self, value: object) -> None:
            content = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def audit(service: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / ".ci" / "audit.py"), *options, "--service-url", service]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_packages_that_nothing_is_known_of_pass() -> None:
    with advisories() as service:
        done = audit(service)
    assert done.returncode == 0, done.stderr
    assert f"{len(locked())} packages" in done.stdout + done.stderr
    assert "NOT AUDITED" not in done.stderr


def test_a_package_that_something_is_known_of_fails_and_is_named() -> None:
    with advisories("jinja2") as service:
        done = audit(service)
    assert done.returncode == 1
    assert "jinja2" in done.stderr
    assert "GHSA-test: Templates are cursed" in done.stderr


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--required",), 2)], ids=["optional", "required"])
def test_where_the_advisories_are_away_that_is_said(options: tuple[str, ...], status: int) -> None:
    done = audit("http://127.0.0.1:9", *options)
    assert done.returncode == status
    assert "NOT AUDITED" in done.stderr
