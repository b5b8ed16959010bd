"""What officers fill in: done at once, so that what can't be done is said in the modal and no text is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.behind import Behind
from bot.desk import offers
from bot.desk.case import Case, IllegalMove, Move
from bot.desk.desk import Desk
from bot.desk.outbox import Undeliverable
from bot.desk.store import CaseNotFound
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases.modals import AS, RELAY, SURE, TEXT, WHO, Meant
from bot.handlers.slack.cases.officers import Officers
from bot.handlers.slack.cases.passing_on import INTO, TEAM, UNKNOWN
from bot.handlers.slack.questions.aside import Aside
from bot.handlers.slack.workspace import UNREACHABLE
from bot.texts import Texts

_PATIENCE = 2.0
"""Seconds to find out who somebody is; Slack waits three for what becomes of a modal."""


class Submitting:
    """Hears the modals about cases."""

    def __init__(self, officers: Officers, behind: Behind, aside: Aside, desk: Desk, texts: Texts) -> None:
        self._officers = officers
        self._behind = behind
        self._aside = aside
        self._desk = desk
        self._texts = texts

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what is filled in."""
        app.view(offers.ANSWER)(self._answer)
        app.view(offers.ASK_BACK)(self._ask_back)
        app.view(offers.SEND_BACK)(self._send_back)
        app.view(offers.MERGE)(self._merge)
        app.view(offers.REASSIGN)(self._reassign)
        app.view(RELAY)(self._relay)

    async def _answer(self, body: dict[str, Any], ack: Ack) -> None:
        meant, filled = _read(body)
        await self._end(ack, meant, TEXT, self._desk.answer(meant.case, meant.officer, filled.get(TEXT, "")))

    async def _ask_back(self, body: dict[str, Any], ack: Ack) -> None:
        meant, filled = _read(body)
        await self._end(ack, meant, TEXT, self._desk.ask_back(meant.case, meant.officer, filled.get(TEXT, "")))

    async def _send_back(self, body: dict[str, Any], ack: Ack) -> None:
        meant, filled = _read(body)
        team, reason = filled.get(TEAM, UNKNOWN), filled.get(TEXT, "")
        if team in {"", UNKNOWN}:
            await self._end(ack, meant, TEXT, self._desk.send_back(meant.case, meant.officer, reason))
        else:
            await self._end(ack, meant, TEAM, self._desk.route(meant.case, meant.officer, team, reason))

    async def _merge(self, body: dict[str, Any], ack: Ack) -> None:
        meant, filled = _read(body)
        await self._end(ack, meant, INTO, self._desk.merge(meant.case, meant.officer, filled.get(INTO, "")))

    async def _reassign(self, body: dict[str, Any], ack: Ack) -> None:
        meant, filled = _read(body)
        try:
            async with asyncio.timeout(_PATIENCE):
                colleague = await self._officers.colleague(meant.workspace, filled.get(WHO, ""))
        except (*UNREACHABLE, Undeliverable):
            return await self._refuse(ack, meant, WHO, "slack.reassign.unknown")
        if colleague.officer is None:
            return await self._refuse(ack, meant, WHO, "desk.form.reassign.nobody")
        await self._end(ack, meant, WHO, self._desk.reassign(meant.case, meant.officer, colleague.officer))

    async def _relay(self, body: dict[str, Any], ack: Ack) -> None:
        meant, filled = _read(body)
        if filled.get(SURE) != SURE:
            return await self._refuse(ack, meant, SURE, "desk.form.relay.unsure")
        if not filled.get(AS):
            return await self._refuse(ack, meant, AS, "desk.form.relay.as.none")
        send = {
            Move.ANSWERED: self._desk.answer,
            Move.ASKED_BACK: self._desk.ask_back,
            Move.SUPPLEMENTED: self._desk.supplement,
        }[Move(filled[AS])]
        sent = await self._end(ack, meant, TEXT, send(meant.case, meant.officer, filled.get(TEXT, ""), meant.note))
        if sent and meant.beside:
            # What stands beside the note says that it is internal.
            told = plainly(self._texts(meant.language, "desk.note.sent"))
            key = f"{RELAY}:{body['view']['id']}"
            self._behind.start(self._aside.tell(key, meant.beside, told, replace=True))

    async def _end(self, ack: Ack, meant: Meant, block: str, move: Awaitable[Case]) -> bool:
        """Whether the move was made; where it was not, the modal says why."""
        try:
            await move
        except IllegalMove as refused:
            await self._refuse(ack, meant, block, refused.key, **refused.values)
        except CaseNotFound:
            await self._refuse(ack, meant, block, "desk.case.card.gone")
        else:
            await ack()
            return True
        return False

    async def _refuse(self, ack: Ack, meant: Meant, block: str, key: str, **values: object) -> None:
        await ack(response_action="errors", errors={block: self._texts(meant.language, key, **values)})


def _read(body: Mapping[str, Any]) -> tuple[Meant, dict[str, str]]:
    """What the modal is about, and what was filled in, by input."""
    view = body["view"]
    filled = {
        block: _chosen(element) for block, elements in view["state"]["values"].items() for element in elements.values()
    }
    return Meant.model_validate_json(view["private_metadata"]), filled


def _chosen(element: Mapping[str, Any]) -> str:
    option = element.get("selected_option") or next(iter(element.get("selected_options") or ()), None) or {}
    return str(element.get("value") or element.get("selected_user") or option.get("value") or "")
