"""The channels, and who may be in them."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict

from bot.handlers.web.identity import Visitor

CASES = "saker"
"""Counts the changes of the officers' queue; it has no messages."""


class Channel(BaseModel):
    """A place for threads. `key` is what its texts are called; `outsiders`: people outside the staff read it."""

    model_config = ConfigDict(frozen=True)

    name: str
    key: str
    path: str
    outsiders: bool = True


_OWN = "gjest-"
"""How the names of guests' own channels begin."""

BUSINESS = Channel(name="naeringsliv", key="business", path="/")
STAFF = Channel(name="ansatte", key="staff", path="/ansatte", outsiders=False)


def own(visitor: Visitor) -> Channel:
    """The channel that a guest has alone. Its name gives nothing away about the session it is bound to."""
    digest = hashlib.sha256(visitor.id.encode()).hexdigest()[:40]
    return Channel(name=f"{_OWN}{digest}", key="own", path="/")


def channels(visitor: Visitor) -> tuple[Channel, ...]:
    """The channels that the visitor may read and write in, the first one being home."""
    if visitor.guest:
        return (own(visitor),)
    return (BUSINESS, STAFF) if visitor.insider else (BUSINESS,)


def channel(visitor: Visitor, name: str) -> Channel | None:
    """The channel of that name, or None where there is none for this visitor."""
    return next((channel for channel in channels(visitor) if channel.name == name), None)


def has_outsiders(name: str) -> bool:
    """Do people outside the staff read the channel of that name?"""
    return name != STAFF.name


def is_private(name: str) -> bool:
    """Does nobody read the channel of that name but the guest whose own it is?"""
    return name.startswith(_OWN)
