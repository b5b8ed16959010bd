"""What the web process answers while the documents are brought in a first time, which takes minutes."""

from __future__ import annotations

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from bot.handlers.web.errors import AGAIN
from bot.observing.health import answer, library_check, told
from bot.texts import LANGUAGES, Texts


def opening_app(texts: Texts) -> Starlette:
    """It lives, and is not ready; people are told so in all languages."""
    soon = "\n\n".join(texts(language, "web.opens_soon") for language in LANGUAGES)

    async def page(_: Request) -> PlainTextResponse:
        return PlainTextResponse(soon, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(AGAIN)})

    async def live(_: Request) -> JSONResponse:
        return await told([])

    async def ready(_: Request) -> JSONResponse:
        # Without a look: that it is so is no fault, and has been said where indexing began.
        return answer([library_check(_not_yet)])

    return Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health", ready),
            Route("/health/ready", ready),
            Route("/{path:path}", page, methods=["GET", "POST"]),
        ]
    )


async def _not_yet() -> bool:
    return False
