"""Officers at work in Teams."""

from __future__ import annotations

from typing import Any

from bot.desk.case import Officer
from tests.peers.teams import Sent, Teams
from tests.teams.examples import CASES, Bot

KARI = Officer(id="teams:kari", name="Kari Saksbehandler")
ASKED = "Kan jeg skjenke øl?"


async def forwarded(
    bot: Bot, teams: Teams, who: str = "mona", channel: str = "", text: str = ASKED
) -> tuple[dict[str, Any], Sent, Sent]:
    """Somebody has asked and sent the question on: what they wrote, the reply, and the case's card."""
    before = len(cards(teams))
    asked = await teams.say(who, text, channel, mention=bool(channel))
    reply = await bot.answer(asked, 1 + len([e for e in teams.sent if e.conversation == asked["conversation"]["id"]]))
    await bot.forward(who, reply)
    return asked, reply, await bot.nth(CASES, before + 1)


def cards(teams: Teams, channel: str = CASES) -> list[Sent]:
    """What stands in an officers' channel itself: the cards of cases."""
    return [each for each in teams.sent if each.conversation == channel]


def under(teams: Teams, card: Sent) -> list[str]:
    """What stands under a case's card."""
    return [each.text for each in teams.sent if each.conversation.endswith(f";messageid={card.id}")]


def said(teams: Teams, asked: dict[str, Any]) -> list[str]:
    """What the bot has said where somebody asked."""
    return [each.text for each in teams.sent if each.conversation == asked["conversation"]["id"]]


def words(card: dict[str, Any]) -> str:
    """What can be read on a card."""
    facts = [f"{fact['title']} {fact['value']}" for each in card["body"] for fact in each.get("facts") or ()]
    return "\n".join([*(each["text"] for each in card["body"] if "text" in each), *facts])


def inputs(card: dict[str, Any]) -> dict[str, Any]:
    """What can be filled in on a card, by name."""
    return {each["id"]: each for each in card["body"] if each["type"].startswith("Input.")}


def choices(card: dict[str, Any], name: str) -> dict[str, str]:
    """What can be chosen there: the values, by title."""
    return {each["title"]: each["value"] for each in inputs(card)[name]["choices"]}
