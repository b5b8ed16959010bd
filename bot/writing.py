"""A chat model's answer within the time a person waits for it, or none."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from bot.chat_accounts import Accounts, Bill
from bot.question import Listener
from knowledge.calling import outcome_of
from knowledge.generating import Writer
from knowledge.model import Claim, Evidence


class Writing:
    """Lets the writer write, and mend what did not hold, for at most `seconds` in all.

    If writing fails, the extractive answer stands. If mending does, what held at first is the answer.
    """

    def __init__(self, writer: Writer, seconds: float, accounts: Accounts) -> None:
        self._writer = writer
        self._seconds = seconds
        self._accounts = accounts

    async def claims(self, evidence: Evidence, language: str, listener: Listener, bill: Bill) -> tuple[Claim, ...]:
        """The claims that hold, told to the listener as they come; none where the model failed or was too slow."""
        draft = self._writer.draft(evidence, language, bill.note)
        written: tuple[Claim, ...] = ()
        step = "write"
        try:
            async with asyncio.timeout(self._seconds):
                written = await _heard(self._writer.write(draft), listener)
                self._accounts.checked(bill.reply, step, len(written), draft.faults)
                if draft.rejected and not draft.full:
                    step = "mend"
                    mended = await _heard(self._writer.mend(draft), listener)
                    written = tuple(draft.told)
                    self._accounts.checked(bill.reply, step, len(mended), draft.faults)
        except Exception as error:  # noqa: BLE001 - a client may raise anything, and what it says may hold secrets
            self._accounts.fell_back(bill.reply, step, outcome_of(error), error)
            # What was mended before that has been seen already, and holds as well.
            return tuple(draft.told) if step == "mend" else ()
        return written


async def _heard(claims: AsyncGenerator[Claim], listener: Listener) -> tuple[Claim, ...]:
    heard: list[Claim] = []
    async with contextlib.aclosing(claims) as coming:
        async for claim in coming:
            heard.append(claim)
            await listener.claim(claim)
    return tuple(heard)
