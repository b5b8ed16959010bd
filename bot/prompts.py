"""What people may want to ask, suggested where they begin to talk with the bot."""

from __future__ import annotations

from bot.people import Role

SUGGESTED = {
    Role.BUSINESS: ("reply.prompt.permit", "reply.prompt.sign", "reply.prompt.hours", "reply.prompt.green"),
    Role.STAFF: ("reply.prompt.strategy", "reply.prompt.letter", "reply.prompt.green", "reply.prompt.law"),
    Role.OFFICER: ("reply.prompt.law", "reply.prompt.permit", "reply.prompt.strategy", "reply.prompt.letter"),
}
"""What is suggested to whom, by the keys of the texts; at most four, as Slack takes no more."""
