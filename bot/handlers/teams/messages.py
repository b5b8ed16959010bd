"""What is posted in Teams: a text in Markdown with its citations, and a card under it. Pure."""

from __future__ import annotations

import dataclasses
import html

from microsoft_teams.api import Account, ConversationAccount
from microsoft_teams.api.activities import MessageActivityInput
from microsoft_teams.api.models import CitationAppearance, SensitiveUsage, SensitiveUsageEntity
from microsoft_teams.cards import AdaptiveCard

from bot.handlers.teams.store import Room
from bot.markdown import escape


@dataclasses.dataclass(frozen=True)
class Cited:
    """A source as Teams shows it where its number stands in the text."""

    number: int
    name: str
    abstract: str
    url: str | None


@dataclasses.dataclass(frozen=True)
class Message:
    """A message. `by_bot`: it is labelled as made by a machine. `internal` says, where it isn't empty, that what stands
    there is for staff. `rated`: people can say what they think of it. `summary` is what notifications say. `mentioned`
    are those to whom `mention` calls in the text: their ids and names."""

    text: str = ""
    card: AdaptiveCard | None = None
    cited: tuple[Cited, ...] = ()
    by_bot: bool = False
    internal: str = ""
    rated: bool = False
    summary: str = ""
    mentioned: tuple[tuple[str, str], ...] = ()


def mention(name: str) -> str:
    """What stands in a text where somebody of that name is called to."""
    return f"<at>{html.escape(name, quote=False)}</at>"


def said(text: str) -> Message:
    """A message of plain text."""
    return Message(text=escape(text), summary=text)


def carded(card: AdaptiveCard, summary: str) -> Message:
    """A message that is a card."""
    return Message(card=card, summary=summary)


def activity(message: Message, room: Room, conversation: str) -> MessageActivityInput:
    """The message as what is sent to the conversation."""
    made = MessageActivityInput(text=message.text, text_format="markdown", summary=message.summary[:200] or None)
    made.conversation = ConversationAccount(id=conversation)
    if room.bot:
        made.from_ = Account(id=room.bot)
    if message.card:
        made.add_card(message.card)
    if message.by_bot:  # before the citations: after them, the SDK would send what they lack as null
        made.add_ai_generated()
    for each in message.cited:
        made.add_citation(each.number, CitationAppearance(name=each.name, abstract=each.abstract, url=each.url))
    for user, name in message.mentioned:
        made.add_mention(Account(id=user, name=name), text=html.escape(name, quote=False), add_text=False)
    if message.internal:
        _mark_internal(made, message.internal)
    if message.rated:
        made.add_feedback("custom")
    return made


def _mark_internal(made: MessageActivityInput, name: str) -> None:
    # Teams takes one entity of this kind in a message, which says all there is to say of it.
    usage = SensitiveUsage.model_validate({"@type": "CreativeWork", "name": name})
    for number, entity in enumerate(made.entities or ()):
        if entity.type == "https://schema.org/Message":
            whole = SensitiveUsageEntity.model_validate(
                entity.model_dump(by_alias=True, exclude_none=True) | {"usageInfo": usage}
            )
            (made.entities or [])[number] = whole
            return
    made.add_entity(SensitiveUsageEntity(usage_info=usage))
