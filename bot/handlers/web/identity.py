"""Who is visiting: somebody from the demo's list, somebody signed in, or a guest."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from bot.desk.case import Officer
from bot.people import Asker, Role
from bot.texts import LANGUAGES

DAY = 24 * 3600
KEPT_FOR = 180 * DAY
"""Seconds since the last visit that a browser is known again. The session is all that ties guests to their questions,
and a case officer's answer may take weeks."""
SIGNED_IN_FOR = 9 * 3600
"""Seconds until somebody who signed in does so again: a working day."""


class Visitor(BaseModel):
    """Somebody who looks at the pages. `session` is their browser; `guest`: not signed in, and nobody we know."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    role: Role
    session: str
    language: str
    guest: bool = False

    @property
    def asker(self) -> Asker:
        """The visitor, as somebody who asks."""
        return Asker(id=self.id, name=self.name, role=self.role)

    @property
    def officer(self) -> Officer:
        """The visitor, as somebody who handles cases."""
        return Officer(id=self.id, name=self.name)

    @property
    def insider(self) -> bool:
        """Does the visitor work for the municipality?"""
        return self.role is not Role.BUSINESS

    @property
    def is_officer(self) -> bool:
        """Does the visitor handle cases?"""
        return self.role is Role.OFFICER


class Persona(BaseModel):
    """Somebody invented, to be chosen in the demo. `web.persona.<id>` in the texts says what they do."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    role: Role

    @property
    def asker(self) -> Asker:
        """The persona, as somebody who asks."""
        return Asker(id=self.id, name=self.name, role=self.role)

    @property
    def officer(self) -> Officer:
        """The persona, as somebody who handles cases."""
        return Officer(id=self.id, name=self.name)


PERSONAS = (
    Persona(id="kafe", name="Amina Yusuf", role=Role.BUSINESS),
    Persona(id="bygg", name="Per Bakke", role=Role.BUSINESS),
    Persona(id="leverandor", name="Linh Tran", role=Role.BUSINESS),
    Persona(id="ansatt", name="Siri Dahl", role=Role.STAFF),
    Persona(id="kari", name="Kari Berg", role=Role.OFFICER),
    Persona(id="ola", name="Ola Lie", role=Role.OFFICER),
)


class Identity:
    """Reads and changes who the visitor of a session is. `guest_name` is what guests are called, by language."""

    def __init__(self, guest_name: Mapping[str, str], *, demo: bool) -> None:
        self._guest_name = guest_name
        self.demo = demo

    def visitor(self, request: Request) -> Visitor:
        """Who is visiting. A browser that comes for the first time gets a session."""
        session = request.session
        _renew(session)
        browser = session.get("id") or session.setdefault("id", secrets.token_urlsafe(18))
        chosen = session.get("language")
        language: str = chosen if chosen in LANGUAGES else LANGUAGES[0]
        shared = {"session": browser, "language": language}
        if self.demo:
            return Visitor.model_validate(self._persona(session).model_dump() | shared)
        person = session.get("person")
        if person:
            return Visitor(id=person["id"], name=person["name"], role=Role(person["role"]), **shared)
        return Visitor(id=f"guest-{browser}", name=self._guest_name[language], role=Role.BUSINESS, guest=True, **shared)

    def choose(self, request: Request, persona: str) -> bool:
        """Be that persona from now on; False where the demo has nobody of that id, or this isn't the demo."""
        if not self.demo or persona not in {known.id for known in PERSONAS}:
            return False
        request.session["persona"] = persona
        return True

    def sign_in(self, request: Request, id_: str, name: str, role: Role) -> None:
        """The person has proved who they are. What the session held before is left behind, save the language."""
        language = request.session.get("language")
        request.session.clear()
        until = time.time() + SIGNED_IN_FOR
        key = secrets.token_urlsafe(18)
        request.session["person"] = {"id": id_, "name": name, "role": role.value, "until": until, "key": key}
        if language:
            request.session["language"] = language

    def sign_out(self, request: Request) -> None:
        """Forget everything about the session."""
        request.session.clear()

    def speak(self, request: Request, language: str) -> bool:
        """Show the pages in that language; False where we have no such language."""
        if language not in LANGUAGES:
            return False
        request.session["language"] = language
        return True

    @staticmethod
    def _persona(session: Mapping[str, Any]) -> Persona:
        chosen = session.get("persona")
        return next((persona for persona in PERSONAS if persona.id == chosen), PERSONAS[0])


def _renew(session: dict[str, Any]) -> None:
    # A change sends the cookie anew, with its whole lifetime. Once a day is enough, and not every time is safer: the
    # answer to a request that was on its way already would undo a change of language, or a signing out.
    today = int(time.time() // DAY)
    if session.get("day") != today:
        session["day"] = today
    person = session.get("person")
    if person and person["until"] <= time.time():
        del session["person"]
