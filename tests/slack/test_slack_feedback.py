"""What people think of replies is kept, and who thinks ill of one is asked why and offered an officer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.feedback import Importance
from bot.feedbacks import Feedback
from bot.handlers.slack.replies.feedbacks import Feedbacks
from bot.texts import LANGUAGES
from tests.desk.examples import eventually
from tests.peers.slack import Slack
from tests.slack.examples import QUESTION, TEXTS, Bot, started, words

BOXES = {"reasons": ["wrong", "outdated"], "comment": "Loven er endret, ring 99 88 77 66"}
MASKED = "Loven er endret, ring [telefonnummer]"


async def answered(bot: Bot, question: str = QUESTION) -> tuple[dict[str, Any], dict[str, Any], str]:
    """A question, its answer, and the id of the reply."""
    asked = await bot.slack.ask("C1", "UKAFE", question)
    answer = await bot.answer(asked)
    button = next(block for block in answer["blocks"] if block["type"] == "actions")["elements"][0]
    return asked, answer, button["value"]


async def thumb(bot: Bot, answer: dict[str, Any], user: str, good: str) -> None:
    reply = next(block for block in answer["blocks"] if block["type"] == "actions")["elements"][0]["value"]
    await bot.slack.click(user, "C1", answer, "feedback", f"{good}:{reply}")


async def opinions(bot: Bot, reply: str) -> list[tuple[str, bool, tuple[str, ...], str]]:
    found = await Feedbacks(bot.database).of_reply(reply)
    return [(each.person, each.good, each.reasons, each.comment) for each in found]


async def dialog(bot: Bot, user: str) -> dict[str, Any]:
    """What somebody is asked, when it is there."""
    await eventually(lambda: bot.slack.modal(user) is not None)
    view = bot.slack.modal(user)
    assert view
    return {block["block_id"]: block for block in view.blocks}


async def whispered(bot: Bot, count: int = 1) -> dict[str, Any]:
    await eventually(lambda: len(bot.slack.whispers) >= count)
    return bot.slack.whispers[count - 1]


async def test_who_finds_a_reply_useful_is_thanked(bot: Bot, slack: Slack) -> None:
    asked, answer, reply = await answered(bot)
    await thumb(bot, answer, "UOLA", "good")
    thanks = await whispered(bot)
    assert (thanks["user"], thanks["thread_ts"]) == ("UOLA", asked["ts"])
    assert words(thanks) == TEXTS("nb", "reply.feedback.thanks")
    assert await opinions(bot, reply) == [("UOLA", True, (), "")]


async def test_who_does_not_is_asked_why_and_sends_the_question_on(bot: Bot, slack: Slack) -> None:
    asked, answer, reply = await answered(bot)
    await thumb(bot, answer, "UKAFE", "bad")
    assert set(await dialog(bot, "UKAFE")) == {"reasons", "comment", "forward"}
    assert (await slack.submit("UKAFE", BOXES, forward=["forward"]))["response_action"] == "update"
    assert await opinions(bot, reply) == [("UKAFE", False, ("wrong", "outdated"), MASKED)]
    assert not await bot.desk.list()  # not before it is confirmed what is sent
    assert await slack.submit("UKAFE") == {}
    assert "M-1" in words(await bot.answer(asked, 2))
    await slack.press("C1", answer, "UKAFE")
    assert len(await bot.desk.list()) == 1
    assert words(await whispered(bot)) == TEXTS("nb", "reply.feedback.thanks")


async def test_others_can_say_what_was_wrong_and_send_nothing_on(bot: Bot, slack: Slack) -> None:
    _, answer, reply = await answered(bot)
    await thumb(bot, answer, "UOLA", "bad")
    assert set(await dialog(bot, "UOLA")) == {"reasons", "importance", "comment"}  # UOLA is of the staff
    view = slack.modal("UOLA")
    assert view
    view.values["forward"] = {"forward": {"type": "checkboxes", "selected_options": [{"value": "forward"}]}}
    await slack.submit("UOLA", BOXES)
    assert await opinions(bot, reply) == [("UOLA", False, ("wrong", "outdated"), MASKED)]
    assert not await bot.desk.list()


async def test_staff_say_how_much_it_matters(bot: Bot, slack: Slack) -> None:
    _, answer, reply = await answered(bot)
    await thumb(bot, answer, "UOLA", "bad")
    await dialog(bot, "UOLA")
    await slack.submit("UOLA", {"reasons": ["source_not_found", "other"], "importance": "high"})
    (found,) = await Feedbacks(bot.database).of_reply(reply)
    assert (found.reasons, found.importance) == (("source_not_found", "other"), Importance.HIGH)


async def test_the_latest_opinion_of_a_person_counts(bot: Bot, slack: Slack) -> None:
    _, answer, reply = await answered(bot)
    await thumb(bot, answer, "UKAFE", "good")
    await thumb(bot, answer, "UKAFE", "bad")
    await dialog(bot, "UKAFE")
    await slack.submit("UKAFE", {"reasons": ["detail_missing"]})
    await thumb(bot, answer, "UKAFE", "bad")
    assert await opinions(bot, reply) == [("UKAFE", False, ("detail_missing",), "")]
    await thumb(bot, answer, "UOLA", "good")
    await thumb(bot, answer, "UKAFE", "good")
    assert await opinions(bot, reply) == [("UOLA", True, (), ""), ("UKAFE", True, (), "")]


@pytest.mark.parametrize("name", ["-1", "thumbsdown", "-1::skin-tone-3"])
async def test_a_thumb_down_as_a_reaction_is_an_opinion_too(bot: Bot, slack: Slack, name: str) -> None:
    _, answer, reply = await answered(bot)
    await slack.react("C1", "UOLA", answer, name)
    invitation = await whispered(bot)
    assert (invitation["user"], await opinions(bot, reply)) == ("UOLA", [("UOLA", False, (), "")])
    await slack.click("UOLA", "C1", invitation, "feedback_open")
    await dialog(bot, "UOLA")
    await slack.submit("UOLA", BOXES)
    assert await opinions(bot, reply) == [("UOLA", False, ("wrong", "outdated"), MASKED)]
    await slack.react("C1", "UOLA", answer, name)
    assert len([each for each in slack.whispers if each["user"] == "UOLA"]) <= 2


@pytest.mark.parametrize(("name", "kept"), [("+1", [True]), ("tada", []), ("eyes", [])])
async def test_other_reactions_are_left_alone(bot: Bot, slack: Slack, name: str, kept: list[bool]) -> None:
    asked, answer, reply = await answered(bot)
    await slack.react("C1", "UOLA", answer, name)
    await slack.react("C1", "UOLA", asked, "-1")
    assert [good for _, good, _, _ in await opinions(bot, reply)] == kept
    assert not slack.whispers


async def test_what_people_think_survives_a_restart(address: str, slack: Slack) -> None:
    async with started(address, slack) as before:
        _, answer, reply = await answered(before)
        await thumb(before, answer, "UKAFE", "bad")
        await dialog(before, "UKAFE")
    async with started(address, slack) as after:
        await slack.submit("UKAFE", BOXES)
        found = await Feedbacks(after.database).of_reply(reply)
    assert [type(each) for each in found] == [Feedback]
    assert found[0].reasons == ("wrong", "outdated")


async def test_where_no_dialog_opens_there_is_a_button_to_try_again(bot: Bot, slack: Slack) -> None:
    slack.trouble("views.open", "expired_trigger_id")
    _, answer, _ = await answered(bot)
    await thumb(bot, answer, "UKAFE", "bad")
    await slack.click("UKAFE", "C1", await whispered(bot), "feedback_open")
    assert "reasons" in await dialog(bot, "UKAFE")


def kept(folder: Path) -> bytes:
    """All that is in the database's files."""
    return b"".join(path.read_bytes() for path in folder.glob("slack.db*"))


async def test_personal_data_is_not_kept(bot: Bot, slack: Slack, tmp_path: Path) -> None:
    _, answer, _ = await answered(bot)
    await thumb(bot, answer, "UKAFE", "bad")
    await dialog(bot, "UKAFE")
    await slack.submit("UKAFE", BOXES)
    assert b"Loven er endret" in kept(tmp_path)
    assert b"99 88 77 66" not in kept(tmp_path)


async def test_thumbs_under_a_reply_that_is_gone_do_nothing(bot: Bot, slack: Slack) -> None:
    _, answer, _ = await answered(bot)
    block = next(block for block in answer["blocks"] if block["type"] == "context_actions")
    block["elements"][0]["negative_button"]["value"] = "bad:gone"
    await slack.click("UKAFE", "C1", answer, "feedback", "bad:gone")
    assert slack.modal("UKAFE") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dialog_is_in_every_language(language: str) -> None:
    assert len(TEXTS(language, "reply.feedback.title")) <= 24
    assert all(len(TEXTS(language, f"reply.feedback.{key}")) <= 24 for key in ("submit", "cancel"))
