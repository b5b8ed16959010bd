"""A page in which people can see the small Slack and try what the bot does there."""
