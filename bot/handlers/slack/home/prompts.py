"""Questions suggested in Slack where people begin to talk with the bot."""

from __future__ import annotations

from bot.handlers.slack.clients import Clients
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.home.content import USUAL
from bot.handlers.slack.home.tolerance import tolerated
from bot.prompts import SUGGESTED
from bot.texts import Texts


class Prompts:
    """Suggests questions by what people are to the municipality, in their language."""

    def __init__(self, clients: Clients, directory: Directory, texts: Texts) -> None:
        self._clients = clients
        self._directory = directory
        self._texts = texts

    async def suggest(self, workspace: str, user: str, channel: str) -> None:
        """Suggest questions to the user in their direct messages with the bot. Raises what the client raises."""
        person = await self._directory.person(workspace, user)
        language = person.language or USUAL
        asked = [self._texts(language, key) for key in SUGGESTED[person.role]]
        client = await self._clients.of(workspace)
        with tolerated("prompts"):
            await client.assistant_threads_setSuggestedPrompts(
                channel_id=channel,
                title=self._texts(language, "slack.prompt.title"),
                prompts=[{"title": question, "message": question} for question in asked],
            )
