"""One app in Microsoft Teams for several municipalities: what Teams sends goes to the one whose tenant it is of."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.handlers.teams.receiving import LARGEST_REQUEST, read_body, tenants_of
from bot.replaying import hand_on


class Switchboard:
    """Takes requests at the app's one address. Nothing is believed or kept here: a body that says another tenant's name
    comes to a handler that checks the token, which is made for the app and so the same for all of them, and then
    whether every tenant that the body names is its own. What is nobody's goes to the first, which refuses it so.
    """

    def __init__(self, tenants: Mapping[str, ASGIApp]) -> None:
        self._tenants = tenants
        self._limited = RequestBodyLimitMiddleware(self._switch, max_body_size=LARGEST_REQUEST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a municipality answer."""
        await self._limited(scope, receive, send)

    async def _switch(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        named = tenants_of(read_body(await request.body()) or {})
        known = (self._tenants[each] for each in named if isinstance(each, str) and each in self._tenants)
        await hand_on(request, next(known, next(iter(self._tenants.values()))), receive, send)
