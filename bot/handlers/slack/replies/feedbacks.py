"""What people in Slack think of replies, kept."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot import feedbacks
from bot.database import Database


class FeedbackRow(feedbacks.FeedbackRow):
    """What somebody in Slack thinks of a reply."""

    __tablename__ = "slack_feedback"

    id: Mapped[str] = mapped_column(String(192), primary_key=True)
    person: Mapped[str] = mapped_column(String(32))


class Feedbacks(feedbacks.Feedbacks):
    """The opinions on replies in Slack."""

    def __init__(self, database: Database) -> None:
        super().__init__(FeedbackRow, database)
