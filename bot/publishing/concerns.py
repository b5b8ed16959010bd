"""Why a published answer needs review, as people read it."""

from __future__ import annotations

from babel.dates import format_date

from bot.publishing.answer import Concern
from bot.texts import LOCALES, Texts


def told(concern: Concern, language: str, texts: Texts) -> str:
    """The concern in a sentence."""
    since = format_date(concern.since, "long", locale=LOCALES[language]) if concern.since else ""
    return texts(language, concern.key, title=concern.title, since=since)
