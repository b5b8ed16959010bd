"""Hears what changes who reads along or who somebody is, and forgets at once what was known of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.handlers.slack.known import Known


class Membership:
    """Listens to people coming, going and changing. An event is acknowledged when what it changes is forgotten."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what this hears."""
        app.event("member_joined_channel")(self._channel_changed)
        app.event("member_left_channel")(self._channel_changed)
        app.event("channel_shared")(self._channel_changed)
        app.event("channel_unshared")(self._channel_changed)
        app.event("user_change")(self._person_changed)
        app.event("team_join")(self._person_changed)
        app.event("subteam_members_changed")(self._group_changed)
        app.event("subteam_updated")(self._group_changed)

    async def _channel_changed(self, event: Mapping[str, Any]) -> None:
        await self._forget(event.get("channel"))

    async def _person_changed(self, event: Mapping[str, Any]) -> None:
        await self._forget(event.get("user"))

    async def _group_changed(self, event: Mapping[str, Any]) -> None:
        await self._forget(event.get("subteam_id"), event.get("subteam"))

    async def _forget(self, *changed: Any) -> None:
        # Some events hold the id and some all that Slack knows of it.
        ids = [each.get("id") if isinstance(each, Mapping) else each for each in changed]
        await self._known.forget(*(each for each in ids if isinstance(each, str)))
