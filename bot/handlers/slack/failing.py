"""What becomes of a request that goes wrong here: Slack sends events again; of all else the person is told."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_bolt import BoltResponse
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.behind import Behind
from bot.error_ids import new_error_id
from bot.handlers.slack.questions.addresses import Addresses
from bot.texts import Texts
from bot.tracing import trail

log = structlog.get_logger(__name__)

_TIMEOUT = 10
_SENSELESS = (BoltUnhandledRequestError, ValueError, TypeError, AttributeError, LookupError)
"""What is raised where there is something else in a request than Slack says there is, or nothing that anybody hears."""


class Failing:
    """Bolt's error handler. What people are told carries an id that is in the log."""

    def __init__(self, behind: Behind, texts: Texts, addresses: Addresses) -> None:
        self._behind = behind
        self._texts = texts
        self._addresses = addresses

    async def note(self, error: Exception, body: dict[str, Any]) -> BoltResponse:
        """Say in the log what went wrong, and to whom it matters that it did."""
        error_id, kind = new_error_id(), _kind(body)
        if not kind:
            log.warning("slack.unreadable", error=type(error).__name__)
            return BoltResponse(status=HTTPStatus.BAD_REQUEST, body="")
        if isinstance(error, BoltUnhandledRequestError):
            if kind in {"event_callback", "block_actions", "view_closed"}:
                # Events that nobody asked for, links that are buttons, modals that are closed.
                log.debug("slack.unheard", kind=kind)
                return BoltResponse(status=HTTPStatus.OK, body="")
            log.error("slack.unknown", kind=kind, error_id=error_id)
        else:
            log.error("slack.failed", kind=kind, error_id=error_id, error=type(error).__name__, trail=trail(error))
        text = self._texts(_language(body), "slack.trouble", error_id=error_id)
        return self._tell(kind, body, text, _status(error))

    def _tell(self, kind: str, body: Mapping[str, Any], text: str, status: HTTPStatus) -> BoltResponse:
        if kind == "command":
            return BoltResponse(status=HTTPStatus.OK, body={"response_type": "ephemeral", "text": text})
        if kind == "view_submission" and (block := _first_input(body)):
            # The modal stays open with what was filled in.
            return BoltResponse(status=HTTPStatus.OK, body={"response_action": "errors", "errors": {block: text}})
        address = str(body.get("response_url") or "")
        if self._addresses.trusted(address):
            self._behind.start(_whisper(address, text))
        return BoltResponse(status=status, body="")


def _status(error: Exception) -> HTTPStatus:
    """What a request is answered with that went wrong so; Slack sends events again after either."""
    return HTTPStatus.BAD_REQUEST if isinstance(error, _SENSELESS) else HTTPStatus.INTERNAL_SERVER_ERROR


async def _whisper(address: str, text: str) -> None:
    # The SDK's log lines hold the address, with which anybody can write there.
    silent = logging.Logger("slack_webhook", logging.CRITICAL)
    webhook = AsyncWebhookClient(address, timeout=_TIMEOUT, logger=silent, retry_handlers=[])
    try:
        answer = await webhook.send(text=text, response_type="ephemeral", replace_original=False)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.error("slack.untold", error=type(error).__name__)  # and no more of it: the address may be in its words
        return
    if answer.status_code != HTTPStatus.OK:
        log.error("slack.untold", status=answer.status_code)


def _kind(body: Mapping[str, Any]) -> str:
    return "command" if "command" in body else str(body.get("type", ""))


def _language(body: Mapping[str, Any]) -> str:
    user = body.get("user")
    locale = user.get("locale") if isinstance(user, dict) else ""
    return str(locale or "nb").partition("-")[0]


def _first_input(body: Mapping[str, Any]) -> str:
    blocks = body.get("view", {}).get("blocks", [])
    return next((str(block["block_id"]) for block in blocks if block.get("type") == "input"), "")
