"""The log: a line of JSON for each event, also for those of libraries, and in none of them what people wrote."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from bot.error_ids import new_error_id
from bot.tracing import trail

log = structlog.get_logger(__name__)


def start_logging(level: str) -> None:
    """Log to stderr as JSON lines, or in colours on a terminal; nothing ever to stdout, which belongs to results.

    Of libraries, what is less than a warning is left out whatever the level: it can hold what people write.
    """
    numeric = logging.getLevelNamesMapping()[level]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        _without_words,
    ]
    last = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(level=max(numeric, logging.WARNING), handlers=[handler])


def watch_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Note what goes wrong in a task that nobody waits for. asyncio's own note repeats what the error says."""
    loop.set_exception_handler(_note)


def _note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    known = {"error": type(error).__name__, "trail": trail(error)} if error else {"about": context.get("message")}
    log.error("task.failed", error_id=new_error_id(), **known)


def _without_words(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of an error its type and the lines of code that led to it."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event.update(error=type(error).__name__, trail=trail(error))
    return event
