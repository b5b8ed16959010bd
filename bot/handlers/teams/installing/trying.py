"""Tries the settings: whether Microsoft knows the bot, and whether Teams lets it into the officers' channels."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import httpx

from bot.handlers.teams.connecting import Connection, NoToken
from bot.handlers.teams.connector import reason
from bot.settings import ConfigurationError, Settings
from bot.staffing import teams_of


async def fault(settings: Settings) -> str:
    """What keeps the bot from its work in Teams, and what to do about it; empty where nothing does."""
    connection = Connection(settings)
    try:
        return await _tokens(connection, settings) or await _channels(connection, settings)
    finally:
        await connection.close()


def officers_channels(settings: Settings) -> Sequence[str]:
    """The channels in Teams where cases are announced."""
    named = [settings.teams_officers_channel]
    with contextlib.suppress(ConfigurationError):  # what is wrong with the teams is said elsewhere
        named += [team.teams_channel for team in teams_of(settings)]
    return list(dict.fromkeys(filter(None, named)))


async def _tokens(connection: Connection, settings: Settings) -> str:
    try:
        await connection.try_token()
    except NoToken as error:
        return (
            f"no token from {settings.teams_login_url}: {error}. Is MOTEPLASSEN_TEAMS_CLIENT_SECRET the value of a "
            "secret that has not run out, and MOTEPLASSEN_TEAMS_TENANT_ID where the bot is registered?"
        )
    try:
        await connection.try_keys()
    except (httpx.HTTPError, ValueError) as error:
        return f"{settings.teams_openid_url} gives no keys ({reason(error)}); let the bot reach it over https"
    return ""


async def _channels(connection: Connection, settings: Settings) -> str:
    api = connection.app.api.clone(service_url=settings.teams_service_url)
    for channel in officers_channels(settings):
        try:
            await api.conversations.get_paged_members(channel, 1)
        except (httpx.HTTPError, ValueError) as error:
            return (
                f"the officers' channel {channel} can't be reached ({reason(error)}); add the app to its team, or "
                "correct MOTEPLASSEN_TEAMS_OFFICERS_CHANNEL (teams_channel in MOTEPLASSEN_TEAMS)"
            )
    return ""
