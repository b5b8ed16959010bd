"""What the tests of the small Slack are about: blocks, a modal, what is refused, and a bot that hears everything."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from tests.peers.serving import served
from tests.peers.slack import SCOPES, SECRET, TOKEN, Slack

EVERYTHING = {scope for scopes in SCOPES.values() for scope in scopes} | {
    *("app_mentions:read", "links:read", "reactions:read", "usergroups:read", "metadata.message:read")
}
BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Hei"}}
MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Skjema"},
    "submit": {"type": "plain_text", "text": "Send"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Navn"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        }
    ],
}


class Bot:
    """Does with interactions what a test says; `heard` lists all that came, in the order that it came in."""

    def __init__(self, slack: Slack) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {}
        self.app = AsyncApp(
            signing_secret=SECRET,
            client=AsyncWebClient(TOKEN, base_url=slack.url),
            process_before_response=True,
        )
        for listen in (self.app.event, self.app.action, self.app.shortcut, self.app.command):
            listen(re.compile(".*"))(self._hear)
        self.app.view("form")(self._submitted)
        self.app.view_closed("form")(self._hear)

    async def _hear(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(body)
        await ack(**self.answer)

    async def _submitted(self, ack: Any, body: dict[str, Any]) -> None:
        await self._hear(ack, body)

    def kinds(self) -> list[str]:
        events = [body.get("event", body) for body in self.heard]
        return [each.get("subtype") or each.get("type") or each["command"] for each in events]


@contextlib.asynccontextmanager
async def hearing(slack: Slack) -> AsyncIterator[Bot]:
    """The bot at work."""
    bot = Bot(slack)
    handler = AsyncSlackRequestHandler(bot.app)
    async with served(Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])) as url:
        slack.bot_url = url
        yield bot


@contextlib.asynccontextmanager
async def refused(error: str, told: str = "") -> AsyncIterator[None]:
    with pytest.raises(SlackApiError) as caught:
        yield
    answer = caught.value.response.data
    assert isinstance(answer, dict)
    assert answer["error"] == error, answer
    assert told in str(answer.get("response_metadata"))


def blocks(block: dict[str, Any]) -> dict[str, Any]:
    return {"channel": "C1", "blocks": [block]}


def row(*elements: dict[str, Any]) -> dict[str, Any]:
    return blocks({"type": "actions", "elements": list(elements)})


def select(count: int, length: int = 3) -> dict[str, Any]:
    options = [{"text": {"type": "plain_text", "text": "x" * length}, "value": str(n)} for n in range(count)]
    return {"type": "static_select", "action_id": "s", "options": options}


def feedback() -> dict[str, Any]:
    sides = ("positive_button", "negative_button")
    buttons = {side: {"text": {"type": "plain_text", "text": side}, "value": side} for side in sides}
    return {"type": "feedback_buttons", "action_id": "f", **buttons}


REFUSALS: list[tuple[str, dict[str, Any], str, str]] = [
    ("chat.postMessage", {"text": "x"}, "invalid_arguments", "missing required field: channel"),
    ("chat.postMessage", {"channel": "C1"}, "no_text", ""),
    ("chat.postMessage", {"channel": "C9", "text": "x"}, "channel_not_found", ""),
    ("chat.postMessage", {"channel": "C1", "text": "x", "thread_ts": "1.1"}, "thread_not_found", ""),
    ("chat.postMessage", {"channel": "C1", "text": "x" * 40_001}, "msg_too_long", ""),
    ("chat.postMessage", {"channel": "C1", "text": "x", "metadata": {"a": 1}}, "invalid_metadata_format", ""),
    ("chat.postMessage", {"channel": "C1", "blocks": [SECTION] * 51}, "invalid_blocks", "no more than 50 items"),
    ("chat.postMessage", blocks({"type": "poem"}), "invalid_blocks", "/blocks/0/type"),
    (
        "chat.postMessage",
        blocks({**SECTION, "text": {"type": "mrkdwn", "text": "x" * 3_001}}),
        "invalid_blocks",
        "3001",
    ),
    ("chat.postMessage", blocks({"type": "section"}), "invalid_blocks", "/blocks/0"),
    (
        "chat.postMessage",
        blocks({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}),
        "invalid_blocks",
        "151",
    ),
    (
        "chat.postMessage",
        blocks({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}),
        "invalid_blocks",
        "/text/type",
    ),
    ("chat.postMessage", blocks({"type": "markdown", "text": "x" * 12_001}), "invalid_blocks", "12001"),
    ("chat.postMessage", row(*[{**BUTTON, "action_id": str(n)} for n in range(26)]), "invalid_blocks", "25 items"),
    ("chat.postMessage", row(BUTTON, BUTTON), "invalid_blocks", "action_id go already exists"),
    ("chat.postMessage", row({**BUTTON, "text": {"type": "plain_text", "text": "x" * 76}}), "invalid_blocks", "76"),
    ("chat.postMessage", row({**BUTTON, "value": "x" * 2_001}), "invalid_blocks", "/elements/0/value"),
    ("chat.postMessage", row({**BUTTON, "url": "x" * 3_001}), "invalid_blocks", "/elements/0/url"),
    ("chat.postMessage", row({**BUTTON, "action_id": "x" * 256}), "invalid_blocks", "256"),
    ("chat.postMessage", row({**BUTTON, "style": "big"}), "invalid_blocks", "/style"),
    ("chat.postMessage", row({**BUTTON, "confirm": {"title": "x"}}), "invalid_blocks", "/confirm/title"),
    ("chat.postMessage", row(select(101)), "invalid_blocks", "no more than 100 items"),
    ("chat.postMessage", row(select(1, 76)), "invalid_blocks", "/options/0/text/text"),
    ("chat.postMessage", row({"type": "feedback_buttons"}), "invalid_blocks", "unsupported type"),
    (
        "chat.postMessage",
        blocks({"type": "context_actions", "elements": [BUTTON]}),
        "invalid_blocks",
        "unsupported type",
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "blocks": [{**SECTION, "block_id": "b"}] * 2},
        "invalid_blocks",
        "already exists",
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "blocks": [{**SECTION, "text": {"type": "mrkdwn", "text": "x" * 2_500}}] * 5},
        "msg_blocks_too_long",
        "",
    ),
    ("chat.postEphemeral", {"channel": "C1", "user": "U9", "text": "x"}, "user_not_in_channel", ""),
    ("chat.update", {"channel": "C1", "ts": "1.1", "text": "x"}, "message_not_found", ""),
    ("chat.sing", {}, "unknown_method", ""),
    ("conversations.replies", {"channel": "C1", "ts": "1.1"}, "thread_not_found", ""),
    ("users.info", {"user": "U9"}, "user_not_found", ""),
    ("views.open", {"trigger_id": "1.1", "view": MODAL}, "invalid_trigger_id", ""),
    (
        "views.open",
        {"trigger_id": "1.1", "view": {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}},
        "invalid_arguments",
        "less than 25 characters",
    ),
    (
        "views.open",
        {"trigger_id": "1.1", "view": {**MODAL, "private_metadata": "x" * 3_001}},
        "invalid_arguments",
        "/view/private_metadata",
    ),
    (
        "views.open",
        {"trigger_id": "1.1", "view": {**MODAL, "submit": None}},
        "invalid_arguments",
        "must define submit",
    ),
    (
        "views.publish",
        {"user_id": "UKAFE", "view": {"type": "home", "blocks": [SECTION] * 101}},
        "invalid_arguments",
        "no more than 100",
    ),
    ("reactions.add", {"channel": "C1", "timestamp": "1.1", "name": "ok"}, "message_not_found", ""),
    (
        "assistant.threads.setSuggestedPrompts",
        {"channel_id": "D1", "prompts": [{"title": "a", "message": "b"}] * 5},
        "invalid_arguments",
        "no more than 4",
    ),
    (
        "assistant.threads.setStatus",
        {"channel_id": "D1", "thread_ts": "1.1", "status": "x"},
        "invalid_thread_ts",
        "",
    ),
    ("entity.presentDetails", {"trigger_id": "1.1", "user_auth_required": True}, "invalid_trigger_id", ""),
]
