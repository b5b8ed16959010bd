"""Whom a question in Slack counts for. Pure."""

from __future__ import annotations

from bot.desk.rates import Counted
from bot.handlers.slack import PLATFORM


def counted(workspace: str, channel: str, user: str) -> Counted:
    """Whom what somebody asks there counts for."""
    return Counted(
        asker=f"{PLATFORM}/{workspace}/{user}",
        place=f"{PLATFORM}/{workspace}/{channel}",
        tenant=f"{PLATFORM}/{workspace}",
    )
