"""The pages on which somebody brings the app into their workspace."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

import structlog
from jinja2 import Environment, FileSystemLoader
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.error_ids import new_error_id
from bot.handlers.slack.installing.consent import Consent, NotInstalled
from bot.handlers.slack.installing.scopes import missing
from bot.handlers.slack.installing.store import PATIENCE, Begun, Installation, Installations
from bot.settings import Settings
from bot.texts import LANGUAGES, Texts

log = structlog.get_logger(__name__)

INSTALL = "/slack/install"
REDIRECT = "/slack/oauth_redirect"
COOKIE = "moteplassen_slack_install"
_AS_NORWEGIAN = {"no": "nb"}
_STYLE = "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}a{color:#1f3d5c}"
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_DIGEST}'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # in the address is what Slack gives tokens for
    "Vary": "Accept-Language",
    "X-Content-Type-Options": "nosniff",
}


class Pages:
    """A page with a link to Slack, and the page that Slack sends the browser back to."""

    def __init__(
        self,
        settings: Settings,
        client_id: str,
        client_secret: SecretStr,
        installations: Installations,
        begun: Begun,
        texts: Texts,
    ) -> None:
        redirect = f"{settings.public_url}{REDIRECT}"
        self._consent = Consent(client_id, client_secret, settings.slack_api_url, redirect)
        self._secure = settings.public_url.startswith("https:")
        self._homes = settings.slack_homes
        self._installations = installations
        self._begun = begun
        self._texts = texts
        templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
        self._template = templates.get_template("page.html")

    def routes(self) -> Sequence[BaseRoute]:
        """The two pages."""
        return [Route(INSTALL, self._begin), Route(REDIRECT, self._end)]

    async def _begin(self, request: Request) -> Response:
        # A browser keeps its name, so that a page opened earlier can be gone on with.
        browser = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        link = self._consent.page(await self._begun.begin(browser))
        page = self._page(request, "slack.install.title", ["slack.install.intro"], link, "slack.install.add")
        page.set_cookie(
            COOKIE,
            browser,
            max_age=int(PATIENCE.total_seconds()),
            path="/slack",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
        return page

    async def _end(self, request: Request) -> Response:
        if request.query_params.get("error") == "access_denied":
            said = ["slack.install.cancelled"]
            return self._page(request, "slack.install.cancelled.title", said, INSTALL, "slack.install.again")
        try:
            installation = await self._installed(request)
        except NotInstalled as error:
            return self._failed(request, error)
        log.info("slack.installed", workspace=installation.workspace)
        if lacking := missing(installation.scopes):
            log.error("slack.scopes_missing", workspace=installation.workspace, scopes=lacking)
        said = ["slack.install.done", "slack.install.next"]
        return self._page(request, "slack.install.done.title", said, name=installation.name)

    async def _installed(self, request: Request) -> Installation:
        told = request.query_params
        if error := told.get("error"):
            # Anybody can have written this.
            cause = error if re.fullmatch("[a-z_]{1,60}", error) else "unreadable"
            raise NotInstalled("slack.install.failed.refused", cause)
        if not await self._begun.end(told.get("state", ""), request.cookies.get(COOKIE, "")):
            raise NotInstalled("slack.install.failed.expired", "state")
        installation = await self._consent.given(told.get("code", ""))
        if self._homes and installation.workspace not in self._homes:
            # Its token is not kept, and not revoked either: where the app is installed there by way of another
            # municipality's page, Slack has given the very token that this one acts with.
            raise NotInstalled("slack.install.failed.elsewhere", "a workspace that is not listed")
        await self._installations.keep(installation)
        return installation

    def _failed(self, request: Request, error: NotInstalled) -> HTMLResponse:
        error_id = new_error_id()
        log.error("slack.not_installed", error_id=error_id, error=error.cause)
        said = [error.key, "slack.install.failed.id"]
        title, again = "slack.install.failed.title", "slack.install.again"
        page = self._page(request, title, said, INSTALL, again, error_id=error_id)
        page.status_code = HTTPStatus.BAD_REQUEST
        return page

    def _page(
        self,
        request: Request,
        title: str,
        said: Sequence[str],
        link: str = "",
        link_text: str = "",
        **values: str,
    ) -> HTMLResponse:
        language = language_of(request.headers.get("accept-language", ""))
        content = self._template.render(
            language=language,
            style=_STYLE,
            title=self._texts(language, title),
            paragraphs=[self._texts(language, key, **values) for key in said],
            link=link,
            link_text=link_text and self._texts(language, link_text),
        )
        return HTMLResponse(content, headers=_HEADERS)


def language_of(accepted: str) -> str:
    """The language of ours that a browser likes best; bokmål where it names none."""
    liked: list[tuple[float, str]] = []
    for part in accepted.split(","):
        tag, _, weight = part.partition(";q=")
        name = tag.strip().lower().partition("-")[0]
        name = _AS_NORWEGIAN.get(name, name)
        if name in LANGUAGES:
            liked.append((float(weight) if re.fullmatch(r"[01](\.\d*)?", weight.strip()) else 1.0, name))
    return max(liked, key=lambda each: each[0])[1] if liked else LANGUAGES[0]
