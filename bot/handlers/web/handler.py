"""The web meeting place, put together: pages, live updates, deliveries, and what protects them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from os import PathLike
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.database import Database
from bot.desk.absences import Absences
from bot.desk.desk import Desk
from bot.desk.escalations import Escalations
from bot.desk.outbox import Outbox
from bot.desk.outcomes import Outcomes
from bot.desk.roster import Roster
from bot.guard import Guard
from bot.handlers.web.brand import Brand
from bot.handlers.web.channels import BUSINESS
from bot.handlers.web.courier import Conversation, WebCourier
from bot.handlers.web.errors import ErrorPages
from bot.handlers.web.feedback import Feedback
from bot.handlers.web.gate import Gate
from bot.handlers.web.identity import KEPT_FOR, PERSONAS, Identity
from bot.handlers.web.live import Live
from bot.handlers.web.messages import Asked
from bot.handlers.web.news import News
from bot.handlers.web.pages.absences import AbsencePages
from bot.handlers.web.pages.asker import AskerPages
from bot.handlers.web.pages.case_view import Views
from bot.handlers.web.pages.cases import CasePages
from bot.handlers.web.pages.channel import ChannelPages
from bot.handlers.web.pages.forwarding import ForwardingPages
from bot.handlers.web.pages.knowledge import KnowledgePages
from bot.handlers.web.pages.merging import MergingPages
from bot.handlers.web.pages.privacy import PrivacyPages
from bot.handlers.web.pages.proposing import ProposingPages
from bot.handlers.web.pages.published import PublishedPages
from bot.handlers.web.pages.queue import QueuePages
from bot.handlers.web.pages.replies import ReplyActions
from bot.handlers.web.pages.session import SessionPages
from bot.handlers.web.pages.sources import SourcePages
from bot.handlers.web.pages.supplementing import SupplementingPages
from bot.handlers.web.posts import Posts
from bot.handlers.web.rendering import STATIC, Rendering
from bot.handlers.web.secret import session_secret
from bot.handlers.web.security import SameOrigin, SmallBody
from bot.handlers.web.sign_in import SignIn
from bot.handlers.web.signing_out import Ended, SignedOut
from bot.handlers.web.threads import Threads
from bot.limits import limiter_of
from bot.observing.requests import hung_up
from bot.people import Role
from bot.publishing.publishing import Publishing
from bot.settings import Settings
from bot.sourcing.opening import Sourcing
from bot.sourcing.revisions import Revisions
from bot.texts import LANGUAGES, Texts
from knowledge.library import Library

LARGEST_REQUEST = 256 * 1024


INVENTED = tuple(persona.officer for persona in PERSONAS if persona.role is Role.OFFICER)
"""The officers of the demo."""


class Pages(Protocol):
    """Pages that belong together."""

    def routes(self) -> Sequence[BaseRoute]:
        """Where they are."""


class WebHandler:
    """The channel "web". Its routes take every address, so they come after those of others.

    Raises ConfigurationError where neither the demo nor a sign-in is set up.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the parts that it is put together from
        self,
        settings: Settings,
        database: Database,
        outbox: Outbox,
        desk: Desk,
        publishing: Publishing,
        conversation: Conversation,
        library: Library,
        sourcing: Sourcing,
        texts: Texts,
    ) -> None:
        self._settings, self._texts, self._live, limiter = settings, texts, Live(database), limiter_of(settings)
        self._threads = Threads(database, outbox, self._live, Outcomes(desk.teams), limiter)
        identity = Identity({language: texts(language, "web.guest") for language in LANGUAGES}, demo=settings.demo)
        gate, self._signed_out = Gate(database, limiter, identity), SignedOut(database)
        feedback, escalations, self._brand = Feedback(database), Escalations(database, desk), Brand(settings)
        rendering = Rendering(texts, identity, escalations, self._brand, demo=settings.demo)
        posts = Posts(rendering, desk, feedback)
        news = News(self._threads, self._live, desk, feedback)
        self._pages: Sequence[Pages] = (
            ChannelPages(rendering, identity, self._threads, posts, news, Guard(), desk, gate),
            ReplyActions(rendering, identity, self._threads, posts, feedback),
            ForwardingPages(rendering, identity, self._threads, desk, Guard(), gate),
            AskerPages(rendering, identity, self._threads, posts, desk),
            KnowledgePages(rendering, identity, library),
            PrivacyPages(rendering, settings),
            SourcePages(rendering, identity, sourcing),
            *self._casework(rendering, identity, database, desk, publishing, sourcing, escalations),
            SessionPages(identity, None if settings.demo else SignIn(settings, desk.teams), self._signed_out, gate),
        )
        self._errors = ErrorPages(database, rendering, identity)
        self.courier = WebCourier(self._threads, conversation, desk, texts)
        """Carries the deliveries of the platform "web"."""

    def _casework(
        self,
        rendering: Rendering,
        identity: Identity,
        database: Database,
        desk: Desk,
        publishing: Publishing,
        sourcing: Sourcing,
        escalations: Escalations,
    ) -> Sequence[Pages]:
        """The pages of officers."""
        absences, revisions = Absences(database, desk.teams), Revisions(sourcing.ledger)
        roster = Roster(database, desk.teams, INVENTED if self._settings.demo else ())
        views = Views(desk, roster, absences, publishing, revisions)
        return (
            QueuePages(rendering, identity, desk, self._threads, self._live, absences, escalations),
            MergingPages(rendering, identity, desk, self._threads),
            ProposingPages(rendering, identity, desk, publishing, self._threads),
            SupplementingPages(rendering, identity, desk, self._threads),
            CasePages(rendering, identity, desk, self._threads, absences, roster, escalations, views),
            PublishedPages(rendering, identity, desk, publishing, self._threads, revisions),
            AbsencePages(rendering, identity, absences, roster, desk.teams, self._threads),
        )

    def routes(self) -> list[BaseRoute]:
        """All addresses, each with its protection around it."""
        pages = [route for page in (self._brand, *self._pages) for route in page.routes()]
        return [
            Mount("/static", _Static(directory=STATIC)),
            Mount("", routes=pages, middleware=self._protection()),
        ]

    def middleware(self) -> Sequence[Middleware]:
        """None for other channels' addresses: what these pages need is around their own routes."""
        return []

    async def start(self) -> None:
        """Begin to hear of changes that other processes make."""
        await self._live.start()

    async def stop(self) -> None:
        """End the streams of updates."""
        await self._live.stop()

    async def furnish(self) -> None:
        """Ask the demo's first questions, as if others had been there before. Doing it again changes nothing."""
        for number, persona in enumerate(PERSONAS[1:3], start=1):
            asked = Asked(
                key=str(number),
                channel=BUSINESS.name,
                thread=None,
                asker=persona.asker,
                text=self._texts("nb", f"web.demo.question.{persona.id}"),
                language="nb",
                session="demo",
            )
            await self._threads.ask(asked)

    def _protection(self) -> list[Middleware]:
        # From the outside in: whatever is refused inside gets a page.
        secure = self._settings.public_url.startswith("https://")
        return [
            Middleware(
                SessionMiddleware,
                secret_key=session_secret(self._settings),
                # A cookie of such a name is taken from this site alone, and by https: no other can put one here.
                session_cookie="__Host-moteplassen" if secure else "moteplassen",
                max_age=KEPT_FOR,
                https_only=secure,
            ),
            Middleware(
                ExceptionMiddleware,
                handlers={
                    HTTPException: self._errors.refused,
                    ClientDisconnect: hung_up,
                    Exception: self._errors.crashed,
                },
            ),
            Middleware(SmallBody, limit=LARGEST_REQUEST),
            Middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_REQUEST),
            Middleware(SameOrigin, public_url=self._settings.public_url),
            Middleware(Ended, signed_out=self._signed_out),
        ]


class _Static(StaticFiles):
    """Files whose addresses in pages carry a digest of what is in them, so that they may be kept for good.

    Modules import each other by their bare names: those are asked about each time.
    """

    def file_response(
        self, full_path: PathLike[str] | str, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, with how long it may be kept."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        kept = "public, max-age=31536000, immutable" if scope["query_string"] else "no-cache"
        response.headers["Cache-Control"] = kept
        return response
