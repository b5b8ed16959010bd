"""One id goes with a question from where it is heard to where its reply is; nothing of the question goes with it."""

from __future__ import annotations

import logging

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from structlog.typing import EventDict

from tests.observing.examples import KNOWN, SECRETS, TOLD, Town, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANNELS = ("web", "slack", "teams")


def arrived(lines: list[EventDict], channel: str, kind: str = "reply") -> list[EventDict]:
    about = {"event": "outbox.delivered", "kind": kind, "platform": channel}
    return [line for line in lines if about.items() <= line.items()]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_all_that_is_logged_of_a_question_has_one_id(town: Town, channel: str) -> None:
    with capture_logs([merge_contextvars]) as lines:
        for _ in range(2):
            await town.ask(channel, KNOWN)
        await until(lambda: len(arrived(lines, channel)) == 2)
    traces = [line["trace"] for line in arrived(lines, channel)]
    assert len(set(traces)) == 2
    replied = [line["trace"] for line in lines if line["event"] == "conversation.replied"]
    assert sorted(replied) == sorted(traces)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_nothing_that_is_logged_holds_what_people_write(
    town: Town, channel: str, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs([merge_contextvars]) as lines, caplog.at_level(logging.WARNING):
        await town.ask(channel, TOLD)
        await town.answer(await town.forward(channel), TOLD)
        await until(lambda: bool(arrived(lines, channel, "case.answered")))
    told = "\n".join([*map(repr, lines), caplog.text])
    assert "conversation.replied" in told
    assert arrived(lines, channel)
    assert [secret for secret in SECRETS if secret.casefold() in told.casefold()] == []
