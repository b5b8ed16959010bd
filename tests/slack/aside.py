"""What the tests of commands and shortcuts wait for: words aside and in channels."""

from __future__ import annotations

import asyncio
import itertools

from sqlalchemy import Select, func, select

from bot.desk.outbox_table import OutboxRow
from tests.peers.slack import Message, Slack
from tests.slack.examples import PATIENCE, Bot, words


async def whispered(slack: Slack, text: str) -> Message:
    """What somebody was told aside, when it says that."""
    async with asyncio.timeout(PATIENCE):
        while not (found := [each for each in slack.whispers if text in words(each)]):
            await asyncio.sleep(0.005)
    return found[-1]


async def said(slack: Slack, channel: str, text: str) -> Message:
    """What the bot said in a channel, when it says that."""
    async with asyncio.timeout(PATIENCE):
        while not (found := [each for each in slack.channels[channel] if "blocks" in each and text in words(each)]):
            await asyncio.sleep(0.005)
    return found[-1]


def actions(message: Message) -> list[str]:
    """What can be pressed under a message."""
    elements = itertools.chain.from_iterable(block.get("elements", ()) for block in message["blocks"])
    return [element["action_id"] for element in elements if "action_id" in element]


async def settled(bot: Bot) -> None:
    """When nothing is owed any more."""
    owed = select(func.count()).where(OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None))
    async with asyncio.timeout(PATIENCE):
        while await _count(bot, owed):
            await asyncio.sleep(0.01)


async def _count(bot: Bot, query: Select[int]) -> int:
    async with bot.database.reading() as session:
        return await session.scalar(query) or 0
