"""Slack's addresses: the Web API, files, consent, response_url, Socket Mode and the page for people."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
from collections.abc import AsyncIterator, Collection
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute

from tests.peers.serving import served
from tests.peers.slack import answering, faults
from tests.peers.slack.acting import Acting
from tests.peers.slack.methods import METHODS, Call
from tests.peers.slack.methods.call import good
from tests.peers.slack.methods.installing import consent
from tests.peers.slack.model import Installation
from tests.peers.slack.page.routes import page_routes
from tests.peers.slack.refusal import Refused
from tests.peers.slack.state import APP_TOKEN, TEAM

_NOBODY = Installation("", TEAM, set())


class Slack(Acting):
    """Slack on a port of its own: `app` serves it, `url` is where its Web API is, `bot_url` where the bot is."""

    def __init__(self, scopes: Collection[str], events: Collection[str] | None = None) -> None:
        super().__init__(scopes, events)
        self.app = Starlette(
            routes=[
                Route("/api/{method}", self._call, methods=["GET", "POST"]),
                Route("/files-pri/{file}/{rest:path}", self._download),
                Route("/oauth/v2/authorize", self._consent),
                Route("/response/{key}", self._answered, methods=["POST"]),
                Route("/signin", self._sign_in),
                WebSocketRoute("/link/", self.sockets.connect),
                *page_routes(self),
            ]
        )

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        try:
            arguments = await _arguments(request)
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_json"})
        self.calls.append((method, arguments))
        fault = self.faults.next(method, str(arguments.get("channel", "")))
        if (instead := await faults.interrupt(fault)) is not None:
            return instead
        try:
            answer = self._answer(method, arguments, request)
        except Refused as error:
            return JSONResponse({"ok": False, "error": str(error), **error.more})
        return faults.unheard(fault) if fault in faults.UNHEARD else self._good(answer, request)

    def _good(self, answer: dict[str, Any], request: Request) -> Response:
        installation = self.installations.get(_token(request), _NOBODY)
        scopes = {"X-OAuth-Scopes": ",".join(sorted(installation.scopes))} if installation.token else {}
        return JSONResponse({"ok": True, **answer}, headers=scopes)

    def _answer(self, method: str, arguments: dict[str, Any], request: Request) -> dict[str, Any]:
        token = _token(request) or str(arguments.get("token", ""))
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                raise Refused("not_allowed_token_type" if token in self.installations else "invalid_auth")
            return {"url": self.sockets.invite()}
        if method not in METHODS:
            raise Refused("unknown_method", req_method=method)
        if method == "oauth.v2.access":
            return METHODS[method](Call(self, method, {**arguments, **_client(request)}, _NOBODY))
        if not token:
            raise Refused("not_authed")
        installation = good(self.installations.get(token))
        return METHODS[method](Call(self, method, arguments, installation))

    async def _download(self, request: Request) -> Response:
        if (instead := await faults.interrupt(self.faults.next("download"))) is not None:
            return instead
        file = self.files.get(request.path_params["file"].partition("-")[2])
        installation = self.installations.get(_token(request))
        if installation is None or installation.state or "files:read" not in installation.scopes:
            # Slack refuses nobody here, but shows the page where people sign in.
            return RedirectResponse("/signin", 302)
        if file is None:
            return PlainTextResponse("not found", 404)
        return Response(file.content, media_type=file.mimetype)

    async def _sign_in(self, request: Request) -> Response:
        return HTMLResponse("<!doctype html><title>Sign in</title><p>Sign in to your workspace</p>")

    async def _consent(self, request: Request) -> Response:
        asked = dict(request.query_params)
        back = consent(self, asked, asked.get("user", "UOLA"), asked.get("team") or TEAM)
        address = asked.get("redirect_uri", "")
        if not address.startswith("http") or back.get("error") == "invalid_client_id":
            return PlainTextResponse(back.get("error", "bad_redirect_uri"), 400)
        return RedirectResponse(f"{address}{'&' if '?' in address else '?'}{urlencode(back)}", 302)

    async def _answered(self, request: Request) -> Response:
        key = request.path_params["key"]
        fault = self.faults.next("response_url")
        if (instead := await faults.interrupt(fault)) is not None:
            return instead
        try:
            answering.answer(self, key, await request.json())
        except Refused as error:
            return JSONResponse({"ok": False, "error": str(error), **error.more}, 404 if "url" in str(error) else 400)
        except ValueError:
            return PlainTextResponse("invalid_payload", 400)
        return faults.unheard(fault) if fault in faults.UNHEARD else PlainTextResponse("ok")


async def _arguments(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        body = json.loads(await request.body() or b"{}")
        if not isinstance(body, dict):
            raise ValueError("not an object")
        return {**request.query_params, **body}
    if kind.startswith("multipart/"):
        return {**request.query_params, **await request.form()}
    body = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    return {**request.query_params, **body}


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""


def _client(request: Request) -> dict[str, str]:
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    if scheme != "Basic":
        return {}
    with contextlib.suppress(binascii.Error, UnicodeDecodeError):
        name, _, secret = base64.b64decode(told).decode().partition(":")
        return {"client_id": name, "client_secret": secret}
    return {}


@contextlib.asynccontextmanager
async def running(scopes: Collection[str], events: Collection[str] | None = None) -> AsyncIterator[Slack]:
    """The workspace, served until the block ends, with an app installed that has these scopes.

    `events` are what the app is subscribed to, by their names in its manifest; without them to all that it may hear.
    """
    slack = Slack(scopes, events)
    slack.trigger_lifetime = 30.0  # rather than 3: most tests are not about how busy the machine is
    async with served(slack.app) as url:
        slack.url = f"{url}/api/"
        yield slack
    await slack.close()
