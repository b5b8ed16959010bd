"""What the officers' pages share: who may see them, and finding cases and answers by their addresses."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.desk.case import Case, Officer
from bot.desk.desk import Desk
from bot.desk.finding import CaseFilter
from bot.desk.store import CaseNotFound
from bot.desk.teams import Teams
from bot.handlers.web.identity import Identity
from bot.handlers.web.pages.requests import number
from bot.publishing.answer import PublishedAnswer
from bot.publishing.publishing import Publishing
from bot.publishing.store import AnswerNotFound


def officer_of(identity: Identity, request: Request) -> Officer:
    """The officer who is visiting; anybody else is refused (403)."""
    visitor = identity.visitor(request)
    if not visitor.is_officer:
        raise HTTPException(HTTPStatus.FORBIDDEN, "officers")
    return visitor.officer


async def case_of(desk: Desk, request: Request) -> Case:
    """The case that the address names; 404 where there is none."""
    try:
        return await desk.get(request.path_params["case"])
    except CaseNotFound as error:
        raise HTTPException(HTTPStatus.NOT_FOUND) from error


async def answer_of(publishing: Publishing, id_: str) -> PublishedAnswer:
    """The published answer of that id; 404 where there is none."""
    try:
        return await publishing.get(id_)
    except AnswerNotFound as error:
        raise HTTPException(HTTPStatus.NOT_FOUND) from error


async def numbered(desk: Desk, said: str) -> Case | None:
    """The case of that number, written as 12 or M-12; None where there is none."""
    wanted = number(said.upper().removeprefix("M-"))
    if wanted is None:
        return None
    found = await desk.find(CaseFilter(), limit=1, before=wanted + 1)
    return found[0] if found and found[0].number == wanted else None


def team_name(teams: Teams, team_id: str) -> str:
    """What people call the team; of one that is no longer there, its id."""
    team = teams.get(team_id)
    return team.name if team else team_id
