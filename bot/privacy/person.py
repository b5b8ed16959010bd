"""Finds whom somebody means who asks what is kept of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import replies
from bot.desk.entries import ERASED
from bot.desk.store import asker_key
from bot.desk.tables import CaseRow
from bot.handlers.slack import PLATFORM as SLACK
from bot.handlers.slack import store as slack
from bot.handlers.teams import PLATFORM as TEAMS
from bot.handlers.teams import store as teams
from bot.handlers.web import PLATFORM as WEB
from bot.handlers.web.store import MessageRow

REPLIES: dict[str, type[replies.ReplyRow]] = {SLACK: slack.ReplyRow, TEAMS: teams.ReplyRow}
"""The tables of replies of the platforms that have one."""

_PLATFORMS = (WEB, SLACK, TEAMS)
_CASE = re.compile(r"m-(\d{1,9})", re.IGNORECASE)
_MANY = 50


class Person(BaseModel):
    """Somebody on a platform who has asked something there; `names` are what they were called, `contacts` what they
    left to be reached by."""

    model_config = ConfigDict(frozen=True)

    platform: str
    id: str
    names: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """Names the person on the command line: "slack:U0123"."""
        return f"{self.platform}:{self.id}"

    @property
    def key(self) -> str:
        """Names the person among those of all platforms, as cases do."""
        return asker_key(self.platform, self.id)


class _Seen(NamedTuple):
    platform: str
    id: str
    name: str
    contact: str = ""


async def people(session: AsyncSession, who: str) -> list[Person]:
    """Whom that may mean, at most fifty: "slack:U0123", "teams:29:1a…" or "web:…" is the person of that id, "M-17" who
    opened that case, anything else whoever has that id, left that e-mail address or phone number, or is called so."""
    wanted = who.strip()
    platform, _, id_ = wanted.partition(":")
    seen: list[_Seen] = []
    if platform in _PLATFORMS and id_:
        seen = [*await _of_cases(session, CaseRow.asker == asker_key(platform, id_))]
        seen += await _elsewhere(session, id_=id_, only=platform)
    elif number := _CASE.fullmatch(wanted):
        seen = [*await _of_cases(session, CaseRow.number == int(number[1]))]
    elif wanted:
        seen = await _called(session, wanted)
    return _persons(each for each in seen if not each.id.startswith(ERASED))


async def named(session: AsyncSession, person: Person) -> Person:
    """The person with all names and contacts that are known of them."""
    found = await people(session, person.label)
    return found[0] if found else person


async def _called(session: AsyncSession, wanted: str) -> list[_Seen]:
    said = CaseRow.request["asker"]["name"].as_string()
    contact = CaseRow.request["contact"].as_string()
    digits = re.sub(r"[ ()-]", "", wanted)
    bare = func.replace(func.replace(contact, " ", ""), "-", "")
    low = wanted.lower()
    by_contact = (contact != "") & ((func.lower(contact) == low) | (bare == digits))
    in_cases = (
        by_contact | (func.lower(said) == low) | CaseRow.asker.in_([asker_key(each, wanted) for each in _PLATFORMS])
    )
    seen = [*await _of_cases(session, in_cases)]
    return seen + await _elsewhere(session, id_=wanted) + await _elsewhere(session, name=wanted)


async def _of_cases(session: AsyncSession, which: ColumnElement[bool]) -> list[_Seen]:
    rows = await session.scalars(select(CaseRow.request).where(which).limit(_MANY))
    return [
        _Seen(each["place"]["platform"], each["asker"]["id"], each["asker"]["name"], each.get("contact") or "")
        for each in rows
    ]


async def _elsewhere(session: AsyncSession, *, id_: str = "", name: str = "", only: str = "") -> list[_Seen]:
    """Who is known by that id, or called so, on the web, in Slack or in Teams."""
    seen: list[_Seen] = []
    if only in {"", WEB}:
        field = MessageRow.person["id" if id_ else "name"].as_string()
        rows = select(MessageRow.person).where(field == (id_ or name), MessageRow.kind != "answer").limit(_MANY * 20)
        seen += [_Seen(WEB, each["id"], each["name"]) for each in await session.scalars(rows)]
    for platform, table in REPLIES.items():
        if only in {"", platform}:
            name_there = table.question["asker"]["name"].as_string()
            of_person = table.asker == id_ if id_ else name_there == name
            rows_there = select(table.asker, name_there).where(of_person).limit(_MANY * 20)
            seen += [_Seen(platform, asker, called or "") for asker, called in await session.execute(rows_there)]
    return seen


def _persons(seen: Iterable[_Seen]) -> list[Person]:
    found: dict[tuple[str, str], Person] = {}
    for each in seen:
        known = found.get((each.platform, each.id)) or Person(platform=each.platform, id=each.id)
        names, contacts = known.names | {each.name} - {""}, known.contacts | {each.contact} - {""}
        found[each.platform, each.id] = known.model_copy(update={"names": names, "contacts": contacts})
    return list(found.values())[:_MANY]
