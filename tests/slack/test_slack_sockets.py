from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.behind import Behind
from bot.handlers.slack.clients import connect
from bot.handlers.slack.transport import Transport
from bot.handlers.slack.workspace import UNREACHABLE, reason
from tests.desk.examples import eventually
from tests.peers.slack import Slack
from tests.peers.slack.state import APP_TOKEN, TOKEN
from tests.slack.examples import QUESTION, TEXTS, Bot, settings, started, words

SOCKET: dict[str, Any] = {"slack_app_token": SecretStr(APP_TOKEN), "slack_signing_secret": None}


@pytest.fixture(autouse=True)
def through_the_socket(slack: Slack) -> None:
    slack.transport = "socket"


async def ask(bot: Bot, text: str = QUESTION) -> None:
    slack = bot.slack
    event = slack.event("C1", slack.write("C1", "UKAFE", text))
    assert (await slack.deliver("events_api", event)).status_code == 200
    assert "bevilling" in words(await bot.answer(event["event"]))


async def test_a_question_through_the_socket_is_answered(address: str, slack: Slack) -> None:
    async with started(address, slack, **SOCKET) as bot:
        await ask(bot)


async def test_only_what_is_kept_is_acknowledged(address: str, slack: Slack) -> None:
    async with started(address, slack, **SOCKET) as bot:
        async with bot.database.writing() as session:
            await session.execute(text("ALTER TABLE outbox RENAME TO elsewhere"))
        slack.ack_limit, slack.retry_delays = 0.2, ()
        event = slack.event("C1", slack.write("C1", "UKAFE", QUESTION))
        assert (await slack.deliver("events_api", event, check=False)).status_code == 504
        async with bot.database.writing() as session:
            await session.execute(text("ALTER TABLE elsewhere RENAME TO outbox"))
        assert (await slack.deliver("events_api", event)).status_code == 200
        assert "bevilling" in words(await bot.answer(event["event"]))


async def test_slack_may_ask_for_a_new_connection(address: str, slack: Slack) -> None:
    async with started(address, slack, **SOCKET) as bot:
        await eventually(lambda: len(slack.sockets) == 1)
        await slack.sockets.refresh("warning")
        await ask(bot)
        assert len(slack.sockets) == 1
        assert len(slack.called("apps.connections.open")) == 2


@pytest.mark.parametrize("trouble", ["500", "internal_error", "429:0", "gone"])
async def test_it_connects_when_slack_is_back(address: str, slack: Slack, trouble: str) -> None:
    slack.trouble("apps.connections.open", trouble)
    async with started(address, slack, **SOCKET) as bot:
        await ask(bot)


async def test_an_address_that_is_used_up_is_not_tried_again(address: str, slack: Slack) -> None:
    invite = slack.sockets.invite
    spoilt: list[str] = []

    def spoil_the_first() -> str:
        address = invite()
        if not spoilt:
            spoilt.append(address)
            return f"{address}spoilt"
        return address

    slack.sockets.invite = spoil_the_first  # type: ignore[method-assign]
    async with started(address, slack, **SOCKET) as bot:
        await ask(bot)


async def test_several_processes_share_what_comes(address: str, slack: Slack) -> None:
    async with started(address, slack, **SOCKET) as bot, started(address, slack, **SOCKET):
        await eventually(lambda: len(slack.sockets) == 2)
        questions = [slack.event("C1", slack.write("C1", "UKAFE", f"{QUESTION} {number}")) for number in range(4)]
        await asyncio.gather(*(slack.deliver("events_api", event) for event in questions))
        for event in questions:
            await bot.answer(event["event"])
        assert all(len(slack.thread("C1", event["event"]["ts"])) == 1 for event in questions)


async def test_the_address_is_closed(address: str, slack: Slack) -> None:
    async with started(address, slack, **SOCKET):
        event = slack.event("C1", slack.write("C1", "UKAFE", QUESTION))
        assert (await slack.send(event)).status_code == 404


async def test_the_address_is_open_where_there_is_a_signing_secret_too(address: str, slack: Slack) -> None:
    async with started(address, slack, slack_app_token=SOCKET["slack_app_token"]) as bot:
        event = slack.event("C1", slack.write("C1", "UKAFE", QUESTION))
        assert (await slack.send(event)).status_code == 200
        await bot.answer(event["event"])
        await ask(bot)


async def test_what_the_socket_carries_back_is_said(address: str, slack: Slack) -> None:
    async with started(address, slack, **SOCKET):
        answer = await slack.deliver("slash_commands", {"command": "/ukjent", "team_id": "T1", "user_id": "UKAFE"})
        assert answer.json()["response_type"] == "ephemeral"
        assert "feilkode" in answer.json()["text"]


async def test_what_is_not_started_as_a_worker_is_not_does_not_connect(slack: Slack) -> None:
    assert not Transport(settings(slack, **SOCKET), TEXTS, Behind("slack", UNREACHABLE, reason)).routes()
    await connect(TOKEN, slack.url).auth_test()
    assert not slack.called("apps.connections.open")


async def test_it_leaves_when_it_is_stopped(address: str, slack: Slack) -> None:
    async with started(address, slack, **SOCKET) as bot:
        await ask(bot)
    await eventually(lambda: len(slack.sockets) == 0)
    with pytest.raises(httpx.TransportError):
        await slack.send(b"{}")
