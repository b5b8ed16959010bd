"""What to do where Slack says no to something that nobody waits for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import structlog
from slack_sdk.errors import SlackApiError

from bot.handlers.slack.workspace import reason

log = structlog.get_logger(__name__)

_PASSING = frozenset(
    "fatal_error internal_error ratelimited request_timeout service_unavailable team_added_to_org".split()
)
"""Where Slack says one of these, it may say something else later."""


@contextlib.contextmanager
def tolerated(what: str) -> Iterator[None]:
    """Log where Slack says no to what is only for show. Raises what the client raises where trying again may help."""
    try:
        yield
    except SlackApiError as error:
        answer = getattr(error.response, "data", None)
        if not isinstance(answer, dict) or reason(error) in _PASSING:
            raise
        log.warning("slack.not_shown", what=what, error=reason(error))
