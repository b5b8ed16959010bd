"""Hears of links to the web meeting place, and owes a preview of each message that has some."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict
from slack_bolt.async_app import AsyncApp

from bot.desk.owing import Owing
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.installed import workspace_of
from bot.pages import Pages
from bot.people import Place

KIND = "unfurl"
"""The kind of the deliveries that owe a preview."""
_MOST_LINKS = 5


class Shared(BaseModel):
    """Links of ours in a message, or (`source` is "composer") in one that is being written and not yet sent.

    `inside`: the bot is where the message is.
    """

    model_config = ConfigDict(frozen=True)

    workspace: str
    user: str
    channel: str
    ts: str
    source: str = ""
    unfurl_id: str = ""
    inside: bool = False
    links: tuple[str, ...]

    @property
    def composed(self) -> bool:
        """It is yet to be sent, and nobody knows where."""
        return self.source == "composer" or self.channel == "COMPOSER"

    @property
    def place(self) -> Place:
        """Where the message is. Guests and people of other companies may read along until Slack says otherwise."""
        private = self.inside and self.channel.startswith("D")
        return Place(platform=PLATFORM, workspace=self.workspace, channel=self.channel, thread=self.ts, private=private)


class Sharing:
    """Owes a preview of each message with links of ours."""

    def __init__(self, owing: Owing, pages: Pages) -> None:
        self._owing = owing
        self._pages = pages

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what this hears."""
        app.event("link_shared")(self._hear)

    async def _hear(self, body: dict[str, Any]) -> None:
        event = body["event"]
        addresses = dict.fromkeys(str(link.get("url", "")) for link in event.get("links") or ())
        ours = [address for address in addresses if self._pages.read(address)][:_MOST_LINKS]
        if not ours or not event.get("user"):
            return  # what a bot shares is no business of this one
        shared = Shared(
            workspace=workspace_of(body),
            user=event["user"],
            channel=event.get("channel") or "",
            ts=event.get("message_ts") or "",
            source=event.get("source") or "",
            unfurl_id=event.get("unfurl_id") or "",
            inside=bool(event.get("is_bot_user_member")),
            links=tuple(ours),
        )
        # By event and not by message: one that is edited may have other links, and its preview is then changed.
        key, lane = f"{KIND}:{body['event_id']}", f"{KIND}/{shared.channel}/{shared.ts}"
        await self._owing.owe(KIND, key, lane, shared.model_dump(mode="json"))
