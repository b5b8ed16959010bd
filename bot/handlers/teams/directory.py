"""Who people in Teams are to the municipality, and who may read along in a place: by Teams' own data."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Sequence
from typing import NamedTuple

import structlog
from microsoft_teams.api import TeamsChannelAccount
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.handlers.teams import PLATFORM
from bot.handlers.teams.connector import UNREACHABLE, Connector, reason
from bot.people import Place, Role

log = structlog.get_logger(__name__)

_UNTOLD = (*UNREACHABLE, ValidationError, TimeoutError)
"""What is raised where Teams doesn't say who somebody is."""
_LIFE = 60.0
"""Seconds that people in a place are believed to be those: Teams tells of who comes, but not everywhere."""
_PATIENCE = 5.0
_LARGEST = 500
_MANY = 1_000
_OUTSIDE = frozenset({"guest", "anonymous"})


class Member(BaseModel):
    """Somebody in a conversation. `id` is their object id in Entra, or, where they have none, Teams' own id of them."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str = ""
    tenant: str = ""
    guest: bool = True


class _Roster(NamedTuple):
    """Who was there when Teams had last told of a change then."""

    until: float
    changed: dt.datetime | None
    members: Sequence[Member] | None


class Directory:
    """Looks people up. Where Teams doesn't say who somebody is, they are a business: an outsider.

    Staff are those of the municipality's tenant, `home`, who are no guests in it. Guests there, people of other tenants
    (federated, or by a shared channel) and people without a name are businesses.
    """

    def __init__(self, connector: Connector, home: str) -> None:
        self._connector = connector
        self._home = home
        self._rosters: dict[str, _Roster] = {}

    def is_staff(self, member: Member) -> bool:
        """Are they of the municipality's tenant, and no guest in it?"""
        return bool(self._home) and member.tenant == self._home and not member.guest

    async def role(self, place: Place, user: str) -> Role:
        """What the user is. Where Teams doesn't say it, a business."""
        member = await self.member(place, user)
        return Role.STAFF if member and self.is_staff(member) else Role.BUSINESS

    async def place(self, place: Place, asker: str = "") -> Place:
        """The place as it stands now: with outsiders or without.

        In personal chats that is a matter of who the other one is. Elsewhere everybody counts. Where a channel
        is shared with other teams, there are too many for all to be asked for, or Teams doesn't say who they are, there
        are outsiders.
        """
        if place.private:
            outsiders = await self.role(place, asker) is Role.BUSINESS
        else:
            # Teams doesn't name everybody who reads a channel by way of another team that it is shared with.
            shared = (await self._connector.room(place)).shared
            members = None if shared else await self._roster(place)
            outsiders = not members or not all(map(self.is_staff, members))
        return place.model_copy(update={"outsiders": outsiders})

    async def as_it_stands(self, place: Place, asker: str) -> Place:
        """The place with who reads along there now, where it is one in Teams."""
        return await self.place(place, asker) if place.platform == PLATFORM else place

    async def name(self, place: Place, user: str, default: str) -> str:
        """What the person is called; the default where Teams doesn't say it now."""
        member = await self.member(place, user)
        return (member and member.name) or default

    async def member(self, place: Place, user: str) -> Member | None:
        """Who that is; None where Teams doesn't say so, or they are not there."""
        if not user:
            return None
        known = await self._roster(place) if not place.private else None
        if found := next((each for each in known or () if each.id == user), None):
            return found
        try:
            async with asyncio.timeout(_PATIENCE):
                return _member(await self._connector.member(place, user))
        except _UNTOLD as error:
            log.warning("teams.person_unknown", error=reason(error))
            return None

    async def is_in(self, place: Place, user: str) -> bool:
        """Is the person there?"""
        return await self.member(place, user) is not None

    async def staff(self, place: Place) -> Sequence[Member]:
        """The staff who are there; nobody, where Teams doesn't say who is."""
        return [each for each in await self._roster(place) or () if self.is_staff(each)]

    async def _roster(self, place: Place) -> Sequence[Member] | None:
        """Everybody there; None where that can't be told."""
        # Read before Teams is asked: whoever comes meanwhile makes it old at once.
        changed = await self._connector.changed(place)
        known = self._rosters.get(place.channel)
        # Of a place that nothing was heard of, nobody would note who comes.
        if known and changed and known.changed == changed and time.monotonic() < known.until:
            return known.members
        try:
            async with asyncio.timeout(_PATIENCE):
                members = await self._connector.members(place, _LARGEST)
        except _UNTOLD as error:
            log.warning("teams.audience_unknown", error=reason(error))
            return None
        if len(self._rosters) >= _MANY:
            self._rosters.clear()
        roster = None if members is None else [_member(each) for each in members]
        self._rosters[place.channel] = _Roster(time.monotonic() + _LIFE, changed, roster)
        return roster


def _member(told: TeamsChannelAccount) -> Member:
    # Guests of a tenant have a name of their own tenant in front of the mark.
    guest = (told.user_role or "").lower() in _OUTSIDE or "#ext#" in (told.user_principal_name or "").lower()
    return Member(id=told.aad_object_id or told.id, name=told.name or "", tenant=told.tenant_id or "", guest=guest)
