"""Replies as Slack's blocks. Pure; whatever comes from sources or people is escaped on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from babel.dates import format_date
from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ContextBlock, PlainTextObject

from bot.handlers.slack.blocks import FALLBACK, Message, bold, markup, quoted, sections
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.question import Reply, Status
from bot.texts import Texts
from knowledge.model import Citation, Claim

FORWARD = "forward"
"""The action id of the button that sends a question to the officers; its value is the id of the reply."""

ROOM = 6_000
"""Characters for claims and sources. Slack takes some 12,000 in a message's blocks and says nowhere how it counts."""

_LEAD = 1_500
_CLAIM = 2_000
_TITLE = 300
_QUOTE = 600
_LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}


def replied(reply: Reply, texts: Texts) -> Message:
    """A reply: lead, claims and their sources or the nearest ones, note, and the way to an officer."""
    claims = _fitting(reply.claims, reply.language)
    answer = _answer(claims, reply.language)
    nearest = _nearest(reply, ROOM - sum(map(len, answer)), texts)
    paragraphs = [clip(reply.lead, _LEAD), *answer, *nearest]
    if len(claims) < len(reply.claims):
        paragraphs.append(escape(texts(reply.language, "slack.cut")))
    blocks: list[Block] = [*sections(paragraphs)]
    if note := clip(reply.note, _LEAD):
        blocks.append(ContextBlock(elements=[markup(note)]))
    if reply.status in {Status.ANSWERED, Status.ABSTAINED}:
        blocks.append(_button(reply, texts))
    return Message(clip(reply.answer, FALLBACK), tuple(blocks))


def _answer(claims: Sequence[Claim], language: str) -> list[str]:
    citations = dict.fromkeys(claim.citation for claim in claims)
    numbers = {citation: number for number, citation in enumerate(citations, start=1)}
    verbatim = {claim.text.strip() for claim in claims}
    told = [f"{clip(claim.text, _CLAIM)} [{numbers[claim.citation]}]" for claim in claims]
    sources = [_source(f"[{number}]", citation, language, verbatim) for citation, number in numbers.items()]
    return told + sources


def _nearest(reply: Reply, room: int, texts: Texts) -> list[str]:
    sources = _within(room, (_source("•", citation, reply.language) for citation in reply.nearest))
    return [bold(texts(reply.language, "slack.nearest")), *sources] if sources else []


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
    return line if not quote or citation.quote.strip() in verbatim else f"{line}\n{quoted(quote)}"


def _button(reply: Reply, texts: Texts) -> ActionsBlock:
    label = PlainTextObject(text=texts(reply.language, "slack.forward"))
    return ActionsBlock(elements=[ButtonElement(text=label, action_id=FORWARD, value=reply.id)])
