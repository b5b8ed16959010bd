"""What somebody sees of the small Slack, as the templates need it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from tests.peers.slack import choosing
from tests.peers.slack.model import Channel, Message, Person
from tests.peers.slack.page import marks
from tests.peers.slack.writing import Writing

HOME = "home"
_ROLES = {
    "is_stranger": "fra et annet firma",
    "is_ultra_restricted": "gjest i én kanal",
    "is_restricted": "gjest",
}


def people(slack: Writing) -> list[tuple[Person, str]]:
    """Whom one can be, each with what they are."""
    found = [person for person in slack.people.values() if not person.is_bot and not person.deleted]
    groups = {user: group.handle for group in slack.groups.values() for user in group.users}
    return [(person, _role(person) or groups.get(person.id, "ansatt")) for person in found]


def _role(person: Person) -> str:
    return next((role for flag, role in _ROLES.items() if getattr(person, flag)), "")


def channels(slack: Writing, user: str) -> list[Channel]:
    """The channels that somebody is in, the messages with the bot last."""
    slack.dm(user)
    found = [channel for channel in slack.channels.values() if user in channel.members and not channel.is_mpim]
    return sorted(found, key=lambda channel: channel.is_im)


def shell(slack: Writing, asked: Mapping[str, str]) -> dict[str, Any]:
    """All that the page needs to be drawn for somebody at some place."""
    persons = people(slack)
    me = asked.get("as") if asked.get("as") in slack.people else persons[0][0].id
    there = channels(slack, str(me))
    at = asked.get("at", "")
    if at != HOME and at not in {channel.id for channel in there}:
        at = there[0].id
    about = {"people": persons, "me": slack.people[str(me)], "channels": there, "thread": asked.get("thread", "")}
    return {**about, "at": at, "channel": slack.channels.get(at), "slack": slack, "page": Page(slack, str(me), at)}


class Page:
    """Draws what one person sees at one place."""

    def __init__(self, slack: Writing, me: str, at: str) -> None:
        self._slack = slack
        self._me = me
        self._at = at

    def messages(self, thread: str = "") -> list[Message]:
        """The messages in the channel, or in a thread with what it is under, and what only this person sees."""
        said: list[Message] = list(self._slack.channels.get(self._at, ()))
        whispers = [each for each in self._slack.whispers if each["channel"] == self._at and each["user"] == self._me]
        if thread:
            found = [each for each in said if thread in {each["ts"], each.get("thread_ts")}]
            own = [each for each in whispers if each.get("thread_ts") == thread]
        else:
            found = [each for each in said if each.get("thread_ts", each["ts"]) == each["ts"] or each.get("subtype")]
            own = [each for each in whispers if not each.get("thread_ts")]
        shown = [each for each in found if each.get("subtype") != "tombstone"]
        return sorted([*shown, *({**each, "whispered": True} for each in own)], key=lambda each: float(each["ts"]))

    def replies(self, message: Message) -> int:
        """How many replies there are under a message."""
        return len(self._slack.thread(self._at, message["ts"]))

    def name(self, user: str) -> str:
        """What somebody is called."""
        person = self._slack.people.get(user)
        return (person.display_name or person.name) if person else user

    def is_app(self, message: Message) -> bool:
        """Whether a program wrote it."""
        return bool(message.get("bot_id") or message.get("whispered"))

    def clock(self, message: Message) -> str:
        """When it was written."""
        return f"{dt.datetime.fromtimestamp(float(message['ts']), ZoneInfo('Europe/Oslo')):%H:%M}"

    def status(self, thread: str) -> str:
        """What the bot says that it is doing in a thread."""
        told = self._slack.statuses.get((self._at, thread))
        return " · ".join([told["status"], *told["loading_messages"][:1]]) if told else ""

    def prompts(self, thread: str = "") -> list[dict[str, str]]:
        """What the bot suggests to ask."""
        told = self._slack.prompts.get((self._at, thread))
        return list(told["prompts"]) if told else []

    def tasks(self, message: Message) -> list[dict[str, Any]]:
        """What the bot says that it did for a message that it wrote before the readers' eyes."""
        stream = self._slack.streams.get((self._at, message["ts"]))
        return list(stream.tasks.values()) if stream else []

    def unfurls(self, message: Message) -> list[str]:
        """What links in a message are about."""
        told = self._slack.unfurls.get((self._at, message["ts"]), {})
        entities = (told.get("metadata") or {}).get("entities", ())
        titles = [each["entity_payload"]["attributes"]["title"]["text"] for each in entities]
        return [*titles, *(str(each.get("title") or address) for address, each in (told.get("unfurls") or {}).items())]

    def reactions(self, message: Message) -> list[str]:
        """How people reacted to a message."""
        here = (self._at, message["ts"])
        return [each["name"] for each in self._slack.reactions if (each["channel"], each["ts"]) == here]

    def text(self, told: Mapping[str, Any] | str) -> Any:
        """A text as HTML."""
        if isinstance(told, str):
            return marks.mrkdwn(self._slack, told)
        if told["type"] == "mrkdwn":
            return marks.mrkdwn(self._slack, told["text"])
        return marks.plain(told["text"])

    markdown = staticmethod(marks.markdown)
    rich = staticmethod(marks.rich)

    def persons(self) -> list[Person]:
        """Who can be chosen where people are to be chosen."""
        return [person for person in self._slack.people.values() if not person.is_bot]

    def typed(self, view: Any, block: Mapping[str, Any]) -> str:
        """What is in a field to type in."""
        element = block["element"]
        there = view.values.get(block["block_id"], {}).get(element["action_id"]) if view else None
        return str((there or choosing.initial(element)).get("value") or "")

    def picked(self, view: Any, block: Mapping[str, Any], element: Mapping[str, Any]) -> list[str]:
        """What is chosen where something is to be chosen."""
        there = view.values.get(block.get("block_id"), {}).get(element.get("action_id")) if view else None
        told = [value for name, value in (there or choosing.initial(element)).items() if name != "type"]
        many = told[0] if told and isinstance(told[0], list) else told
        return [each["value"] if isinstance(each, Mapping) else str(each) for each in many if each]
