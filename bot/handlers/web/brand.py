"""A municipality's colour and logo on the pages, at addresses of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.colours import shades
from bot.settings import ConfigurationError, Settings

_KINDS = {".svg": "image/svg+xml", ".png": "image/png"}
_LARGEST = 200_000
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
_SHEET = """\
:root {{ --accent: {0.light}; --link: {0.light}; --side: {0.side}; --side-chosen: {0.chosen}; }}
@media (prefers-color-scheme: dark) {{ :root {{ --accent: {0.dark}; --link: {0.dark}; }} }}
"""


class Brand:
    """What the settings say of colour and logo. `sheet` and `icon` are addresses that carry a digest of what is there;
    they are empty where nothing is set. Raises ConfigurationError where the logo can't be shown.
    """

    def __init__(self, settings: Settings) -> None:
        css = _SHEET.format(shades(settings.accent)).encode() if settings.accent else b""
        logo = _read(settings.logo) if settings.logo else b""
        kind = _KINDS[settings.logo.suffix.lower()] if settings.logo else ""
        self.sheet = _address("/merke/farger", css)
        self.icon = _address("/merke/logo", logo)
        self._files = {"farger": (css, "text/css"), "logo": (logo, kind)}

    def routes(self) -> Sequence[BaseRoute]:
        """Where the colours and the logo are, those that there are."""
        return [Route(f"/merke/{name}", self.show, name=name) for name, (content, _) in self._files.items() if content]

    async def show(self, request: Request) -> Response:
        """One of them."""
        content, kind = self._files[request.url.path.rpartition("/")[2]]
        return Response(content, media_type=kind, headers=_KEPT)


def _address(path: str, content: bytes) -> str:
    return f"{path}?{hashlib.sha256(content).hexdigest()[:10]}" if content else ""


def _read(path: Path) -> bytes:
    if path.suffix.lower() not in _KINDS:
        raise ConfigurationError(f"the logo {path} is no SVG or PNG; save it as one")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the logo {path} can't be read ({error.strerror}); correct MOTEPLASSEN_LOGO"
        ) from error
    if not 0 < len(content) <= _LARGEST:
        raise ConfigurationError(f"the logo {path} has {len(content)} bytes; {_LARGEST} is the most, and one the least")
    return content
