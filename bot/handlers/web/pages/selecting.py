"""Which cases an officer looks at, as the address of the queue says it. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict

from bot.desk.case import OPEN, CaseState, Officer
from bot.desk.desk import clean
from bot.desk.finding import CaseFilter
from bot.handlers.web.pages.requests import number

STATES: Mapping[str, frozenset[CaseState]] = {
    "apne": OPEN,
    "ventende": frozenset({CaseState.FORWARDED}),
    "tatt": frozenset({CaseState.CLAIMED, CaseState.ASKED}),
    "besvarte": frozenset({CaseState.ANSWERED}),
    "sammen": frozenset({CaseState.MERGED}),
    "avsluttede": frozenset({CaseState.CLOSED, CaseState.WITHDRAWN}),
    "alle": frozenset(CaseState),
}
STANDING_IN, ESCALATED = "vikar", "til-deg"
ONLY = ("mine", "ledige", "sene", "folger", "ikke-var", STANDING_IN, ESCALATED)
"""What can be asked for besides: mine, nobody's, late, watched, what belongs elsewhere, those of whoever one stands in
for, and the late ones that a team's leader has yet to see."""

_LABEL = re.compile(r"[Mm]-\d+")


class Chooser(BaseModel):
    """The officer who chooses, with the ids of the teams that they lead and of those whom they stand in for now."""

    model_config = ConfigDict(frozen=True)

    officer: Officer
    leads: frozenset[str] = frozenset()
    stands_in_for: frozenset[str] = frozenset()

    @property
    def choices(self) -> tuple[str, ...]:
        """What of ONLY can be something to them."""
        beside = {STANDING_IN: self.stands_in_for, ESCALATED: self.leads}
        return tuple(name for name in ONLY if beside.get(name, True))


class Selection(BaseModel):
    """What is chosen; empty fields choose everything. `before` is the number that the page ends at."""

    model_config = ConfigDict(frozen=True)

    vis: str = "apne"
    bare: str = ""
    team: str = ""
    tema: str = ""
    q: str = ""
    before: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self | None:
        """What the address says; None where it says something that can't be chosen."""
        vis, bare = query.get("vis", "apne"), query.get("bare", "")
        if vis not in STATES or bare not in {"", *ONLY}:
            return None
        words = {name: clean(query.get(name, ""))[:200] for name in ("team", "tema", "q")}
        return cls(vis=vis, bare=bare, before=number(query.get("for", "")), **words)

    def cases(self, chooser: Chooser, moment: dt.datetime) -> CaseFilter:
        """The cases that are chosen, for that officer at that moment."""
        officer, escalated = chooser.officer, self.bare == ESCALATED
        return CaseFilter(
            states=STATES[self.vis],
            team=self.team or None,
            topic=self.tema or None,
            officer=officer.id if self.bare == "mine" else "" if self.bare == "ledige" else None,
            watcher=officer.id if self.bare == "folger" else None,
            late=moment if self.bare == "sene" or escalated else None,
            officers=chooser.stands_in_for if self.bare == STANDING_IN else None,
            led=chooser.leads if escalated else None,
            unseen_by=officer.id if escalated else None,
            not_ours=self.bare == "ikke-var",
            words=self.q,
        )

    def but(self, **changes: str | int | None) -> Selection:
        """The selection with something else chosen, from its first page on."""
        return self.model_copy(update={"before": None, **changes})

    @property
    def address(self) -> str:
        """Where the queue shows it."""
        chosen = self.model_dump(exclude_defaults=True, exclude_none=True)
        if "before" in chosen:
            chosen["for"] = chosen.pop("before")
        return f"/saker?{urlencode(chosen)}" if chosen else "/saker"

    @property
    def label(self) -> str:
        """What the case is called that is sought by its number; empty where words are sought."""
        return self.q if _LABEL.fullmatch(self.q) else ""

    @property
    def narrowed(self) -> bool:
        """Is anything chosen besides how far the cases have come?"""
        return any((self.bare, self.team, self.tema, self.q))
