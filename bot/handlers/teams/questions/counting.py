"""Whom a question in Teams counts for. Pure."""

from __future__ import annotations

from bot.desk.rates import Counted
from bot.handlers.teams import PLATFORM


def counted(tenant: str, channel: str, user: str) -> Counted:
    """Whom what somebody asks there counts for."""
    return Counted(asker=f"{PLATFORM}/{user}", place=f"{PLATFORM}/{channel}", tenant=f"{PLATFORM}/{tenant}")
