"""How often something may happen: the generic cell rate algorithm (GCRA), which keeps one number for each key. Pure.

That number is the moment at which all that was let in would have come, had it come evenly. So many may come at once as
a rate allows in a minute; from then on one each time that the rate divides the minute into.
"""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

PERIOD = 60_000_000
"""A minute. Moments and spans are whole microseconds here, which add up exactly."""


class Scope(enum.StrEnum):
    """Whom a limit is about. `EVERYBODY`: too many questions wait already, whoever asked them."""

    ASKER = "asker"
    PLACE = "place"
    TENANT = "tenant"
    EVERYBODY = "everybody"


class Counted(BaseModel):
    """Whom something counts for: who asks, the channel (on the web: the address) that it comes from, and the Slack
    workspace, tenant of Teams' or web that this is in. Each names itself among all of its kind; an empty one counts
    for nobody."""

    model_config = ConfigDict(frozen=True)

    asker: str = ""
    place: str = ""
    tenant: str = ""

    @property
    def scopes(self) -> Mapping[Scope, str]:
        """Those that are named."""
        named = {Scope.ASKER: self.asker, Scope.PLACE: self.place, Scope.TENANT: self.tenant}
        return {scope: name for scope, name in named.items() if name}


@dataclasses.dataclass(frozen=True)
class Limited:
    """It is too much for that scope; whole `seconds` until it may be tried again."""

    scope: Scope
    seconds: int


@dataclasses.dataclass(frozen=True)
class Rates:
    """How often each may, a minute. 0: as often as they like."""

    asker: int = 0
    place: int = 0
    tenant: int = 0

    def of(self, scope: Scope) -> int:
        """The rate of that scope."""
        return {Scope.ASKER: self.asker, Scope.PLACE: self.place, Scope.TENANT: self.tenant}.get(scope, 0)


def take(due: int, moment: int, rate: int) -> tuple[int, int]:
    """One more at that moment, where what came before is `due` by then: what is due with it, and 0; or, where it is
    too much, the `due` there was and the microseconds until it is not."""
    interval = PERIOD // rate
    whole = interval * rate
    # Where the clock was put back, or the rate made smaller, nobody waits for longer than they ever could.
    before = min(max(due, moment), moment + whole)
    after = before + interval
    wait = after - moment - whole
    return (before, wait) if wait > 0 else (after, 0)


def take_all(
    dues: Mapping[str, int], wanted: Sequence[Mapping[str, tuple[Scope, int]]], moment: int
) -> tuple[dict[str, int], list[Limited | None]]:
    """What is due after all of `wanted` have come, each of which counts for keys with their scopes and rates, and for
    each None, or what it is too much for. What is too much for one of its keys counts for none of them."""
    after = dict(dues)
    found: list[Limited | None] = []
    for each in wanted:
        taken = {key: take(after.get(key, 0), moment, rate) for key, (_, rate) in each.items()}
        longest = max(taken, key=lambda key: taken[key][1], default="")
        if longest and (wait := taken[longest][1]):
            found.append(Limited(each[longest][0], math.ceil(wait / 1_000_000)))
            continue
        after |= {key: due for key, (due, _) in taken.items()}
        found.append(None)
    return after, found
