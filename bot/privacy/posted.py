"""The bot's messages in Slack and Teams that were for somebody who has asked, or about a case of theirs."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.taking_down import Posted
from bot.handlers.slack import PLATFORM as SLACK
from bot.handlers.slack import store as slack
from bot.handlers.slack.cases import cards as slack_cards
from bot.handlers.teams import PLATFORM as TEAMS
from bot.handlers.teams import store as teams
from bot.handlers.teams.cases import cards as teams_cards

PostRow = slack.PostRow | teams.PostRow

_TABLES: dict[str, type[slack.PostRow] | type[teams.PostRow]] = {SLACK: slack.PostRow, TEAMS: teams.PostRow}
_PART = "#"
"""Parts the key of a delivery from what tells its messages apart."""
_BETWEEN = re.compile(r"[:#@>]")
_MANY = 500


class Theirs(NamedTuple):
    """What the keys of messages for somebody name, or about their cases. `platform` and `id` are the person's, `owed`
    the keys of the replies there, `alone` the channels in which they are alone with the bot; `ids` are those of their
    cases and replies and `refs` what they wrote in a case, which messages on any platform can be about."""

    platform: str
    id: str
    owed: Collection[str]
    alone: Collection[str]
    ids: frozenset[str]
    refs: Collection[str]


async def posts_of(session: AsyncSession, theirs: Theirs) -> list[PostRow]:
    """The messages that the bot has posted for them and about their cases, on every platform."""
    found: list[PostRow] = []
    for platform, table in _TABLES.items():
        # Keys alone first: to make an object of each message takes twenty times as long, and others wait meanwhile.
        keys = [
            key
            for key, channel in await session.execute(select(table.key, table.channel))
            if _is_about(key, theirs) or (platform == theirs.platform and _is_for(key, channel, theirs))
        ]
        for start in range(0, len(keys), _MANY):
            found += await session.scalars(select(table).where(table.key.in_(keys[start : start + _MANY])))
    return found


def is_card(row: PostRow) -> bool:
    """Does the message show officers a case?"""
    return bool(_case_of(row))


def posted(row: PostRow) -> tuple[str, Posted | None]:
    """The platform of a message, and how it is named there; None where that is not known."""
    if isinstance(row, teams.PostRow):
        there = Posted(channel=row.channel, thread=row.thread, message=row.activity, case=_case_of(row))
        return TEAMS, there
    if row.ts is None:
        return SLACK, None
    return SLACK, Posted(workspace=row.workspace, channel=row.channel, message=row.ts, case=_case_of(row))


def names(key: str, thing: str) -> bool:
    """Is the thing, a person's id say, a part of the key?"""
    return thing in key and bool(re.search(rf"(?<![\w-]){re.escape(thing)}(?![\w-])", key))


def _is_about(key: str, theirs: Theirs) -> bool:
    return not theirs.ids.isdisjoint(_BETWEEN.split(key)) or any(names(key, ref) for ref in theirs.refs)


def _is_for(key: str, channel: str, theirs: Theirs) -> bool:
    if channel in theirs.alone or channel == theirs.id or names(key, theirs.id):
        return True
    parts = key.split(_PART)
    return any(_PART.join(parts[:count]) in theirs.owed for count in range(1, len(parts) + 1))


def _case_of(row: PostRow) -> str:
    return slack_cards.case_of(row.key) if isinstance(row, slack.PostRow) else teams_cards.case_of(row.key)
