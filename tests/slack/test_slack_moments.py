from __future__ import annotations

import datetime as dt

import pytest

from bot.handlers.slack.moments import moment

WINTER = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
SUMMER = dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("at", "language", "plain"),
    [
        (WINTER, "nb", "24. november 2026 10:00"),
        (WINTER, "en", "24 November 2026 10:00"),
        (SUMMER, "nn", "2. juli 2026 00:30"),
    ],
)
def test_where_slack_cannot_word_a_moment_our_own_words_stand(at: dt.datetime, language: str, plain: str) -> None:
    assert moment(at, language) == f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{plain}>"
