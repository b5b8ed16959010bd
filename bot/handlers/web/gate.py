"""Lets in as much as the limits allow: who asks too much is told when to try again (429)."""

from __future__ import annotations

import contextlib
import ipaddress
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.database import Database
from bot.desk.limiting import Limiter
from bot.desk.rates import Counted, Limited
from bot.handlers.web import PLATFORM
from bot.handlers.web.identity import Identity, Visitor
from bot.limits import seconds_of

_NEIGHBOURS = 64
"""Bits of an address of IPv6 that are one household's or one company's: whoever has one of them has them all."""


class TooMuch(HTTPException):
    """Somebody asks too much; `limited` says for whom it is, and for how long."""

    def __init__(self, limited: Limited) -> None:
        super().__init__(HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(seconds_of(limited))})
        self.limited = limited


class Gate:
    """Counts what visitors do. Officers may do their work as fast as they can."""

    def __init__(self, database: Database, limiter: Limiter, identity: Identity) -> None:
        self._database = database
        self._limiter = limiter
        self._identity = identity

    def counted(self, request: Request) -> Counted | None:
        """Whom a question of the visitor's counts for; None: nobody."""
        visitor = self._identity.visitor(request)
        if visitor.is_officer:
            return None
        asker = f"{PLATFORM}/{self._name(visitor)}"
        return Counted(asker=asker, place=f"{PLATFORM}/{origin(request)}", tenant=PLATFORM)

    async def let_in(self, counted: Counted | None) -> None:
        """Count it. Raises TooMuch."""
        if counted is None:
            return
        async with self._database.writing() as session:
            (limited,) = await self._limiter.admit(session, [counted])
        if limited:
            raise TooMuch(limited)

    async def try_door(self, request: Request) -> None:
        """Count an attempt to sign in, for the address that it comes from. Raises TooMuch."""
        await self.let_in(Counted(place=f"{PLATFORM}/sign-in/{origin(request)}"))

    def _name(self, visitor: Visitor) -> str:
        # Of a guest, as of the demo's invented people, there is nothing but the browser.
        return visitor.session if visitor.guest or self._identity.demo else visitor.id


def origin(request: Request) -> str:
    """The address that the request comes from; of IPv6, the network."""
    host = request.client.host if request.client else ""
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host.partition("%")[0])
        if isinstance(address, ipaddress.IPv6Address):
            if address.ipv4_mapped:
                return str(address.ipv4_mapped)
            return str(ipaddress.ip_network((address, _NEIGHBOURS), strict=False))
    return host
