"""Brings published answers into the library, and withdrawn ones out of it."""

from __future__ import annotations

import structlog

from bot.database import Database
from bot.desk.outbox import Delivery, Undeliverable
from bot.publishing.answer import AnswerState, PublishedAnswer
from bot.publishing.document import document_of
from bot.publishing.notices import PUBLISH, WITHDRAW, AnswerNotice
from bot.publishing.store import AnswerNotFound, Answers
from bot.texts import Texts
from knowledge.library import Library
from knowledge.model import ANSWERS

log = structlog.get_logger(__name__)


class LibraryCourier:
    """Delivers to the library. Whatever is delivered, late, twice or in the wrong order, the library afterwards holds
    what the database says of the answer; what was withdrawn can't come back."""

    def __init__(self, database: Database, library: Library, texts: Texts) -> None:
        self._database = database
        self._library = library
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Have the library hold the answer, or no longer hold it. Raises Undeliverable for what isn't about that."""
        if delivery.kind not in {PUBLISH, WITHDRAW}:
            raise Undeliverable(f"nothing in the library is of the kind {delivery.kind!r}")
        await self.bring(AnswerNotice.model_validate(delivery.payload).answer.id)

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it: whoever looks after published answers brings it later."""
        log.error("library.given_up", key=delivery.key, kind=delivery.kind)

    async def bring(self, answer_id: str) -> None:
        """Have the library hold the answer as it is now, or not hold it where it is not to be found (any more)."""
        standing = await self._standing(answer_id)
        while True:
            await self._put(answer_id, standing)
            seen, standing = standing, await self._standing(answer_id)
            if standing == seen:  # nobody has withdrawn it meanwhile
                return

    async def _standing(self, answer_id: str) -> PublishedAnswer | None:
        try:
            async with self._database.reading() as session:
                answer = await Answers(session).get(answer_id)
        except AnswerNotFound:
            return None
        return answer if answer.state is AnswerState.PUBLISHED else None

    async def _put(self, answer_id: str, standing: PublishedAnswer | None) -> None:
        if standing is None:
            await self._library.retract(f"{ANSWERS}{answer_id}")
            return
        found, (passage,) = document_of(standing, self._texts)
        await self._library.publish(found, passage)
