"""The Procfile as operators run it, with honcho: its processes, and what they print."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds for whatever is waited for, on a machine that has other things to do."""


class Honcho:
    """A running `honcho start`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.lines: list[str] = []
        self._process = process
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def wait_for(self, text: str, count: int = 1) -> None:
        """Wait until so many lines have had that text in them."""

        def came() -> bool:
            return sum(text in line for line in self.lines) >= count

        with contextlib.suppress(AssertionError):
            wait_for(lambda: self._process.poll() is not None or came())
        assert came(), "".join(self.lines)

    def tell(self, sign: signal.Signals, name: str) -> None:
        """Send a signal to one of its processes, such as `worker.1`, and all that it has started."""
        started = re.search(rf"{re.escape(name)} started \(pid=(\d+)\)", "".join(self.lines))
        assert started
        os.killpg(int(started[1]), sign)

    def stop(self) -> None:
        """Tell all processes to stop, and wait for that."""
        self._process.send_signal(signal.SIGTERM)
        self.wait()

    def wait(self) -> None:
        """Wait until it has ended by itself, which it does when one of its processes ends, and all it said is read."""
        self._process.wait(PATIENCE)
        self._reading.join(PATIENCE)

    def stopped(self) -> Mapping[str, int]:
        """The exit status of each process that has ended."""
        found = re.findall(r"(\S+) stopped \(rc=(-?\d+)\)", "".join(self.lines))
        return {name: int(status) for name, status in found}

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.append(line)


@contextlib.contextmanager
def honcho(folder: Path, environment: Mapping[str, str], *words: str, port: int = 0) -> Iterator[Honcho]:
    """Start what the words name ("web", "-c", "web=2"), in the folder; stop it where it has not ended yet."""
    programs = Path(sys.executable).parent
    path = os.pathsep.join([str(programs), environment.get("PATH", "")])
    command = [str(programs / "honcho"), "-f", str(ROOT / "Procfile"), "-d", str(folder), "start", "--no-colour"]
    env = {**environment, "PATH": path, "PYTHONUNBUFFERED": "1"} | ({"PORT": str(port)} if port else {})
    command += words
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env) as process:
        running = Honcho(process)
        try:
            yield running
        finally:
            if process.poll() is None:
                running.stop()


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it has not come to that"
        time.sleep(0.05)
