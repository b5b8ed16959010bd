"""The zip that an administrator uploads to Teams."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

from bot.handlers.teams.installing.manifest import COLOUR, OUTLINE, App, manifest, words, words_file
from bot.settings import ConfigurationError, Settings
from bot.texts import LANGUAGES, Texts

_FOLDER = Path(__file__).parent
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_VERSION = re.compile(r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}")
_LONGEST_PUBLISHER = 32


def described(settings: Settings, version: str, *, privacy: str, terms: str, unmentioned: bool) -> App:
    """The app that these settings make; without addresses of their own, privacy and terms are on the front page.

    Raises ConfigurationError, naming the setting, where one that Teams needs is missing or not as Teams wants it.
    """
    if not settings.teams_client_id:
        raise ConfigurationError(
            "MOTEPLASSEN_TEAMS_CLIENT_ID is missing; it is the application (client) id of the app registered in Entra."
        )
    if not _ID.fullmatch(settings.teams_client_id):
        raise ConfigurationError(
            f"MOTEPLASSEN_TEAMS_CLIENT_ID holds {settings.teams_client_id!r}, which is no application id; "
            "it reads like 11111111-2222-3333-4444-555555555555."
        )
    if not _VERSION.fullmatch(version):
        raise ConfigurationError(f"{version!r} is no version that Teams takes; write three numbers, as 1.0.1.")
    publisher = f"{settings.municipality} kommune" if settings.municipality else "Møteplassen"
    return App(
        version=version,
        bot=settings.teams_client_id.lower(),
        host=_host("MOTEPLASSEN_PUBLIC_URL", settings.public_url),
        publisher=publisher[:_LONGEST_PUBLISHER],
        website=settings.public_url,
        privacy=_reachable("--privacy-url", privacy or settings.public_url),
        terms=_reachable("--terms-url", terms or settings.public_url),
        unmentioned=unmentioned,
    )


def packed(app: App, texts: Texts) -> bytes:
    """The zip; the same app gives the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        _write(package, "manifest.json", _json(manifest(app, texts)))
        for language in LANGUAGES[1:]:
            _write(package, words_file(language), _json(words(app, texts, language)))
        for icon in (COLOUR, OUTLINE):
            _write(package, icon, (_FOLDER / icon).read_bytes())
    return content.getvalue()


def _write(package: zipfile.ZipFile, name: str, content: bytes) -> None:
    package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def _reachable(name: str, url: str) -> str:
    _host(name, url)
    return url


def _host(name: str, url: str) -> str:
    """The host in an https address that others than this machine can open."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or "." not in parts.hostname:
        raise ConfigurationError(
            f"{name} is {url}; Teams wants an https address that people can open, such as https://moteplassen.example.no."
        )
    return parts.hostname
