"""When an officer's first word and the final answer are due, and when to remind of them. Pure; time is injected."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field

from bot.desk.calendar import Calendar


class Terms(BaseModel):
    """What a team promises, in its own working days.

    `reply` is how long until an officer's first word, `answer` until the final answer, and `reminder` how long before
    either somebody is reminded.
    """

    model_config = ConfigDict(frozen=True)

    calendar: Calendar = Calendar()
    reply: float = Field(default=1, gt=0)
    answer: float = Field(default=5, gt=0)
    reminder: float = Field(default=0.25, ge=0)

    def reply_due(self, opened: dt.datetime) -> dt.datetime:
        """When the first word of an officer is due, in UTC."""
        return self.calendar.after(opened, self.reply)

    def answer_due(self, opened: dt.datetime) -> dt.datetime:
        """When the final answer is due, in UTC."""
        return self.calendar.after(opened, self.answer)

    def remind_at(self, due: dt.datetime) -> dt.datetime:
        """When to remind of what is due then, in UTC."""
        return self.calendar.before(due, self.reminder)

    def resumed(self, due: dt.datetime, paused: dt.datetime, now: dt.datetime) -> dt.datetime:
        """The deadline once the clock goes on now: as much working time is left as when it was paused.

        What was late already stays due when it was.
        """
        return self.calendar.after(now, self.calendar.between(paused, due)) if paused < due else due
