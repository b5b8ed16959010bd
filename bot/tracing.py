"""Where something went wrong, for the log. Pure."""

from __future__ import annotations

import traceback
from collections.abc import Iterator


def trail(error: BaseException) -> str:
    """The lines of code that led to the error and to those behind it, latest first, each under its type; of a group
    of errors those of each.

    Neither what the errors say nor the values of variables: either can be what somebody wrote (a database's errors
    hold the row that could not be kept).
    """
    told = (f"{type(each).__name__}\n{''.join(traceback.format_tb(each.__traceback__))}" for each in _behind(error))
    return "\n".join(told)


def _behind(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    left = [error]
    while left:
        found = left.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        behind = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
        left += [behind] if behind else []
        left += found.exceptions if isinstance(found, BaseExceptionGroup) else ()
