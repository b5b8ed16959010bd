"""The limits to what people may ask, as the settings say, and how it is said that something was too much."""

from __future__ import annotations

from bot.desk.limiting import Limiter, Limits
from bot.desk.rates import Limited, Rates
from bot.settings import Settings
from bot.texts import Texts

_LEAST = 2
"""Seconds: nobody is told to come back in one."""


def limiter_of(settings: Settings) -> Limiter:
    """What the settings allow."""
    rates = Rates(asker=settings.limit_asker, place=settings.limit_place, tenant=settings.limit_tenant)
    return Limiter(Limits(rates, settings.limit_waiting))


def seconds_of(limited: Limited) -> int:
    """In how many seconds to try again, as everybody is told it."""
    return max(_LEAST, limited.seconds)


def values_of(limited: Limited) -> tuple[str, dict[str, int]]:
    """The text for whom it was too much for, which says when to try again, and what fills it in."""
    return f"limits.{limited.scope}", {"seconds": seconds_of(limited)}


def worded(limited: Limited, language: str, texts: Texts) -> str:
    """What that text says."""
    key, values = values_of(limited)
    return texts(language, key, **values)
