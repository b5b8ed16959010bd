"""What somebody writes in Slack: an event as a message heard, and a message as a question that may be kept. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot import posing
from bot.guard import Guard
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.installed import workspace_of
from bot.handlers.slack.mrkdwn import plain
from bot.handlers.slack.questions.addressed import mentions
from bot.people import Asker, Place
from bot.posing import Posed

_SUBTYPES = frozenset({"", "file_share", "thread_broadcast"})
"""What people write themselves; the others are edits, joins and the like."""
_SLACKBOT = "USLACKBOT"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Heard(_Value):
    """A message that somebody wrote where the bot is, in Slack's markup.

    `workspace` is the installing workspace that heard it, `team` the writer's own ("" where Slack doesn't say).
    `thread` is the `ts` of the message that the thread hangs under; the message's own where it begins one.
    `mentioned`: the message mentions the bot. `bot`: the bot's own user id, as far as the event tells it.
    """

    workspace: str
    team: str
    channel: str
    kind: str
    ts: str
    thread: str
    user: str
    text: str
    mentioned: bool = False
    bot: str = ""
    files: tuple[Mapping[str, Any], ...] = ()

    @property
    def direct(self) -> bool:
        """It was written to the bot alone."""
        # Slack calls what is written on the bot's own page otherwise, or leaves the kind out.
        return self.kind == "im" or self.channel.startswith("D")

    @property
    def in_thread(self) -> bool:
        """It was written under another message."""
        return self.thread != self.ts

    @property
    def only_files(self) -> bool:
        """Files were put there without a word."""
        return bool(self.files) and not plain(self.text).strip()

    @property
    def key(self) -> str:
        """Names the reply that is owed for it, by whatever events Slack tells of the message."""
        return reply_key(self.channel, self.ts)

    @property
    def place(self) -> Place:
        """Its thread. Guests and people of other companies may read along until Slack says otherwise."""
        return Place(
            platform=PLATFORM,
            workspace=self.workspace,
            channel=self.channel,
            thread=self.thread,
            outsiders=True,
            private=self.direct,
        )


class Asked(posing.Asked):
    """What was asked, in the message that Slack calls `ts`, by somebody of the workspace `team`.

    `files` are those that were attached, as Slack describes them. `bot` is the bot's own user id, as far as the event
    told it.
    """

    ts: str
    team: str = ""
    files: tuple[Mapping[str, Any], ...] = ()
    bot: str = ""


def is_peoples(message: Mapping[str, Any]) -> bool:
    """Has a person written the message that Slack tells of? Not a bot, and not Slack itself of somebody who joined."""
    by_person = not message.get("bot_id") and message.get("user") not in {None, "", _SLACKBOT}
    return by_person and (message.get("subtype") or "") in _SUBTYPES


def reply_key(channel: str, ts: str) -> str:
    """Names the reply that is owed for a message."""
    return f"reply:{PLATFORM}:{channel}:{ts}"


def bot_in(body: Mapping[str, Any]) -> str:
    """The bot's own user id, as far as the event tells it."""
    return next((each.get("user_id") or "" for each in body.get("authorizations") or [] if each.get("is_bot")), "")


def hear(body: Mapping[str, Any], bot: str = "") -> Heard | None:
    """The message that the event tells of. None for what no person has just written: bots, edits, joins.

    `bot` is the bot's own user id, for events that don't tell it.
    """
    event = body["event"]
    bot = bot_in(body) or bot
    if not is_peoples(event) or event["user"] == bot:
        return None
    text = event.get("text") or ""
    return Heard(
        workspace=workspace_of(body),
        team=event.get("user_team") or event.get("source_team") or event.get("team") or body.get("team_id") or "",
        channel=event["channel"],
        kind=event.get("channel_type") or "",
        ts=event["ts"],
        thread=event.get("thread_ts") or event["ts"],
        user=event["user"],
        text=text,
        mentioned=event["type"] == "app_mention" or mentions(text, bot),
        bot=bot,
        files=tuple(event.get("files") or ()),
    )


def ask(heard: Heard, guard: Guard, tell_language: Callable[[str], str]) -> Asked:
    """The message as a question that may be kept: checked, and with personal data masked."""
    posed = Posed(text="", asker=Asker(id=heard.user, name=""), place=heard.place)
    asked = posing.asked(plain(heard.text), posed, guard, tell_language)
    about = {"ts": heard.ts, "team": heard.team, "files": heard.files, "bot": heard.bot}
    return Asked.model_validate({**dict(asked), **about})
