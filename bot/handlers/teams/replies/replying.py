"""Replies, put together: how they are thought of and brought, and what people think of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from microsoft_teams.apps import App

from bot.desk.outbox import Courier
from bot.handlers.teams.questions.asking import Asked
from bot.handlers.teams.questions.following import Following
from bot.handlers.teams.questions.holding_off import TOLD, Telling
from bot.handlers.teams.replies.courier import ReplyCourier
from bot.handlers.teams.replies.feedback import Opinions
from bot.handlers.teams.shared import Shared
from bot.handlers.teams.store import Feedbacks
from bot.thinking import Conversation, Thinking


class Replying:
    """The part that answers; `thinking` is how, for whoever brings a reply in another way."""

    def __init__(
        self, shared: Shared, conversation: Conversation, tell_language: Callable[[str, Sequence[str]], str]
    ) -> None:
        replies, texts = shared.replies, shared.texts
        following = Following(replies)
        self.thinking = Thinking[Asked](shared.directory, following, replies, conversation, texts, tell_language)
        self._courier = ReplyCourier(self.thinking, replies, shared.rooms, shared.posts, shared.connector, texts)
        self._telling = Telling(shared.connector, shared.rooms, texts)
        self._opinions = Opinions(shared.directory, replies, shared.posts, Feedbacks(shared.database), texts)

    def register(self, app: App) -> None:
        """Let the SDK hand over what people think of replies."""
        self._opinions.register(app)

    def carriers(self) -> Mapping[str, Courier]:
        """What carries replies, and what is said in place of one."""
        return {"reply": self._courier, TOLD: self._telling}
