"""Being asked in channels, put together: what is heard where, what sets that, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping

from slack_bolt.async_app import AsyncApp

from bot.desk.outbox import Courier
from bot.handlers.slack.cases.casework import Casework
from bot.handlers.slack.channels import CHANGED
from bot.handlers.slack.questions.listening import Listening
from bot.handlers.slack.questions.modes import Announcing, Modes
from bot.handlers.slack.questions.ourselves import Ourselves
from bot.handlers.slack.questions.telling import TOLD, Telling
from bot.handlers.slack.questions.threads import Threads
from bot.handlers.slack.shared import Shared


class Hearing:
    """The part that hears questions."""

    def __init__(self, shared: Shared, casework: Casework) -> None:
        owing, channels, directory, texts = shared.owing, shared.channels, shared.directory, shared.texts
        threads = Threads(shared.database)
        self._parts = (
            Listening(casework, owing, channels, threads, Ourselves(shared.clients, shared.behind)),
            Modes(owing, channels, directory, texts),
        )
        self._carriers: Mapping[str, Courier] = {
            TOLD: Telling(shared.workspace, directory, texts),
            CHANGED: Announcing(shared.workspace, texts),
        }

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what this hears."""
        for part in self._parts:
            part.register(app)

    def carriers(self) -> Mapping[str, Courier]:
        """What carries the deliveries that come of it, beside the replies."""
        return self._carriers
