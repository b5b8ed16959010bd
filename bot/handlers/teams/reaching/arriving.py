"""The bot is taken into a conversation, or out of it, and people come and go there: what is noted, what is said."""

from __future__ import annotations

from microsoft_teams.api.activities import (
    ConversationUpdateActivity,
    InstalledActivity,
    UninstalledActivity,
)
from microsoft_teams.apps import ActivityContext, App
from pydantic import BaseModel, ConfigDict

from bot.desk.notices import lane_of
from bot.desk.outbox import Delivery
from bot.desk.owing import Owing
from bot.handlers.teams import PLATFORM
from bot.handlers.teams.connector import Connector
from bot.handlers.teams.directory import Directory
from bot.handlers.teams.questions.asking import place_of, room_of, user_of
from bot.handlers.teams.reaching.speaking import spoken
from bot.handlers.teams.reaching.welcoming import welcome
from bot.handlers.teams.store import Posts, Room, Rooms
from bot.texts import Texts

MET, LEFT = "room.met", "room.left"
"""The kinds of the deliveries that note that the bot has come into a conversation, or gone from it."""

_GONE = frozenset({"channelDeleted", "teamDeleted", "teamHardDeleted"})

Change = ActivityContext[ConversationUpdateActivity] | ActivityContext[InstalledActivity]


class Met(BaseModel):
    """A conversation that the bot is in; `welcome` where it has just come there, through that user."""

    model_config = ConfigDict(frozen=True)

    room: Room
    user: str = ""
    language: str = "nb"
    welcome: bool = False


class Arriving:
    """Hears what becomes of conversations."""

    def __init__(self, owing: Owing, rooms: Rooms) -> None:
        self._owing = owing
        self._rooms = rooms

    def register(self, app: App) -> None:
        """Let the SDK hand over what this hears."""
        app.on_conversation_update(self._change)
        app.on_install_add(self._come)
        app.on_install_remove(self._go)

    async def _change(self, ctx: ActivityContext[ConversationUpdateActivity]) -> None:
        activity, room = ctx.activity, _room(ctx.activity)
        bot = activity.recipient.id
        # At once, and for whatever process asks next who reads along. A team's people are in all of its channels.
        await self._rooms.touch(room.tenant, "" if room.kind == "channel" else room.channel)
        event = activity.channel_data.event_type if activity.channel_data else None
        if event in _GONE or any(each.id == bot for each in activity.members_removed or ()):
            await self._owe(LEFT, Met(room=room), activity.id)
        elif room.service_url:
            come = any(each.id == bot for each in activity.members_added or ())
            await self._meet(ctx, room, come=come)

    async def _come(self, ctx: ActivityContext[InstalledActivity]) -> None:
        room = _room(ctx.activity)
        if room.service_url:
            await self._meet(ctx, room, come=True)

    async def _go(self, ctx: ActivityContext[UninstalledActivity]) -> None:
        await self._owe(LEFT, Met(room=_room(ctx.activity)), ctx.activity.id)

    async def _meet(self, ctx: Change, room: Room, *, come: bool) -> None:
        activity = ctx.activity
        met = Met(room=room, user=user_of(activity), language=spoken(activity), welcome=come)
        await self._owe(MET, met, activity.id)

    async def _owe(self, kind: str, met: Met, event: str) -> None:
        lane = lane_of(place_of(met.room, ""))
        await self._owing.owe(kind, f"{kind}:{PLATFORM}:{event}", lane, met.model_dump(mode="json"))


class Noting:
    """Notes how conversations are reached, and says once in each what the bot is for."""

    def __init__(self, rooms: Rooms, posts: Posts, connector: Connector, directory: Directory, texts: Texts) -> None:
        self._rooms = rooms
        self._posts = posts
        self._connector = connector
        self._directory = directory
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Note it, or forget it. Raises what the connector raises."""
        met = Met.model_validate(delivery.payload)
        if delivery.kind == LEFT:
            await self._rooms.forget(met.room.channel)
            return await self._posts.forget(_key(met.room))
        await self._rooms.keep(met.room)
        if met.welcome:
            place = place_of(met.room, "")
            role = await self._directory.role(place, met.user)
            message = welcome(role, met.language, self._texts, private=place.private)
            await self._connector.post(_key(met.room), place, message)

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it."""


def _key(room: Room) -> str:
    return f"welcome:{PLATFORM}:{room.channel}"


def _room(activity: ConversationUpdateActivity | InstalledActivity | UninstalledActivity) -> Room:
    """The conversation that the event is about: of a team, the channel that it names, if it does."""
    room, data = room_of(activity), activity.channel_data
    selected = data.settings.selected_channel if data and data.settings else None
    channel = selected or (data.channel if data else None)
    if room.kind != "channel" or channel is None or not channel.id:
        return room
    shared = channel.type == "shared" or (data is not None and data.event_type == "channelShared")
    return room.model_copy(update={"channel": channel.id, "shared": shared})
