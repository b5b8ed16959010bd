"""What somebody writes in Teams: an activity as a message heard, and a message as a question that may be kept. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from microsoft_teams.api.activities import (
    Activity,
    MessageActivity,
    MessageDeleteActivity,
    MessageUpdateActivity,
)
from microsoft_teams.api.activities.utils import StripMentionsTextOptions, strip_mentions_text
from microsoft_teams.api.models import FILE_DOWNLOAD_INFO_CONTENT_TYPE
from pydantic import BaseModel, ConfigDict

from bot import posing
from bot.guard import Guard
from bot.handlers.teams import PLATFORM
from bot.handlers.teams.store import Room
from bot.people import Asker, Place
from bot.posing import Posed

_THREAD = ";messageid="
_BETWEEN_TWO = "@unq.gbl.spaces"
"""What the names of chats between two people end with."""
_TAG = re.compile(r"</?at\b[^>]*>")


class Heard(BaseModel):
    """A message that somebody wrote where the bot is, without what calls on the bot.

    `user` is who wrote it, by their object id where they have one, and `account` by Teams' own id. `thread` is the
    message that the thread hangs under, the message's own where it begins one; in chats there are none. `files`: files
    or pictures are with it.
    """

    model_config = ConfigDict(frozen=True)

    room: Room
    thread: str
    id: str
    user: str
    account: str
    text: str
    mentioned: bool = False
    files: int = 0

    @property
    def direct(self) -> bool:
        """It was written to the bot alone."""
        return self.room.kind == "personal"

    @property
    def in_thread(self) -> bool:
        """It was written under another message."""
        return self.thread not in {"", self.id}

    @property
    def key(self) -> str:
        """Names the reply that is owed for it."""
        return f"reply:{PLATFORM}:{self.room.channel}:{self.id}"

    @property
    def ref(self) -> str:
        """Names the message in what it is the occasion of."""
        return f"{self.room.channel}:{self.id}"

    @property
    def place(self) -> Place:
        """Its thread. Outsiders may read along until Teams says otherwise."""
        return place_of(self.room, self.thread)


class Asked(posing.Asked):
    """What was asked, in the message of that id, by whom Teams calls `account`."""

    room: Room
    id: str
    account: str


def place_of(room: Room, thread: str) -> Place:
    """The thread in the conversation."""
    return Place(
        platform=PLATFORM,
        workspace=room.tenant,
        channel=room.channel,
        thread=thread,
        outsiders=True,
        private=room.kind == "personal",
    )


def room_of(activity: Activity) -> Room:
    """The conversation that the activity is of."""
    data = activity.channel_data
    tenant = activity.conversation.tenant_id or (data.tenant.id if data and data.tenant else "") or ""
    channel = data.channel if data else None
    name, kind = activity.conversation.id.partition(_THREAD)[0], activity.conversation.conversation_type
    return Room(
        channel=name,
        tenant=tenant,
        # What isn't said to be a chat with the bot alone is taken for one that others read. Teams calls it personal,
        # too, where two people write to each other; their messages reach the bot by the message extension.
        kind="unknown" if kind is None or name.endswith(_BETWEEN_TWO) else kind,
        service_url=activity.service_url or "",
        bot=activity.recipient.id,
        shared=channel is not None and channel.type == "shared",
    )


def thread_of(activity: Activity) -> str:
    """The message that the activity's thread hangs under; empty where there are no threads."""
    return activity.conversation.id.partition(_THREAD)[2]


def user_of(activity: Activity) -> str:
    """Whose activity it is."""
    return activity.from_.aad_object_id or activity.from_.id


def hear(activity: MessageActivity) -> Heard | None:
    """The message that the activity is. None for what no person has written: other bots, and forms that are sent in."""
    if activity.from_.role in {"bot", "skill"} or activity.value is not None:
        return None
    bot = activity.recipient.id
    own = strip_mentions_text(activity, StripMentionsTextOptions(account_id=bot)) or ""
    about = {
        "mentioned": activity.is_recipient_mentioned(),
        "files": sum(_is_file(each.content_type or "") for each in activity.attachments or ()),
    }
    return _heard(activity, own).model_copy(update=about)


def hear_again(activity: MessageUpdateActivity | MessageDeleteActivity) -> Heard:
    """The message that somebody has changed, or taken away: then without a text."""
    return _heard(activity, activity.text if isinstance(activity, MessageUpdateActivity) else "")


def _heard(activity: MessageActivity | MessageUpdateActivity | MessageDeleteActivity, text: str) -> Heard:
    return Heard(
        room=room_of(activity),
        thread=thread_of(activity),
        id=activity.id,
        user=user_of(activity),
        account=activity.from_.id,
        text=_plain(text),
    )


def _plain(text: str) -> str:
    return html.unescape(_TAG.sub("", text)).replace("\xa0", " ").strip()


def ask(heard: Heard, guard: Guard, tell_language: Callable[[str], str]) -> Asked:
    """The message as a question that may be kept: checked, and with personal data masked."""
    posed = Posed(text="", asker=Asker(id=heard.user, name=""), place=heard.place)
    asked = posing.asked(heard.text, posed, guard, tell_language)
    about = {"room": heard.room, "id": heard.id, "account": heard.account}
    return Asked.model_validate({**dict(asked), **about, "notes": ("teams.files.unread",) if heard.files else ()})


def _is_file(kind: str) -> bool:
    """Is it something that somebody has attached? Teams also attaches the message itself (HTML), and cards."""
    return kind.startswith("image/") or kind in {FILE_DOWNLOAD_INFO_CONTENT_TYPE, "reference"}
