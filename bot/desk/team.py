"""A team of case officers as teams.toml writes it: who they are, when they work and what they answer."""

from __future__ import annotations

import datetime as dt
import functools
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from bot.desk.calendar import DAYS, Calendar, Hours
from bot.desk.case import Officer
from bot.desk.deadlines import Terms
from knowledge.references import law_key

_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_SPAN = re.compile(rf"\s*({_TIME})\s*[-–]\s*({_TIME}|24:00)\s*")
_WORD = re.compile(r"\*?\w[\w-]*\w\*?(?: \w[\w-]*\*?)*")
_ORDINARY = Terms()


def _days(written: object) -> tuple[str, ...]:
    first, _, last = str(written).partition("-")
    if first not in DAYS or (last or first) not in DAYS[DAYS.index(first) :]:
        raise PydanticCustomError("days", "is no day; write mon, tue, wed, thu, fri, sat, sun, or several as mon-thu")
    return DAYS[DAYS.index(first) : DAYS.index(last or first) + 1]


def _hours(written: object) -> Hours:
    matches = [_SPAN.fullmatch(span) for span in written.split(",")] if isinstance(written, str) else [None]
    spans = [(match[1], match[2]) for match in matches if match]
    if len(spans) < len(matches):
        raise PydanticCustomError("hours", 'are no hours; write "08:00-15:30", or "08:00-11:30, 12:00-15:30"')
    edges = [edge for span in spans for edge in span]
    if edges != sorted(edges) or any(begin == end for begin, end in spans):
        raise PydanticCustomError("hours", "are not in order; begin with the earliest, and write midnight as 24:00")
    return tuple((dt.time.fromisoformat(begin), dt.time.fromisoformat(end.replace("24", "00"))) for begin, end in spans)


def _closed(written: str) -> str:
    # Of a day of every year, the year is one that has them all.
    day = f"2024-{written}" if len(written) == len("12-24") else written
    try:
        if dt.date.fromisoformat(day).isoformat() == day:
            return written
    except ValueError:
        pass
    raise PydanticCustomError("closed", 'is no date; write "12-24" for every year, or "2026-05-15" for one')


def _word(written: str) -> str:
    if not _WORD.fullmatch(written):
        raise PydanticCustomError(
            "word", "is no word to look for; write it plainly, with * for what may follow: skjenk*"
        )
    return written.casefold()


def _law(written: str) -> str:
    return law_key(written, "").removeprefix("law:").rstrip("/")


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Days = Annotated[tuple[str, ...], BeforeValidator(_days)]
OpeningHours = Annotated[Hours, BeforeValidator(_hours)]
Closed = Annotated[str, AfterValidator(_closed)]
WorkingDays = Annotated[float, Field(gt=0, le=250, strict=True)]
Language = Literal["nb", "nn", "en"]
Strategy = Annotated[str, StringConstraints(pattern=r"^(?:[a-z0-9-]+/)?[A-Z]\d{1,2}$")]
Word = Annotated[Text, AfterValidator(_word)]
Law = Annotated[Text, AfterValidator(_law)]
Channel = Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]+$")]
TeamsChannel = Annotated[str, StringConstraints(pattern=r"^19:[\w.-]+@thread\.[a-z0-9]+$")]


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Person(_Written):
    """Somebody by the id that the desk knows them by: "slack:U…", "teams:" and their object id, or the `sub` of who
    signs in to the web view."""

    id: Text
    name: Text

    @property
    def officer(self) -> Officer:
        """The person as the desk knows them."""
        return Officer(id=self.id, name=self.name)


class Leader(Person):
    """Who hears what is late. `web` is the `sub` of a leader whose `id` is Slack's and who signs in to the web view."""

    web: Text | None = None


class Member(Person):
    """An officer of the team. `substitute` is the member who takes over when this one is away."""

    substitute: Text | None = None


class Topic(_Written):
    """What a team answers: questions that lead to these laws, strategies or documents, or that hold these words.

    `laws` are as references to them are keyed ("alkoholloven"), `sources` ids of documents or globs over them, `words`
    are case-folded, with * for any letters.
    """

    name: Text
    laws: tuple[Law, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    sources: tuple[Text, ...] = ()
    words: tuple[Word, ...] = ()

    @model_validator(mode="after")
    def _leads_here(self) -> Self:
        if not (self.laws or self.strategies or self.sources or self.words):
            raise PydanticCustomError("senseless", "leads no question here; add laws, strategies, sources or words")
        return self


class Team(_Written):
    """A team. Without `hours` it works office hours; what is said of days is in its own working days.

    `slack_channel` and `teams_channel` are where its cases are announced in Slack and in Microsoft Teams, the people of
    the OIDC group `group` are its officers besides its members, and `leader` hears what is late.
    """

    id: Id
    name: Text
    default: Annotated[bool, Field(strict=True)] = False
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("nb", "nn", "en")
    hours: dict[Days, OpeningHours] | None = None
    closed: tuple[Closed, ...] = ()
    reply_days: WorkingDays = _ORDINARY.reply
    answer_days: WorkingDays = _ORDINARY.answer
    reminder_days: WorkingDays = _ORDINARY.reminder
    leader: Leader | None = None
    members: tuple[Member, ...] = Field(default=(), alias="member")
    slack_channel: Channel | None = None
    teams_channel: TeamsChannel | None = None
    group: Text | None = None
    topics: tuple[Topic, ...] = Field(default=(), alias="topic")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        days = [day for days in self.hours or () for day in days]
        if self.hours is not None and not days:
            raise PydanticCustomError(
                "senseless", "has no days in 'hours'; write some, or leave it out for office hours"
            )
        if twice := sorted({day for day in days if days.count(day) > 1}):
            raise PydanticCustomError("senseless", "says {days} twice in 'hours'; keep one", {"days": ", ".join(twice)})
        if not self.reminder_days < self.reply_days <= self.answer_days:
            raise PydanticCustomError("senseless", "needs reminder_days below reply_days, and answer_days not below it")
        return self

    @functools.cached_property
    def terms(self) -> Terms:
        """What the team promises."""
        closed = frozenset(self.closed)
        week = {day: hours for days, hours in (self.hours or {}).items() for day in days}
        return Terms(
            calendar=Calendar.of(week, closed) if week else Calendar(closed=closed),
            reply=self.reply_days,
            answer=self.answer_days,
            reminder=self.reminder_days,
        )

    def is_led_by(self, id_: str) -> bool:
        """Is the leader somebody of that id, in Slack or on the web?"""
        return self.leader is not None and id_ in {self.leader.id, self.leader.web}

    @property
    def named(self) -> frozenset[str]:
        """The ids of everybody whom the list of teams names in it."""
        led = filter(None, [self.leader.id, self.leader.web]) if self.leader else ()
        return frozenset({*(member.id for member in self.members), *led})

    @property
    def officers(self) -> tuple[Officer, ...]:
        """The members as the desk knows them."""
        return tuple(member.officer for member in self.members)
