"""What is written about cases: officers' notes under a case's message, and what askers write in the threads of theirs.

A note is for colleagues: nothing here, nor what is owed here, holds its text or brings it to anybody.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.desk.case import LONGEST_ANSWER
from bot.desk.following_up import meant
from bot.desk.owing import Owing
from bot.guard import Guard, Refused, mask
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.cases.cards import Cards
from bot.handlers.slack.cases.finding import Finding
from bot.handlers.slack.installed import workspace_of
from bot.handlers.slack.mrkdwn import plain
from bot.handlers.slack.questions.asking import Heard
from bot.people import Place
from bot.wording import says_nothing

OFFICER_WROTE = "officer.wrote"
OFFICER_REWROTE = "officer.rewrote"
ASKER_WROTE = "asker.wrote"
ASKER_REWROTE = "asker.rewrote"
"""The kinds of deliveries that what people write, change and take away owes."""


class Written(BaseModel):
    """A message about a case. `text` is an asker's, without personal data, `masked` where there was some: an officer's
    is not kept. `gone`: it was taken away."""

    model_config = ConfigDict(frozen=True)

    case: str
    workspace: str
    channel: str
    thread: str
    ts: str
    user: str
    text: str = ""
    files: int = 0
    masked: bool = False
    gone: bool = False

    @property
    def ref(self) -> str:
        """Names the message in what it is the occasion of."""
        return f"{self.channel}:{self.ts}"

    @property
    def place(self) -> Place:
        """Its thread."""
        return Place(platform=PLATFORM, workspace=self.workspace, channel=self.channel, thread=self.thread)


class Casework:
    """Hears what people write, before it is taken for a question."""

    def __init__(self, owing: Owing, cards: Cards, finding: Finding) -> None:
        self._owing = owing
        self._cards = cards
        self._finding = finding
        self._guard = Guard()

    async def heard(self, heard: Heard) -> bool:
        """Whether the message belongs to a case, and is taken care of."""
        if heard.mentioned or not (heard.in_thread or heard.direct):
            return False  # said to the bot, or to everybody
        thread = heard.thread if heard.in_thread else ""
        found = {"workspace": heard.workspace, "channel": heard.channel, "thread": thread, "ts": heard.ts}
        if case_id := await self._cards.above(heard.channel, thread):
            await self._owe(OFFICER_WROTE, Written(case=case_id, user=heard.user, **found))
            return True
        if heard.text.startswith("<@"):
            return False  # said to somebody else in the thread
        theirs = await self._finding.about(heard.place, heard.user, top=not heard.in_thread)
        case = meant(theirs, says_nothing=not heard.files and says_nothing(plain(heard.text)))
        if case is None:
            return False
        about = {"user": heard.user, "text": self._masked(heard.text), "files": len(heard.files)}
        masked = mask(plain(heard.text)) != plain(heard.text)
        await self._owe(ASKER_WROTE, Written.model_validate({"case": case.id, "masked": masked, **about, **found}))
        return True

    async def changed(self, body: Mapping[str, Any]) -> bool:
        """Whether the message that was changed belongs to a case. Of no matter is what Slack itself adds to one."""
        event = body["event"]
        message, before = event.get("message") or {}, event.get("previous_message") or {}
        if message.get("subtype") == "tombstone":
            return await self.deleted(body)
        if message.get("bot_id") or not message.get("ts") or message.get("text") == before.get("text"):
            return False
        version = (message.get("edited") or {}).get("ts") or event.get("ts") or ""
        return await self._rewritten(body, message, version, text=message.get("text") or "")

    async def deleted(self, body: Mapping[str, Any]) -> bool:
        """Whether the message that was taken away belongs to a case."""
        before = body["event"].get("previous_message") or {}
        if before.get("bot_id") or not before.get("ts"):
            return False
        return await self._rewritten(body, before, "gone", gone=True)

    async def _rewritten(
        self, body: Mapping[str, Any], message: Mapping[str, Any], version: str, *, text: str = "", gone: bool = False
    ) -> bool:
        event, ts, user = body["event"], message["ts"], message.get("user") or ""
        channel, direct = event.get("channel") or "", event.get("channel_type") == "im"
        thread = message.get("thread_ts") or ts
        place = Place(platform=PLATFORM, workspace=workspace_of(body), channel=channel, thread=thread, private=direct)
        found: dict[str, Any] = {"workspace": place.workspace, "channel": channel, "ts": ts, "user": user, "gone": gone}
        found["thread"] = "" if direct and thread == ts else thread
        if case_id := await self._cards.above(channel, thread):
            await self._owe(OFFICER_REWROTE, Written(case=case_id, **found), version)
            return True
        known = await self._finding.come_to(f"{channel}:{ts}", user)
        case = next(iter(known or await self._finding.about(place, user, top=thread == ts)), None)
        if case is None:
            return False
        await self._owe(ASKER_REWROTE, Written(case=case.id, text=self._masked(text), **found), version)
        return True

    async def _owe(self, kind: str, written: Written, version: str = "") -> None:
        # A lane for each thread: what is changed was written before.
        lane = f"{kind.partition('.')[0]}/{written.channel}/{written.thread}"
        key = f"{kind}:{written.ref}:{version}" if version else f"{kind}:{written.ref}"
        await self._owing.owe(kind, key, lane, written.model_dump(mode="json"))

    def _masked(self, text: str) -> str:
        shown = plain(text)
        with contextlib.suppress(Refused):
            return self._guard.check(shown).text
        # Too long for a question, or a sign without words: for an officer it says something all the same.
        return mask(shown)[:LONGEST_ANSWER]
