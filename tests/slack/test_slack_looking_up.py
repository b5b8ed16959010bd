"""How people and channels are looked up in Slack: seldom, together, and never believed for too long."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.database import Database
from bot.handlers.slack.clients import OneWorkspace, connect
from bot.handlers.slack.directory import Bounds, Directory
from bot.handlers.slack.known import Known
from bot.migrations import migrate
from bot.people import Place, Role
from tests.peers.slack import BOT_USER, TEAM, TOKEN, Slack
from tests.slack.examples import PATIENCE, Bot
from tests.slack.staff import STAFF, calls, settle

PLACE = Place(platform="slack", workspace=TEAM, channel=STAFF, thread="1.1")


@pytest.fixture(autouse=True)
def people(slack: Slack) -> None:
    settle(slack)


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """The database as another process has it open."""
    database = Database(address)
    await migrate(database)
    yield database
    await database.close()


class Clock:
    """Goes when it is put on."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += dt.timedelta(**time)


def directory(slack: Slack, database: Database, clock: Clock | None = None, **bounds: Any) -> Directory:
    """What another process, or this one after a restart, makes of Slack."""
    clients = OneWorkspace(connect(TOKEN, slack.url))
    return Directory(clients, Known(database, clock or Clock()), bounds=Bounds(**{"pause": 0.0} | bounds))


def files(folder: Path) -> list[Path]:
    return list(folder.glob("slack.db*"))


async def test_as_many_as_are_asked_for_are_staff_all_the_same(slack: Slack, database: Database) -> None:
    for number in range(57):
        slack.add_person(f"U{number}", "Ansatt")
        slack.channels[STAFF].members[f"U{number}"] = None
    slack.page = 7
    assert not (await directory(slack, database, largest=60).place(PLACE)).outsiders
    slack.channels[STAFF].members["UGUEST"] = None
    assert (await directory(slack, database, Clock(), largest=61).place(PLACE)).outsiders is False, "it was cached"
    await Known(database).forget(STAFF)
    assert (await directory(slack, database, largest=61).place(PLACE)).outsiders


