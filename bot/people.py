"""Who asks, where, and what may be read there."""

from __future__ import annotations

import enum

from pydantic import BaseModel, ConfigDict

from knowledge.model import Audience


class Role(enum.StrEnum):
    """What somebody is to the municipality."""

    BUSINESS = "business"
    STAFF = "staff"
    OFFICER = "officer"


class Asker(BaseModel):
    """A person on a platform. `id` is unique within the platform."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    role: Role = Role.BUSINESS


class Place(BaseModel):
    """A thread in a channel on a platform, where a reply can be put.

    `workspace` is the part of the platform that the channel was heard in, where the platform has such parts.
    `outsiders`: somebody outside the staff reads along there. `private`: nobody does but the asker.
    """

    model_config = ConfigDict(frozen=True)

    platform: str
    channel: str
    thread: str
    workspace: str = ""
    outsiders: bool = True
    private: bool = False


def audience_of(asker: Asker, place: Place) -> Audience:
    """Internal text needs an insider asking where nobody outside the staff reads along; all else is public."""
    if asker.role is Role.BUSINESS or place.outsiders:
        return Audience.PUBLIC
    return Audience.INTERNAL
