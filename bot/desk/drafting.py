"""What an officer's answer begins with, and what what they write may be sent as. Pure."""

from __future__ import annotations

from bot.citing import numbers, sources
from bot.desk.case import Case, CaseState, Move
from bot.desk.offers import can_be_asked
from knowledge.model import Audience


def draft(case: Case) -> str:
    """What the bot had found as the beginning of an answer: the claims, numbered by their sources, and those."""
    cited = [claim.citation for claim in case.draft]
    marks = numbers(cited)
    claims = [f"{claim.text} [{marks[claim.citation]}]" for claim in case.draft]
    found = sources(cited)
    listed = [f"[{each.number}] {each.citation.title} {each.citation.url}".strip() for each in found]
    return "\n\n".join([*claims, "\n".join(listed)]).strip()


def for_outsiders(case: Case) -> Case:
    """The case without what is internal of what the bot had found.

    It is an officer's answer that goes out, but its beginning is the bot's, and is easily sent unread.
    """
    claims = tuple(claim for claim in case.draft if claim.citation.audience is Audience.PUBLIC)
    nearest = tuple(source for source in case.nearest if source.audience is Audience.PUBLIC)
    return case.model_copy(update={"draft": claims, "nearest": nearest})


def ways(case: Case) -> list[Move]:
    """What a text of an officer's may be sent to the asker as."""
    if case.state is CaseState.ANSWERED:
        return [Move.SUPPLEMENTED]
    return [Move.ANSWERED, Move.ASKED_BACK] if can_be_asked(case) else [Move.ANSWERED]
