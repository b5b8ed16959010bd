"""A span of time that figures and exports are of."""

from __future__ import annotations

import datetime as dt

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.orm import InstrumentedAttribute


class Span(BaseModel):
    """From `since` on, and before `until`; what is not said has no bound."""

    model_config = ConfigDict(frozen=True)

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    def holds(self, moment: InstrumentedAttribute[dt.datetime]) -> ColumnElement[bool]:
        """The condition that the column's moment lies in it."""
        since = moment >= self.since if self.since else true()
        until = moment < self.until if self.until else true()
        return and_(since, until)