@pytest.mark.parametrize(
    ("method", "trouble", "told"),
    [
        ("auth.test", "500", "SlackApiError"),
        ("conversations.info", "missing_scope", "missing_scope"),
        ("conversations.info", "gone", "Error"),
        ("conversations.members", "429:60", "ratelimited"),
        ("conversations.members", "500", "SlackApiError"),
        ("users.info", "429:60", "ratelimited"),
        ("users.info", "user_not_found", "user_not_found"),
        ("users.info", "gone", "Error"),
    ],
)
async def test_what_slack_does_not_say_is_public_and_never_for_long(
    slack: Slack, database: Database, method: str, trouble: str, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    known = directory(slack, database)
    slack.trouble(method, *[trouble] * 3)
    assert (await known.place(PLACE, "UOLA")).outsiders
    slack.faults.clear()
    assert not (await known.place(PLACE, "UOLA")).outsiders
    logged = "".join(capfd.readouterr())
    assert told in logged
    assert "UOLA" not in logged


async def test_nobody_waits_long_for_slack_and_what_it_says_then_is_kept(slack: Slack, database: Database) -> None:
    known = directory(slack, database, patience=0.1)
    slack.trouble("users.info", "slow:0.5")
    assert (await known.person(TEAM, "UOLA")).role is Role.BUSINESS
    async with asyncio.timeout(PATIENCE):
        while (await known.person(TEAM, "UOLA")).role is not Role.STAFF:
            await asyncio.sleep(0.01)
    assert calls(slack, "users.info") == 1


async def test_slack_is_spared_for_a_while_after_it_failed(slack: Slack, database: Database) -> None:
    known = directory(slack, database, pause=60.0)
    slack.trouble("users.info", "500")
    assert [(await known.person(TEAM, "UOLA")).role for _ in range(3)] == [Role.BUSINESS] * 3
    assert calls(slack, "users.info") == 1
    assert (await known.person(TEAM, "UKARI")).role is Role.STAFF


async def test_many_who_ask_at_once_make_one_look_up(slack: Slack, database: Database) -> None:
    known = directory(slack, database)
    slack.trouble("users.info", *["slow:0.05"] * 3)
    asking = [known.place(PLACE, "UOLA") for _ in range(20)] + [known.place(PLACE, "UKARI") for _ in range(20)]
    assert not any(place.outsiders for place in await asyncio.gather(*asking))
    assert calls(slack, "conversations.info") == calls(slack, "conversations.members") == calls(slack, "auth.test") == 1
    assert sorted(each["user"] for each in slack.called("users.info")) == sorted(["UOLA", "UKARI", BOT_USER])


async def test_what_is_known_runs_out(slack: Slack, database: Database) -> None:
    clock = Clock()
    known = directory(slack, database, clock)
    assert not (await known.place(PLACE)).outsiders
    slack.channels[STAFF].members["UGUEST"] = None  # and the event is lost
    clock.pass_(minutes=2)
    assert not (await known.place(PLACE)).outsiders
    clock.pass_(minutes=4)
    assert (await known.place(PLACE)).outsiders
    slack.people["UKARI"].is_restricted = True
    assert (await known.person(TEAM, "UKARI")).role is Role.STAFF
    clock.pass_(minutes=61)
    assert (await known.person(TEAM, "UKARI")).role is Role.BUSINESS


async def test_what_slack_says_right_after_a_change_is_not_believed_for_long(slack: Slack, database: Database) -> None:
    clock = Clock()
    known, cache = directory(slack, database, clock), Known(database, clock)
    await known.place(PLACE)
    await cache.forget(STAFF)
    assert not (await known.place(PLACE)).outsiders
    slack.channels[STAFF].members["UGUEST"] = None  # Slack had not got it yet when it told of it
    clock.pass_(seconds=16)
    assert (await known.place(PLACE)).outsiders


async def test_somebody_who_asks_is_a_reader_though_the_list_does_not_have_them(
    slack: Slack, database: Database
) -> None:
    known = directory(slack, database)
    assert not (await known.place(PLACE, "UOLA")).outsiders
    assert (await known.place(PLACE, "UGUEST")).outsiders


async def test_a_conversation_of_several_is_a_channel_like_others(slack: Slack, database: Database) -> None:
    slack.add_channel("GTWO", members=["UOLA", "UKARI", BOT_USER], is_mpim=True)
    slack.add_channel("GTHREE", members=["UOLA", "UGUEST", BOT_USER], is_mpim=True)
    known = directory(slack, database)
    places = [await known.place(PLACE.model_copy(update={"channel": each})) for each in ("GTWO", "GTHREE")]
    assert [(place.outsiders, place.private) for place in places] == [(False, False), (True, False)]


@pytest.mark.parametrize("channel", ["CNONE", "GSAKER"], ids=["none", "one that the bot is not in"])
async def test_a_channel_that_cannot_be_read_is_public(slack: Slack, database: Database, channel: str) -> None:
    slack.channels["GSAKER"].members.pop(BOT_USER)
    place = await directory(slack, database).place(PLACE.model_copy(update={"channel": channel}), "UOLA")
    assert place.outsiders


@pytest.mark.parametrize(("locale", "language"), [("nn-NO", "nn"), ("nb-NO", "nb"), ("en-GB", "en"), ("de-DE", "")])
async def test_the_language_that_somebody_has_slack_in_is_known(
    slack: Slack, database: Database, locale: str, language: str
) -> None:
    slack.people["UOLA"].locale = locale
    person = await directory(slack, database).person(TEAM, "UOLA")
    assert (person.language, person.team) == (language, TEAM)


async def test_a_look_up_that_an_event_overtakes_is_made_again(bot: Bot, slack: Slack, database: Database) -> None:
    known = directory(slack, database)
    slack.trouble("conversations.members", "slow:0.5")
    looking_up = asyncio.create_task(known.place(PLACE, "UOLA"))
    async with asyncio.timeout(PATIENCE):
        while not slack.called("conversations.members"):
            await asyncio.sleep(0.005)
    # By now Slack has said that the channel is not shared.
    await slack.share(STAFF, "T2")
    assert (await looking_up).outsiders
    assert (await known.place(PLACE, "UOLA")).outsiders
    assert calls(slack, "conversations.info") == 2


async def test_no_names_are_kept_and_what_nobody_asks_for_goes(
    slack: Slack, database: Database, tmp_path: Path
) -> None:
    clock = Clock()
    known = directory(slack, database, clock)
    assert not (await known.place(PLACE)).outsiders
    assert await known.name(TEAM, "UOLA", "?") == "Ola Lie"
    kept = b"".join(path.read_bytes() for path in files(tmp_path))
    assert b"UKARI" in kept
    assert b"Kari Berg" not in kept
    assert b"Ola Lie" not in kept
    clock.pass_(days=2)
    await known.person(TEAM, "UGUEST")
    async with database.reading() as session:
        assert list(await session.scalars(text("SELECT id FROM slack_known"))) == ["UGUEST"]
