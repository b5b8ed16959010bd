"""Moments as Slack shows them: on the reader's own clock. Pure."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_datetime

from bot.desk.calendar import OSLO
from bot.handlers.slack.mrkdwn import escape
from bot.texts import LOCALES, Texts

_HOLE = "\0"
_PATTERNS = {"nb": "d. MMMM y HH:mm", "nn": "d. MMMM y HH:mm", "en": "d MMMM y HH:mm"}


def moment(at: dt.datetime, language: str) -> str:
    """A date and time as the reader's Slack words them, with words of our own, on Oslo's clock, where it can't."""
    plain = format_datetime(at, _PATTERNS[language], OSLO, LOCALES[language])
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{escape(plain)}>"


def dated(texts: Texts, language: str, key: str, at: dt.datetime, **values: object) -> str:
    """The message of that key, escaped, with that for its `moment`."""
    return escape(texts(language, key, moment=_HOLE, **values)).replace(_HOLE, moment(at, language))
