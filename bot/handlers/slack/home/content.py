"""What somebody's Home tab is about, gathered from the desk, the replies and the library."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from bot.desk.case import OPEN, Case, CaseState
from bot.desk.desk import Desk
from bot.handlers.slack.cases.officers import Colleague
from bot.handlers.slack.library import Strategies
from bot.handlers.slack.store import Replies, Said
from bot.question import Status
from knowledge.strategies import Strategy

USUAL = "nb"
"""The language of whoever has Slack in none of ours."""
MOST_QUESTIONS = 10
MOST_CASES = 15
_LOOKED_AT = 40
_LONGEST_QUEUE = 200


class Asked(BaseModel):
    """A question of theirs, the case it became, if it did, and where its thread is."""

    model_config = ConfigDict(frozen=True)

    said: Said
    case: Case | None = None
    address: str = ""


class Content(BaseModel):
    """A Home tab. `queue` is None for whoever is no officer; `note` says how what they just did there went."""

    model_config = ConfigDict(frozen=True)

    language: str
    questions: tuple[Asked, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    queue: tuple[Case, ...] | None = None
    waiting: int = 0
    note: str = ""


class Gathering:
    """Finds what belongs on somebody's Home tab."""

    def __init__(self, desk: Desk, replies: Replies, strategies: Strategies) -> None:
        self._desk = desk
        self._replies = replies
        self._strategies = strategies

    async def gather(self, workspace: str, user: str, who: Colleague, team_url: str) -> Content:
        """Their questions, the strategies, and for officers the open cases."""
        everything = Content(
            language=who.language,
            questions=tuple(await self._questions(workspace, user, team_url)),
            strategies=tuple(await self._strategies.all()),
        )
        if who.officer is None:
            return everything
        cases = _in_turn(await self._desk.list(OPEN, _LONGEST_QUEUE))
        return everything.model_copy(update={"queue": tuple(cases[:MOST_CASES]), "waiting": len(cases)})

    async def _questions(self, workspace: str, user: str, team_url: str) -> Sequence[Asked]:
        replies = await self._replies.of_asker(workspace, user, _LOOKED_AT)
        said = [each for each in replies if each.question.text and each.reply.status in _QUESTIONS][:MOST_QUESTIONS]
        cases = await self._desk.of_replies([each.reply.id for each in said])
        return [Asked(said=each, case=cases.get(each.reply.id), address=_thread(team_url, each)) for each in said]


_QUESTIONS = frozenset({Status.ANSWERED, Status.ABSTAINED})


def _thread(team_url: str, said: Said) -> str:
    place = said.question.place
    if not team_url or not place.thread:
        return ""
    return f"{team_url.rstrip('/')}/archives/{place.channel}/p{place.thread.replace('.', '')}"


def _in_turn(cases: Sequence[Case]) -> list[Case]:
    """What nobody has taken comes first, and of that what has waited longest; then what is being worked on."""
    return sorted(cases, key=lambda case: (case.state is not CaseState.FORWARDED, case.number))
