"""The addresses of the page."""

from __future__ import annotations

from pathlib import Path

import httpx
from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from tests.peers.slack.acting import Acting
from tests.peers.slack.page.deeds import do
from tests.peers.slack.page.seen import HOME, shell
from tests.peers.slack.refusal import Refused

_HERE = Path(__file__).parent
_TEMPLATES = Environment(loader=FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True)
_GIVEN = {"page.css": "text/css", "page.js": "text/javascript"}


def page_routes(slack: Acting) -> list[BaseRoute]:
    """The page of that Slack."""

    async def whole(request: Request) -> Response:
        about = shell(slack, request.query_params)
        if about["at"] == HOME or about["channel"].is_im:
            slack.later(_opened(slack, about["me"].id, "home" if about["at"] == HOME else "messages"))
        return HTMLResponse(_TEMPLATES.get_template("page.html").render(about))

    async def seen(request: Request) -> Response:
        about = shell(slack, request.query_params)
        parts = {name: _TEMPLATES.get_template(f"{name}.html").render(about) for name in ("seen", "modal")}
        return JSONResponse(parts)

    async def done(request: Request) -> Response:
        async with request.form() as form:
            try:
                trouble = await do(slack, form)
            except Refused as error:
                trouble = f"Slack sier nei: {error} {error.more}"
        if request.headers.get("accept") == "application/json":
            return JSONResponse({"trouble": trouble})
        return RedirectResponse(request.headers.get("referer", "/"), 303)

    async def given(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _GIVEN:
            return Response(status_code=404)
        return FileResponse(_HERE / name, media_type=_GIVEN[name])

    return [
        Route("/", whole),
        Route("/page/seen", seen),
        Route("/page/do", done, methods=["POST"]),
        Route("/page/{name}", given),
    ]


async def _opened(slack: Acting, user: str, tab: str) -> None:
    try:
        await slack.open_home(user, tab)
    except (httpx.TransportError, AssertionError):
        return  # the page can be looked at without a bot
