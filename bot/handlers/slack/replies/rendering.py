"""Replies as what Slack shows: a text in Markdown, which can be streamed, and blocks under it. Pure.

Whatever comes from sources or people is escaped on the way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence

from babel.dates import format_date
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextActionsBlock,
    ContextBlock,
    FeedbackButtonsElement,
    MarkdownBlock,
    PlainTextObject,
)
from slack_sdk.models.blocks.basic_components import FeedbackButtonObject

from bot import markdown
from bot.citing import numbers
from bot.handlers.slack.blocks import FALLBACK, Message, bold, markup, quoted, sections
from bot.handlers.slack.mrkdwn import clip, escape, link, literal
from bot.question import Reply
from bot.texts import LOCALES, Texts
from knowledge.model import Audience, Citation, Claim

FORWARD = "forward"
"""The action id of the button that sends a question to the officers; its value is the id of the reply."""
FEEDBACK = "feedback"
"""The action id of the two thumbs; the value is GOOD or BAD, a colon, and the id of the reply."""
GOOD, BAD = "good", "bad"

ROOM = 6_000
"""Characters for claims and sources. Slack takes some 12,000 in a message's blocks and says nowhere how it counts."""
MOST_PARTS = 4
"""Messages that a reply may take."""

_LEAD = 1_500
_CLAIM = 2_900
_TITLE = 300
_QUOTE = 600


@dataclasses.dataclass(frozen=True)
class Part:
    """A message of a reply: a text in Markdown, the blocks under it, and what notifications say instead."""

    text: str
    blocks: tuple[Block, ...]
    fallback: str

    @property
    def message(self) -> Message:
        """The part as one message."""
        return Message(self.fallback, (*([MarkdownBlock(text=self.text)] if self.text else []), *self.blocks))


@dataclasses.dataclass(frozen=True)
class _Told:
    """A claim or a piece of one, escaped and numbered, its source, and what is quoted of that."""

    text: str
    citation: Citation
    source: str
    quote: str


def replied(reply: Reply, texts: Texts) -> Message:
    """A reply in one message; what there is no room for is left out aloud."""
    return parts(reply, texts, most=1)[0].message


def parts(reply: Reply, texts: Texts, most: int = MOST_PARTS) -> tuple[Part, ...]:
    """The messages that a reply takes: lead, claims and under them their sources, or the nearest ones; then notes,
    thumbs and the way to an officer.

    What claims there are does not change how those before them are put: of a reply whose claims are still coming,
    the first part's text is how that of the whole reply begins.
    """
    packed = _packed(_told(reply, texts)) or [[]]
    shown, rest = packed[:most], packed[most:]
    lead = markdown.clip(reply.lead, _LEAD)
    bodies = ["\n\n".join(each.text for each in told) for told in shown]
    bodies[0] = "\n\n".join(filter(None, (lead, bodies[0])))
    blocks = [sections(_sources(told)) for told in shown]
    blocks[-1] += [*_nearest(reply, shown[-1], texts), *_cut(reply, rest, texts), *_closing(reply, texts)]
    fallbacks = [reply.answer, *bodies[1:]]
    return tuple(
        Part(body, tuple(under), clip(fallback, FALLBACK))
        for body, under, fallback in zip(bodies, blocks, fallbacks, strict=True)
    )


def _source(mark: str, citation: Citation, language: str, texts: Texts) -> str:
    """Title, link and date of a source."""
    line = f"{mark} {link(citation.url, clip(literal(citation.title), _TITLE))}"
    if citation.date:
        line += f" · {format_date(citation.date, 'long', locale=LOCALES[language])}"
    if citation.audience is Audience.INTERNAL:
        line += f" · {bold(texts(language, 'reply.source.internal'))}"
    return line


def _quote(citation: Citation, verbatim: Collection[str] = ()) -> str:
    """The quoted words; none where a claim consists of them."""
    return "" if citation.quote.strip() in verbatim else quoted(clip(literal(citation.quote), _QUOTE))


def _told(reply: Reply, texts: Texts) -> list[_Told]:
    marks = numbers(reply.citations)
    verbatim = {claim.text.strip() for claim in reply.claims}
    return [told for claim in reply.claims for told in _pieces(claim, marks[claim.citation], reply, texts, verbatim)]


