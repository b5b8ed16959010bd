"""The Microsoft Teams channel: questions from activities, replies in threads, the officers' channel."""

import warnings

from bot.settings import keep_env_file_to_ourselves

PLATFORM = "teams"
"""How deliveries and places name this channel."""

warnings.filterwarnings("ignore", module=r"microsoft_teams\.")  # what it has to say to those who make it
keep_env_file_to_ourselves()  # before anything loads Microsoft's SDK
