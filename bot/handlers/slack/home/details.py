"""Shows a case to an officer who opens its Work Object."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.behind import Behind
from bot.desk.desk import Desk
from bot.desk.store import CaseNotFound
from bot.handlers.slack.cases.officers import Officers
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.home import work_objects
from bot.handlers.slack.installed import workspace_of
from bot.pages import Pages
from bot.texts import Texts


class Details:
    """Answers when somebody wants to see more of a case. Only officers do."""

    def __init__(
        self, behind: Behind, clients: Clients, officers: Officers, desk: Desk, pages: Pages, texts: Texts
    ) -> None:
        self._behind = behind
        self._clients = clients
        self._officers = officers
        self._desk = desk
        self._pages = pages
        self._texts = texts

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what this hears."""
        app.event("entity_details_requested")(self._hear)

    async def _hear(self, body: dict[str, Any]) -> None:
        # Slack waits a few seconds and then shows that there was no answer: too short for the outbox, and no loss.
        self._behind.start(self._present(workspace_of(body), body["event"]))

    async def _present(self, workspace: str, event: dict[str, Any]) -> None:
        client = await self._clients.of(workspace)
        who = await self._officers.colleague(workspace, event["user"])
        if who.officer is None:
            return await _refuse(client, event["trigger_id"], "restricted")
        try:
            case = await self._desk.get(str((event.get("external_ref") or {}).get("id", "")))
        except CaseNotFound:
            return await _refuse(client, event["trigger_id"], "not_found")
        shared = event.get("app_unfurl_url") or ""
        entity = work_objects.details(case, shared, who.language, self._pages, self._texts)
        await client.entity_presentDetails(trigger_id=event["trigger_id"], metadata=entity)


async def _refuse(client: AsyncWebClient, trigger: str, status: str) -> None:
    await client.entity_presentDetails(trigger_id=trigger, error={"status": status})
