"""Cases in a sentence, for whoever asked. The same words on every platform. Pure."""

from __future__ import annotations

from bot.desk.case import Case, CaseState, Move
from bot.desk.notices import RESUMED, CaseNotice
from bot.people import Place
from bot.texts import Texts

NEWS = {
    "case.claimed": "desk.case.claimed",
    "case.reassigned": "desk.case.reassigned",
    "case.merged": "desk.case.merged",
    "case.closed": "desk.case.closed",
    "case.reopened": "desk.case.reopened",
    "case.escalated": "desk.case.escalated",
    "case.nudged": "desk.case.nudged",
    RESUMED: "desk.case.resumed",
}
"""What the asker is told of the case, by the kind of the delivery."""

DATED = {Move.REOPENED: "desk.case.reopened.due", Move.FOLLOWED_UP: "desk.case.resumed.due"}
"""What the asker is told where it is known by when to expect something."""

_STANDINGS = {
    CaseState.FORWARDED: "waiting",
    CaseState.CLAIMED: "taken",
    CaseState.ASKED: "asked",
    CaseState.ANSWERED: "answered",
    CaseState.MERGED: "merged",
    CaseState.WITHDRAWN: "withdrawn",
}
"""How the asker is told that a case stands; in all other states nothing more comes of it."""


_ELSEWHERE = {"slack": "Slack", "teams": "Microsoft Teams"}


def whereabouts(place: Place) -> str:
    """Where something was asked, for officers on another platform: of a chat, which; of the web, the channel's name."""
    return _ELSEWHERE.get(place.platform, place.channel)


def readers(place: Place, name: str, texts: Texts, language: str, channel: str = "") -> str:
    """Who will read what is put in the asker's thread, for officers. `channel` is what the channel is called, where
    that is known."""
    if place.private:
        return texts(language, "desk.casework.shown.private", name=name)
    if place.platform in _ELSEWHERE:
        return texts(language, "desk.casework.shown.channel", channel=channel or whereabouts(place))
    return texts(language, "desk.casework.shown.web", channel=place.channel)


def standing(case: Case, texts: Texts) -> str:
    """That a question has been sent to the officers, and how its case stands."""
    name = case.officer.name if case.officer else ""
    now = texts(case.language, f"desk.case.forward.again.{_STANDINGS.get(case.state, 'over')}", name=name)
    return f"{texts(case.language, 'desk.case.forward.again', case=case.label)} {now}"


def watched(notice: CaseNotice, team: str, texts: Texts, language: str) -> tuple[str, str]:
    """What somebody who watches a case is told: which case it is, and what happened. What was written stands in the
    case only: it may have been asked in private. `team` is the name of the case's team."""
    happened = texts(
        language,
        f"desk.move.{notice.move}",
        name=notice.actor.name if notice.actor else "",
        to=notice.officer.name if notice.officer else "",
        team=team,
        into=notice.into,
    )
    return texts(language, "desk.watched", case=notice.label), happened
