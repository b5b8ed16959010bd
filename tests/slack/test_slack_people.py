"""Who gets internal text in Slack: told by Slack's own data, and by nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

import pytest

from bot.people import Role
from bot.question import Question
from knowledge.model import Audience
from tests.peers.slack import TEAM, Slack
from tests.slack.examples import PATIENCE, QUESTION, Bot, started
from tests.slack.staff import STAFF, STRANGERS, calls, settle

PUBLIC, INTERNAL = Audience.PUBLIC, Audience.INTERNAL


@pytest.fixture(autouse=True)
def people(slack: Slack) -> None:
    settle(slack)


async def asks(bot: Bot, user: str, channel: str = STAFF) -> Question:
    """The question as it is asked when that person asks it there."""
    asked = await bot.slack.ask(channel, user, QUESTION)
    await bot.answer(asked, channel=channel)
    return bot.librarian.asked[-1]


async def asks_directly(bot: Bot, user: str) -> Question:
    return await asks(bot, user, bot.slack.dm(user).id)


@pytest.mark.parametrize(
    ("user", "role", "audience"),
    [
        ("UOLA", Role.STAFF, INTERNAL),
        ("UGUEST", Role.BUSINESS, PUBLIC),
        ("USINGLE", Role.BUSINESS, PUBLIC),
        ("UCONNECT", Role.BUSINESS, PUBLIC),
        ("USTRANGER", Role.BUSINESS, PUBLIC),
        ("UGONE", Role.BUSINESS, PUBLIC),
        ("UOURBOT", Role.BUSINESS, PUBLIC),
    ],
)
async def test_in_direct_messages_staff_and_nobody_else_get_internal_text(
    bot: Bot, user: str, role: Role, audience: Audience
) -> None:
    question = await asks_directly(bot, user)
    assert question.asker
    assert question.place
    assert (question.asker.role, question.audience, question.place.private) == (role, audience, True)


@pytest.mark.parametrize(("workspace", "staff"), [("none", set()), ("T2", {"UCONNECT"}), (TEAM, {"UOLA"})])
async def test_whose_workspace_is_the_staffs_can_be_set(
    address: str, slack: Slack, workspace: str, staff: Collection[str]
) -> None:
    async with started(address, slack, slack_staff_workspace=workspace) as bot:
        found = {user for user in ("UOLA", "UCONNECT") if (await asks_directly(bot, user)).audience is INTERNAL}
    assert found == staff


async def test_officers_are_the_staff_in_the_user_group(address: str, slack: Slack) -> None:
    slack.add_group("SOFFICERS", "saksbehandlere", ["UOLA", "UGUEST", "UCONNECT", "UOURBOT"])
    async with started(address, slack, slack_officers_group="SOFFICERS") as bot:
        roles = {user: (await asks_directly(bot, user)).asker for user in ("UOLA", "UKARI", "UGUEST", "UCONNECT")}
        assert [asker.role for asker in roles.values() if asker] == ["officer", "staff", "business", "business"]
        await slack.change_group("SOFFICERS", ["UKARI"])
        changed = [(await asks_directly(bot, user)).asker for user in ("UOLA", "UKARI")]
        assert [asker.role for asker in changed if asker] == ["staff", "officer"]
        slack.groups["SOFFICERS"].disabled = True
        await slack.tell({"type": "subteam_updated", "subteam": slack.groups["SOFFICERS"].shown()})
        assert (asker := (await asks_directly(bot, "UKARI")).asker)
        assert asker.role is Role.STAFF


async def test_where_the_officers_cannot_be_told_staff_are_staff(address: str, slack: Slack) -> None:
    async with started(address, slack, slack_officers_group="SNONE") as bot:
        assert (asker := (await asks_directly(bot, "UOLA")).asker)
        assert asker.role is Role.STAFF


@pytest.mark.parametrize("also", ["UOURBOT", "UGONE", None])
async def test_in_a_channel_of_staff_they_get_internal_text(bot: Bot, slack: Slack, also: str | None) -> None:
    slack.channels[STAFF].members |= {also: None} if also else {}
    question = await asks(bot, "UOLA")
    assert question.audience is INTERNAL
    assert question.place
    assert not question.place.private


@pytest.mark.parametrize("outsider", STRANGERS)
async def test_where_somebody_from_outside_reads_along_staff_get_public_text_too(
    bot: Bot, slack: Slack, outsider: str
) -> None:
    slack.channels[STAFF].members[outsider] = None
    assert (await asks(bot, "UOLA")).audience is PUBLIC


@pytest.mark.parametrize("changes", [{"is_ext_shared": True}, {"teams": (TEAM, "T2")}], ids=["shared", "connected"])
async def test_a_shared_channel_is_public_whoever_is_in_it(bot: Bot, slack: Slack, changes: dict[str, Any]) -> None:
    vars(slack.channels[STAFF]).update(changes)
    assert (await asks(bot, "UOLA")).audience is PUBLIC


async def test_a_guest_who_comes_makes_it_public_for_everybody_at_once_until_they_leave(bot: Bot, slack: Slack) -> None:
    assert [(await asks(bot, user)).audience for user in ("UOLA", "UKARI")] == [INTERNAL] * 2
    assert calls(slack, "conversations.members") == 1, "the second question was to be told by the cache"
    await slack.join(STAFF, "UGUEST")
    assert [(await asks(bot, user)).audience for user in ("UOLA", "UKARI", "UGUEST")] == [PUBLIC] * 3
    await slack.leave(STAFF, "UGUEST")
    assert (await asks(bot, "UOLA")).audience is INTERNAL


async def test_a_channel_that_becomes_shared_is_public_at_once_until_it_is_not_any_more(bot: Bot, slack: Slack) -> None:
    assert (await asks(bot, "UOLA")).audience is INTERNAL
    await slack.share(STAFF, "T2")
    assert (await asks(bot, "UOLA")).audience is PUBLIC
    await slack.unshare(STAFF, "T2")
    assert (await asks(bot, "UOLA")).audience is INTERNAL


@pytest.mark.parametrize("changes", [{"is_restricted": True}, {"team_id": "T2"}], ids=["a guest", "elsewhere"])
async def test_a_colleague_who_is_none_any_more_is_an_outsider_at_once(
    bot: Bot, slack: Slack, changes: dict[str, Any]
) -> None:
    assert (await asks(bot, "UOLA")).audience is INTERNAL
    before = {name: getattr(slack.people["UKARI"], name) for name in changes}
    await slack.change_person("UKARI", **changes)
    assert [(await asks(bot, user)).audience for user in ("UOLA", "UKARI")] == [PUBLIC] * 2
    assert (await asks_directly(bot, "UKARI")).audience is PUBLIC
    await slack.change_person("UKARI", **before)
    assert (await asks(bot, "UKARI")).audience is INTERNAL


async def test_who_is_deactivated_is_no_colleague_at_once(bot: Bot, slack: Slack) -> None:
    assert (await asks_directly(bot, "UKARI")).audience is INTERNAL
    await slack.change_person("UKARI", deleted=True)
    assert (await asks_directly(bot, "UKARI")).audience is PUBLIC


async def test_a_channel_of_very_many_is_public_and_they_are_not_all_asked_for(bot: Bot, slack: Slack) -> None:
    for number in range(500):
        slack.add_person(f"U{number}", "Ansatt")
        slack.channels[STAFF].members[f"U{number}"] = None
    assert (await asks(bot, "UOLA")).audience is PUBLIC
    assert calls(slack, "users.info") < 10


async def test_a_question_is_answered_while_slack_does_not_say_who_asks(bot: Bot, slack: Slack) -> None:
    slack.fault(1.0, ["500"], {"users.info", "conversations.info"})
    assert (await asks_directly(bot, "UOLA")).audience is PUBLIC
    slack.faults.clear()
    async with asyncio.timeout(PATIENCE):
        while (await asks_directly(bot, "UOLA")).audience is PUBLIC:
            await asyncio.sleep(0.5)  # one person may ask twenty questions a minute
