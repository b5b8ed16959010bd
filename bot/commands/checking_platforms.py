"""What `check` says of the platforms that people write on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.findings import Finding, State

if TYPE_CHECKING:
    from bot.settings import Settings


async def of_platforms(settings: Settings) -> list[Finding]:
    """How it stands with Slack and Microsoft Teams."""
    return [await _slack(settings), await _microsoft_teams(settings)]


async def _slack(settings: Settings) -> Finding:
    if settings.slack_fault:
        return Finding("Slack", State.BAD, f"{settings.slack_fault} `serve` does not start so")
    if not settings.has_slack:
        return Finding("Slack", State.OFF, "set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET to be there")
    from bot.handlers.slack.installing.trying import fault, officers_channels  # noqa: PLC0415 - slack-sdk takes a while to load

    if found := await fault(settings):
        return Finding("Slack", State.BAD, found)
    channels = [channel for channel, _ in officers_channels(settings)]
    todo = (
        "no officers' channel: set MOTEPLASSEN_SLACK_OFFICERS_CHANNEL, or slack_channel of a team in MOTEPLASSEN_TEAMS"
    )
    return Finding("Slack", State.OK, ", ".join(channels) or todo)


async def _microsoft_teams(settings: Settings) -> Finding:
    part = "Microsoft Teams"
    if settings.teams_fault:
        return Finding(part, State.BAD, f"{settings.teams_fault} `serve` does not start so")
    if not settings.has_teams:
        needs = "MOTEPLASSEN_TEAMS_CLIENT_ID, _CLIENT_SECRET and _TENANT_ID"
        return Finding(part, State.OFF, f"set {needs} to be there")
    from bot.handlers.teams.installing.trying import fault, officers_channels  # noqa: PLC0415 - so does Microsoft's SDK

    if found := await fault(settings):
        return Finding(part, State.BAD, found)
    todo = "no officers' channel: set MOTEPLASSEN_TEAMS_OFFICERS_CHANNEL, or teams_channel of a team"
    return Finding(part, State.OK, ", ".join(officers_channels(settings)) or todo)
