"""What somebody's Home tab is about, gathered from the desk, the replies and the library."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from bot.database import now
from bot.desk.case import OPEN, Case, CaseState, Officer
from bot.desk.desk import Desk
from bot.desk.finding import CaseFilter
from bot.handlers.slack.cases.officers import Colleague, Officers
from bot.handlers.slack.store import Replies
from bot.library import Strategies
from bot.replies import Said
from knowledge.strategies import Strategy

USUAL = "nb"
"""The language of whoever has Slack in none of ours."""
MOST_QUESTIONS = 10
MOST_CASES = 15
_LOOKED_AT = 40
_LONGEST_QUEUE = 200
_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


class Queue(enum.StrEnum):
    """Which cases an officer wants to see. `slack.home.queue.<value>` in the texts names it to people."""

    OPEN = "open"
    MINE = "mine"
    UNCLAIMED = "unclaimed"
    LATE = "late"


class Asked(BaseModel):
    """A question of theirs, the case it became, if it did, and where its thread is."""

    model_config = ConfigDict(frozen=True)

    said: Said
    case: Case | None = None
    address: str = ""


class Content(BaseModel):
    """A Home tab. `queue` is None for whoever is no officer, `of` says which cases it holds, and `waiting` how many of
    them there are; `note` says how what they just did there went."""

    model_config = ConfigDict(frozen=True)

    language: str
    questions: tuple[Asked, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    queue: tuple[Case, ...] | None = None
    of: Queue = Queue.OPEN
    waiting: int = 0
    now: dt.datetime
    note: str = ""


class Gathering:
    """Finds what belongs on somebody's Home tab."""

    def __init__(self, desk: Desk, officers: Officers, replies: Replies, strategies: Strategies) -> None:
        self._desk = desk
        self._officers = officers
        self._replies = replies
        self._strategies = strategies

    async def gather(self, workspace: str, user: str, who: Colleague, team_url: str, of: Queue = Queue.OPEN) -> Content:
        """Their questions, the strategies, and for officers the cases of their teams that they want to see."""
        moment = now()
        everything = Content(
            language=who.language,
            now=moment,
            questions=tuple(await self._questions(workspace, user, team_url)),
            strategies=tuple(await self._strategies.all()),
        )
        if who.officer is None:
            return everything
        cases = _in_turn(await self._cases(who.officer, of, moment), moment)
        return everything.model_copy(update={"queue": tuple(cases[:MOST_CASES]), "of": of, "waiting": len(cases)})

    async def _cases(self, officer: Officer, of: Queue, moment: dt.datetime) -> Sequence[Case]:
        wanted = CaseFilter(
            states=OPEN,
            officer={Queue.MINE: officer.id, Queue.UNCLAIMED: ""}.get(of),
            late=moment if of is Queue.LATE else None,
        )
        theirs = {team.id for team in self._officers.teams_of(officer)}
        found = await self._desk.find(wanted, _LONGEST_QUEUE)
        # What an officer has is theirs, whatever the team; what no team has any more is everybody's.
        known = {team.id for team in self._desk.teams}
        return [each for each in found if each.team in theirs or each.officer == officer or each.team not in known]

    async def _questions(self, workspace: str, user: str, team_url: str) -> Sequence[Asked]:
        replies = await self._replies.of_asker(workspace, user, _LOOKED_AT)
        said = [each for each in replies if each.question.text and each.reply.can_be_forwarded][:MOST_QUESTIONS]
        cases = await self._desk.of_replies([each.reply.id for each in said])
        return [Asked(said=each, case=cases.get(each.reply.id), address=_thread(team_url, each)) for each in said]


def _thread(team_url: str, said: Said) -> str:
    place = said.question.place
    if not team_url or not place.thread:
        return ""
    return f"{team_url.rstrip('/')}/archives/{place.channel}/p{place.thread.replace('.', '')}"


def _in_turn(cases: Sequence[Case], moment: dt.datetime) -> list[Case]:
    """What is late comes first; then what nobody has taken, and of that what is due first; then what is worked on."""

    def place(case: Case) -> tuple[bool, bool, dt.datetime, int]:
        return not case.is_late(moment), case.state is not CaseState.FORWARDED, case.due or _NEVER, case.number

    return sorted(cases, key=place)
