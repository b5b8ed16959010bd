"""What people wrote, as a quotation that Slack takes: each line has its sign, and those count too. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.handlers.slack.blocks import quoted
from bot.handlers.slack.mrkdwn import clip

_MORE = "\n>…"


def quotation(text: str, limit: int) -> str:
    """The text, escaped and quoted; its first lines and "…" where that is longer than the limit."""
    whole = quoted(clip(text, limit - 1))
    if len(whole) <= limit:
        return whole
    return "\n".join(fitting(whole.split("\n"), limit - len(_MORE))) + _MORE


def fitting(lines: Iterable[str], limit: int) -> Sequence[str]:
    """Those of the lines that have room beside each other within the limit; those that have not are left out."""
    taken: list[str] = []
    room = limit
    for line in lines:
        if len(line) <= room:
            taken.append(line)
            room -= len(line) + 1
    return taken
