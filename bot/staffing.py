"""The teams of case officers that the settings name."""

from __future__ import annotations

from pydantic import ValidationError

from bot.desk.teams import Teams
from bot.desk.teams_file import TeamsError
from bot.platform_settings import HOMELESS
from bot.settings import ConfigurationError, Settings

_CHANNELS = {
    "slack_channel": (
        "MOTEPLASSEN_SLACK_OFFICERS_CHANNEL is no channel's id; Slack shows it under the channel's name (C…)."
    ),
    "teams_channel": (
        "MOTEPLASSEN_TEAMS_OFFICERS_CHANNEL is no channel's id; it is in the channel's link (19:…@thread.tacv2)."
    ),
}


def teams_of(settings: Settings) -> Teams:
    """The teams. Raises ConfigurationError where their file has mistakes, or it isn't known where they meet."""
    if settings.teams is None:
        try:
            return Teams.single(
                slack_channel=settings.slack_officers_channel, teams_channel=settings.teams_officers_channel
            )
        except ValidationError as error:
            raise ConfigurationError(_CHANNELS[str(error.errors()[0]["loc"][-1])]) from error
    try:
        teams = Teams.load(settings.teams)
    except TeamsError as error:
        raise ConfigurationError(str(error)) from error
    if settings.is_slack_homeless and any(team.slack_channel for team in teams):
        raise ConfigurationError(HOMELESS.format(setting="slack_channel in MOTEPLASSEN_TEAMS"))
    return teams
