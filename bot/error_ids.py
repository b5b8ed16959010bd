"""What an error is called, to the person who meets it and in the log."""

from __future__ import annotations

import secrets


def new_error_id() -> str:
    """Eight hexadecimal digits: short enough to be read out on the telephone."""
    return secrets.token_hex(4)
