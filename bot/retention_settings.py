"""How many days each kind of data is kept: parts of `Settings`, as MOTEPLASSEN_RETENTION_QUESTIONS and so on."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

Days = Annotated[int, Field(ge=0)]
"""0: it is kept until somebody erases it."""


class RetentionSettings(BaseModel):
    """Days after which the nightly purge takes data away."""

    retention_questions: Days = 365
    """Questions and replies, on the web from the last message of the thread; those of a case go after it."""
    retention_feedback: Days = 365
    """What people think of replies."""
    retention_cases: Days = 730
    """Texts and askers of cases that are done with, from the last thing that happened to them."""
    retention_deliveries: Days = 30
    """What has been delivered."""
    retention_undelivered: Days = 180
    """What was given up."""
    retention_posts: Days = 730
    """Which messages the bot has posted in Slack and Teams: without it, it can't change them any more."""
    retention_absences: Days = 365
    """When officers were away."""

    @property
    def retention(self) -> dict[str, int]:
        """The days of each kind."""
        prefix = "retention_"
        fields = [name for name in RetentionSettings.model_fields if name.startswith(prefix)]
        return {name.removeprefix(prefix): getattr(self, name) for name in fields}
