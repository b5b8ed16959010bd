"""Replies as what Teams shows: a text in Markdown whose numbers are citations, its sources, and a card. Pure.

Whatever comes from sources or people is escaped on the way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from babel.dates import format_date

from bot import markdown
from bot.citing import Source, numbers
from bot.handlers.teams.messages import Cited, Message
from bot.handlers.teams.replies.offering import offer
from bot.question import Reply
from bot.texts import LOCALES, Texts
from knowledge.model import Audience, Citation

ROOM = 7_000
"""Characters of a message. Teams takes some 100 kB (UTF-16, with everything around), and nobody reads more at once."""
MOST_PARTS = 4
"""Messages that a reply may take."""
_NAME, _ABSTRACT = 80, 160
"""Characters that Teams takes of a citation's name and of what it quotes."""
_LEAD, _CLAIM, _TITLE = 1_500, 2_900, 300


def parts(reply: Reply, texts: Texts, account: str = "", most: int = MOST_PARTS) -> tuple[Message, ...]:
    """The messages that a reply takes: lead, claims and under them their sources, or the nearest ones; then notes and
    the way to an officer. `account` is the asker as Teams calls them, whose card is kept up to date.

    What claims there are does not change how those before them are put: what is streamed is how the whole begins.
    """
    packed = _packed(reply)
    shown, rest = packed[:most], packed[most:]
    bodies = [body(reply, claims) if number == 0 else "\n\n".join(claims) for number, claims in enumerate(shown)]
    last = [bodies[-1], *_sources(reply, texts), *_closing(reply, texts, cut=bool(rest))]
    bodies[-1] = "\n\n".join(filter(None, last))
    messages = [_marked(reply, text, texts) for text in bodies]
    card = offer(reply, texts, account)
    messages[-1] = dataclasses.replace(messages[-1], card=card, rated=card is not None, summary=reply.lead)
    return tuple(messages)


def numbered(key: str, number: int) -> str:
    """The key of the message number so and so of the reply that the delivery of that key owes."""
    return key if number == 1 else f"{key}#{number}"


def body(reply: Reply, claims: Sequence[str]) -> str:
    """The reply so far: its lead and these of its claims, as `claim_texts` puts them."""
    return "\n\n".join(filter(None, [markdown.clip(reply.lead, _LEAD), *claims]))


def claim_texts(reply: Reply) -> list[str]:
    """The claims with the numbers of what they cite."""
    marks = numbers(reply.citations)
    pieces = ((piece, marks[claim.citation]) for claim in reply.claims for piece in markdown.split(claim.text, _CLAIM))
    return [f"{markdown.stress(piece)} [{number}]" for piece, number in pieces]


def _packed(reply: Reply) -> list[list[str]]:
    """The claims by messages."""
    packed: list[list[str]] = [[]]
    room = ROOM - _LEAD
    for text in claim_texts(reply):
        if packed[-1] and len(text) > room:
            packed.append([])
            room = ROOM
        packed[-1].append(text)
        room -= len(text)
    return packed


def _marked(reply: Reply, text: str, texts: Texts) -> Message:
    """The text with what Teams is told of the sources that it names."""
    named = [each for each in reply.sources if f"[{each.number}]" in text]
    shown = [*(each.citation for each in named), *reply.nearest]
    internal = any(each.audience is Audience.INTERNAL for each in shown)
    return Message(
        text=text,
        cited=tuple(map(_cited, named)),
        by_bot=True,
        internal=texts(reply.language, "reply.source.internal") if internal else "",
    )


def _cited(source: Source) -> Cited:
    title = _clipped(source.citation.title, _NAME) or str(source.number)
    quote = _clipped(source.citation.quote, _ABSTRACT) or title
    return Cited(number=source.number, name=title, abstract=quote, url=_followed(source.citation.url))


def _clipped(text: str, limit: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= limit else f"{plain[: limit - 1].rstrip()}…"


def _sources(reply: Reply, texts: Texts) -> Iterable[str]:
    """Each source in a line, for whoever sees no citations."""
    lines = [_source(f"\\[{each.number}\\]", each.citation, reply, texts) for each in reply.sources]
    if lines:
        yield _within(lines)
    elif reply.nearest:
        near = [_source("•", each, reply, texts) for each in reply.nearest]
        yield f"**{markdown.escape(texts(reply.language, 'reply.nearest'))}**  \n{_within(near)}"


def _within(lines: Iterable[str]) -> str:
    kept: list[str] = []
    room = ROOM
    for line in dict.fromkeys(lines):
        room -= len(line)
        if room < 0:
            break
        kept.append(line)
    return "  \n".join(kept)


def _source(mark: str, citation: Citation, reply: Reply, texts: Texts) -> str:
    line = f"{mark} {link(citation.url, citation.title)}"
    if citation.date:
        line += f" · {format_date(citation.date, 'long', locale=LOCALES[reply.language])}"
    if citation.audience is Audience.INTERNAL:
        line += f" · **{markdown.escape(texts(reply.language, 'reply.source.internal'))}**"
    return line


def link(address: str, title: str) -> str:
    """The title as a link, where the address is one that may be followed."""
    told = markdown.clip(" ".join(title.split()), _TITLE) or markdown.clip(address, _TITLE)
    if not _followed(address):
        return told
    # Brackets and blanks would end the address.
    safe = "".join({"(": "%28", ")": "%29", " ": "%20", "<": "%3C", ">": "%3E"}.get(each, each) for each in address)
    return f"[{told}]({safe})"


def _followed(address: str) -> str | None:
    """The address, where it is one that may be followed."""
    return address if address.startswith(("http://", "https://")) else None


def _closing(reply: Reply, texts: Texts, *, cut: bool) -> Iterable[str]:
    if cut:
        yield markdown.escape(texts(reply.language, "teams.cut"))
    if note := markdown.clip(reply.note, _LEAD):
        yield note
    if reply.claims and reply.lead == texts(reply.language, "reply.lead.written"):
        yield markdown.escape(texts(reply.language, "reply.written"))
