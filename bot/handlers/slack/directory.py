"""Who people in Slack are to the municipality, and who may read along in a channel: by Slack's own data."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Sequence

import structlog
from pydantic import BaseModel, ConfigDict

from bot.handlers.slack.clients import Clients
from bot.handlers.slack.facts import Asking, ChannelFacts, GroupFacts, PersonFacts
from bot.handlers.slack.known import Known
from bot.handlers.slack.register import UNTOLD, Register
from bot.handlers.slack.workspace import reason
from bot.people import Place, Role

log = structlog.get_logger(__name__)

_CHUNK = 20


@dataclasses.dataclass(frozen=True)
class Bounds:
    """How long what Slack said is good, and how far the bot goes to learn it.

    Events make it forget at once; the lives are for what no event tells, or for events that are lost. `patience` is
    how many seconds a question waits for Slack to say who somebody is, `pause` for how many a failure is not tried
    again. Where more than `largest` people are in a channel, somebody from outside is taken to be among them.
    """

    people: dt.timedelta = dt.timedelta(hours=1)
    channels: dt.timedelta = dt.timedelta(minutes=5)
    patience: float = 5.0
    pause: float = 2.0
    largest: int = 500


class Person(BaseModel):
    """Somebody in Slack. `team` is the workspace that they are of and `language` (nb, nn, en) the one that they have
    Slack in; both are empty where Slack doesn't say."""

    model_config = ConfigDict(frozen=True)

    id: str
    team: str = ""
    role: Role = Role.BUSINESS
    language: str = ""


class Directory:
    """Looks people and channels up. Where Slack doesn't say who somebody is, they are a business: an outsider.

    Staff are the full members of one workspace, the staff's. Guests there, people of other workspaces (by Slack Connect
    or not), deactivated people and bots are businesses. Officers are the staff in a certain user group of it.
    """

    def __init__(self, clients: Clients, known: Known, officers_group: str = "", bounds: Bounds | None = None) -> None:
        self._clients = clients
        self._officers = officers_group
        self._bounds = bounds = bounds or Bounds()
        asking = Asking(clients, bounds.largest)
        self._people = Register(known, PersonFacts, asking.person, bounds.people, bounds.pause)
        self._channels = Register(known, ChannelFacts, asking.channel, bounds.channels, bounds.pause)
        self._groups = Register(known, GroupFacts, asking.group, bounds.people, bounds.pause)

    async def person(self, workspace: str, user: str) -> Person:
        """Who the user is. Where Slack doesn't say it, a business."""
        try:
            async with asyncio.timeout(self._bounds.patience):
                return await self._person(workspace, user)
        except UNTOLD as error:
            log.warning("slack.person_unknown", error=reason(error))
            return Person(id=user)

    async def role(self, place: Place, user: str) -> Role:
        """What the user is to the municipality. Where Slack doesn't say it, a business."""
        return (await self.person(place.workspace, user)).role

    async def place(self, place: Place, asker: str = "") -> Place:
        """The place as it stands now: with outsiders or without, and private or not.

        In direct messages that is a matter of who the other one is. In a channel everybody counts: the people in it,
        the asker, and bots that came with another workspace, as what they read goes there. Bots of the staff's own
        workspace are its administrators' choice and nobody from outside. Where a channel is shared with others, or
        about to be, or has too many members, or Slack doesn't say who they are, there are outsiders.
        """
        try:
            async with asyncio.timeout(self._bounds.patience):
                return await self._place(place, asker)
        except UNTOLD as error:
            log.warning("slack.audience_unknown", channel=place.channel, error=reason(error))
            return place.model_copy(update={"outsiders": True})

    async def name(self, workspace: str, user: str, default: str) -> str:
        """What the person is called; the default where Slack doesn't say it now."""
        try:
            client = await self._clients.of(workspace)
            found = (await client.users_info(user=user))["user"] or {}
        except UNTOLD as error:
            log.warning("slack.nameless", error=reason(error))
            return default
        profile = found.get("profile") or {}
        return str(profile.get("display_name") or profile.get("real_name") or default)

    async def close(self) -> None:
        """End the look-ups that are under way."""
        for register in (self._people, self._channels, self._groups):
            await register.close()

    async def _person(self, workspace: str, user: str) -> Person:
        home = await self._clients.home()
        facts = (await self._people.get(workspace, [user])).get(user)
        if facts and facts.team == home != workspace:
            # Whether somebody is a guest, only their own workspace is sure to say.
            facts = (await self._people.get(home, [user])).get(user)
        if facts is None:
            return Person(id=user)
        role = Role.BUSINESS
        if _is_staff(facts, home):
            role = Role.OFFICER if await self._is_officer(user, home) else Role.STAFF
        return Person(id=user, team=facts.team, role=role, language=facts.language)

    async def _is_officer(self, user: str, home: str) -> bool:
        if not self._officers:
            return False
        group = (await self._groups.get(home, [self._officers])).get(self._officers)
        return group is not None and user in group.members

    async def _place(self, place: Place, asker: str) -> Place:
        home = await self._clients.home()
        channel = (await self._channels.get(place.workspace, [place.channel])).get(place.channel)
        if channel is None:
            return place.model_copy(update={"outsiders": True})
        if channel.direct:
            role = (await self._person(place.workspace, channel.direct)).role
            return place.model_copy(update={"outsiders": role is Role.BUSINESS, "private": True})
        outsiders = await self._has_outsiders(channel, asker, home)
        return place.model_copy(update={"outsiders": outsiders, "private": False})

    async def _has_outsiders(self, channel: ChannelFacts, asker: str, home: str) -> bool:
        if not home or channel.shared or channel.teams != (home,) or not channel.members:
            return True
        readers = list(dict.fromkeys([*filter(None, [asker]), *channel.members]))
        found = await self._people.known(home, readers)
        if any(_is_outsider(facts, home) for facts in found.values()):
            return True
        return await self._has_outsider([each for each in readers if each not in found], home)

    async def _has_outsider(self, people: Sequence[str], home: str) -> bool:
        # In parts: where one of the first is from outside, the others need not be asked for.
        for start in range(0, len(people), _CHUNK):
            part = people[start : start + _CHUNK]
            found = await self._people.get(home, part)
            if len(found) < len(part) or any(_is_outsider(facts, home) for facts in found.values()):
                return True
        return False


def _is_staff(facts: PersonFacts, home: str) -> bool:
    return facts.full and bool(home) and facts.team == home


def _is_outsider(facts: PersonFacts, home: str) -> bool:
    """Whether somebody in a channel is one. Who is deactivated reads nothing; back again, they are asked for anew."""
    return not _is_staff(facts, home) and not (facts.team == home and (facts.bot or facts.gone))
