"""Which addresses are Slack's own. Tokens and answers go to no other."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SLACK = re.compile(r"(?:.+\.)?slack(?:-gov)?\.com")


class Addresses:
    """Tells Slack's addresses from others. `api_url` is where its Web API is; the server there is Slack's too."""

    def __init__(self, api_url: str) -> None:
        self._api = _server(api_url)

    def trusted(self, address: str) -> bool:
        """Is that an address of Slack's?"""
        try:
            scheme, host, port = _server(address)
        except ValueError:
            return False
        if (scheme, host, port) == self._api:
            return True
        return bool(_SLACK.fullmatch(host)) and scheme == "https" and port == 443


def _server(address: str) -> tuple[str, str, int]:
    """Raises ValueError where it is no address of a server."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise ValueError("no address of a server")
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
