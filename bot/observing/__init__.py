"""What an operator sees of the bot: its log, its numbers, its traces, its health."""
