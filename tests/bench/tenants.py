"""What each further municipality costs a process: `python -m tests.bench.tenants --counts 1 11`.

Starts `demo` for so many municipalities, each with four documents and a database (SQLite) of its own, asks each one
question, lets it be idle, and reads of the process what the kernel tells (proc(5)): memory, open files, threads, and
processor time while idle.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx

from tests.town import environment, write

PATIENCE = 300.0
SETTLING = 20.0
"""Seconds for what is loaded beside the first requests."""
_TICKS = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def up(folder: Path, names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """A process that is up for these municipalities: its id and address."""
    tables = [
        f'[[tenant]]\nid = "{name}"\npublic_url = "http://{name}.example.no"\nsources = "{write(folder / name)}"\n'
        for name in names
    ]
    listed = folder / "tenants.toml"
    listed.write_text("\n".join(tables), encoding="utf-8")
    env = environment(TENANTS=str(listed), DATA_DIR=str(folder / "data"))
    words = [sys.executable, "-m", "bot", "demo", "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env) as process:
        try:
            assert process.stdout
            said = next(line for line in process.stdout if " is open at " in line)
            (port,) = re.findall(r"http://localhost:(\d+)", said)
            yield process.pid, f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def ask(url: str, name: str) -> None:
    """Wait until it is open, and ask something there."""
    host = {"Host": f"{name}.example.no"}
    with httpx.Client(base_url=url, headers=host, timeout=PATIENCE, trust_env=False) as client:
        end = time.monotonic() + PATIENCE
        while client.get("/").status_code != httpx.codes.OK:
            if time.monotonic() > end:
                raise TimeoutError(name)
            time.sleep(0.2)
        asked = client.post("/spor", data={"tekst": "Når må skilt omsøkes?", "kanal": "naeringsliv"})
        if asked.is_error:
            asked.raise_for_status()


def cost(pid: int, idle: float) -> Mapping[str, float]:
    """What the process holds now, and what share of a core it takes while nobody asks, for so many seconds."""
    before, start = _cpu(pid), time.monotonic()
    time.sleep(idle)
    busy = (_cpu(pid) - before) / (time.monotonic() - start)
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines())
    return {
        "MB": int(status["VmRSS"].split()[0]) / 1000,
        "own MB": int(status["RssAnon"].split()[0]) / 1000,
        "files": len([*Path(f"/proc/{pid}/fd").iterdir()]),
        "threads": int(status["Threads"]),
        "% of a core": busy * 100,
    }


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def main() -> None:
    """Measure it for each count, and what one more costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", type=int, nargs=2, default=[1, 11])
    parser.add_argument("--idle", type=float, default=30.0, help="seconds")
    arguments = parser.parse_args()
    costs = []
    for count in arguments.counts:
        names = [f"kommune{number}" for number in range(count)]
        with tempfile.TemporaryDirectory() as folder, up(Path(folder), names) as (pid, url):
            for name in names:
                ask(url, name)
            time.sleep(SETTLING)
            costs.append(cost(pid, arguments.idle))
        print(f"{count}: " + ", ".join(f"{name} {value:.1f}" for name, value in costs[-1].items()), flush=True)
    fewer, more = arguments.counts
    each = {name: (costs[1][name] - costs[0][name]) / (more - fewer) for name in costs[0]}
    print("each: " + ", ".join(f"{name} {value:.1f}" for name, value in each.items()))


if __name__ == "__main__":
    main()
