"""Teams as the bot acts in it: posts, once each, changes what it posted, asks who is where."""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import time
from collections.abc import Iterator, Sequence

import httpx
import structlog
from microsoft_teams.api import Account, ApiClient, TeamsChannelAccount, TypingActivityInput
from microsoft_teams.api.clients.conversation import CreateConversationParams
from microsoft_teams.apps import App

from bot.desk.outbox import Later, Undeliverable
from bot.desk.taking_down import Posted
from bot.handlers.teams import PLATFORM
from bot.handlers.teams.connecting import NoToken
from bot.handlers.teams.messages import Message, activity
from bot.handlers.teams.store import Post, Posts, Room, Rooms
from bot.markdown import clip
from bot.people import Place

log = structlog.get_logger(__name__)

UNREACHABLE = (httpx.HTTPError, Undeliverable, Later)
"""What is raised where Teams says no, or nothing."""

_HOPELESS = frozenset({400, 403, 404, 405, 410, 413})
_TOO_MUCH = frozenset({400, 413})
"""What Teams answers where a simpler message could be posted all the same."""
_UNTOLD = "DO_NOT_USE_PLACEHOLDER_ID"
"""What the SDK makes of an answer without an id."""
_PLAIN = 2_000
_PAGE = 200


class Gone(Undeliverable):
    """Teams knows no such message, or no such conversation."""


class Connector:
    """Posts to Teams. Raises Undeliverable where trying again is no use, Later where Teams says to wait, and what the
    client raises where Teams doesn't answer.

    Teams has no names that a message could be given beforehand, and shows a bot nothing of what it has posted. So a
    message whose arrival could not be noted is posted again: what an officer wrote is there twice rather than never.
    """

    def __init__(self, app: App, rooms: Rooms, posts: Posts) -> None:
        self._app = app
        self._rooms = rooms
        self._posts = posts

    async def post(self, key: str, place: Place, message: Message) -> Post:
        """Post the message in the place (an empty thread is the channel itself) unless the one of that key is there."""
        if post := await self._posts.get(key):
            return post
        return await self._posts.keep(key, place, await self._create(place, message))

    async def show(self, key: str, place: Place, message: Message) -> Post:
        """Let the message of that key say this; where there is none, or somebody has deleted it, post it."""
        if post := await self._posts.get(key):
            with contextlib.suppress(Gone):
                await self.change(post, place.workspace, message)
                return post
        return await self._posts.keep(key, place, await self._create(place, message))

    async def change(self, post: Post, tenant: str, message: Message) -> None:
        """Let a message that has been posted say this. Raises Gone where it is no longer there."""
        place = Place(platform=PLATFORM, workspace=tenant, channel=post.channel, thread=post.thread)
        api, room = await self._api(place)
        where = conversation(place)
        with told_apart():
            await api.conversations.update_activity(where, post.activity, activity(message, room, where))

    async def take_down(self, tenant: str, posted: Posted) -> None:
        """Delete a message that has been posted, unless it is gone already."""
        place = Place(platform=PLATFORM, workspace=tenant, channel=posted.channel, thread=posted.thread)
        api, _ = await self._api(place)
        with contextlib.suppress(Gone), told_apart():
            await api.conversations.delete_activity(conversation(place), posted.message)

    async def show_typing(self, place: Place) -> None:
        """Show for a moment that the bot is at work."""
        api, _ = await self._api(place)
        with told_apart():
            await api.conversations.create_activity(conversation(place), TypingActivityInput())

    async def stream(self, place: Place, update: TypingActivityInput) -> str:
        """Show a part of a message that is on its way; its name in Teams, once it is told. Raises httpx.HTTPError."""
        api, _ = await self._api(place)
        sent = await api.conversations.create_activity(conversation(place), update)
        return "" if sent.id == _UNTOLD else sent.id

    async def stream_end(self, place: Place, begun: str, message: Message) -> None:
        """Let the message that was begun so be whole. Raises httpx.HTTPError."""
        api, room = await self._api(place)
        where = conversation(place)
        final = activity(message, room, where)
        final.id = begun
        await api.conversations.create_activity(where, final.add_stream_final())

    async def member(self, place: Place, user: str) -> TeamsChannelAccount:
        """Somebody in the conversation."""
        api, _ = await self._api(place)
        with told_apart():
            found: TeamsChannelAccount = await api.conversations.get_member_by_id(place.channel, user)
        return found

    async def members(self, place: Place, most: int) -> Sequence[TeamsChannelAccount] | None:
        """Everybody in the conversation; None where they are more than `most`."""
        api, _ = await self._api(place)
        found: list[TeamsChannelAccount] = []
        token: str | None = None
        with told_apart():
            while True:
                page = await api.conversations.get_paged_members(place.channel, _PAGE, token)
                found += page.members or []
                token = page.continuation_token
                if len(found) > most:
                    return None
                if not token:
                    return found

    async def chat(self, room: Room, account: str) -> Room:
        """The chat with the bot of somebody who is in the room, opened where there is none."""
        channel = await _opened(self._app.api.clone(service_url=room.service_url), room.tenant, account)
        chat = room.model_copy(update={"channel": channel, "kind": "personal", "shared": False})
        await self._rooms.keep(chat)
        return chat

    async def chat_of(self, tenant: str, user: str) -> Place:
        """The bot's chat with somebody of the tenant. Raises Undeliverable where they don't have the app."""
        place = Place(platform=PLATFORM, workspace=tenant, channel="", thread="", outsiders=False, private=True)
        api, _ = await self._api(place)
        return place.model_copy(update={"channel": await _opened(api, tenant, user)})

    async def room(self, place: Place) -> Room:
        """How the place is reached."""
        return await self._rooms.get(place)

    async def changed(self, place: Place) -> dt.datetime | None:
        """When Teams last told of somebody who came there or went; None where it has told of nothing."""
        return await self._rooms.changed(place.channel)

    async def _create(self, place: Place, message: Message) -> str:
        api, room = await self._api(place)
        where = conversation(place)
        try:
            return (await api.conversations.create_activity(where, activity(message, room, where))).id
        except httpx.HTTPStatusError as error:
            if error.response.status_code not in _TOO_MUCH:
                raise_apart(error)
            log.error("teams.simplified", error=reason(error))
        with told_apart():
            text = message.text or clip(message.summary, _PLAIN)
            plain = Message(text=text, by_bot=message.by_bot, internal=message.internal, summary=message.summary)
            return (await api.conversations.create_activity(where, activity(plain, room, where))).id

    async def _api(self, place: Place) -> tuple[ApiClient, Room]:
        room = await self._rooms.get(place)
        return self._app.api.clone(service_url=room.service_url), room


