"""Who sits before a playground: it shows one person's Teams, and a chat and a team with five others in it."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

BOT = "0a1b2c3d-1111-2222-3333-444455556666"
"""The application id of the bot."""
NAME = "Møteplassen"
MUNICIPALITY, CAFE = (str(uuid.uuid5(uuid.NAMESPACE_DNS, name)) for name in ("kommunen.example", "kringla.example"))
"""The tenants."""


@dataclasses.dataclass(frozen=True)
class Person:
    """Somebody as Entra knows them."""

    name: str

    @property
    def entra_id(self) -> str:
        """The object id."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, self.name))

    @property
    def id(self) -> str:
        """What the bot is told. In Teams it is another one (29:…), but the playground finds people by this one only."""
        return self.entra_id

    def config(self) -> dict[str, str]:
        """What the playground wants to know."""
        given, _, surname = self.name.partition(" ")
        address = f"{given}.{surname}@example.no".lower()
        about = {"id": self.id, "name": self.name, "aadObjectId": self.entra_id, "userPrincipleName": address}
        return {**about, "givenName": given, "surname": surname, "email": address}


@dataclasses.dataclass(frozen=True)
class Cast:
    """One person, their tenant, and five others; the names of the group chat, the team and its channel."""

    me: Person
    tenant: str
    others: tuple[Person, Person, Person, Person, Person]
    chat: str
    team: str
    channel: str

    @property
    def channel_id(self) -> str:
        """The conversation that the channel is."""
        return f"19:{_key(self.tenant, self.channel)}@thread.tacv2"

    @property
    def team_id(self) -> str:
        """The conversation that the team and its channel General are."""
        return f"19:{_key(self.tenant, self.team)}@thread.tacv2"

    @property
    def personal_id(self) -> str:
        """The conversation with the bot alone."""
        return f"a:{_key(self.me.id)}"

    def config(self) -> dict[str, Any]:
        """The playground's configuration file, version 0.1.1."""
        return {
            "version": "0.1.1",
            "tenantId": self.tenant,
            "bot": {"id": f"28:{BOT}", "name": NAME},
            "currentUser": self.me.config(),
            "users": [each.config() for each in self.others],
            "personalChat": {"id": self.personal_id},
            "groupChat": {"id": f"19:{_key(self.tenant, self.chat)}@thread.v2", "name": self.chat},
            "team": {
                "id": self.team_id,
                "name": self.team,
                "aadGroupId": str(uuid.uuid5(uuid.NAMESPACE_DNS, self.team)),
                "channels": [{"id": self.channel_id, "name": self.channel}],
            },
        }


def _key(*parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_DNS, "/".join(parts)).hex


_STAFF = tuple(Person(name) for name in ("Ola Lie", "Eva Dahl", "Ina Vik", "Per Moen"))
OFFICER = Cast(
    me=Person("Kari Berg"),
    tenant=MUNICIPALITY,
    others=(*_STAFF, Person("Stine Stab")),  # type: ignore[arg-type]
    chat="Næring",
    team="Næringsavdelingen",
    channel="Saker",
)
ASKER = Cast(
    me=Person("Amina Yusuf"),
    tenant=CAFE,
    others=tuple(Person(f"{name} Kringla") for name in ("Jon", "Siri", "Tor", "Liv", "Nils")),  # type: ignore[arg-type]
    chat="Skift",
    team="Kafé Kringla",
    channel="Drift",
)
