"""A case as the officers see it in their channel: one card that always says how the case stands. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from babel.dates import format_date
from microsoft_teams.cards import (
    Action,
    AdaptiveCard,
    Fact,
    FactSet,
    OpenUrlAction,
    ShowCardAction,
    TextBlock,
    TextInput,
)

from bot.citing import sources
from bot.desk import offers
from bot.desk.case import LONGEST_ANSWER, OPEN, Case, CaseState
from bot.desk.surroundings import NOTHING, Around
from bot.handlers.teams.moments import moment
from bot.handlers.teams.pressing import button, opening
from bot.markdown import clip, escape
from bot.texts import LOCALES, Texts

CASE, TEXT, VERSION = "case", "text", "version"
"""What an action's data names the case by, the input that an officer writes in, and the case's version on the card."""
WRITTEN = (offers.ANSWER, offers.ASK_BACK, offers.SUPPLEMENT)
"""What has a form on the card to write in."""
CHOSEN = (offers.REASSIGN, offers.SEND_BACK, offers.MERGE)
"""What opens a form in the card's place, for whoever pressed."""

_QUESTION, _NAME, _NAMES = 2_000, 100, 300


def card(
    case: Case, address: str, texts: Texts, language: str, now: dt.datetime, around: Around = NOTHING
) -> AdaptiveCard:
    """The case with what can be done to it now. `address` is where it is in the web.

    Who is in the officers' channel is for Teams to know, so of a confidential case it isn't told who asks what where.
    """
    officer = case.officer.name if case.officer and case.state is not CaseState.MERGED else ""
    heading = " · ".join(filter(None, [case.label, texts(language, f"desk.state.{case.state}"), around.into, officer]))
    told = texts(language, "desk.case.card.confidential") if case.confidential else case.question
    body = [
        TextBlock(text=escape(heading), wrap=True, weight="Bolder", size="Medium", style="heading"),
        TextBlock(text=clip(told, _QUESTION), wrap=True, is_subtle=case.confidential),
        FactSet(facts=[Fact(title=title, value=clip(value, _NAME)) for title, value in _facts(case, texts, language)]),
        *(TextBlock(text=escape(note), wrap=True, color=color) for note, color in _notes(case, texts, language, now)),
        *(TextBlock(text=clip(each, _NAMES), wrap=True) for each in _surrounded(case, around, texts, language)),
    ]
    if around.team:
        body.insert(1, TextBlock(text=clip(" · ".join(filter(None, [around.team, case.topic])), _NAME), is_subtle=True))
    return AdaptiveCard(body=body, actions=_actions(case, address, texts, language), fallback_text=heading)


def gone(case: Case, address: str, team: str, texts: Texts, language: str) -> AdaptiveCard:
    """What is left of the case in the channel of a team that had it: which team has it now."""
    told = texts(language, "teams.card.gone_to", case=case.label, team=team)
    way = OpenUrlAction(title=texts(language, "desk.case.open"), url=address)
    return AdaptiveCard(body=[TextBlock(text=escape(told), wrap=True)], actions=[way])


def _facts(case: Case, texts: Texts, language: str) -> Iterable[tuple[str, str]]:
    yield texts(language, "teams.card.opened"), moment(case.opened, language)
    if not case.confidential:
        yield texts(language, "teams.card.asker"), case.asker.name
        yield texts(language, "teams.card.sources"), str(len(sources(case.citations)))
    if case.due and not (case.paused and case.state in OPEN):
        key = "teams.card.due.answer" if case.replied else "teams.card.due.reply"
        yield texts(language, key), moment(case.due, language)


def _notes(case: Case, texts: Texts, language: str, now: dt.datetime) -> Iterable[tuple[str, str]]:
    if case.paused and case.state in OPEN:
        yield texts(language, "desk.case.card.paused"), "Default"
    if case.is_late(now):
        yield texts(language, "desk.case.card.late"), "Attention"
    if case.not_ours:
        yield texts(language, "desk.case.card.not_ours"), "Warning"


def _surrounded(case: Case, around: Around, texts: Texts, language: str) -> Iterable[str]:
    if case.officer and around.away:
        day = format_date(around.away, "long", locale=LOCALES[language])
        yield texts(language, "desk.casework.away", name=case.officer.name[:_NAME], day=day)
    if around.merged:
        yield texts(language, "desk.casework.merged_into_it", count=around.merged)
    if case.helped:
        yield texts(language, "desk.casework.helped")
    if case.watchers:
        yield texts(language, "desk.casework.watched", names=", ".join(each.name for each in case.watchers))


def _actions(case: Case, address: str, texts: Texts, language: str) -> list[Action]:
    shown: list[Action] = []
    for number, name in enumerate([*offers.usual(case), *offers.written_more(case)]):
        title = texts(language, f"desk.case.do.{name}")
        if name in WRITTEN:
            shown.append(ShowCardAction(title=title, card=_form(case, name, texts, language)))
        elif name == offers.CLOSE:
            shown.append(ShowCardAction(title=title, card=_closing(case, texts, language)))
        elif name == offers.PUBLISH:
            shown.append(OpenUrlAction(title=title, url=address))
        else:
            shown.append(button(title, name, {CASE: case.id}, "positive" if number == 0 else "default"))
    rare = [
        button(texts(language, f"desk.case.do.{name}"), name, {CASE: case.id}, rare=True) for name in offers.rarer(case)
    ]
    return [*shown, OpenUrlAction(title=texts(language, "desk.case.open"), url=address), *rare]


def _form(case: Case, name: str, texts: Texts, language: str) -> AdaptiveCard:
    where = "teams.form.private" if case.place.private else "teams.form.thread"
    written = TextInput(
        id=TEXT,
        label=texts(language, f"teams.form.{name}"),
        is_multiline=True,
        is_required=True,
        max_length=LONGEST_ANSWER,
        error_message=texts(language, "teams.form.empty"),
    )
    readers = TextBlock(text=escape(texts(language, where)), wrap=True, is_subtle=True)
    about = {CASE: case.id, VERSION: str(case.version)}
    actions: list[Action] = [button(texts(language, "teams.form.send"), name, about, "positive")]
    if name == offers.ANSWER:
        actions.append(opening(texts(language, "teams.form.wider"), name, {CASE: case.id}))
    return AdaptiveCard(body=[written, readers], actions=actions)


def _closing(case: Case, texts: Texts, language: str) -> AdaptiveCard:
    told = "desk.close.answered" if case.answer is not None else "desk.close.unanswered"
    body = [
        TextBlock(text=escape(texts(language, "desk.close.title", case=case.label)), wrap=True, weight="Bolder"),
        TextBlock(text=escape(texts(language, told)), wrap=True),
    ]
    return AdaptiveCard(
        body=body, actions=[button(texts(language, "desk.case.do.close"), offers.CLOSE, {CASE: case.id})]
    )