async def _opened(api: ApiClient, tenant: str, account: str) -> str:
    """The name of the chat with somebody."""
    about = CreateConversationParams(
        members=[Account(id=account)], tenant_id=tenant, channel_data={"tenant": {"id": tenant}}
    )
    with told_apart():
        chat: str = (await api.conversations.create(about)).id
    return chat


def conversation(place: Place) -> str:
    """The place as Teams names it."""
    return f"{place.channel};messageid={place.thread}" if place.thread else place.channel


def reason(error: Exception) -> str:
    """What Teams says went wrong, or what did."""
    if not isinstance(error, httpx.HTTPStatusError):
        return str(error) if isinstance(error, (Undeliverable, Later, NoToken)) else type(error).__name__
    try:
        told = error.response.json()["error"]["code"]
    except (ValueError, LookupError, TypeError):
        told = ""
    return f"{error.response.status_code} {told}".strip()[:200]


def is_stopped(error: Exception) -> bool:
    """Does Teams say that whoever reads a stream has stopped it?"""
    if not isinstance(error, httpx.HTTPStatusError) or error.response.status_code != httpx.codes.FORBIDDEN:
        return False
    return "cancel" in error.response.text.lower()


@contextlib.contextmanager
def told_apart() -> Iterator[None]:
    """Raise Undeliverable in place of an error of Teams' that trying again doesn't mend, and Later where it may."""
    try:
        yield
    except httpx.HTTPStatusError as error:
        raise_apart(error)


def raise_apart(error: httpx.HTTPStatusError) -> None:
    """Raise what the error of Teams' comes to."""
    status, told = error.response.status_code, f"Teams says {reason(error)}"
    if status == httpx.codes.NOT_FOUND:
        raise Gone(told) from error
    if status in _HOPELESS:
        raise Undeliverable(told) from error
    raise Later(told, _wait(error.response)) from error


def _wait(response: httpx.Response) -> float:
    """Seconds that Teams asks to wait for."""
    told = response.headers.get("retry-after", "")
    if told.isdigit():
        return float(told)
    at = email.utils.parsedate_to_datetime(told).timestamp() if _is_date(told) else 0.0
    return max(at - time.time(), 0.0) if at else 0.0


def _is_date(told: str) -> bool:
    return email.utils.parsedate_tz(told) is not None
