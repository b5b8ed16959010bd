"""Moments as people in Teams read them, on the municipality's clock. Pure."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_datetime

from bot.desk.calendar import OSLO
from bot.texts import LOCALES

_PATTERNS = {"nb": "d. MMMM 'kl.' HH.mm", "nn": "d. MMMM 'kl.' HH.mm", "en": "d MMMM, HH:mm"}


def moment(at: dt.datetime, language: str) -> str:
    """The date and time."""
    return format_datetime(at, _PATTERNS[language], OSLO, LOCALES[language])
