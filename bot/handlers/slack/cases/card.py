"""A case as the officers see it in their channel: one message that always says how the case stands. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from babel.dates import format_datetime
from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ConfirmObject, ContextBlock, PlainTextObject

from bot.desk.case import OPEN, Case, CaseState
from bot.desk.deadlines import OSLO, awaited
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import FALLBACK, Message, bold, markup, sections
from bot.handlers.slack.cases.quoting import quotation
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.people import Place
from bot.texts import LOCALES, Texts

CLAIM = "claim"
RELEASE = "release"
ANSWER = "answer"
ASK_BACK = "ask_back"
REASSIGN = "reassign"
SEND_BACK = "send_back"
CLOSE = "close"
REOPEN = "reopen"
"""The action ids of the buttons; `slack.<id>` in the texts is what stands on them, and their value is the case's id."""

_QUESTION = 2_000
_NAME = 100
_HOLE = "\0"


def card(case: Case, address: str, texts: Texts, language: str, now: dt.datetime) -> Message:
    """The case with what can be done to it now.

    Who is in the officers' channel is for Slack to know, so of a confidential case it isn't told who asks what where.
    """
    heading = " · ".join([case.label, texts(language, f"desk.state.{case.state}"), *_officer(case)])
    question = "" if case.confidential else case.question
    blocks: list[Block] = [*sections([bold(heading), quotation(question, _QUESTION)])]
    blocks.append(ContextBlock(elements=[markup("\n".join(_particulars(case, texts, language, now)))]))
    blocks.append(_buttons(case, texts, language))
    blocks += sections([link(address, escape(texts(language, "slack.case.open")))])
    return Message(clip(f"{heading}: {question}" if question else heading, FALLBACK), tuple(blocks))


def asker_of(case: Case) -> str:
    """What the asker is called: of a name that is none, the beginning."""
    return case.asker.name[:_NAME]


def where(place: Place, name: str, texts: Texts, language: str) -> str:
    """Who will read what is put in the asker's thread, for officers, in Slack's markup."""
    readers = _readers(place, name, texts, language)
    return f"{readers} {bold(texts(language, 'slack.casework.shown.outsiders'))}" if place.outsiders else readers


def moment(at: dt.datetime, language: str) -> str:
    """A date and time as the reader's Slack words them, with our own words where it can't."""
    plain = format_datetime(at, "d. MMMM y HH:mm" if language != "en" else "d MMMM y HH:mm", OSLO, LOCALES[language])
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{escape(plain)}>"


def can_be_asked(case: Case) -> bool:
    """Does what the asker writes in the thread come to the case?"""
    return case.place.platform == PLATFORM


def _readers(place: Place, name: str, texts: Texts, language: str) -> str:
    if place.private:
        return escape(texts(language, "slack.casework.shown.private", name=name))
    if place.platform == PLATFORM:
        told = escape(texts(language, "slack.casework.shown.channel", channel=_HOLE))
        return told.replace(_HOLE, f"<#{place.channel}>")
    return escape(texts(language, "slack.casework.shown.web", channel=place.channel))


def _particulars(case: Case, texts: Texts, language: str, now: dt.datetime) -> Iterable[str]:
    def dated(key: str, at: dt.datetime) -> str:
        return escape(texts(language, key, moment=_HOLE)).replace(_HOLE, moment(at, language))

    dates = [dated("slack.casework.opened", case.opened)]
    if case.claimed and case.state in {CaseState.CLAIMED, CaseState.ASKED}:
        dates.append(dated("slack.casework.claimed", case.claimed))
    if deadline := awaited(case):
        late = f" · {bold(texts(language, 'slack.casework.late'))}" if now > deadline else ""
        dates.append(dated("slack.casework.due", deadline) + late)
    yield " · ".join(dates)
    if case.not_ours:
        yield bold(texts(language, "slack.casework.not_ours"))
    if case.confidential:
        yield escape(texts(language, "slack.casework.confidential"))
        return
    yield _asked_by(case, texts, language)
    sources = {claim.citation for claim in case.draft} | set(case.nearest)
    yield escape(texts(language, "slack.casework.sources", count=len(sources)))


def _asked_by(case: Case, texts: Texts, language: str) -> str:
    name = escape(asker_of(case))
    channel = f"<#{case.place.channel}>" if case.place.platform == PLATFORM else escape(case.place.channel)
    told = escape(texts(language, "slack.casework.asked_by", name=f"{_HOLE}n", channel=f"{_HOLE}c"))
    return told.replace(f"{_HOLE}n", name).replace(f"{_HOLE}c", channel)


def _buttons(case: Case, texts: Texts, language: str) -> ActionsBlock:
    return ActionsBlock(
        elements=[
            ButtonElement(
                text=PlainTextObject(text=texts(language, f"slack.{action}")),
                action_id=action,
                value=case.id,
                style="primary" if action in {CLAIM, ANSWER} and number == 0 else None,
                confirm=_confirm(case, texts, language) if action == CLOSE else None,
            )
            for number, action in enumerate(_allowed(case))
        ]
    )


def _allowed(case: Case) -> list[str]:
    if case.state not in OPEN:
        return [REOPEN, CLOSE] if case.state is CaseState.ANSWERED else [REOPEN]
    first = [RELEASE] if case.officer else [CLAIM]
    ask_back = [ASK_BACK] if can_be_asked(case) else []
    send_back = [] if case.not_ours else [SEND_BACK]
    return [*first, ANSWER, *ask_back, REASSIGN, *send_back, CLOSE]


def _confirm(case: Case, texts: Texts, language: str) -> ConfirmObject:
    told = "slack.close.answered" if case.answer is not None else "slack.close.unanswered"
    return ConfirmObject(
        title=PlainTextObject(text=texts(language, "slack.close.title", case=case.label)),
        text=PlainTextObject(text=texts(language, told)),
        confirm=PlainTextObject(text=texts(language, "slack.close")),
        deny=PlainTextObject(text=texts(language, "slack.casework.cancel")),
    )


def _officer(case: Case) -> list[str]:
    return [case.officer.name] if case.officer else []
