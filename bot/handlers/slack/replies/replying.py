"""Replies, put together: how they are thought of and brought, and what people think of them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from slack_bolt.async_app import AsyncApp

from bot.desk.outbox import Courier
from bot.handlers.slack.questions.attachments import Attachments
from bot.handlers.slack.questions.documents import Documents
from bot.handlers.slack.questions.following import Following
from bot.handlers.slack.replies.courier import ReplyCourier
from bot.handlers.slack.replies.feedback import Opinions
from bot.handlers.slack.replies.feedbacks import Feedbacks
from bot.handlers.slack.replies.status import StatusLine
from bot.handlers.slack.replies.streaming import Streams
from bot.handlers.slack.replies.thinking import Thinking
from bot.handlers.slack.shared import Shared
from bot.thinking import Conversation


class Replying:
    """The part that answers; `thinking` is how, for whoever brings a reply in another way."""

    def __init__(self, shared: Shared, conversation: Conversation) -> None:
        clients, replies, posts, texts = shared.clients, shared.replies, shared.posts, shared.texts
        workspace = shared.workspace
        documents = Documents(shutil.which("tesseract"))
        attachments = Attachments(clients, shared.addresses, documents)
        following = Following(clients, replies, shared.database)
        self.thinking = Thinking(
            shared.directory, following, attachments, replies, conversation, texts, shared.tell_language
        )
        streams = Streams(clients, posts, workspace, texts)
        status, aside = StatusLine(clients, texts), shared.aside
        self._courier = ReplyCourier(self.thinking, replies, workspace, streams, status, aside, texts)
        stores = (replies, posts, Feedbacks(shared.database))
        self._opinions = Opinions(shared.behind, clients, shared.directory, workspace, stores, texts)

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what people think of replies."""
        self._opinions.register(app)

    def carriers(self) -> Mapping[str, Courier]:
        """What carries replies."""
        return {"reply": self._courier}
