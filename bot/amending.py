"""Which case a message is part of that its writer changes, or takes away."""

from __future__ import annotations

from bot.desk.case import OPEN, Case, CaseState
from bot.desk.desk import Desk
from bot.replies import Replies


async def case_of_message(desk: Desk, replies: Replies, ref: str, reply_key: str, asker: str) -> Case | None:
    """The case that the asker's message has come to, or the open one whose question it is; None where it is part of
    none. `ref` names the message in what it was the occasion of, `reply_key` the reply that was owed for it."""
    if (known := await desk.about(ref)) and known[0].asker.id == asker:
        return known[0]
    said = await replies.owed_by(reply_key)
    case = await desk.of_reply(said.reply.id) if said else None
    return case if case and case.asker.id == asker and case.state in OPEN | {CaseState.MERGED} else None
