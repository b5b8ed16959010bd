"""Replies and news of cases as Slack's blocks. Pure; whatever comes from sources or people is escaped on the way."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence

from babel.dates import format_date
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.desk.case import Case, Officer
from bot.desk.notices import CaseNotice
from bot.handlers.slack.mrkdwn import clip, escape, link, split
from bot.question import Reply, Status
from bot.texts import Texts
from knowledge.model import Citation, Claim

FORWARD = "forward"
"""The action id of the button that sends a question to the officers; its value is the id of the reply."""

SECTION = 3_000
ROOM = 6_000
"""Characters for claims and sources. Slack takes some 12,000 in a message's blocks and says nowhere how it counts."""

_LEAD = 1_500
_CLAIM = 2_000
_TITLE = 300
_QUOTE = 600
_FALLBACK = 3_000
_PIECES = 3
_LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}


@dataclasses.dataclass(frozen=True)
class Message:
    """What is posted: blocks, and the text that notifications and screen readers get instead."""

    text: str
    blocks: tuple[Block, ...]


def said(text: str) -> Message:
    """A message of the bot's own words."""
    return Message(clip(text, _FALLBACK), tuple(_sections([clip(text, SECTION)])))


def replied(reply: Reply, texts: Texts) -> Message:
    """A reply: lead, claims and their sources or the nearest ones, note, and the way to an officer."""
    claims = _fitting(reply.claims, reply.language)
    answer = _answer(claims, reply.language)
    nearest = _nearest(reply, ROOM - sum(map(len, answer)), texts)
    paragraphs = [clip(reply.lead, _LEAD), *answer, *nearest]
    if len(claims) < len(reply.claims):
        paragraphs.append(escape(texts(reply.language, "slack.cut")))
    blocks: list[Block] = [*_sections(paragraphs)]
    if note := clip(reply.note, _LEAD):
        blocks.append(ContextBlock(elements=[_markup(note)]))
    if reply.status in {Status.ANSWERED, Status.ABSTAINED}:
        blocks.append(_button(reply, texts))
    return Message(clip(reply.answer, _FALLBACK), tuple(blocks))


def answered(notice: CaseNotice, texts: Texts) -> tuple[Message, ...]:
    """An officer's answer, whole: in several messages where one can't hold it."""
    name = notice.officer.name if notice.officer else ""
    heading = texts(notice.language, "slack.answered", name=name, case=notice.label)
    pieces = split(notice.text, SECTION)
    messages = [_sections(pieces[start : start + _PIECES]) for start in range(0, len(pieces), _PIECES)]
    messages[0].insert(0, SectionBlock(text=_markup(_bold(heading))))
    text = clip(f"{heading}\n\n{notice.text}", _FALLBACK)
    return tuple(Message(text, tuple(blocks)) for blocks in messages)


def card(case: Case, address: str, texts: Texts, language: str) -> Message:
    """A case as the officers see it in their channel: how far it has come, the question, and where it is worked on.

    Who is in that channel is for Slack to know, so a confidential question is left out.
    """
    heading = " · ".join([case.label, texts(language, f"desk.state.{case.state}"), *_officer(case)])
    question = "" if case.confidential else case.question
    paragraphs = [_bold(heading), _quoted(clip(question, _CLAIM))]
    paragraphs.append(link(address, escape(texts(language, "slack.case.open"))))
    return Message(clip(f"{heading}: {question}" if question else heading, _FALLBACK), tuple(_sections(paragraphs)))


def undelivered(case: Case, officer: Officer, address: str, texts: Texts, language: str) -> Message:
    """News for the officers' channel: an answer has not reached whoever asked."""
    told = texts(language, "slack.undelivered", case=case.label, name=officer.name)
    way = link(address, escape(texts(language, "slack.case.open")))
    return Message(clip(told, _FALLBACK), tuple(_sections([clip(told, SECTION), way])))


def _answer(claims: Sequence[Claim], language: str) -> list[str]:
    citations = dict.fromkeys(claim.citation for claim in claims)
    numbers = {citation: number for number, citation in enumerate(citations, start=1)}
    verbatim = {claim.text.strip() for claim in claims}
    told = [f"{clip(claim.text, _CLAIM)} [{numbers[claim.citation]}]" for claim in claims]
    sources = [_source(f"[{number}]", citation, language, verbatim) for citation, number in numbers.items()]
    return told + sources


def _nearest(reply: Reply, room: int, texts: Texts) -> list[str]:
    sources = _within(room, (_source("•", citation, reply.language) for citation in reply.nearest))
    return [_bold(texts(reply.language, "slack.nearest")), *sources] if sources else []


def _fitting(claims: Sequence[Claim], language: str) -> Sequence[Claim]:
    """The claims that there is room for together with their sources: none is shown without its source."""
    room, sources = ROOM, set[Citation]()
    for number, claim in enumerate(claims):
        room -= len(clip(claim.text, _CLAIM))
        if claim.citation not in sources:
            room -= len(_source("[00]", claim.citation, language))
            sources.add(claim.citation)
        if room < 0:
            return claims[:number]
    return claims


def _within(room: int, paragraphs: Iterable[str]) -> list[str]:
    kept = []
    for paragraph in paragraphs:
        room -= len(paragraph)
        if room < 0:
            break
        kept.append(paragraph)
    return kept


def _source(mark: str, citation: Citation, language: str, verbatim: Collection[str] = ()) -> str:
    """Title, link, date and quoted words of a source; without these where a claim consists of them."""
    line = f"{mark} {link(citation.url, clip(citation.title, _TITLE))}"
    if citation.date:
        line += f" · {format_date(citation.date, 'long', locale=_LOCALES[language])}"
    quote = clip(citation.quote, _QUOTE)
    return line if not quote or citation.quote.strip() in verbatim else f"{line}\n{_quoted(quote)}"


def _sections(paragraphs: Iterable[str]) -> list[Block]:
    """As few sections as hold the paragraphs, none of which is longer than a section."""
    texts: list[str] = []
    for paragraph in filter(None, paragraphs):
        if texts and len(texts[-1]) + 2 + len(paragraph) <= SECTION:
            texts[-1] += f"\n\n{paragraph}"
        else:
            texts.append(paragraph)
    return [SectionBlock(text=_markup(text), expand=True) for text in texts]


def _button(reply: Reply, texts: Texts) -> ActionsBlock:
    label = PlainTextObject(text=texts(reply.language, "slack.forward"))
    return ActionsBlock(elements=[ButtonElement(text=label, action_id=FORWARD, value=reply.id)])


def _markup(text: str) -> MarkdownTextObject:
    # Verbatim: Slack makes no links of its own of what looks like a channel, a person or an address.
    return MarkdownTextObject(text=text, verbatim=True)


def _officer(case: Case) -> list[str]:
    return [case.officer.name] if case.officer else []


def _bold(text: str) -> str:
    return f"*{escape(text).replace('*', '')}*"


def _quoted(escaped: str) -> str:
    return "\n".join(f">{line}" for line in escaped.splitlines() if line.strip())