def _pieces(claim: Claim, number: int, reply: Reply, texts: Texts, verbatim: Collection[str]) -> list[_Told]:
    pieces = markdown.split(claim.text, _CLAIM) or [""]
    source = _source(f"[{number}]", claim.citation, reply.language, texts)
    quote = _quote(claim.citation, verbatim)
    return [_Told(f"{markdown.stress(piece)} [{number}]".strip(), claim.citation, source, quote) for piece in pieces]


def _sources(told: Iterable[_Told]) -> list[str]:
    """Each source once, and under it all that is quoted of it."""
    quotes: dict[str, dict[str, None]] = {}
    for each in told:
        quotes.setdefault(each.source, {}).update({each.quote: None} if each.quote else {})
    paragraphs = []
    for source, (first, *others) in ((source, [*found] or [""]) for source, found in quotes.items()):
        # A paragraph each: quotations right under each other look like one, and together may be longer than a section.
        paragraphs += [f"{source}\n{first}".strip(), *others]
    return paragraphs


def _packed(told: Iterable[_Told]) -> list[list[_Told]]:
    """The claims by messages: each where there is room for it together with its source and quote."""
    packed: list[list[_Told]] = []
    room = 0
    for each in told:
        cost = _cost(each, packed[-1] if packed else [])
        if not packed or cost > room:
            packed.append([])
            room, cost = ROOM, _cost(each, [])
        packed[-1].append(each)
        room -= cost
    return packed


def _cost(told: _Told, beside: Sequence[_Told]) -> int:
    """The room that it takes beside others, whose sources and quotes stand there already."""
    cost = len(told.text)
    if all(each.source != told.source for each in beside):
        cost += len(told.source)
    if all((each.source, each.quote) != (told.source, told.quote) for each in beside):
        cost += len(told.quote)
    return cost


def _nearest(reply: Reply, told: Sequence[_Told], texts: Texts) -> list[Block]:
    room = ROOM - sum(_cost(each, []) for each in told)
    near = (f"{_source('•', each, reply.language, texts)}\n{_quote(each)}".strip() for each in reply.nearest)
    sources = _within(room, near)
    return sections([bold(texts(reply.language, "reply.nearest")), *sources]) if sources else []


def _within(room: int, paragraphs: Iterable[str]) -> list[str]:
    kept = []
    for paragraph in paragraphs:
        room -= len(paragraph)
        if room < 0:
            break
        kept.append(paragraph)
    return kept


def _cut(reply: Reply, rest: Sequence[Sequence[_Told]], texts: Texts) -> list[Block]:
    """Says that there is more than is shown, and where."""
    if not rest:
        return []
    there = rest[0][0].citation
    way = link(there.url, clip(literal(there.title), 100))
    return sections([f"{escape(texts(reply.language, 'slack.cut'))} {way}"])


def _closing(reply: Reply, texts: Texts) -> list[Block]:
    blocks: list[Block] = []
    if note := clip(literal(reply.note), _LEAD):
        blocks.append(ContextBlock(elements=[markup(note)]))
    if reply.claims and reply.lead == texts(reply.language, "reply.lead.written"):
        blocks.append(ContextBlock(elements=[markup(escape(texts(reply.language, "reply.written")))]))
    if reply.can_be_forwarded:
        blocks += [_thumbs(reply, texts), _button(reply, texts)]
    return blocks


def _thumbs(reply: Reply, texts: Texts) -> ContextActionsBlock:
    good, bad = (
        FeedbackButtonObject(
            text=PlainTextObject(text=texts(reply.language, f"slack.feedback.{kind}")),
            accessibility_label=texts(reply.language, f"slack.feedback.{kind}.label"),
            value=f"{kind}:{reply.id}",
        )
        for kind in (GOOD, BAD)
    )
    element = FeedbackButtonsElement(action_id=FEEDBACK, positive_button=good, negative_button=bad)
    return ContextActionsBlock(elements=[element])


def _button(reply: Reply, texts: Texts) -> ActionsBlock:
    label = PlainTextObject(text=texts(reply.language, "desk.case.forward"))
    return ActionsBlock(elements=[ButtonElement(text=label, action_id=FORWARD, value=reply.id)])
