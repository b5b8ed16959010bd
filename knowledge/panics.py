"""What code in Rust doesn't expect ends in a panic, which is no Exception: whoever catches those would miss it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


class Panicked(RuntimeError):
    """Code in Rust has met with something that it doesn't expect, such as a damaged file."""


def is_panic(error: BaseException) -> bool:
    """Is it a panic? Each library in Rust has a class of its own for them, all of the same name."""
    return type(error).__name__ == "PanicException"


@contextlib.contextmanager
def caught() -> Iterator[None]:
    """A panic in the block is an Exception like others: Panicked. What it says is on standard error, and not in that:
    it may quote what people wrote."""
    try:
        yield
    except BaseException as error:
        if is_panic(error):
            raise Panicked("a panic, which standard error tells more of") from error
        raise
