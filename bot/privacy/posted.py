"""The bot's messages in Slack and Teams that were for somebody who has asked, or about a case of theirs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from typing import Any, NamedTuple

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
_MANY = 1_000


class Theirs(NamedTuple):
    """What the keys of messages for somebody name, or about their cases. `platform` and `id` are the person's, `owed`
    the keys of the replies there, `alone` the channels in which they are alone with the bot; `about` are the ids of
    their cases and what led to these, which messages on any platform can be about."""

    platform: str
    id: str
    owed: Collection[str]
    alone: Collection[str]
    about: Collection[str]


async def posts_of(session: AsyncSession, theirs: Theirs) -> list[PostRow]:
    """The messages that the bot has posted for them and about their cases, on every platform."""
    found = []
    for platform, table in _TABLES.items():
        their_own = platform == theirs.platform
        async for row in _all(session, table):
            if (their_own and _is_for(row, theirs)) or any(names(row.key, each) for each in theirs.about):
                found.append(row)
    return found


def is_card(row: PostRow) -> bool:
    """Does the message show officers a case?"""
    return bool(_case_of(row))


def posted(row: PostRow) -> tuple[str, Posted] | None:
    """The platform of a message, and how it is named there; None where it is not known to be there."""
    if isinstance(row, teams.PostRow):
        there = Posted(channel=row.channel, thread=row.thread, message=row.activity, case=_case_of(row))
        return TEAMS, there
    if row.ts is None:
        return None
    return SLACK, Posted(workspace=row.workspace, channel=row.channel, message=row.ts, case=_case_of(row))


def names(key: str, thing: str) -> bool:
    """Is the thing, a person's id say, a part of the key?"""
    return thing in key and bool(re.search(rf"(?<![\w-]){re.escape(thing)}(?![\w-])", key))


def _is_for(row: PostRow, theirs: Theirs) -> bool:
    if row.channel in theirs.alone or row.channel == theirs.id:
        return True
    return row.key.partition(_PART)[0] in theirs.owed or names(row.key, theirs.id)


def _case_of(row: PostRow) -> str:
    return slack_cards.case_of(row.key) if isinstance(row, slack.PostRow) else teams_cards.case_of(row.key)


async def _all(session: AsyncSession, table: Any) -> AsyncIterator[PostRow]:
    after = ""
    while rows := (
        await session.scalars(select(table).where(table.key > after).order_by(table.key).limit(_MANY))
    ).all():
        after = rows[-1].key
        for row in rows:
            yield row
