"""The replies to several questions of one message, made one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from bot.citing import numbers
from bot.question import Reply, Status
from bot.splitting import SENTENCE_END
from bot.texts import Texts

T = TypeVar("T")

_NEAREST = 3


def merged(asked: Sequence[str], replies: Sequence[Reply], texts: Texts) -> Reply:
    """One reply that answers all that was asked in its order, says everything once, and which source answers what.

    There is at least one reply, and one for each of what was `asked`; one alone stays what it is.
    """
    first, *others = replies
    if not others:
        return first
    answered = [reply for reply in replies if reply.status is Status.ANSWERED]
    claims = {claim.text: claim for reply in answered for claim in reply.claims}
    nearest = tuple(dict.fromkeys(near for reply in replies for near in reply.nearest))[:_NEAREST]
    whole = first.model_copy(
        update={
            "status": Status.ANSWERED if answered else first.status,
            "kind": _same(reply.kind for reply in replies),
            "claims": tuple(claims.values()),
            "note": "\n".join(dict.fromkeys(line for reply in replies for line in reply.note.split("\n") if line)),
            "nearest": () if answered else nearest,
            "draft": tuple(dict.fromkeys(claim for reply in replies for claim in reply.draft)),
            "ranking": tuple(dict.fromkeys(section for reply in replies for section in reply.ranking)),
            "confidence": min(reply.confidence for reply in answered or replies),
        }
    )
    alike = None if answered else _same(reply.lead for reply in replies)
    return whole.model_copy(update={"lead": alike or _lead(asked, replies, whole, texts)})


def _lead(asked: Sequence[str], replies: Sequence[Reply], whole: Reply, texts: Texts) -> str:
    """A line for each question: where its answer stands, or that there is none."""
    marks = numbers(whole.citations)
    shown = {claim.text: marks[claim.citation] for claim in whole.claims}
    lines = [texts(whole.language, "reply.several.lead", count=len(asked))]
    for number, (text, reply) in enumerate(zip(asked, replies, strict=True), 1):
        question = SENTENCE_END.split(text)[-1]
        if reply.status is Status.ANSWERED:
            sources = ", ".join(f"[{mark}]" for mark in dict.fromkeys(shown[claim.text] for claim in reply.claims))
            said = texts(whole.language, "reply.several.answered", sources=sources)
        else:
            said = reply.lead if reply.kind else texts(whole.language, "reply.several.unknown")
        lines.append(f"{number}. {question} {said}")
    return "\n".join(lines)


def _same(values: Iterable[T]) -> T | None:
    every = set(values)
    return every.pop() if len(every) == 1 else None
