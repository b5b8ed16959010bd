"""Is the bot meant? What people write where they do not mention it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from pydantic import BaseModel, ConfigDict

from bot import wording
from bot.guard import LONGEST_QUESTION
from bot.handlers.slack.mrkdwn import plain

_MENTION = re.compile(r"<(?:@(?P<user>[A-Z0-9]+)|!(?:subteam\^|here|channel|everyone))[^>]*>")
_AT_NAME = re.compile(r"(?:^|\s)@[^\W\d_]\w+")
_NAME = r"[A-ZÆØÅ][\w'-]+(?:\s[A-ZÆØÅ][\w'-]+)?"
_CALLED = re.compile(
    rf"^\s*(?:(?:[Hh]ei|[Hh]allo|[Hh]i|[Hh]ello|[Hh]ey|[Jj]a|[Nn]ei|[Tt]akk|[Tt]hanks)[, ]+)?(?P<name>{_NAME})"
    r"(?:\s*[,:!]|\s*[-–]\s|\s+(?:kan|kunne|vil|har|skal|er|veit|vet|hva|kva|can|could|will|do|did|are|have)\s+(?:du|de|you)\b)"
)
"""Somebody is called by name: "Kari, ...", "Hei Ola!", "Per kan du ..."."""
_NO_NAMES = frozenset(
    """ja jo nei ok okei okay takk tusen hei hallo heisann hi hello hey yes no well so men og så da altså eh hmm
    beklager sorry unnskyld orsak vel flott fint supert bra perfekt great thanks thank please god good alle everyone
    folkens all spørsmål question ps obs nb i dag forresten btw egentlig eigentleg kort først til møteplassen
    moteplassen bot boten hva kva hvor kor hvordan korleis når kan må skal er har det den vi jeg eg me how what when
    where why who oi wow spm info tips fyi dere dykk folk folks guys""".split()
)


class Written(BaseModel):
    """A message in a thread. `ours`: the bot wrote it, or it was put to the bot."""

    model_config = ConfigDict(frozen=True)

    user: str
    text: str
    ours: bool = False


def mentions(text: str, user: str) -> bool:
    """Is the person (or the bot) of that id mentioned in a text of Slack's?"""
    return bool(user) and any(found["user"] == user for found in _MENTION.finditer(text))


def calls_others(text: str, bot: str) -> bool:
    """Is it said to somebody else: by a mention, or by a name at its beginning?"""
    if any(found["user"] != bot for found in _MENTION.finditer(text)):
        return True
    words = plain(text)[:LONGEST_QUESTION]
    called = _CALLED.match(words)
    named = called is not None and _is_name(called["name"])
    return named or bool(_AT_NAME.search(words))


def is_open_question(text: str, bot: str) -> bool:
    """Is it a question to whoever knows, which the bot answers where it is to answer every question?"""
    words = plain(text)
    return len(words) <= LONGEST_QUESTION and not calls_others(text, bot) and wording.asks(words)


def may_be_meant(text: str, bot: str, *, has_asked: bool) -> bool:
    """May what is written in the bot's thread be for the bot, as far as the text tells it?

    Of somebody who has asked there before, also what puts right or adds to that; of others, clear questions only.
    """
    words = plain(text)
    if len(words) > LONGEST_QUESTION:
        return False
    if calls_others(text, bot) or wording.says_nothing(words) or wording.chats(words):
        return False
    if has_asked and (wording.refines(words) or wording.is_put_as_question(words)):
        return True
    return wording.follows_up(words)


def is_meant(words: str, writer: str, before: Sequence[Written], subjects: Collection[str], bot: str = "") -> bool:
    """Is the bot meant by what may be meant for it, after the messages `before` it in the thread, oldest first?

    Where the bot spoke last, it is. Where another person did, they are talking with each other, unless it is clearly
    a question about what the bot was asked and has said (`subjects`, texts).
    """
    # A thank-you from somebody else in between turns nobody away from the bot.
    latest = [each for each in _since_ours(before) if each.user == writer or not _is_polite(each.text)]
    if any(each.user == writer and calls_others(each.text, bot) for each in latest):
        return False
    if all(each.user == writer for each in latest):
        return True
    known = set[str]().union(*map(wording.stems, subjects))
    return wording.follows_up(words) and bool(wording.stems(words) & known)


def _is_polite(text: str) -> bool:
    return wording.says_nothing(text) or wording.thanks(text)


def _is_name(words: str) -> bool:
    # "Skjenkebevilling: hva koster det?" calls nobody.
    return words.split(maxsplit=1)[0].lower() not in _NO_NAMES and not wording.is_subject(words)


def _since_ours(before: Sequence[Written]) -> Sequence[Written]:
    ours = [number for number, each in enumerate(before, start=1) if each.ours]
    return before[ours[-1] :] if ours else before
