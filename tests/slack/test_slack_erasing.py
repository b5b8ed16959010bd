"""Erasing somebody takes down what the bot has posted in Slack for and about them, and nothing else."""

from __future__ import annotations

import asyncio

import pytest

from bot.desk.case import Actor
from bot.handlers.slack import PLATFORM
from bot.people import Asker, Place
from bot.privacy.erasing import Erased, Erasing
from bot.privacy.person import Person
from bot.question import Listener, Question, Reply
from tests.desk.examples import eventually, request
from tests.peers.slack import Slack
from tests.peers.slack.model import Message
from tests.slack import aside
from tests.slack.casework import ASKER, OFFICER, QUESTION, SAKER, forwarded, opened, people, quiet, shown, under
from tests.slack.examples import Bot, Librarian, started

OPERATOR = Actor(id="cli:root", name="root")
THEIRS = ("skilt", "Kringla", "nabovarsel")


@pytest.fixture(autouse=True)
def _people(slack: Slack) -> None:
    people(slack)


async def erase(bot: Bot, who: str = ASKER, platform: str = PLATFORM) -> Erased:
    return await Erasing(bot.database, bot.outbox, bot.desk).erase(Person(platform=platform, id=who), OPERATOR)


def everything(bot: Bot, channel: str) -> list[Message]:
    return list(bot.slack.channels[channel])


def holding(bot: Bot, channel: str) -> list[str]:
    """What the bot still says there of the asker's."""
    said = [f"{each['text']} {shown(each)}" for each in everything(bot, channel) if each["user"] == "UBOT"]
    return [text for text in said if any(word in text for word in THEIRS)]


async def test_what_was_said_to_them_goes_and_the_case_shows_officers_that_it_was_erased(
    bot: Bot, slack: Slack
) -> None:
    asked, case = await forwarded(bot)
    slack.write("C1", ASKER, "Og må jeg sende nabovarsel?", asked["ts"])
    await bot.desk.follow_up(case.id, case.asker, "Og må jeg sende nabovarsel?", "slack:C1:2.2")
    await bot.desk.answer(case.id, OFFICER, "Ja, Kafé Kringla må sende nabovarsel.")
    await quiet(bot)
    assert holding(bot, SAKER)
    before = [each["ts"] for each in everything(bot, SAKER) if "thread_ts" not in each]
    erased = await erase(bot)
    await quiet(bot)
    assert {each["user"] for each in slack.thread("C1", asked["ts"])} == {ASKER}
    assert holding(bot, SAKER) == []
    (card,) = [each for each in everything(bot, SAKER) if "thread_ts" not in each]
    assert [card["ts"]] == before
    assert "M-1 · Besvart" in shown(card)
    assert "[slettet]" in shown(card)
    assert under(bot, SAKER, card["ts"])[1:] == []
    assert erased.owed[PLATFORM] > 3
    assert erased.left == {}
    assert await bot.outbox.failed() == []


async def test_an_open_case_is_taken_back_and_its_message_says_so(bot: Bot, slack: Slack) -> None:
    await opened(bot, "D1", private=True)
    await opened(bot)
    await erase(bot)
    await quiet(bot)
    cards = [shown(each) for each in everything(bot, SAKER) if "thread_ts" not in each]
    assert [("Trukket" in text, "Svar …" in text) for text in cards] == [(True, False)] * 2
    assert holding(bot, SAKER) == []


async def test_what_is_others_stays(bot: Bot, slack: Slack) -> None:
    slack.add_person("UNABO", "Naboen")
    slack.channels["C1"].members["UNABO"] = None
    other = await slack.ask("C1", "UNABO", "Kan jeg skjenke øl?")
    await bot.answer(other)
    await forwarded(bot)
    place = Place(platform=PLATFORM, workspace="T1", channel="C1", thread=other["ts"])
    theirs = await bot.desk.open(request("r-nabo", place=place, asker=Asker(id="UNABO", name="Naboen")))
    await quiet(bot)
    before = [shown(each) for each in everything(bot, SAKER) if "M-2" in shown(each)]
    await erase(bot)
    await quiet(bot)
    assert len(slack.thread("C1", other["ts"])) == 1
    assert [shown(each) for each in everything(bot, SAKER) if "M-2" in shown(each)] == before
    assert theirs.question in before[0]


