"""Who the visitor is and which language the pages are in: the demo's list, signing in and out."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.handlers.web.gate import Gate
from bot.handlers.web.identity import Identity
from bot.handlers.web.pages.requests import form_of, local
from bot.handlers.web.sign_in import SignIn, SignInFailed
from bot.handlers.web.signing_out import SignedOut

log = structlog.get_logger(__name__)


class SessionPages:
    """Changes sessions. In the demo, where nobody signs in, there is no `sign_in`."""

    def __init__(self, identity: Identity, sign_in: SignIn | None, signed_out: SignedOut, gate: Gate) -> None:
        self._identity = identity
        self._signed_out = signed_out
        self._gate = gate
        self._sign_in = sign_in

    def routes(self) -> list[BaseRoute]:
        """Where these pages are."""
        shared = [Route("/spraak", self.speak, methods=["POST"])]
        if self._sign_in is None:
            return [*shared, Route("/rolle", self.choose, methods=["POST"])]
        return [
            *shared,
            Route("/inn", self.enter),
            Route("/inn/tilbake", self.entered),
            Route("/ut", self.leave, methods=["POST"]),
        ]

    async def speak(self, request: Request) -> Response:
        """Show the pages in another language."""
        form = await form_of(request)
        if not self._identity.speak(request, str(form.get("sprak", ""))):
            raise HTTPException(HTTPStatus.BAD_REQUEST)
        return _to(local(str(form.get("tilbake", ""))))

    async def choose(self, request: Request) -> Response:
        """Be somebody else, in the demo."""
        form = await form_of(request)
        if not self._identity.choose(request, str(form.get("rolle", ""))):
            raise HTTPException(HTTPStatus.BAD_REQUEST)
        return _to("/saker" if self._identity.visitor(request).is_officer else "/")

    async def enter(self, request: Request) -> Response:
        """Go to the provider that people sign in with."""
        await self._gate.try_door(request)
        try:
            return await self._provider.redirect(request)
        except SignInFailed as error:
            raise _unproved(error) from error

    async def entered(self, request: Request) -> Response:
        """Come back from there."""
        await self._gate.try_door(request)
        try:
            person = await self._provider.person(request)
        except SignInFailed as error:
            raise _unproved(error) from error
        self._identity.sign_in(request, person.id, person.name, person.role)
        visitor = self._identity.visitor(request)
        return _to("/saker" if visitor.is_officer else "/ansatte" if visitor.insider else "/")

    async def leave(self, request: Request) -> Response:
        """Sign out: for good, also where somebody has a copy of the cookie."""
        await self._signed_out.end(request.session)
        self._identity.sign_out(request)
        left = _to("/")
        left.headers["Clear-Site-Data"] = '"cache", "storage"'
        return left

    @property
    def _provider(self) -> SignIn:
        if self._sign_in is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return self._sign_in


def _unproved(error: SignInFailed) -> HTTPException:
    log.warning("web.sign_in_failed", error=str(error))
    return HTTPException(HTTPStatus.UNAUTHORIZED)


def _to(address: str) -> Response:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)
