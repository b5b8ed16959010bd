"""Which message in an officers' channel is which case's: one a case and channel, whatever happens to it."""

from __future__ import annotations

from bot.people import Place

_CARD = "card"


def key_of(case_id: str, place: Place) -> str:
    """The key of the case's card in that channel."""
    return f"{keys_of(case_id)}{place.channel}"


def keys_of(case_id: str) -> str:
    """What the keys of the case's cards in all channels begin with."""
    return f"{_CARD}:{case_id}:"


def case_of(key: str) -> str:
    """The id of the case whose card has that key; empty where it is the key of some other message."""
    kind, _, rest = key.partition(":")
    return rest.partition(":")[0] if kind == _CARD else ""
