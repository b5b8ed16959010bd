"""A librarian who takes time to answer, and what is to be there in the end."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from bot.desk.outbox import Delivery, delivery_of
from bot.desk.outbox_table import OutboxRow
from bot.question import Listener, Question, Reply, Status
from knowledge.model import Claim
from tests.desk.examples import eventually
from tests.peers.slack import BOT, Slack
from tests.slack.examples import ALCOHOL, TEXTS, Bot, Librarian, words

SOURCES = [ALCOHOL.model_copy(update={"section": str(number), "quote": f"Ord {number}"}) for number in range(1, 4)]
CLAIMS = tuple(Claim(text=f"Påstand {n} *er* <@U1>.", citation=source) for n, source in enumerate(SOURCES, start=1))
LEAD = TEXTS("nb", "reply.lead.written")
TEXT = "\n\n".join([LEAD, *(f"Påstand {n} \\*er\\* &lt;@U1&gt;. [{n}]" for n in range(1, 4))])
STREAM = ("chat.startStream", "chat.appendStream", "chat.stopStream")


class Narrator(Librarian):
    """Tells claims one by one, each when Slack has been told of the one before; `final` are those that it stands by."""

    def __init__(self, slack: Slack, final: Sequence[Claim] = CLAIMS, patience: float = 0.5) -> None:
        super().__init__()
        self._slack = slack
        self._patience = patience
        self._final = tuple(final)
        self.stuck = asyncio.Event()
        self.stops_after: int | None = None

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        self.asked.append(question)
        before = self.calls()
        for number, claim in enumerate(CLAIMS if listener else (), start=1):
            assert listener
            await listener.claim(claim)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    while self.calls() < before + number:
                        await asyncio.sleep(0.005)
            if number == self.stops_after:
                self.stuck.set()
                await asyncio.Event().wait()
        return Reply(id=secrets.token_hex(8), status=Status.ANSWERED, language="nb", lead=LEAD, claims=self._final)

    def calls(self) -> int:
        return sum(len(self._slack.called(method)) for method in STREAM[:2])


def said(slack: Slack, asked: dict[str, Any], channel: str = "C1") -> list[dict[str, Any]]:
    return [message for message in slack.thread(channel, asked["ts"]) if message.get("bot_id") == BOT]


async def over(bot: Bot) -> None:
    """Wait until nothing is owed any more."""

    async def nothing() -> bool:
        async with bot.database.reading() as session:
            return all(row.done_at for row in await session.scalars(select(OutboxRow)))

    await eventually(nothing)


async def done(bot: Bot, asked: dict[str, Any], channel: str = "C1") -> dict[str, Any]:
    """The one reply, when nothing is owed any more."""
    await over(bot)
    found = said(bot.slack, asked, channel)
    assert len(found) == 1
    assert found[0].get("streaming_state") != "in_progress"
    return found[0]


def whole(message: dict[str, Any]) -> bool:
    """It holds every claim with its source, the thumbs and the button, and says which delivery it is."""
    told = words(message)
    return (
        message["blocks"][0]["text"] == TEXT
        and all(f"[{n}] <https" in told and f">Ord {n}" in told for n in range(1, 4))
        and told.endswith("Send til saksbehandler")
        and [block["type"] for block in message["blocks"]][-2:] == ["context_actions", "actions"]
        and message["metadata"]["event_payload"]["key"].startswith("reply:slack:")
    )


async def delivery(bot: Bot) -> Delivery:
    async with bot.database.reading() as session:
        return delivery_of((await session.scalars(select(OutboxRow))).one())
