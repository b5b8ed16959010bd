"""Names conversations in direct messages after the questions that they begin with."""

from __future__ import annotations

import structlog

from bot.behind import Behind
from bot.desk.outbox import Courier, Delivery, Undeliverable
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.questions.asking import Asked
from bot.handlers.slack.replies.status import Pauses
from bot.handlers.slack.workspace import UNREACHABLE, reason
from bot.people import Place

log = structlog.get_logger(__name__)

_LONGEST = 80


class Titling:
    """Carries replies as another carrier does, and sets a title beside: an ornament that no reply waits for."""

    def __init__(self, carrier: Courier, behind: Behind, clients: Clients) -> None:
        self._carrier = carrier
        self._behind = behind
        self._clients = clients
        self._pauses = Pauses()

    async def deliver(self, delivery: Delivery) -> None:
        """Bring the reply. Raises Undeliverable."""
        asked = Asked.model_validate(delivery.payload)
        question = asked.question
        begins = question.place.private and question.place.thread == asked.ts
        if begins and question.text and self._pauses.over(question.place.workspace):
            self._behind.start(self._entitle(question.place, " ".join(question.text.split())))
        await self._carrier.deliver(delivery)

    async def give_up(self, delivery: Delivery) -> None:
        """Tell whoever waits for the reply."""
        await self._carrier.give_up(delivery)

    async def _entitle(self, place: Place, text: str) -> None:
        title = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
        try:
            client = await self._clients.of(place.workspace)
            await client.assistant_threads_setTitle(channel_id=place.channel, thread_ts=place.thread, title=title)
        except (*UNREACHABLE, Undeliverable) as error:
            log.info("slack.no_title", error=reason(error))
            self._pauses.note(place.workspace, error, busy=60.0)
