"""Tries tokens: whether Slack knows them, and whether the app may do all that it asks for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk.teams import Teams
from bot.desk.teams_file import TeamsError
from bot.handlers.slack.clients import connect
from bot.handlers.slack.installing.scopes import granted, missing
from bot.handlers.slack.workspace import UNREACHABLE, reason
from bot.settings import Settings

log = structlog.get_logger(__name__)

TODO = "take docs/slack/manifest.yaml over into the app's settings at api.slack.com, and install the app again"


async def try_token(client: AsyncWebClient) -> None:
    """Say in the log how it stands with the client's token."""
    try:
        found = await client.auth_test()
    except UNREACHABLE as error:
        log.error("slack.unusable", error=reason(error))
        return
    log.info("slack.connected", workspace=found.get("team"), bot=found.get("user_id"))
    if lacking := missing(granted(found.headers)):
        log.error("slack.scopes_missing", workspace=found.get("team"), scopes=lacking, todo=TODO)


async def fault(settings: Settings) -> str:
    """What keeps the app from its work in its one workspace, and what to do about it; empty where nothing does."""
    if settings.slack_bot_token is None:
        return ""
    client = connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    try:
        found = await client.auth_test()
    except UNREACHABLE as error:
        return f"Slack can't be reached with SLACK_BOT_TOKEN: {reason(error)}"
    if lacking := missing(granted(found.headers)):
        return f"the token lacks {', '.join(lacking)}: {TODO}"
    for channel, todo in officers_channels(settings):
        try:
            await client.conversations_info(channel=channel)
        except UNREACHABLE as error:
            return f"the officers' channel can't be reached: {reason(error)}; invite the bot there, and {todo}"
    return ""


def officers_channels(settings: Settings) -> Iterable[tuple[str, str]]:
    """The channels of the teams, and what to do where one can't be reached."""
    if settings.slack_officers_channel:
        todo = "set MOTEPLASSEN_SLACK_OFFICERS_CHANNEL to the channel's id"
        yield settings.slack_officers_channel, todo
    if settings.teams is None:
        return
    with contextlib.suppress(TeamsError):  # what is wrong with the file is said elsewhere
        for team in Teams.load(settings.teams):
            if team.slack_channel:
                yield team.slack_channel, f"set slack_channel of the team {team.id} to the channel's id"
