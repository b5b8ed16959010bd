"""What the tests of the Home tab, the agent view and previews of links share."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import func, select

from bot.desk.case import Case, NewCase
from bot.desk.outbox_table import OutboxRow
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.store import Replies
from bot.people import Asker, Place
from bot.posing import Posed
from bot.question import Reply, Status
from tests.peers.slack import Slack, View
from tests.slack.examples import PATIENCE, SCOPES, Bot, started

OFFICERS = "SOFFICERS"
"""The user group of the officers."""


@contextlib.asynccontextmanager
async def town(address: str, slack: Slack, **changes: Any) -> AsyncIterator[Bot]:
    """The bot in a workspace with a guest (UGJEST), staff (UOLA) and an officer (UKARI)."""
    slack.scopes = set(SCOPES)
    slack.add_person("UGJEST", "Gjest", is_restricted=True)
    slack.add_person("UKARI", "Kari Nes")
    slack.add_group(OFFICERS, "saksbehandlere", ["UKARI"])
    slack.domains = {"bot.example.no"}
    for channel in ("C1", "GSAKER"):
        slack.channels[channel].members.pop("UGJEST", None)
        slack.channels[channel].members["UKARI"] = None
    async with started(address, slack, **{"slack_officers_group": OFFICERS, **changes}) as bot:
        yield bot


async def settled(bot: Bot) -> None:
    """Wait until everything that is owed has been brought or given up."""
    left = select(func.count()).where(OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None))
    async with asyncio.timeout(PATIENCE):
        while True:
            async with bot.database.reading() as session:
                if not await session.scalar(left):
                    return
            await asyncio.sleep(0.01)


async def called(bot: Bot, method: str, times: int = 1) -> None:
    """Wait until that method has been called so many times."""
    async with asyncio.timeout(PATIENCE):
        while len(bot.slack.called(method)) < times:
            await asyncio.sleep(0.01)


async def opened(bot: Bot, user: str) -> View:
    """What somebody sees who opens their Home tab."""
    await bot.slack.open_home(user)
    await settled(bot)
    home = bot.slack.home(user)
    assert home is not None
    return home


def read(view: View) -> str:
    """All that somebody reads on a view: texts, headings, and what is written on buttons."""
    return "\n".join(_texts(view.blocks))


def _texts(part: Any) -> list[str]:
    if isinstance(part, list):
        return [text for each in part for text in _texts(each)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if isinstance(part.get("text"), str) else []
    return own + [text for name, each in part.items() if name != "text" or not own for text in _texts(each)]


async def asked(bot: Bot, text: str, user: str = "UKAFE", status: Status = Status.ANSWERED, ts: str = "1.5") -> Posed:
    """A question that somebody has got a reply to."""
    place = Place(platform=PLATFORM, workspace="T1", channel="C1", thread=ts)
    question = Posed(text=text, asker=Asker(id=user, name=""), place=place)
    reply = Reply(id=secrets.token_hex(8), status=status, language="nb")
    await Replies(bot.database).keep(f"reply:{reply.id}", question, reply)
    return question


async def forwarded(bot: Bot, question: Posed) -> Case:
    """The case that the latest reply to somebody becomes."""
    said = (await Replies(bot.database).of_asker("T1", question.asker.id, 1))[0]
    return await bot.desk.open(
        NewCase(
            reply_id=said.reply.id,
            question=question.text,
            language="nb",
            asker=question.asker.model_copy(update={"name": "Kafé Kringla"}),
            place=question.place,
        )
    )
