"""In which language to write to somebody before it is known what they ask, or while nobody may wait for that."""

from __future__ import annotations

import asyncio
import re

from bot.handlers.slack.directory import Directory
from bot.understanding import OPENING, by_words

MOMENT = 0.05
"""Seconds: an acknowledgement must not wait for more."""
_USUAL = "nb"
_NORWEGIAN = re.compile("[æøå]", re.I)


class Languages:
    """Tells languages in no time, or else takes bokmål. To look closely at a text could take seconds."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def of(self, workspace: str, user: str, text: str = "", patience: float = MOMENT) -> str:
        """That of the text, where its words tell it; else that in which they have Slack, as far as that is known."""
        opening = text[:OPENING]
        if told := by_words(opening) or (_USUAL if _NORWEGIAN.search(opening) else ""):
            return told
        try:
            async with asyncio.timeout(patience):
                return (await self._directory.person(workspace, user)).language or _USUAL
        except TimeoutError:
            return _USUAL
