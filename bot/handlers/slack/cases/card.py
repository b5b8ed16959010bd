"""A case as the officers see it in their channel: one message that always says how the case stands. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from babel.dates import format_date
from slack_sdk.models.blocks import Block, ContextBlock

from bot.citing import sources
from bot.desk.case import OPEN, Case, CaseState, Officer
from bot.desk.describing_cases import readers, whereabouts
from bot.desk.noting import asker_of
from bot.desk.surroundings import NOTHING, Around
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
    blocks += sections([link(address, escape(texts(language, "desk.case.open")))])
    return Message(clip(f"{heading}: {question}" if question else heading, FALLBACK), tuple(blocks))


def gone(case: Case, address: str, team: Team, texts: Texts, language: str) -> Message:
    """What is left of the case in the channel of a team that had it: which team has it now."""
    told = texts(language, "desk.casework.gone_to", case=case.label, team=team.name)
    way = link(address, escape(texts(language, "desk.case.open")))
    return Message(clip(told, FALLBACK), tuple(sections([bold(told), way])))


def where(place: Place, name: str, texts: Texts, language: str) -> str:
    """Who will read what is put in the asker's thread, for officers, in Slack's markup."""
    readers = _readers(place, name, texts, language)
    return f"{readers} {bold(texts(language, 'desk.casework.shown.outsiders'))}" if place.outsiders else readers


def _readers(place: Place, name: str, texts: Texts, language: str) -> str:
    told = escape(readers(place, name, texts, language, _HOLE if place.platform == PLATFORM else ""))
    return told.replace(_HOLE, f"<#{place.channel}>")


def _particulars(case: Case, around: Around, texts: Texts, language: str, now: dt.datetime) -> Iterable[str]:
    dates = [dated(texts, language, "desk.case.card.opened", case.opened)]
    if case.claimed and case.state in {CaseState.CLAIMED, CaseState.ASKED}:
        dates.append(dated(texts, language, "desk.case.card.claimed", case.claimed))
    yield " · ".join([*dates, *deadline(case, texts, language, now)])
    yield from _noted(case, around, texts, language)
    if case.confidential:
        yield escape(texts(language, "desk.case.card.confidential"))
        return
    yield _asked_by(case, texts, language)
    found = sources(case.citations)
    yield escape(texts(language, "desk.case.card.sources", count=len(found)))


def deadline(case: Case, texts: Texts, language: str, now: dt.datetime) -> list[str]:
    """By when officers are to write, in Slack's markup: nothing where they aren't."""
    if case.paused and case.state in OPEN:
        return [escape(texts(language, "desk.case.card.paused"))]
    if case.due is None:
        return []
    key = "desk.case.card.due.answer" if case.replied else "desk.case.card.due.reply"
    late = [bold(texts(language, "desk.case.card.late"))] if case.is_late(now) else []
    return [dated(texts, language, key, case.due), *late]


def _noted(case: Case, around: Around, texts: Texts, language: str) -> Iterable[str]:
    if around.team:
        yield clip(" · ".join(filter(None, [around.team, case.topic])), _NAMES)
    if case.officer and around.away:
        day = format_date(around.away, "long", locale=LOCALES[language])
        yield bold(texts(language, "desk.casework.away", name=case.officer.name[:_NAME], day=day)) + _mention(around)
    if case.not_ours:
        yield bold(texts(language, "desk.case.card.not_ours"))
    if around.merged:
        yield escape(texts(language, "desk.casework.merged_into_it", count=around.merged))
    if case.helped:
        yield escape(texts(language, "desk.casework.helped"))
    if case.watchers:
        names = clip(", ".join(watcher.name for watcher in case.watchers), _NAMES)
        yield escape(texts(language, "desk.casework.watched", names=_HOLE)).replace(_HOLE, names)


def _mention(around: Around) -> str:
    user = user_of(Officer(id=around.substitute, name="")) if around.substitute else ""
    return f" → <@{user}>" if user else ""


def _officer(case: Case) -> str:
    return case.officer.name if case.officer and case.state is not CaseState.MERGED else ""


def _asked_by(case: Case, texts: Texts, language: str) -> str:
    name = escape(asker_of(case))
    channel = f"<#{case.place.channel}>" if case.place.platform == PLATFORM else escape(whereabouts(case.place))
    told = escape(texts(language, "desk.case.card.asked_by", name=f"{_HOLE}n", channel=f"{_HOLE}c"))
    return told.replace(f"{_HOLE}n", name).replace(f"{_HOLE}c", channel)
