"""Commands and shortcuts, put together: what is asked of the bot other than by writing to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from slack_bolt.async_app import AsyncApp

from bot.desk.outbox import Courier
from bot.handlers.slack.questions import commanded, sharing, shortcuts
from bot.handlers.slack.questions.answering import Answers
from bot.handlers.slack.questions.commands import Commands
from bot.handlers.slack.questions.handing import Handing
from bot.handlers.slack.questions.languages import Languages
from bot.handlers.slack.questions.sharing import ShareCourier, Sharing
from bot.handlers.slack.questions.shortcuts import Shortcuts
from bot.handlers.slack.replies.thinking import Thinking
from bot.handlers.slack.shared import Shared
from bot.library import Strategies


@dataclasses.dataclass(frozen=True)
class Commanding:
    """The part that hears /spor, /strategi, the message shortcuts, and the buttons that share."""

    shared: Shared
    thinking: Thinking

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what this hears."""
        shared, owing, texts, aside = self.shared, self.shared.owing, self.shared.texts, self.shared.aside
        languages, channels = Languages(shared.directory), shared.channels
        strategies, address = Strategies(shared.library), shared.settings.public_url
        for part in (
            Commands(owing, channels, strategies, texts, languages, address),
            Shortcuts(owing, shared.clients, aside, channels, shared.behind, texts, languages),
            Sharing(owing),
        ):
            part.register(app)

    def carriers(self) -> Mapping[str, Courier]:
        """What carries the deliveries that come of it, by kind."""
        shared, aside, texts = self.shared, self.shared.aside, self.shared.texts
        workspace, directory, replies = shared.workspace, shared.directory, shared.replies
        channels = shared.channels
        strategies, address = Strategies(shared.library), shared.settings.public_url
        return {
            commanded.KIND: Answers(self.thinking, workspace, aside, replies, texts),
            sharing.KIND: ShareCourier(workspace, aside, channels, directory, replies, strategies, texts, address),
            shortcuts.KIND: Handing(self.thinking, shared.owing, aside, texts),
        }