async def test_a_case_from_the_web_leaves_the_officers_channel_too(bot: Bot, slack: Slack) -> None:
    place = Place(platform="web", channel="naeringsliv", thread="t1")
    case = await bot.desk.open(request(place=place, question=QUESTION, asker=Asker(id="guest-1", name="Kringla")))
    await eventually(lambda: bool(holding(bot, SAKER)))
    await bot.desk.close(case.id, OFFICER)
    await eventually(lambda: any("Avsluttet" in shown(each) for each in everything(bot, SAKER)))
    await erase(bot, "guest-1", "web")
    await eventually(lambda: holding(bot, SAKER) == [])


async def test_what_somebody_has_deleted_already_holds_nothing_up(bot: Bot, slack: Slack) -> None:
    asked, _ = await forwarded(bot)
    await quiet(bot)
    for channel in ("C1", SAKER):
        for message in everything(bot, channel):
            if message["user"] == "UBOT":
                slack.channels[channel].remove(message)
    await erase(bot)
    await quiet(bot)
    assert await bot.outbox.failed() == []
    assert slack.thread("C1", asked["ts"])[1:] == []


@pytest.mark.parametrize(
    ("answers", "stay"),
    [
        pytest.param(["500", "500"], 0, id="away for a while"),
        pytest.param(["is_archived"], 1, id="it refuses one of them"),
    ],
)
async def test_slack_is_asked_again_where_that_helps_and_what_it_refuses_is_among_what_was_given_up(
    bot: Bot, slack: Slack, answers: list[str], stay: int
) -> None:
    asked, _ = await forwarded(bot)
    await quiet(bot)
    slack.trouble("chat.delete", *answers)
    await erase(bot)
    await quiet(bot)
    left = [each for each in slack.thread("C1", asked["ts"]) if each["user"] == "UBOT"]
    assert len(left) == stay
    assert [each.delivery.kind for each in await bot.outbox.failed()] == ["message.erased"] * stay


async def test_where_slack_is_to_be_left_it_is_said_how_much_stays(bot: Bot, slack: Slack) -> None:
    await forwarded(bot)
    await quiet(bot)
    erasing = Erasing(bot.database, bot.outbox, bot.desk, leave=[PLATFORM])
    erased = await erasing.erase(Person(platform=PLATFORM, id=ASKER), OPERATOR)
    assert erased.left[PLATFORM] >= 3
    assert erased.owed == {}


async def test_what_they_have_shared_and_an_apology_go_too(bot: Bot, slack: Slack) -> None:
    await slack.command(ASKER, "C1", "/spor", "Kan jeg skjenke øl?")
    await slack.click(ASKER, "C1", await aside.whispered(slack, "Det krever bevilling."), "share")
    await aside.said(slack, "C1", "Det krever bevilling.")
    asked = await slack.ask("C1", ASKER, "Hva gjør Kafé Kringla ved krasj?")
    await bot.answer(asked)
    await quiet(bot)
    await erase(bot)
    await quiet(bot)
    assert [shown(each) for each in everything(bot, "C1") if each["user"] == "UBOT"] == []


class Slow(Librarian):
    """Thinks of "sakte" until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.thinking, self.go_on = asyncio.Event(), asyncio.Event()

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        if "sakte" in question.text:
            self.thinking.set()
            await self.go_on.wait()
        return await super().reply(question, listener)


async def test_what_is_being_said_to_them_is_waited_for_and_taken_down(address: str, slack: Slack) -> None:
    librarian = Slow()
    async with started(address, slack, librarian=librarian) as bot:
        await bot.answer(await slack.ask("C1", ASKER, "Kan jeg skjenke øl?"))
        asked = await slack.ask("C1", ASKER, "Hva koster sakte øl?")
        await librarian.thinking.wait()
        erasing = asyncio.create_task(erase(bot))
        await asyncio.sleep(0.1)
        assert not erasing.done()
        librarian.go_on.set()
        await bot.answer(asked)
        await erasing
        await quiet(bot)
        assert [each for each in everything(bot, "C1") if each["user"] == "UBOT"] == []
        assert await bot.outbox.failed() == []


async def test_others_are_owed_what_they_asked_in_the_same_words(address: str, slack: Slack) -> None:
    slack.add_person("UNABO", "Naboen")
    slack.channels["C1"].members["UNABO"] = None
    async with started(address, slack) as bot:
        await bot.answer(await slack.ask("C1", ASKER, "Kan jeg skjenke øl?"))
    async with started(address, slack, delivers=False) as bot:
        theirs = await slack.ask("C1", "UNABO", "Kan jeg skjenke øl?")
        await erase(bot)
    async with started(address, slack) as bot:
        await bot.answer(theirs)
