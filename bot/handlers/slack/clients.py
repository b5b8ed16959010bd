"""Clients of Slack's Web API, one for each workspace that the app is installed in."""

from __future__ import annotations

import asyncio
from typing import Protocol

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

_TIMEOUT = 15
_LONGEST_WAIT = 10


class Clients(Protocol):
    """Knows with which token to act in a workspace."""

    async def of(self, workspace: str) -> AsyncWebClient:
        """The client to act with in the workspace of that id. Raises Undeliverable where the app is not installed."""

    async def home(self) -> str:
        """The id of the workspace whose full members are the municipality's staff; empty where none is."""


class OneWorkspace:
    """The clients of an app that is installed in one workspace, by its token."""

    def __init__(self, client: AsyncWebClient, staff_workspace: str | None = None) -> None:
        self._client = client
        self._home = staff_workspace
        self._asking = asyncio.Lock()

    async def of(self, workspace: str) -> AsyncWebClient:
        """The one client there is."""
        return self._client

    async def home(self) -> str:
        """The workspace that the settings name, or else the token's own. Raises what the client raises."""
        async with self._asking:
            if self._home is None:
                self._home = str((await self._client.auth_test())["team_id"])
        return "" if self._home == "none" else self._home


def connect(token: str | None, address: str) -> AsyncWebClient:
    """A client of Slack's Web API that waits where Slack asks it to.

    It repeats nothing else by itself (by default a broken connection): a message that had arrived would come twice.
    """
    return AsyncWebClient(token=token, base_url=address, timeout=_TIMEOUT, retry_handlers=[_ShortWaits()])


class _ShortWaits(AsyncRateLimitErrorRetryHandler):
    """Waits where Slack says "too many", twice, and no longer than is fair to what else is to be delivered."""

    def __init__(self) -> None:
        super().__init__(max_retry_count=2)

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None or response.status_code != 429:
            return False
        wait = {name.lower(): value for name, value in response.headers.items()}.get("retry-after", ["1"])[0]
        return wait.isdigit() and int(wait) <= _LONGEST_WAIT
