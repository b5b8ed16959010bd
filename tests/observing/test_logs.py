"""Every line of the log is JSON, of libraries too, and of no error is repeated what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from bot.tracing import trail

SCRIPT = """
import asyncio, gc, logging, structlog
from bot.observing.logs import start_logging, watch_loop
from bot.observing.trace import followed, new_trace, Trace

start_logging("{level}")
own, library = structlog.get_logger("own"), logging.getLogger("library")

def fail():
    raise ValueError("Sigurd Fjellheimsen")

async def main():
    watch_loop(asyncio.get_running_loop())
    with followed(Trace("0af7651916cd43dd8448eb211c80319c")):
        own.info("own.event", number=1)
        library.debug("what people write")
        library.info("what people write")
        library.warning("careful: %s", 2)
        for log in (own, library):
            try:
                fail()
            except ValueError as error:
                log.error("broken", exc_info=error)
        task = asyncio.create_task(asyncio.to_thread(fail))
        await asyncio.wait([task])
        del task
        gc.collect()
        await asyncio.sleep(0)

asyncio.run(main())
"""


def lines(level: str) -> tuple[str, list[dict[str, Any]]]:
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("{level}", level)], capture_output=True, text=True, check=True
    )
    assert told.stdout == ""
    return told.stderr, [json.loads(line) for line in told.stderr.splitlines()]


def test_lines_are_json_with_the_trace_and_without_what_errors_say() -> None:
    text, logged = lines("DEBUG")
    assert [line["event"] for line in logged] == ["own.event", "careful: 2", "broken", "broken", "task.failed"]
    assert {line["trace"] for line in logged[:4]} == {"0af7651916cd43dd8448eb211c80319c"}
    assert logged[1]["logger"] == "library"
    assert [line["level"] for line in logged] == ["info", "warning", "error", "error", "error"]
    for line in logged[2:]:
        assert line["error"] == "ValueError"
        assert "in fail" in line["trail"]
    assert "Fjellheimsen" not in text
    assert "what people write" not in text


@pytest.mark.parametrize(("level", "events"), [("WARNING", 4), ("ERROR", 3)])
def test_what_is_less_than_the_level_is_left_out(level: str, events: int) -> None:
    assert len(lines(level)[1]) == events


def test_the_trail_of_several_errors_at_once_is_that_of_each() -> None:
    errors = ExceptionGroup("several", [_raised(KeyError("Sigurd")), _raised(OSError("Fjellheimsen"))])
    told = trail(errors)
    assert [name for name in ("ExceptionGroup", "KeyError", "OSError") if name in told] == [
        "ExceptionGroup",
        "KeyError",
        "OSError",
    ]
    assert "Sigurd" not in told
    assert "Fjellheimsen" not in told


def _raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as raised:
        return raised
