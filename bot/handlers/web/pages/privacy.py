"""What askers are told of what is kept of them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.handlers.web.rendering import Rendering
from bot.settings import Settings


class PrivacyPages:
    """The privacy notice, with the days that are set here."""

    def __init__(self, rendering: Rendering, settings: Settings) -> None:
        self._rendering = rendering
        self._settings = settings

    def routes(self) -> list[BaseRoute]:
        """Where the notice is."""
        return [Route("/personvern", self.notice)]

    async def notice(self, request: Request) -> Response:
        """The notice, in the visitor's language."""
        return await self._rendering.page(
            request,
            "privacy.html",
            days=self._settings.retention,
            has_model=self._settings.has_chat_model,
            phone=self._settings.phone,
        )
