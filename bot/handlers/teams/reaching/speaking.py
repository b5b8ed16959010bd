"""The language that somebody has Teams in. Pure."""

from __future__ import annotations

from typing import Any

from microsoft_teams.api.models import ActivityBase

from bot.texts import language_of

USUAL = "nb"
"""The language of whoever has Teams in none of ours."""


def spoken(activity: ActivityBase) -> str:
    """The language of whoever does something in Teams: what their Teams says of itself."""
    told = [activity.locale, *(_locale(each) for each in activity.entities or ())]
    return next(filter(None, (language_of(each or "") for each in told)), USUAL)


def _locale(entity: Any) -> str:
    found = getattr(entity, "locale", "")
    return found if isinstance(found, str) else ""
