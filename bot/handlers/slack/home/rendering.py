"""The Home tab as Slack's blocks, within its limits. Pure; whatever comes from people or sources is escaped."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    Option,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)

from bot.desk.case import Case, CaseState
from bot.handlers.slack.blocks import SECTION, bold, markup, quoted, sections
from bot.handlers.slack.cases.card import deadline
from bot.handlers.slack.cases.telling import moves
from bot.handlers.slack.home.content import Asked, Content, Queue
from bot.handlers.slack.moments import dated, moment
from bot.handlers.slack.mrkdwn import clip, escape, link, literal
from bot.pages import Pages
from bot.question import Status
from bot.texts import Texts
from knowledge.strategies import Strategy

ASK = "home.ask"
"""The action id of the button that opens the form for a question."""
CLAIM = "home.claim"
"""The action id of the button that takes a case; its value is the id of the case."""
FILTER = "home.filter"
"""The action id of what chooses which cases the queue shows."""
OPEN = "home.open"
"""The action id of the button that leads to a case; Slack tells of presses of it, too."""

MOST_BLOCKS = 100
LARGEST = 240_000
"""Bytes that the blocks of a view may have; Slack takes 250 kB for all of a view."""
_QUESTION = 300
_STRATEGY = 300
_TITLE = 200
_NAME = 100


def home(content: Content, pages: Pages, texts: Texts) -> list[Block]:
    """The tab: how to ask, for officers their queue, what the person has asked, and the strategies."""
    language = content.language
    blocks: list[Block] = [SectionBlock(text=markup(escape(texts(language, "slack.home.welcome"))))]
    blocks += sections([clip(content.note, SECTION)])
    blocks.append(ActionsBlock(elements=[_button(texts(language, "slack.home.ask"), ASK, style="primary")]))
    if content.queue is not None:
        blocks += [DividerBlock(), *_queue(content, pages, texts)]
    blocks += [DividerBlock(), *_questions(content.questions, language, texts)]
    blocks.append(DividerBlock())
    return [*blocks, *_strategies(content.strategies, blocks, language, pages, texts)]


def digest(blocks: Sequence[Block]) -> str:
    """What tells whether the tab has changed."""
    return hashlib.sha256(_written(blocks)).hexdigest()[:32]


def _queue(content: Content, pages: Pages, texts: Texts) -> Iterator[Block]:
    language, cases = content.language, content.queue or ()
    yield _heading(texts(language, "slack.home.queue"))
    options = {
        of: Option(value=of, text=PlainTextObject(text=texts(language, f"slack.home.queue.{of}"))) for of in Queue
    }
    filters = StaticSelectElement(action_id=FILTER, options=[*options.values()], initial_option=options[content.of])
    yield ActionsBlock(elements=[filters])
    if not cases:
        yield _quiet(texts(language, "slack.home.queue.empty" if content.of is Queue.OPEN else "slack.home.queue.none"))
    for case in cases:
        yield SectionBlock(text=markup(_case(case, content.now, language, texts)), expand=True)
        yield ActionsBlock(elements=_moves(case, language, pages, texts))
    if content.waiting > len(cases):
        more = texts(language, "slack.home.queue.more", count=content.waiting - len(cases))
        yield ContextBlock(elements=[markup(link(pages.cases, escape(more)))])


def _case(case: Case, now: dt.datetime, language: str, texts: Texts) -> str:
    state = texts(language, f"desk.state.{case.state}")
    officer = [clip(case.officer.name, _NAME)] if case.officer else []
    due = deadline(case, texts, language, now) or [moment(case.opened, language)]
    line = " · ".join([bold(case.label), escape(state), *officer, *due])
    # Of what was asked where nobody else reads along, only the case itself shows the words.
    words = "" if case.confidential else quoted(clip(literal(_on_one_line(case.question)), _QUESTION))
    return "\n".join(filter(None, [line, words]))


def _moves(case: Case, language: str, pages: Pages, texts: Texts) -> list[ButtonElement]:
    opening = _button(texts(language, "desk.case.open"), OPEN, url=pages.case(case.id))
    if case.officer:
        return [opening]
    return [_button(texts(language, "slack.home.claim"), CLAIM, value=case.id), opening]


def _questions(questions: Sequence[Asked], language: str, texts: Texts) -> Iterator[Block]:
    yield _heading(texts(language, "slack.home.questions"))
    if not questions:
        yield _quiet(texts(language, "slack.home.questions.empty"))
    for asked in questions:
        state = escape(_state(asked, language, texts))
        way = link(asked.address, escape(texts(language, "slack.home.thread"))) if asked.address else ""
        words = clip(literal(_on_one_line(asked.said.question.text)), _QUESTION)
        due = dated(texts, language, "slack.home.due", asked.case.due) if asked.case and asked.case.due else ""
        yield SectionBlock(text=markup(f"{quoted(words)}\n{' · '.join(filter(None, [state, due, way]))}"), expand=True)
        if asked.case:
            yield ActionsBlock(elements=moves(asked.case, language, texts))


def _state(asked: Asked, language: str, texts: Texts) -> str:
    case = asked.case
    if case is None:
        key = "answered" if asked.said.reply.status is Status.ANSWERED else "abstained"
        return texts(language, f"slack.home.{key}")
    if case.answer is not None and case.officer:
        return texts(language, "slack.home.by_officer", name=case.officer.name[:_NAME], case=case.label)
    # Whoever asked is told of as "you" there.
    about_them = case.state in {CaseState.ASKED, CaseState.WITHDRAWN}
    state = texts(language, f"slack.home.state.{case.state}" if about_them else f"desk.state.{case.state}")
    return texts(language, "slack.home.with_officer", case=case.label, state=state)


def _strategies(
    strategies: Sequence[Strategy], before: Sequence[Block], language: str, pages: Pages, texts: Texts
) -> list[Block]:
    """The strategies by area and letter, as many as there is room for, and where all of them are."""
    shown: list[Block] = [_heading(texts(language, "slack.home.strategies"))]
    if not strategies:
        return [*shown, _quiet(texts(language, "slack.home.strategies.empty"))]
    way = ContextBlock(elements=[markup(link(pages.strategies, escape(texts(language, "slack.home.strategies.all"))))])
    room = LARGEST - len(_written([*before, *shown, way]))
    for block in sections(_groups(strategies, pages)):
        room -= len(_written([block]))
        if room < 0 or len(before) + len(shown) + 2 > MOST_BLOCKS:
            break
        shown.append(block)
    return [*shown, way]


def _groups(strategies: Sequence[Strategy], pages: Pages) -> Iterator[str]:
    for title, of_area in groupby(strategies, key=lambda strategy: strategy.area_title):
        yield bold(_on_one_line(title)[:_TITLE]) if title.strip() else ""
        for _, of_letter in groupby(of_area, key=lambda strategy: strategy.code[:1]):
            yield from _paragraphs(_strategy(strategy, pages) for strategy in of_letter)


def _strategy(strategy: Strategy, pages: Pages) -> str:
    code = link(pages.source(strategy.document, strategy.anchor), clip(strategy.code, _NAME))
    return f"{code}  {clip(literal(_on_one_line(strategy.text)), _STRATEGY)}"


def _paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """The lines, as few paragraphs of them as fit into sections."""
    paragraph = ""
    for line in lines:
        if paragraph and len(paragraph) + 1 + len(line) > SECTION:
            yield paragraph
            paragraph = ""
        paragraph = f"{paragraph}\n{line}".strip()
    if paragraph:
        yield paragraph


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _button(text: str, action: str, *, value: str = "", url: str = "", style: str | None = None) -> ButtonElement:
    label = PlainTextObject(text=text)
    return ButtonElement(text=label, action_id=action, value=value or None, url=url or None, style=style)


def _heading(text: str) -> Block:
    return HeaderBlock(text=PlainTextObject(text=text))


def _quiet(text: str) -> Block:
    return ContextBlock(elements=[markup(escape(text))])


def _written(blocks: Sequence[Block]) -> bytes:
    return json.dumps([block.to_dict() for block in blocks]).encode()
