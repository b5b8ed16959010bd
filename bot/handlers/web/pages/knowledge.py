"""What can be looked up: documents with the quoted words marked, and the strategies of the plan."""

from __future__ import annotations

from http import HTTPStatus
from itertools import groupby

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.handlers.web.identity import Identity
from bot.handlers.web.quoting import paragraphs
from bot.handlers.web.rendering import Rendering
from knowledge.library import Library
from knowledge.model import Audience
from knowledge.strategies import search, strategies


class KnowledgePages:
    """Shows what the library holds to those who may read it."""

    def __init__(self, rendering: Rendering, identity: Identity, library: Library) -> None:
        self._rendering = rendering
        self._identity = identity
        self._library = library

    def routes(self) -> list[BaseRoute]:
        """Where these pages are."""
        return [
            Route("/kilde/{document:path}", self.document),
            Route("/strategier", self.strategies),
        ]

    async def document(self, request: Request) -> Response:
        """A document. One that is internal doesn't exist for outsiders."""
        insider = self._identity.visitor(request).insider
        reader = self._library.reader(Audience.INTERNAL if insider else Audience.PUBLIC)
        document = await reader.document(request.path_params["document"])
        if document is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        words = request.query_params.get("q", "")
        parts = [(section, paragraphs(section.text, words)) for section in document.sections]
        return await self._rendering.page(request, "document.html", document=document, parts=parts)

    async def strategies(self, request: Request) -> Response:
        """The strategies, all of them or those that a search finds, by area."""
        sought = request.query_params.get("q", "")[:200]
        everything = strategies(await self._library.reader(Audience.PUBLIC).documents("plan"))
        found = search(everything, sought)
        areas = [(title, list(some)) for title, some in groupby(found, key=lambda strategy: strategy.area_title)]
        return await self._rendering.page(request, "strategies.html", sought=sought, areas=areas, count=len(found))
