"""Erasing somebody takes down what the bot has posted in Teams for and about them, and nothing else."""

from __future__ import annotations

import pytest

from bot.desk.case import Actor
from bot.handlers.teams import PLATFORM
from bot.privacy.erasing import Erased, Erasing
from bot.privacy.person import Person
from tests.peers.teams import Fault, Sent, Teams
from tests.teams.casework import ASKED, KARI, cards, forwarded, under, words
from tests.teams.examples import CASES, OPEN, Bot

OPERATOR = Actor(id="cli:root", name="root")


async def erase(bot: Bot, who: str = "mona") -> Erased:
    return await Erasing(bot.database, bot.outbox, bot.desk).erase(Person(platform=PLATFORM, id=who), OPERATOR)


def to(teams: Teams, conversation: str) -> list[Sent]:
    return [each for each in teams.sent if each.conversation == conversation]


async def answered(bot: Bot, teams: Teams, channel: str = "") -> tuple[str, Sent]:
    """A case of Mona's that an officer has answered: the conversation, and the card."""
    asked, _, card = await forwarded(bot, teams, channel=channel)
    (case,) = await bot.desk.list()
    await bot.desk.follow_up(case.id, case.asker, "Og hva med ASKEBEGER?", "teams:x:1")
    await bot.desk.answer(case.id, KARI, "Ja, Mona, med ASKEBEGER.")
    await bot.settled()
    return asked["conversation"]["id"], card


@pytest.mark.parametrize("channel", ["", OPEN], ids=["in a chat", "in a channel"])
async def test_what_was_said_to_them_goes_and_the_card_shows_officers_that_it_was_erased(
    bot: Bot, teams: Teams, channel: str
) -> None:
    conversation, card = await answered(bot, teams, channel)
    assert len(to(teams, conversation)) >= 3
    assert under(teams, card)
    erased = await erase(bot)
    await bot.settled()
    assert to(teams, conversation) == []
    assert under(teams, card) == []
    assert cards(teams) == [card]
    assert ("slettet" in words(card.card)) is bool(channel)  # of what was asked in private, it never said more
    assert not any(word in words(card.card) for word in (ASKED, "Mona", "ASKEBEGER"))
    assert erased.owed[PLATFORM] >= 5
    assert await bot.outbox.failed() == []


async def test_an_open_case_is_taken_back_and_its_card_says_so(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams)
    await bot.settled()
    await erase(bot)
    await bot.settled()
    assert "Trukket" in words(card.card)
    assert ASKED not in words(card.card)


async def test_what_is_others_stays(bot: Bot, teams: Teams) -> None:
    other = await teams.say("ola", "Kan jeg skjenke øl?", OPEN, mention=True)
    await bot.answer(other)
    await forwarded(bot, teams, who="ola")
    await bot.settled()
    before = [(each.conversation, each.id, each.activity) for each in teams.sent]
    await forwarded(bot, teams)
    await bot.settled()
    await erase(bot)
    await bot.settled()
    assert [(each.conversation, each.id, each.activity) for each in teams.sent][: len(before)] == before


async def test_what_somebody_has_deleted_already_holds_nothing_up(bot: Bot, teams: Teams) -> None:
    await answered(bot, teams)
    teams.sent.clear()
    await erase(bot)
    await bot.settled()
    assert await bot.outbox.failed() == []
    assert teams.sent == []


@pytest.mark.parametrize(
    ("fault", "stay"),
    [
        pytest.param(Fault("DELETE", "/activities/", 502), 0, id="away for a while"),
        pytest.param(Fault("DELETE", "/activities/", 403, times=1), 1, id="it refuses one of them"),
    ],
)
async def test_teams_is_asked_again_where_that_helps_and_what_it_refuses_is_among_what_was_given_up(
    bot: Bot, teams: Teams, fault: Fault, stay: int
) -> None:
    conversation, card = await answered(bot, teams)
    teams.faults.append(fault)
    await erase(bot)
    await bot.settled()
    left = [*to(teams, conversation), *(each for each in teams.sent if each.conversation.startswith(f"{CASES};"))]
    assert fault.met == fault.times
    assert len(left) == stay
    assert [each.delivery.kind for each in await bot.outbox.failed()] == ["message.erased"] * stay
    assert card in teams.sent
