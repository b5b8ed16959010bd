"""All that is kept of somebody who has asked, table by table."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import feedbacks, replies
from bot.database import Base
from bot.desk.audit import AuditRow
from bot.desk.outbox_table import OutboxRow
from bot.desk.outcomes import OutcomeRow
from bot.desk.tables import CaseRow, EventRow
from bot.handlers.slack import PLATFORM as SLACK
from bot.handlers.slack import channels as slack_channels
from bot.handlers.slack import known as slack_known
from bot.handlers.slack.replies import feedbacks as slack_feedbacks
from bot.handlers.teams import PLATFORM as TEAMS
from bot.handlers.teams import store as teams
from bot.handlers.web import PLATFORM as WEB
from bot.handlers.web import store as web
from bot.privacy.person import REPLIES, Person
from bot.privacy.posted import PostRow, Theirs, is_card, names, posts_of

FEEDBACK: dict[str, type[feedbacks.FeedbackRow]] = {SLACK: slack_feedbacks.FeedbackRow, TEAMS: teams.FeedbackRow}

_PERSONAL = frozenset({"id", "user", "asker", "person", "visitor", "member"})
"""The fields of a delivery that name people."""
_SHORTEST = 4
"""Characters: a shorter text is nobody's in particular."""
_TELLING = 15
"""Characters: a text of so many is somebody's own, wherever it is repeated."""
_MANY = 500


@dataclasses.dataclass
class Traces:
    """What is kept of a person: rows, as they stand."""

    cases: Sequence[CaseRow] = ()
    events: Sequence[EventRow] = ()
    messages: Sequence[web.MessageRow] = ()
    """What they wrote on the web, and the replies they got."""
    letters: Sequence[web.MessageRow] = ()
    """What officers wrote to them on the web."""
    replies: Sequence[replies.ReplyRow] = ()
    feedback: Sequence[Base] = ()
    posts: Sequence[PostRow] = ()
    """Messages of the bot's that were for them or about their cases: which, not what stands in them."""
    cards: Sequence[PostRow] = ()
    """Messages of the bot's that show their cases to officers."""
    known: Sequence[Base] = ()
    """What a platform has said of them and of their conversation with the bot."""
    settings: Sequence[slack_channels.ChannelRow] = ()
    """Channels that they have set."""
    deliveries: Sequence[OutboxRow] = ()
    outcomes: Sequence[OutcomeRow] = ()
    audit: Sequence[AuditRow] = ()

    @property
    def texts(self) -> frozenset[str]:
        """What they wrote, and what officers wrote to them."""
        found = [row.text for row in (*self.messages, *self.letters)]
        found += [row.question.get("text") or "" for row in self.replies]
        for case in self.cases:
            asked: dict[str, Any] = case.request
            found += [asked["question"], asked.get("original") or "", case.answer or "", case.asked or ""]
        found += [event.text for event in self.events]
        return frozenset(text for text in found if len(text) >= _SHORTEST)


async def traces(session: AsyncSession, person: Person) -> Traces:
    """What is kept of the person."""
    found = Traces()
    found.cases = (await session.scalars(select(CaseRow).where(CaseRow.asker == person.key))).all()
    numbers = [case.number for case in found.cases]
    events = select(EventRow).where(EventRow.case_number.in_(numbers))
    found.events = (await session.scalars(events.order_by(EventRow.case_number, EventRow.version))).all()
    about = [f"case:{case.id}" for case in found.cases]
    entries = select(AuditRow).where(AuditRow.actor_id == person.id, AuditRow.about.in_(about))
    found.audit = (await session.scalars(entries.order_by(AuditRow.seq))).all()
    await (_on_web if person.platform == WEB else _on_platform)(session, person, found)
    await _find_posts(session, person, found)
    found.deliveries = [row async for row in _deliveries(session, person, found)]
    return found


