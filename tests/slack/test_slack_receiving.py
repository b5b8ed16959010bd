from __future__ import annotations

import contextlib
import json
import logging
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from bot.behind import Behind
from bot.desk.outbox_table import OutboxRow
from bot.handlers.slack.failing import Failing
from bot.handlers.slack.questions.addresses import Addresses
from bot.handlers.slack.receiving import PATH, Receiving, new_app
from bot.handlers.slack.workspace import UNREACHABLE, reason
from tests.peers.serving import served
from tests.peers.slack import SECRET, Slack
from tests.slack.examples import QUESTION, TEXTS, Bot


class Eavesdropper:
    """A server that is none of Slack's; `paths` is what it was asked for."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.paths.append(scope["path"])
        await Response()(scope, receive, send)


@contextlib.asynccontextmanager
async def clumsy(slack: Slack) -> AsyncIterator[Behind]:
    """A bot of which every listener fails."""
    behind = Behind("slack", UNREACHABLE, reason)
    app = new_app(slack.url, Failing(behind, TEXTS, Addresses(slack.url)))

    async def fail() -> None:
        secret = "Hemmelig"
        raise RuntimeError(f"clumsy with {secret}")

    app.command("/klosset")(fail)
    app.action("klosset")(fail)
    app.shortcut("klosset")(fail)
    app.view("klosset")(fail)
    app.event("app_mention")(fail)
    async with served(Starlette(routes=Receiving(app, SecretStr(SECRET)).routes())) as url:
        slack.bot_url = url
        yield behind
        await behind.finish()


def error_id(text: str, capfd: pytest.CaptureFixture[str]) -> str:
    """The id that somebody was told, which must be in the log."""
    found = re.search(r"feilkode ([0-9a-f]{8})", text)
    assert found, text
    captured = capfd.readouterr()
    assert found[1] in captured.out + captured.err
    return found[1]


def interactive(kind: str, **about: Any) -> str:
    about |= {"type": kind, "team": {"id": "T1"}, "user": {"id": "UKAFE", "team_id": "T1"}, "api_app_id": "A1"}
    return urlencode({"payload": json.dumps(about)})


async def test_a_command_that_fails_is_answered_with_an_error_id(
    slack: Slack, capfd: pytest.CaptureFixture[str]
) -> None:
    async with clumsy(slack):
        commanded = await slack.command("UKAFE", "C1", "/klosset", "Hemmelig")
    assert commanded.answer["response_type"] == "ephemeral"
    assert error_id(commanded.answer["text"], capfd)


async def test_a_button_that_fails_tells_whoever_pressed_it(slack: Slack, capfd: pytest.CaptureFixture[str]) -> None:
    button = {"type": "button", "action_id": "klosset", "text": {"type": "plain_text", "text": "Trykk"}}
    message = slack.write("C1", "UBOT", "Trykk her")
    message["blocks"] = [{"type": "actions", "block_id": "b", "elements": [button]}]
    async with clumsy(slack):
        response = await slack.press("C1", message, "UKAFE")
    assert response.status_code == 500  # Slack shows a warning beside the button
    (whisper,) = slack.whispers
    assert error_id(whisper["text"], capfd)


async def test_a_shortcut_that_fails_tells_whoever_took_it(slack: Slack, capfd: pytest.CaptureFixture[str]) -> None:
    message = slack.write("C1", "UOLA", "Når åpner dere?")
    async with clumsy(slack):
        await slack.shortcut("UKAFE", "C1", message, "klosset", check=False)
    assert error_id(slack.whispers[0]["text"], capfd)


async def test_a_modal_that_fails_stays_open_and_says_why(slack: Slack, capfd: pytest.CaptureFixture[str]) -> None:
    blocks = [{"type": "section", "block_id": "a"}, {"type": "input", "block_id": "svar"}]
    view = {"id": "V1", "type": "modal", "callback_id": "klosset", "blocks": blocks, "state": {"values": {}}}
    async with clumsy(slack):
        answer = (await slack.send(interactive("view_submission", view=view))).json()
    assert answer["response_action"] == "errors"
    assert error_id(answer["errors"]["svar"], capfd)


async def test_an_event_that_fails_is_sent_again(slack: Slack) -> None:
    async with clumsy(slack):
        response = await slack.send(slack.event("C1", slack.write("C1", "UKAFE", QUESTION)))
    assert response.status_code == 500
    assert not slack.whispers


async def test_nothing_of_what_failed_is_logged(slack: Slack, capfd: pytest.CaptureFixture[str]) -> None:
    async with clumsy(slack):
        await slack.command("UKAFE", "C1", "/klosset", "Hemmelig")
        await slack.send(slack.event("C1", slack.write("C1", "UKAFE", "Hemmelig")))
    captured = capfd.readouterr()
    logged = captured.out + captured.err
    assert "slack.failed" in logged
    assert "in fail\n" in logged.replace("\\n", "\n")  # where it was
    assert "Hemmelig" not in logged


async def test_what_is_told_by_an_address_leaves_no_trace_of_it(
    slack: Slack, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    message = slack.write("C1", "UOLA", "Når åpner dere?")
    slack.trouble("response_url", "gone")
    async with clumsy(slack):
        for _ in range(2):
            await slack.shortcut("UKAFE", "C1", message, "klosset", check=False)
    assert len(slack.whispers) == 2
    slack_sdk = [each.getMessage() for each in caplog.records if each.name.startswith("slack")]
    assert f"{slack.base}response/" not in "\n".join([*slack_sdk, capfd.readouterr().out])


async def test_an_address_that_is_none_of_slacks_is_told_nothing(slack: Slack) -> None:
    async with served(Starlette(routes=[Mount("/", app=(heard := Eavesdropper()))])) as elsewhere:
        message = slack.write("C1", "UOLA", "Når åpner dere?")
        about = {"callback_id": "klosset", "trigger_id": "1.2", "message": message, "channel": {"id": "C1"}}
        async with clumsy(slack):
            answer = await slack.send(interactive("message_action", **about, response_url=f"{elsewhere}/answer"))
    assert answer.status_code == 500
    assert not heard.paths


@pytest.mark.parametrize(
    "event",
    [{"type": "emoji_changed", "subtype": "add"}, {"type": "brand_new_in_2027", "user": "UKAFE"}, {"type": ""}],
)
async def test_events_that_nobody_asked_for_are_acknowledged_and_not_kept(
    bot: Bot, slack: Slack, event: dict[str, Any]
) -> None:
    envelope = slack.event("C1", slack.write("C1", "UKAFE", QUESTION))
    assert (await slack.send({**envelope, "event": event})).status_code == 200
    async with bot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(OutboxRow)) == 0


async def test_a_link_that_is_a_button_is_no_failure(bot: Bot, slack: Slack) -> None:
    action = {"type": "button", "action_id": "somewhere", "block_id": "b", "action_ts": "1.1", "url": "https://a.no"}
    assert (await slack.send(interactive("block_actions", actions=[action]))).status_code == 200
    assert not slack.whispers


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"1", b'"x"', b"null", b"{}", b"\xff", "payload=%7B", "payload=", "payload=[]", "a=b"),
        b'{"type": "event_callback", "event": null}',
        b'{"type": "event_callback", "event": {"type": "message"}}',
    ],
)
async def test_bodies_that_are_none_of_slacks_are_no_failure_of_ours(bot: Bot, slack: Slack, body: bytes | str) -> None:
    assert (await slack.send(body)).status_code in {200, 400, 401, 404}


async def test_slack_may_try_the_certificate(bot: Bot, slack: Slack) -> None:
    async with httpx.AsyncClient() as client:
        address = f"{slack.bot_url}{PATH}"
        assert (await client.get(address, params={"ssl_check": "1", "token": "t"})).status_code == 200
        assert (await client.post(address, data={"ssl_check": "1", "token": "t"})).status_code == 200
        assert (await client.get(address)).status_code == 405
        assert (await client.post(address, data={"ssl_check": "0"})).status_code == 401
