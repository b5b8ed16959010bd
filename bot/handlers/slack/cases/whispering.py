"""What one person is told where others write: it is for then and there, and Slack may say no to it."""

from __future__ import annotations

import structlog

from bot.desk.outbox import Undeliverable
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.home.tolerance import tolerated
from bot.handlers.slack.workspace import Workspace
from bot.people import Place

log = structlog.get_logger(__name__)


class Whispers:
    """Tells people things that only they see."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def tell(self, place: Place, user: str, message: Message) -> None:
        """Tell it, unless Slack says no (whoever has left the channel can't be told there).

        Raises what the client raises where trying again may help.
        """
        try:
            with tolerated("whisper"):
                await self._workspace.whisper(place, user, message)
        except Undeliverable as error:
            log.warning("slack.not_whispered", error=str(error))
