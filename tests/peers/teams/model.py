"""What there is in the service: people, rooms, and what the bot has posted."""

from __future__ import annotations

import dataclasses
from typing import Any

APP = "11111111-2222-3333-4444-555555555555"
SECRET = "hemmelig"
HOME = "aaaaaaaa-0000-0000-0000-000000000001"
"""The municipality's tenant."""
STRANGER = "bbbbbbbb-0000-0000-0000-000000000002"
"""Another tenant."""
GUEST_ACCOUNT = "mona_kafe.no#EXT#@kommune.onmicrosoft.com"


@dataclasses.dataclass
class Person:
    """Somebody: their object id, what they are called and where they are from."""

    id: str
    name: str
    tenant: str = HOME
    role: str = "user"
    principal: str = ""
    app: bool = True
    """They have the bot's app."""

    @property
    def account(self) -> str:
        """Teams' own id of them."""
        return f"29:{self.id}"

    @property
    def told(self) -> dict[str, Any]:
        """The person as the service tells of a member."""
        return {
            "id": self.account,
            "name": self.name,
            "aadObjectId": self.id,
            "tenantId": self.tenant,
            "userRole": self.role,
            "userPrincipalName": self.principal or f"{self.id}@example.no",
        }


@dataclasses.dataclass
class Room:
    """A chat or a channel and who is in it; `type` is standard, private or shared. `bot`: the bot is there, too."""

    kind: str
    members: list[str]
    type: str = "standard"
    tenant: str = HOME
    bot: bool = True


@dataclasses.dataclass
class Sent:
    """A message of the bot's: what it says now and has said before; `streamed` is what was seen while it came."""

    conversation: str
    id: str
    activity: dict[str, Any]
    before: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    streamed: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    whole: bool = True

    @property
    def text(self) -> str:
        """What it says, in Markdown."""
        return str(self.activity.get("text") or "")

    @property
    def card(self) -> dict[str, Any]:
        """The card under it; empty where there is none."""
        found = [each["content"] for each in self.activity.get("attachments") or ()]
        return found[0] if found else {}

    @property
    def entity(self) -> dict[str, Any]:
        """What is said of the message itself: citations, label, sensitivity."""
        root = [each for each in self.activity.get("entities") or () if each["type"] == "https://schema.org/Message"]
        return root[0] if root else {}

    @property
    def buttons(self) -> list[str]:
        """The titles of the card's buttons."""
        return [action["title"] for action in self.card.get("actions") or ()]
