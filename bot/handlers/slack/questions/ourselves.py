"""Who the bot itself is in each workspace, for events that don't tell it."""

from __future__ import annotations

from bot.behind import Behind
from bot.handlers.slack.clients import Clients


class Ourselves:
    """Knows the bot's user ids: from events that tell them, or else from Slack, which nobody waits for."""

    def __init__(self, clients: Clients, behind: Behind) -> None:
        self._clients = clients
        self._behind = behind
        self._known: dict[str, str] = {}
        self._asked: set[str] = set()

    def learn(self, workspace: str, user: str) -> None:
        """An event has told it."""
        self._known[workspace] = user

    def known(self, workspace: str) -> str:
        """The bot's user id there; empty where that is still to be found out, which then begins."""
        if workspace not in self._known and workspace not in self._asked:
            self._asked.add(workspace)
            self._behind.start(self._ask(workspace))
        return self._known.get(workspace, "")

    async def _ask(self, workspace: str) -> None:
        try:
            client = await self._clients.of(workspace)
            self._known[workspace] = str((await client.auth_test())["user_id"])
        finally:
            self._asked.discard(workspace)
