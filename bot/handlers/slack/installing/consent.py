"""Brings an installation to its end: what Slack gives for the code that somebody's yes has brought back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import structlog
from pydantic import SecretStr
from slack_sdk.oauth import AuthorizeUrlGenerator

from bot.database import now
from bot.handlers.slack.clients import connect
from bot.handlers.slack.installing.scopes import SCOPES
from bot.handlers.slack.installing.store import Installation, Tokens
from bot.handlers.slack.workspace import UNREACHABLE, reason

log = structlog.get_logger(__name__)

_OURS = frozenset({"bad_client_secret", "bad_redirect_uri", "invalid_client_id"})
"""What Slack says where the app's settings are wrong, here or there."""


class NotInstalled(Exception):
    """It came to nothing. `key` is the message for who wanted it, `cause` what the log is to say."""

    def __init__(self, key: str, cause: str) -> None:
        super().__init__(cause)
        self.key = key
        self.cause = cause


class Consent:
    """Slack's part in an installation."""

    def __init__(self, client_id: str, client_secret: SecretStr, address: str, redirect: str) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._address = address
        self._redirect = redirect
        self._page = AuthorizeUrlGenerator(
            client_id=client_id,
            redirect_uri=redirect,
            scopes=SCOPES,
            authorization_url=urljoin(address, "/oauth/v2/authorize"),
        )

    def page(self, state: str) -> str:
        """Where Slack asks somebody whether the app may come in."""
        return self._page.generate(state)

    async def given(self, code: str) -> Installation:
        """The installation that the code stands for. Raises NotInstalled."""
        try:
            answer = await connect(None, self._address).oauth_v2_access(
                client_id=self._client_id,
                client_secret=self._client_secret.get_secret_value(),
                code=code,
                redirect_uri=self._redirect,
            )
        except UNREACHABLE as error:
            raise NotInstalled(_key(reason(error)), reason(error)) from error
        return await self._read(answer.data if isinstance(answer.data, dict) else {})

    async def _read(self, answer: Mapping[str, Any]) -> Installation:
        team, token = answer.get("team") or {}, answer.get("access_token")
        if not token or answer.get("token_type", "bot") != "bot":
            raise NotInstalled("slack.install.failed.refused", "no bot token")
        if answer.get("is_enterprise_install") or not team.get("id"):
            await self._give_back(token)
            raise NotInstalled("slack.install.failed.organisation", "an organisation as a whole")
        seconds = answer.get("expires_in")
        return Installation(
            workspace=team["id"],
            name=(team.get("name") or team["id"])[:255],
            bot=answer.get("bot_user_id") or "",
            scopes=tuple(filter(None, (answer.get("scope") or "").split(","))),
            tokens=Tokens(
                token=token,
                refresh_token=answer.get("refresh_token"),
                expires=now() + dt.timedelta(seconds=int(seconds)) if seconds else None,
            ),
        )

    async def _give_back(self, token: str) -> None:
        # A token that nobody keeps is not to be good for anything.
        try:
            await connect(token, self._address).auth_revoke()
        except UNREACHABLE as error:
            log.error("slack.not_revoked", error=reason(error))


def _key(cause: str) -> str:
    if cause in _OURS:
        return "slack.install.failed.settings"
    return "slack.install.failed.refused" if cause.islower() else "slack.install.failed.away"
