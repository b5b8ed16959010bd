"""Addresses as they may be shown: a password may stand in one."""

from __future__ import annotations

import re

_WHO = re.compile(r"(?<=://)\S*@")
"""Who signs in, and by what, up to the last @: a password may hold slashes and more of these."""


def plain(text: str) -> str:
    """An address, or a text with addresses in it, without who signs in there and by what."""
    return _WHO.sub("", text)
