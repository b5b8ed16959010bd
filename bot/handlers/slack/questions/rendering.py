"""What is shown aside and shared from there, as Slack's blocks. Pure; what people and sources say is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ContextBlock, PlainTextObject

from bot.handlers.slack.blocks import FALLBACK, SECTION, Message, markup, quoted, sections
from bot.handlers.slack.mrkdwn import clip, escape, link, literal
from bot.handlers.slack.replies import rendering as replies
from bot.lookup import Found, key_of
from bot.question import Reply, Status
from bot.texts import Texts
from knowledge.strategies import Strategy

SHARE = "share"
"""The action id of the button that shares a reply in the channel; its value is the id of the reply."""
SHARE_STRATEGIES = "share_strategies"
"""The same for strategies; its value holds their keys."""

_QUESTION = 1_000
_STRATEGY = 1_800
_AREA = 200
_LINE = 120
_ROOM = 9_000
_VALUE = 2_000
_BUTTONS = {"actions", "context_actions"}


def aside(question: str, reply: Reply, texts: Texts, *, shareable: bool) -> Message:
    """A reply for one person's eyes under its question, with the ways on."""
    message = _under(_quoted(question, _QUESTION), reply, texts)
    if not reply.can_be_forwarded:
        return message
    buttons = [_button(texts(reply.language, "desk.case.forward"), replies.FORWARD, reply.id)]
    if shareable and reply.status is Status.ANSWERED:
        buttons.insert(0, _button(texts(reply.language, "slack.share"), SHARE, reply.id))
    where = ContextBlock(elements=[markup(escape(texts(reply.language, "slack.command.officer")))])
    return Message(message.text, (*message.blocks, ActionsBlock(elements=buttons), where))


def elsewhere(channel: str, question: str, reply: Reply, texts: Texts) -> Message:
    """A reply in direct messages to what was asked in a channel that nothing could be posted in."""
    message = aside(question, reply, texts, shareable=False)
    where = texts(reply.language, "slack.unposted", channel=f"<#{channel}>")
    return Message(message.text, (*sections([where]), *message.blocks))


def shared(user: str, question: str, reply: Reply, texts: Texts) -> Message:
    """A reply that somebody shares with the channel."""
    heading = texts(reply.language, "slack.share.heading", user=f"<@{user}>")
    return _under(f"{heading}\n{_quoted(question, _QUESTION)}", reply, texts)


def asked(user: str, question: str, reply: Reply, texts: Texts) -> Message:
    """A reply in a thread to what somebody asked there by another way than writing."""
    heading = texts(reply.language, "slack.shortcut.asked", user=f"<@{user}>")
    whole = replies.replied(reply, texts)
    above = sections([f"{heading}\n{_quoted(question, _QUESTION)}"])
    return Message(whole.text, (*above, *whole.blocks))


def looked_up(found: Found, address: str, language: str, texts: Texts, *, shareable: bool) -> Message:
    """Strategies as they stand in the plan, or a list of them to choose from."""
    if not found.strategies:
        return Message(told := texts(language, "slack.strategies.none"), tuple(sections([escape(told)])))
    if not found.exact:
        return _list(found, language, texts)
    keys = " ".join(map(key_of, found.strategies))
    message = verbatim(found.strategies, address, language, texts)
    if not shareable or len(keys) > _VALUE:
        return message
    button = _button(texts(language, "slack.share"), SHARE_STRATEGIES, keys)
    return Message(message.text, (*message.blocks, ActionsBlock(elements=[button])))


def shared_strategies(user: str, strategies: Sequence[Strategy], address: str, language: str, texts: Texts) -> Message:
    """Strategies that somebody shares with the channel."""
    message = verbatim(strategies, address, language, texts)
    heading = texts(language, "slack.share.strategy", user=f"<@{user}>")
    return Message(message.text, (*sections([heading]), *message.blocks))


def verbatim(strategies: Sequence[Strategy], address: str, language: str, texts: Texts) -> Message:
    """Strategies word by word, with the address of each."""
    paragraphs = []
    for each in strategies:
        way = link(f"{address}/kilde/{each.document}#{each.anchor}", escape(texts(language, "slack.strategies.open")))
        whole = f"{_bold(f'{each.code} · {each.area_title}')}\n{_quoted(each.text, _STRATEGY)}"
        paragraphs += [f"{whole}\n{way}"] if len(whole) + len(way) < SECTION else [whole, way]
    text = "\n\n".join(f"{each.code} · {each.area_title}: {each.text}" for each in strategies)
    return Message(clip(text, FALLBACK), tuple(sections(_within(_ROOM, paragraphs))))


def _list(found: Found, language: str, texts: Texts) -> Message:
    key = "slack.strategies.unknown" if found.unknown else "slack.strategies.list"
    told = texts(language, key, sought=clip(literal(found.unknown), 100))
    paragraphs = [told]
    for title, some in groupby(found.strategies, key=lambda each: each.area_title):
        paragraphs.append(_bold(title))
        paragraphs += [f"• *{escape(each.code)}* {clip(literal(' '.join(each.text.split())), _LINE)}" for each in some]
    return Message(clip(told, FALLBACK), tuple(sections(_joined(_within(_ROOM, paragraphs)))))


def _joined(paragraphs: Sequence[str]) -> list[str]:
    """The lines of a list under their headings, without gaps between them."""
    joined: list[str] = []
    for each in paragraphs:
        if each.startswith("•") and joined and len(joined[-1]) + len(each) < 2_900:
            joined[-1] += f"\n{each}"
        else:
            joined.append(each)
    return joined


def _under(heading: str, reply: Reply, texts: Texts) -> Message:
    message = replies.replied(reply, texts)
    blocks: list[Block] = [block for block in message.blocks if block.type not in _BUTTONS]
    return Message(message.text, (*sections([heading]), *blocks))


def _quoted(text: str, limit: int) -> str:
    return quoted(clip(literal(text), limit))


def _bold(text: str) -> str:
    return f"*{clip(literal(text.replace('*', '')), _AREA)}*"


def _within(room: int, paragraphs: Sequence[str]) -> list[str]:
    kept = []
    for paragraph in paragraphs:
        room -= len(paragraph)
        if room < 0:
            kept.append("…")
            break
        kept.append(paragraph)
    return kept


def _button(label: str, action: str, value: str) -> ButtonElement:
    return ButtonElement(text=PlainTextObject(text=label), action_id=action, value=value)