async def _on_web(session: AsyncSession, person: Person, found: Traces) -> None:
    row = web.MessageRow
    theirs = select(row).where(row.person["id"].as_string() == person.id, row.kind != "answer")
    found.messages = (await session.scalars(theirs.order_by(row.channel, row.position))).all()
    asked = [each.id for each in found.messages if each.kind != "reply"]
    letters = select(row).where(row.kind == "answer", row.question.in_(asked))
    found.letters = (await session.scalars(letters.order_by(row.position))).all()
    thought = select(web.FeedbackRow).where(web.FeedbackRow.visitor == person.id)
    found.feedback = (await session.scalars(thought)).all()


async def _on_platform(session: AsyncSession, person: Person, found: Traces) -> None:
    table, thought = REPLIES[person.platform], FEEDBACK[person.platform]
    rows = await session.scalars(select(table).where(table.asker == person.id).order_by(table.created))
    found.replies = rows.all()
    found.feedback = (await session.scalars(select(thought).where(thought.person == person.id))).all()
    alone = _alone(found)
    if person.platform == SLACK:
        facts = slack_known.KnownRow
        found.known = (await session.scalars(select(facts).where(facts.id.in_({person.id, *alone})))).all()
        settings = select(slack_channels.ChannelRow).where(slack_channels.ChannelRow.changed_by == person.id)
        found.settings = (await session.scalars(settings)).all()
    else:
        found.known = (await session.scalars(select(teams.RoomRow).where(teams.RoomRow.channel.in_(alone)))).all()
    counted = and_(OutcomeRow.platform == person.platform, OutcomeRow.key.contains(person.id, autoescape=True))
    outcomes = await session.scalars(select(OutcomeRow).where(counted))
    found.outcomes = [row for row in outcomes if names(row.key, person.id)]


def _alone(found: Traces) -> set[str]:
    """The channels in which they are alone with the bot."""
    places = [row.question["place"] for row in found.replies] + [case.request["place"] for case in found.cases]
    return {place["channel"] for place in places if place.get("private")}


async def _find_posts(session: AsyncSession, person: Person, found: Traces) -> None:
    theirs = Theirs(
        platform=person.platform,
        id=person.id,
        owed={row.key for row in found.replies},
        alone=_alone(found),
        ids=frozenset({row.id for row in found.replies}).union(*((each.id, each.reply_id) for each in found.cases)),
        refs={event.ref for event in found.events if event.ref and event.actor_id == person.id},
    )
    posts = await posts_of(session, theirs)
    found.posts = [row for row in posts if not is_card(row)]
    found.cards = [row for row in posts if is_card(row)]


async def _deliveries(session: AsyncSession, person: Person, found: Traces) -> Any:
    """The deliveries that name the person, or one of their cases, messages or replies."""
    about = {case.id for case in found.cases} | {case.reply_id for case in found.cases}
    about |= {row.id for row in found.messages} | {row.id for row in found.replies}
    after = 0
    while rows := (
        await session.scalars(select(OutboxRow).where(OutboxRow.id > after).order_by(OutboxRow.id).limit(_MANY))
    ).all():
        after = rows[-1].id
        for row in rows:
            ours = row.platform == person.platform and _names_person(row, person)
            # Not by what stands in it: others write the same words, and are owed their replies.
            if ours or any(value in about for value in _strings(row.payload)):
                yield row


def _names_person(row: OutboxRow, person: Person) -> bool:
    if person.platform != WEB and (names(row.key, person.id) or names(row.lane or "", person.id)):
        return True
    return any(value == person.id for value in _strings(row.payload, only=_PERSONAL))


def _strings(value: object, only: Collection[str] = (), field: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _strings(each, only, name)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each, only, field)
    elif isinstance(value, str) and (not only or field in only):
        yield value


def holds(value: object, texts: Collection[str]) -> bool:
    """Does it hold one of the texts, at whatever depth? A short one, which may be in anybody's mouth, only where it is
    all that is said there."""
    said = [each for each in _strings(value) if len(each) >= _SHORTEST]
    return any(text in each if len(text) >= _TELLING else _says(each, text) for each in said for text in texts)


def _says(line: str, text: str) -> bool:
    return line == text or line.endswith(f": {text}")
