"""From values to HTML: the templates, and what every page needs."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.citing import numbers, sources
from bot.database import now
from bot.desk.escalations import Escalations
from bot.emphasis import stressed
from bot.feedback import Fault, Importance
from bot.handlers.web import moments
from bot.handlers.web.brand import Brand
from bot.handlers.web.channels import channels
from bot.handlers.web.identity import PERSONAS, Identity, Visitor
from bot.handlers.web.quoting import LONGEST
from bot.handlers.web.security import SAFE_METHODS
from bot.texts import LANGUAGES, Texts
from knowledge.model import Citation

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


class Rendering:
    """Renders templates in the visitor's language."""

    def __init__(self, texts: Texts, identity: Identity, escalations: Escalations, brand: Brand, *, demo: bool) -> None:
        self.texts = texts
        self._identity = identity
        self._escalations = escalations
        self._demo = demo
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,  # else each rendering asks the disk whether each template has changed
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["stressed"] = _stressed
        self._templates.globals.update(
            demo=demo,
            personas=PERSONAS,
            languages=LANGUAGES,
            source_link=source_link,
            source_address=source_address,
            numbers=numbers,
            sources=sources,
            faults=tuple(Fault),
            importances=tuple(Importance),
            static=_static,
            sheet=brand.sheet,
            icon_address=brand.icon or _static("icon.svg"),
            initials=initials,
            tint=tint,
        )

    async def page(
        self, request: Request, template: str, status: int = 200, home: str = "/", **values: Any
    ) -> HTMLResponse:
        """A whole page for whoever is visiting. One that answers a form can't be visited where the form went: `home`
        is where it can, for whatever comes back to it or fetches it anew."""
        visitor = self._identity.visitor(request)
        escalated = await self._escalations.count(visitor.officer) if visitor.is_officer else None
        return self.still(request, template, status, home, escalated=escalated, **values)

    def still(
        self,
        request: Request,
        template: str,
        status: int = 200,
        home: str = "/",
        escalated: int | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """A whole page that waits for no database. `escalated` is how many cases wait for a leader to see them."""
        visitor = self._identity.visitor(request)
        address = _address(request) if request.method in SAFE_METHODS else home
        here: dict[str, Any] = {"escalated": escalated}
        here |= {"path": address.partition("?")[0], "address": address, "channels": channels(visitor)}
        return HTMLResponse(self.part(visitor, template, **here | values), status)

    def part(self, visitor: Visitor, template: str, **values: Any) -> str:
        """A piece of a page, or all of one."""
        language = visitor.language
        return self._templates.get_template(template).render(
            visitor=visitor,
            t=functools.partial(self.texts, language),
            moment=functools.partial(moments.moment, language=language),
            age=functools.partial(moments.age, language=language),
            day=functools.partial(moments.day, language=language),
            date=functools.partial(moments.date, language=language),
            deadline=functools.partial(moments.deadline, language=language, texts=self.texts),
            lateness=functools.partial(moments.lateness, language=language),
            now=now(),
            **values,
        )


def source_link(citation: Citation) -> str:
    """The address of the cited section in the source view, with the quoted words to be marked there."""
    words = urlencode({"q": citation.quote[:LONGEST]})
    return f"/kilde/{quote(citation.document)}?{words}#{quote(citation.section)}"


def source_address(source: str) -> str:
    """The address in the source view of a document, or of a section of one ("guides/uteservering#stoy")."""
    document, _, section = source.partition("#")
    return f"/kilde/{quote(document)}" + (f"#{quote(section)}" if section else "")


def initials(name: str) -> str:
    """The first letters of the first and the last name."""
    names = name.split() or ["?"]
    return "".join(part[0] for part in dict.fromkeys((names[0], names[-1]))).upper()


def tint(name: str) -> int:
    """Which of the six colours of avatars the name has: always the same one."""
    return sum(name.encode()) % 6


def _address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _stressed(text: str) -> Markup:
    return Markup(stressed(str(escape(text)), "<strong>", "</strong>"))  # noqa: S704 - it is escaped before


@functools.cache
def _static(name: str) -> str:
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?{digest}"
