"""Tokens that expire are refreshed in time, by one process at a time."""

from __future__ import annotations

import asyncio
import datetime as dt

import structlog
from pydantic import SecretStr
from slack_sdk.errors import SlackClientError

from bot.database import now
from bot.handlers.slack.clients import connect
from bot.handlers.slack.installing.store import Installation, Installations, Tokens
from bot.handlers.slack.workspace import UNREACHABLE, reason

log = structlog.get_logger(__name__)

AHEAD = dt.timedelta(hours=2)
"""How long before its end a token is refreshed."""
_WAIT = 20.0
_LOOK = 0.1


class NoToken(SlackClientError):
    """There is no token that is good now; there may be one later."""


class Rotation:
    """Refreshes tokens. A token that is refreshed too early costs nothing, one that is refreshed twice is lost."""

    def __init__(self, installations: Installations, client_id: str, client_secret: SecretStr, address: str) -> None:
        self._installations = installations
        self._client_id = client_id
        self._client_secret = client_secret
        self._client = connect(None, address)
        self._refreshing: set[asyncio.Task[Installation | None]] = set()

    async def fresh(self, installation: Installation) -> Installation | None:
        """The installation with a token that is good for a while; None where it was removed. Raises NoToken."""
        expires = installation.tokens.expires
        if expires is None or expires - now() > AHEAD:
            return installation
        if await self._installations.take_on(installation):
            refreshing = asyncio.create_task(self._refresh(installation))
            self._refreshing.add(refreshing)
            refreshing.add_done_callback(self._refreshing.discard)
            # Who no longer waits must not end it: what Slack has answered is the only way to the next token.
            return await asyncio.shield(refreshing)
        # Another process is at it. While the old token is good, there is no need to wait for the new.
        return installation if expires > now() else await self._refreshed_by_others(installation)

    async def _refresh(self, installation: Installation) -> Installation | None:
        try:
            tokens = await self._ask(installation.tokens)
        except UNREACHABLE as error:
            expired = installation.tokens.expires is None or installation.tokens.expires <= now()
            log.error("slack.not_refreshed", workspace=installation.workspace, error=reason(error), expired=expired)
            if not expired:
                return installation  # and nobody tries again until the lease is over
            await self._installations.leave(installation)
            raise NoToken("the token has expired and could not be refreshed") from error
        await self._installations.refreshed(installation, tokens)
        log.info("slack.refreshed", workspace=installation.workspace)
        # What is in the database stands: the app may have been installed anew while Slack was asked.
        return await self._installations.get(installation.workspace)

    async def _ask(self, tokens: Tokens) -> Tokens:
        answer = await self._client.oauth_v2_access(
            client_id=self._client_id,
            client_secret=self._client_secret.get_secret_value(),
            grant_type="refresh_token",
            refresh_token=tokens.refresh_token or "",
        )
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not token:
            raise NoToken("Slack's answer holds no token")
        expires = now() + dt.timedelta(seconds=int(seconds)) if seconds else None
        return Tokens(str(token), answer.get("refresh_token"), expires)

    async def _refreshed_by_others(self, old: Installation) -> Installation | None:
        try:
            async with asyncio.timeout(_WAIT):
                while (found := await self._installations.get(old.workspace)) and found.sealed == old.sealed:  # noqa: ASYNC110 - it is another process
                    await asyncio.sleep(_LOOK)
        except TimeoutError as error:
            raise NoToken("the token has expired, and who refreshes it has not come back") from error
        return found
