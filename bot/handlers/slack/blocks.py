"""What Slack's messages are made of. Pure; whatever comes from sources or people is escaped on the way."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from slack_sdk.models.blocks import Block, MarkdownTextObject, SectionBlock

from bot.handlers.slack.mrkdwn import clip, escape

SECTION = 3_000
"""Characters in a section."""
FALLBACK = 3_000
"""Characters of the text beside the blocks."""


@dataclasses.dataclass(frozen=True)
class Message:
    """What is posted: blocks, and the text that notifications and screen readers get instead."""

    text: str
    blocks: tuple[Block, ...]


def said(text: str) -> Message:
    """A message of the bot's own words."""
    return Message(clip(text, FALLBACK), tuple(sections([clip(text, SECTION)])))


def marked(text: str) -> Message:
    """A message in Slack's markup, of the bot's own words and ids."""
    return Message(text, tuple(sections([text])))


def sections(paragraphs: Iterable[str]) -> list[Block]:
    """As few sections as hold the paragraphs (escaped already), none of which is longer than a section."""
    texts: list[str] = []
    for paragraph in filter(None, paragraphs):
        if texts and len(texts[-1]) + 2 + len(paragraph) <= SECTION:
            texts[-1] += f"\n\n{paragraph}"
        else:
            texts.append(paragraph)
    return [SectionBlock(text=markup(text), expand=True) for text in texts]


def markup(text: str) -> MarkdownTextObject:
    """Slack's markup, taken as it stands."""
    # Verbatim: Slack makes no links of its own of what looks like a channel, a person or an address.
    return MarkdownTextObject(text=text, verbatim=True)


def bold(text: str) -> str:
    """The text, escaped and bold."""
    return f"*{escape(text).replace('*', '')}*"


def quoted(escaped: str) -> str:
    """The text as a quotation."""
    return "\n".join(f">{line}" for line in escaped.splitlines() if line.strip())
