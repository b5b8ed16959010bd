"""The Slack channel: questions from events, replies in threads, the officers' channel."""

PLATFORM = "slack"
"""How deliveries and places name this channel."""
