"""What the SDK logs, told as the rest of the bot tells it: it would quote what people wrote."""

from __future__ import annotations

import logging

import structlog

log = structlog.get_logger(__name__)

_SDK = "microsoft_teams"


class _Told(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """Say where it was logged and, of an error, what kind it is."""
        kind = record.exc_info[0] if record.exc_info else None
        about = {"logger": record.name, "line": record.lineno, "error": kind.__name__ if kind else ""}
        log.log(record.levelno, "teams.sdk", **about)


def silence() -> None:
    """Let nothing of what the SDK logs be seen but that, and only from warnings on."""
    logger = logging.getLogger(_SDK)
    logger.handlers = [_Told(logging.WARNING)]
    logger.propagate = False
