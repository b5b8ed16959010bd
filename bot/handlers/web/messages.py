"""What stands in the threads: questions, replies and officers' answers, as values."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import secrets

from pydantic import BaseModel, ConfigDict

from bot.handlers.web import PLATFORM
from bot.handlers.web.channels import is_private
from bot.people import Asker, Place
from bot.question import Reply
from knowledge.model import Claim


class NoSuchMessage(LookupError):
    """No such message, or no such thread."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Progress(_Value):
    """How far a reply has got: the step under way, the claims that stand, and whether an attempt has failed."""

    step: str = ""
    claims: tuple[Claim, ...] = ()
    troubled: bool = False


class Kind(enum.StrEnum):
    """What a message is."""

    QUESTION = "question"
    REPLY = "reply"
    ANSWER = "answer"
    FOLLOW_UP = "follow_up"
    """What the asker of a case writes to its officer; the bot doesn't reply to it."""


class Message(_Value):
    """A message of a thread. `person` is who asked, or the officer who answered; for a reply, whom it is for.

    `question` is the message that a reply or an answer belongs to; `said` is None until the reply has come. `masked`:
    personal data was taken out of what somebody wrote.
    """

    id: str
    thread: str
    channel: str
    position: int
    revision: int
    kind: Kind
    text: str
    language: str
    created: dt.datetime
    person: Asker
    masked: bool = False
    question: str | None = None
    progress: Progress | None = None
    said: Reply | None = None

    @property
    def root(self) -> bool:
        """Does the thread begin with this message?"""
        return self.id == self.thread

    @property
    def waiting(self) -> bool:
        """Is this a reply that hasn't come yet?"""
        return self.kind is Kind.REPLY and self.said is None

    @property
    def untouched(self) -> bool:
        """Has nothing happened since it was put there? Then nobody can have sent it on, or have an opinion of it."""
        return self.revision == self.position and self.said is None


class Thread(_Value):
    """A thread and its messages in order."""

    id: str
    channel: str
    position: int
    messages: tuple[Message, ...]

    def message(self, id_: str | None) -> Message | None:
        """The message of that id, if it is here."""
        return next((message for message in self.messages if message.id == id_), None)

    def before(self, message: Message) -> tuple[Message, ...]:
        """What stood in the thread before the message."""
        return tuple(other for other in self.messages if other.position < message.position)


class Asked(_Value):
    """A question as it was posted. `key` names the posting: posting it again asks nothing new. Without a thread, a
    new one begins. `session` is the browser it came from."""

    key: str
    channel: str
    thread: str | None
    asker: Asker
    text: str
    language: str
    session: str
    masked: bool = False

    @property
    def ref(self) -> str:
        """Names what was posted for good: posting the same again makes nothing new."""
        # The text belongs to it: a browser that goes back to an old page posts something new under the page's old key.
        digest = hashlib.sha256(f"{self.thread}\n{self.text}".encode()).hexdigest()[:16]
        return f"asked:{self.session}:{self.key}:{digest}"


def new_key() -> str:
    """Names a posting that hasn't been made yet, so that making it twice makes it once."""
    return secrets.token_hex(8)


def place_of(message: Message, *, outsiders: bool) -> Place:
    """The place of the message's thread, for questions and cases."""
    return Place(
        platform=PLATFORM,
        channel=message.channel,
        thread=message.thread,
        outsiders=outsiders,
        private=is_private(message.channel),
    )
