"""What Bolt hands to listeners to answer a request with."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Protocol

from slack_bolt import BoltResponse


class Ack(Protocol):
    """Answers a request of Slack's."""

    def __call__(self, **answer: Any) -> Awaitable[BoltResponse]:
        """Answer it so; with nothing, only that it has come."""
