"""What askers are told of their cases. Pure; whatever comes from people is escaped."""

from __future__ import annotations

import dataclasses

from microsoft_teams.cards import Action, AdaptiveCard, ShowCardAction, TextBlock, TextInput

from bot.desk.case import OPEN, Case, CaseState, Move
from bot.desk.describing_cases import DATED, NEWS
from bot.desk.notices import CaseNotice
from bot.handlers.teams.cases.card import CASE, TEXT
from bot.handlers.teams.messages import Message, said
from bot.handlers.teams.moments import moment
from bot.handlers.teams.pressing import button
from bot.markdown import escape, split
from bot.texts import Texts

WITHDRAW, HELPED, REOPEN, ADD = "asker.withdraw", "asker.helped", "asker.reopen", "asker.add"
"""The asker's buttons; what is written with the last two is the input TEXT."""

_PIECE = 7_000
_LONGEST = 3_000


def forwarded(case: Case, texts: Texts, *, masked: bool) -> Message:
    """That the question is with the officers, and by when they answer; `masked`: and that personal data is hidden."""
    due = moment(case.due_reply or case.opened, case.language)
    told = [texts(case.language, "desk.case.forwarded", case=case.label, moment=due)]
    message = said("\n".join([*told, *([texts(case.language, "reply.note.masked")] if masked else [])]))
    return dataclasses.replace(message, card=AdaptiveCard(body=[], actions=moves(case, texts)))


def news(notice: CaseNotice, case: Case, kind: str, texts: Texts) -> Message:
    """What has become of the case."""
    if notice.move is Move.NUDGED:
        told = said(texts(notice.language, NEWS[kind], case=notice.label))
        helped = button(texts(notice.language, "desk.case.nudged.yes"), HELPED, {CASE: case.id}, "positive")
        missing = _missing(case, texts, "desk.case.nudged.no")
        return dataclasses.replace(told, card=AdaptiveCard(body=[], actions=[helped, missing]))
    values = {"name": notice.officer.name if notice.officer else "", "case": notice.label}
    if notice.move in DATED and notice.due:
        due = moment(notice.due, notice.language)
        return said(texts(notice.language, DATED[notice.move], moment=due, **values))
    return said(texts(notice.language, NEWS[kind], **values))


def done(case: Case, told: str, texts: Texts) -> Message:
    """What stands in the place of a message whose button the asker has pressed: what has been done, and what can be
    done now."""
    return dataclasses.replace(said(told), card=AdaptiveCard(body=[], actions=moves(case, texts)))


def moves(case: Case, texts: Texts) -> list[Action]:
    """What the asker can do with a case as it stands."""
    if case.state in OPEN | {CaseState.MERGED}:
        return [_adding(case, texts), _withdrawing(case, texts)]
    return [_missing(case, texts, "desk.reopen.asker")]


def _withdrawing(case: Case, texts: Texts) -> Action:
    title, language = texts(case.language, "desk.withdraw"), case.language
    body = [
        _bold(texts(language, "desk.withdraw.title", case=case.label)),
        _small(texts(language, "desk.withdraw.text")),
    ]
    withdraw = button(title, WITHDRAW, {CASE: case.id}, "destructive")
    return ShowCardAction(title=title, card=AdaptiveCard(body=body, actions=[withdraw]))


def _adding(case: Case, texts: Texts) -> Action:
    return _writing(case, texts, "teams.add", ADD, "teams.add.label", "teams.add.hint")


def _missing(case: Case, texts: Texts, title: str) -> Action:
    return _writing(case, texts, title, REOPEN, "desk.reopen.label", "desk.reopen.hint")


def _writing(case: Case, texts: Texts, title: str, action: str, label: str, hint: str) -> Action:
    language = case.language
    written = TextInput(
        id=TEXT,
        label=texts(language, label),
        is_multiline=True,
        max_length=_LONGEST,
        is_required=True,
        error_message=texts(language, "teams.form.empty"),
    )
    send = button(texts(language, "desk.reopen.submit"), action, {CASE: case.id}, "positive")
    form = AdaptiveCard(body=[written, _small(texts(language, hint))], actions=[send])
    return ShowCardAction(title=texts(language, title), card=form)


def _bold(text: str) -> TextBlock:
    return TextBlock(text=escape(text), wrap=True, weight="Bolder")


def _small(text: str) -> TextBlock:
    return TextBlock(text=escape(text), wrap=True, is_subtle=True)


def answered(notice: CaseNotice, texts: Texts) -> tuple[Message, ...]:
    """What an officer wrote to the asker, whole: in several messages where one can't hold it."""
    name = notice.officer.name if notice.officer else ""
    heading = texts(notice.language, f"desk.case.{notice.move}", name=name, case=notice.label)
    pieces = split(notice.text, _PIECE) or [""]
    pieces[0] = f"**{escape(heading)}**\n\n{pieces[0]}"
    if notice.move is Move.ASKED_BACK:
        how = "teams.asked_back.private" if notice.place.private else "teams.asked_back.thread"
        pieces[-1] += f"\n\n{escape(texts(notice.language, how))}"
    return tuple(Message(text=piece, summary=heading) for piece in pieces)
