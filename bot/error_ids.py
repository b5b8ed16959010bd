"""What an error is called, to the person who meets it and in the log."""

from __future__ import annotations

import secrets

from bot.observing.trace import current


def new_error_id() -> str:
    """Eight hexadecimal digits: short enough to be read out on the telephone. They begin the id that all lines of the
    log have which are about the same question; outside of all such, they are in one line alone."""
    trace = current()
    return trace.error_id if trace else secrets.token_hex(4)
