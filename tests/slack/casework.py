"""What the tests of officers' work in Slack are about: a case, its message, and what stands under that."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select

from bot.desk.case import Case, Officer
from bot.desk.outbox_table import OutboxRow
from bot.handlers.slack import PLATFORM
from bot.people import Asker, Place
from tests.desk.examples import request
from tests.peers.slack import Slack
from tests.peers.slack.model import Message, View
from tests.slack.examples import PATIENCE, Bot, words

KARI, NORA, GUEST = "UKARI", "UNORA", "UGUEST"
ASKER = "UKAFE"
QUESTION = "Kan jeg ha <b>skilt</b> & lys?"
OFFICER = Officer(id="slack:UKARI", name="Kari Berg")
SAKER = "GSAKER"


def people(slack: Slack) -> None:
    """Two officers in their channel with a guest, a colleague who is not in it, and an asker from outside."""
    slack.people[ASKER].is_restricted = True
    slack.add_person(KARI, "Kari Berg")
    slack.add_person(NORA, "Nora Vik", locale="en-GB")
    slack.add_person(GUEST, "Gjest", is_restricted=True)
    slack.channels[SAKER].members = dict.fromkeys([KARI, NORA, GUEST, "UBOT"])


async def opened(bot: Bot, channel: str = "C1", *, private: bool = False, **about: Any) -> tuple[Message, Case]:
    """A question in a thread, and its case: of what the bot was not sure of, unless told otherwise."""
    asked = bot.slack.write(channel, ASKER, QUESTION)
    place = Place(
        platform=PLATFORM, workspace="T1", channel=channel, thread=asked["ts"], outsiders=not private, private=private
    )
    asker = Asker(id=ASKER, name="Kafé Kringla")
    about = {"place": place, "asker": asker, "question": QUESTION, "abstained": True, **about}
    case = await bot.desk.open(request(f"r-{asked['ts']}", **about))
    # Its message is known to the bot, too: nobody writes under it within milliseconds.
    await quiet(bot)
    return asked, case


async def forwarded(bot: Bot) -> tuple[Message, Case]:
    """A question that its asker has sent to the officers."""
    asked = await bot.slack.ask("C1", "UKAFE", QUESTION.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    await bot.send_on("C1", await bot.answer(asked))
    await bot.answer(asked, 2)
    return asked, (await bot.desk.list())[0]


async def card(bot: Bot, text: str = "M-") -> Message:
    """The case's message, when it says that."""
    return await said(bot, SAKER, text)


async def said(bot: Bot, channel: str, text: str, thread: str | None = None) -> Message:
    """The latest message in the channel itself or in a thread, when it says that."""
    async with asyncio.timeout(PATIENCE):
        while not (found := [each for each in _there(bot, channel, thread) if text in shown(each)]):
            await asyncio.sleep(0.005)
    return found[-1]


async def press(bot: Bot, user: str, button: str, channel: str = SAKER) -> None:
    """Somebody presses something under the case's message, or chooses it in the menu there."""
    message = await said(bot, channel, "M-")
    menu = next(each for block in message["blocks"] for each in block.get("elements", ()) if each["type"] == "overflow")
    offered = {option["value"].partition(":")[0]: option["value"] for option in menu["options"]}
    chosen = ("more", offered[button]) if button in offered else (button,)
    response = await bot.slack.click(user, channel, message, *chosen)
    assert response.status_code == 200


async def noted(bot: Bot, text: str) -> Message:
    """What stands under the case's message, when it says that."""
    return await said(bot, SAKER, text, (await card(bot))["ts"])


def under(bot: Bot, channel: str, thread: str) -> list[str]:
    """What stands in a thread."""
    return [shown(each) for each in bot.slack.thread(channel, thread)]


async def whispered(bot: Bot, user: str, text: str) -> Message:
    """What only that person sees, when it says that."""
    async with asyncio.timeout(PATIENCE):
        while not (found := [each for each in bot.slack.whispers if each["user"] == user and text in shown(each)]):
            await asyncio.sleep(0.005)
    return found[-1]


async def modal(bot: Bot, user: str) -> View:
    """The modal that somebody sees, when it is there."""
    async with asyncio.timeout(PATIENCE):
        while (view := bot.slack.modal(user)) is None:
            await asyncio.sleep(0.005)
    return view


async def quiet(bot: Bot) -> None:
    """Return when all that is owed has been delivered."""
    async with asyncio.timeout(PATIENCE):
        while await _waiting(bot):
            await asyncio.sleep(0.005)


def shown(message: dict[str, Any]) -> str:
    """All that a message or a view says, typed texts too."""
    blocks = message.get("blocks") or []
    if not blocks:
        return str(message.get("text", ""))
    elements = [block["element"] for block in blocks if block["type"] == "input"]
    typed = [str(element.get("initial_value", "")) for element in elements]
    return "\n".join([words({"blocks": [block for block in blocks if block["type"] != "input"]}), *typed])


def _there(bot: Bot, channel: str, thread: str | None) -> list[Message]:
    if thread:
        return bot.slack.thread(channel, thread)
    return [message for message in bot.slack.channels[channel] if "thread_ts" not in message]


async def _waiting(bot: Bot) -> bool:
    async with bot.database.reading() as session:
        rows = select(OutboxRow.id).where(OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None))
        return await session.scalar(rows) is not None
