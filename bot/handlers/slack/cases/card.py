"""A case as the officers see it in their channel: one message that always says how the case stands. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from babel.dates import format_date
from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import Block, ContextBlock

from bot.citing import sources
from bot.desk.case import OPEN, Case, CaseState, Officer
from bot.desk.team import Team
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import FALLBACK, Message, bold, markup, sections
from bot.handlers.slack.cases.buttons import buttons
from bot.handlers.slack.cases.officers import user_of
from bot.handlers.slack.cases.quoting import quotation
from bot.handlers.slack.moments import dated
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.people import Place
from bot.texts import LOCALES, Texts

_QUESTION = 2_000
_NAME = 100
_NAMES = 300
_HOLE = "\0"


class Around(BaseModel):
    """What there is to say of a case that isn't the case's own: the label of the case that it was merged into, the
    number of those that were merged into it, and the name of its team, where there are several. `away` is the last day
    that the officer who has it is away, and `substitute` the id of who works for them."""

    model_config = ConfigDict(frozen=True)

    into: str = ""
    merged: int = 0
    team: str = ""
    away: dt.date | None = None
    substitute: str = ""


NOTHING = Around()


def card(case: Case, address: str, texts: Texts, language: str, now: dt.datetime, around: Around = NOTHING) -> Message:
    """The case with what can be done to it now.

    Who is in the officers' channel is for Slack to know, so of a confidential case it isn't told who asks what where.
    """
    parts = [case.label, texts(language, f"desk.state.{case.state}"), around.into, _officer(case)]
    heading = " · ".join(filter(None, parts))
    question = "" if case.confidential else case.question
    blocks: list[Block] = [*sections([bold(heading), quotation(question, _QUESTION)])]
    blocks.append(ContextBlock(elements=[markup("\n".join(_particulars(case, around, texts, language, now)))]))
    blocks.append(buttons(case, address, texts, language))
    blocks += sections([link(address, escape(texts(language, "slack.case.open")))])
    return Message(clip(f"{heading}: {question}" if question else heading, FALLBACK), tuple(blocks))


def gone(case: Case, address: str, team: Team, texts: Texts, language: str) -> Message:
    """What is left of the case in the channel of a team that had it: which team has it now."""
    told = texts(language, "slack.casework.gone_to", case=case.label, team=team.name)
    way = link(address, escape(texts(language, "slack.case.open")))
    return Message(clip(told, FALLBACK), tuple(sections([bold(told), way])))


def asker_of(case: Case) -> str:
    """What the asker is called: of a name that is none, the beginning."""
    return case.asker.name[:_NAME]


def where(place: Place, name: str, texts: Texts, language: str) -> str:
    """Who will read what is put in the asker's thread, for officers, in Slack's markup."""
    readers = _readers(place, name, texts, language)
    return f"{readers} {bold(texts(language, 'slack.casework.shown.outsiders'))}" if place.outsiders else readers


def _readers(place: Place, name: str, texts: Texts, language: str) -> str:
    if place.private:
        return escape(texts(language, "slack.casework.shown.private", name=name))
    if place.platform == PLATFORM:
        told = escape(texts(language, "slack.casework.shown.channel", channel=_HOLE))
        return told.replace(_HOLE, f"<#{place.channel}>")
    return escape(texts(language, "slack.casework.shown.web", channel=place.channel))


def _particulars(case: Case, around: Around, texts: Texts, language: str, now: dt.datetime) -> Iterable[str]:
    dates = [dated(texts, language, "slack.casework.opened", case.opened)]
    if case.claimed and case.state in {CaseState.CLAIMED, CaseState.ASKED}:
        dates.append(dated(texts, language, "slack.casework.claimed", case.claimed))
    yield " · ".join([*dates, *deadline(case, texts, language, now)])
    yield from _noted(case, around, texts, language)
    if case.confidential:
        yield escape(texts(language, "slack.casework.confidential"))
        return
    yield _asked_by(case, texts, language)
    found = sources(case.citations)
    yield escape(texts(language, "slack.casework.sources", count=len(found)))


def deadline(case: Case, texts: Texts, language: str, now: dt.datetime) -> list[str]:
    """By when officers are to write, in Slack's markup: nothing where they aren't."""
    if case.paused and case.state in OPEN:
        return [escape(texts(language, "slack.casework.paused"))]
    if case.due is None:
        return []
    key = "slack.casework.due.answer" if case.replied else "slack.casework.due.reply"
    late = [bold(texts(language, "slack.casework.late"))] if case.is_late(now) else []
    return [dated(texts, language, key, case.due), *late]


def _noted(case: Case, around: Around, texts: Texts, language: str) -> Iterable[str]:
    if around.team:
        yield clip(" · ".join(filter(None, [around.team, case.topic])), _NAMES)
    if case.officer and around.away:
        day = format_date(around.away, "long", locale=LOCALES[language])
        yield bold(texts(language, "slack.casework.away", name=case.officer.name[:_NAME], day=day)) + _mention(around)
    if case.not_ours:
        yield bold(texts(language, "slack.casework.not_ours"))
    if around.merged:
        yield escape(texts(language, "slack.casework.merged_into_it", count=around.merged))
    if case.helped:
        yield escape(texts(language, "slack.casework.helped"))
    if case.watchers:
        names = clip(", ".join(watcher.name for watcher in case.watchers), _NAMES)
        yield escape(texts(language, "slack.casework.watched", names=_HOLE)).replace(_HOLE, names)


def _mention(around: Around) -> str:
    user = user_of(Officer(id=around.substitute, name="")) if around.substitute else ""
    return f" → <@{user}>" if user else ""


def _officer(case: Case) -> str:
    return case.officer.name if case.officer and case.state is not CaseState.MERGED else ""


def _asked_by(case: Case, texts: Texts, language: str) -> str:
    name = escape(asker_of(case))
    channel = f"<#{case.place.channel}>" if case.place.platform == PLATFORM else escape(case.place.channel)
    told = escape(texts(language, "slack.casework.asked_by", name=f"{_HOLE}n", channel=f"{_HOLE}c"))
    return told.replace(f"{_HOLE}n", name).replace(f"{_HOLE}c", channel)
