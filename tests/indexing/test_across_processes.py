"""Real processes with data directories of their own: one brings documents in, the other answers from them."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.town import FILES, SKILT, environment, write

PATIENCE = 200.0
"""Seconds: the machine may be busy with other things."""
QUESTION = "Når må skilt omsøkes?"
OLD, NEW = "Skilt på fasaden må omsøkes før de settes opp.", "Skilt på fasaden kan settes opp uten søknad."


def wait_for(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it has not come to that"
        time.sleep(0.1)


class Reading:
    """A server that reads snapshots, and somebody who asks it."""

    def __init__(self, data: Path, shared: Path, log: Path) -> None:
        self.data, self.shared, self.log = data, shared, log
        self.url = ""
        self.replies: list[str] = []

    @contextlib.contextmanager
    def up(self) -> Iterator[None]:
        env = environment(INDEXING="false", SNAPSHOTS=str(self.shared), LOG_LEVEL="INFO")
        command = [sys.executable, "-m", "bot", "demo", "--port", "0", "--data-dir", str(self.data)]
        out = self.log.with_suffix(".out")
        with (
            self.log.open("w") as told,
            out.open("w") as said,
            subprocess.Popen(command, stdout=said, stderr=told, env=env) as process,
        ):
            self._out = out
            try:
                yield
            finally:
                process.terminate()
                assert process.wait(PATIENCE) == 0

    def says(self, words: str) -> bool:
        return words in self.log.read_text(encoding="utf-8")

    def opened(self) -> bool:
        found = re.search(r"http://localhost:(\d+)/", self._out.read_text(encoding="utf-8"))
        self.url = f"http://127.0.0.1:{found[1]}" if found else ""
        return bool(found)

    def ask(self) -> str:
        """What is replied; raises where the server fails."""
        with httpx.Client(base_url=self.url, timeout=PATIENCE, follow_redirects=True, verify=False) as asker:
            asker.post("/rolle", data={"rolle": "kafe"}).raise_for_status()
            said = {"tekst": QUESTION, "kanal": "naeringsliv"}
            posted = asker.post("/spor", data=said, headers={"accept": "application/json"}).raise_for_status()
            page = f"/t/{posted.json()['messages'][0]['thread']}"
            while 'aria-busy="true"' in (text := asker.get(page).raise_for_status().text):
                time.sleep(0.05)
            return "old" if OLD in text else "new" if NEW in text else text

    @contextlib.contextmanager
    def asked(self) -> Iterator[None]:
        """For as long as the context lasts, somebody asks again and again."""
        stop = threading.Event()
        asking = threading.Thread(target=self._ask_until, args=[stop])
        asking.start()
        try:
            yield
        finally:
            stop.set()
            asking.join()

    def _ask_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.replies.append(self.ask())
            except Exception as error:  # noqa: BLE001 - whatever fails is what the test is about
                self.replies.append(f"failed: {error!r}")


def ingest(sources: Path, data: Path, shared: Path) -> str:
    command = [sys.executable, "-m", "bot", "ingest", str(sources), "--data-dir", str(data)]
    done = subprocess.run(command, env=environment(SNAPSHOTS=str(shared)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_one_process_brings_in_another_answers_from_while_it_is_asked(tmp_path: Path) -> None:
    sources, shared = write(tmp_path / "town"), tmp_path / "shared"
    reading = Reading(tmp_path / "reader", shared, tmp_path / "reader.log")
    with reading.up():
        wait_for(lambda: reading.says("start.waiting"))
        assert not reading.opened()
        assert "Published as snapshot" in ingest(sources, tmp_path / "writer", shared)
        wait_for(reading.opened)
        assert reading.ask() == "old"
        with reading.asked():
            wait_for(lambda: reading.replies[:1] == ["old"])
            write(tmp_path / "town", {**FILES, "guides/skilt.md": SKILT.replace(OLD, NEW)})
            assert "Published as snapshot" in ingest(sources, tmp_path / "writer", shared)
            wait_for(lambda: reading.replies[-1:] == ["new"])
            _break_pointer(shared)
            wait_for(lambda: reading.says("snapshots.refused"))
        assert reading.ask() == "new"
    assert Counter(reading.replies).keys() == {"old", "new"}
    assert not reading.says("Traceback")
    assert not (tmp_path / "reader" / "library").exists()


def _break_pointer(shared: Path) -> None:
    pointer = shared / "current"
    pointer.write_bytes(pointer.read_bytes()[:-20])
