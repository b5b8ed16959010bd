"""The app's manifest, as Microsoft's schema has it, and its words in each language."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from bot.handlers.teams.installing.commands import FORWARD, QUERY, SEARCH
from bot.texts import LANGUAGES, Texts

SCHEMA = "1.30"
COLOUR, OUTLINE = "color.png", "outline.png"
TAGS = {"nb": "nb-no", "nn": "nn-no", "en": "en"}
"""What Teams calls our languages."""
SUPPORTS_FILES = False
"""Whether Teams lets people attach files to what they write to the bot alone: nothing reads them."""

_NAME = "Møteplassen"
_ACCENT = "#1A6FA8"
_SCOPES = ("personal", "team", "groupChat")
_PROMPTS = ("permit", "sign", "hours", "green", "strategy", "letter", "law")
_UNMENTIONED = "ChannelMessage.Read.Group"


@dataclasses.dataclass(frozen=True)
class App:
    """What of the app is the municipality's own: who publishes it, where it is and what it may.

    `bot` is the application id in Entra; `host` where people open the web meeting place. With `unmentioned`, owners of
    teams are asked to let the bot hear messages of their channels that don't mention it.
    """

    version: str
    bot: str
    host: str
    publisher: str
    website: str
    privacy: str
    terms: str
    unmentioned: bool


def manifest(app: App, texts: Texts, language: str = "nb") -> dict[str, Any]:
    """The whole manifest, its words in that language."""
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": app.version,
        "id": app.bot,
        "developer": {
            "name": app.publisher,
            "websiteUrl": app.website,
            "privacyUrl": app.privacy,
            "termsOfUseUrl": app.terms,
        },
        "name": {"short": _NAME, "full": texts(language, "teams.app.name")},
        "description": {
            "short": texts(language, "teams.app.short"),
            "full": texts(language, "teams.app.description"),
        },
        "localizationInfo": {
            "defaultLanguageTag": TAGS["nb"],
            "additionalLanguages": [{"languageTag": TAGS[each], "file": words_file(each)} for each in LANGUAGES[1:]],
        },
        "icons": {"color": COLOUR, "outline": OUTLINE},
        "accentColor": _ACCENT,
        "bots": [_bot(app, texts, language)],
        "composeExtensions": [_extension(app, texts, language)],
        "validDomains": [app.host],
        "webApplicationInfo": {"id": app.bot, "resource": f"api://{app.host}/botid-{app.bot}"},
        "authorization": {"permissions": {"resourceSpecific": _permissions(app)}},
        "defaultInstallScope": "personal",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
        # From 1.25 on Teams wants the first of an app for teams; older clients know only the second.
        "supportsChannelFeatures": "tier1",
        "supportedChannelTypes": ["sharedChannels", "privateChannels"],
    }


def words_file(language: str) -> str:
    """What the file with the words of another language than bokmål is called in the package."""
    return f"{TAGS[language]}.json"


def words(app: App, texts: Texts, language: str) -> dict[str, str]:
    """What the manifest says in that language where it says it in other words, by the place in the manifest.

    The short name, which is the same, stands there too: Teams wants it.
    """
    schema = f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.Localization.schema.json"
    there = dict(_strings(manifest(app, texts)))
    here = _strings(manifest(app, texts, language))
    return {"$schema": schema, "name.short": _NAME, **{place: text for place, text in here if text != there[place]}}


def _bot(app: App, texts: Texts, language: str) -> dict[str, Any]:
    asked = [texts(language, f"reply.prompt.{name}") for name in _PROMPTS]
    commands = [{"title": each, "type": "prompt", "prompt": each} for each in asked]
    return {
        "botId": app.bot,
        "scopes": list(_SCOPES),
        "supportsFiles": SUPPORTS_FILES,
        "isNotificationOnly": False,
        "commandLists": [{"scopes": [scope], "commands": commands} for scope in _SCOPES],
    }


def _extension(app: App, texts: Texts, language: str) -> dict[str, Any]:
    search = {
        "id": SEARCH,
        "type": "query",
        "context": ["compose", "commandBox"],
        "title": texts(language, "teams.app.search"),
        "description": texts(language, "teams.app.search.description"),
        "initialRun": True,
        "parameters": [
            {
                "name": QUERY,
                "title": texts(language, "teams.app.search.query"),
                "description": texts(language, "teams.app.search.query.description"),
                "inputType": "text",
            }
        ],
    }
    forward = {
        "id": FORWARD,
        "type": "action",
        "context": ["message"],
        "title": texts(language, "desk.case.forward"),
        "description": texts(language, "teams.app.forward.description"),
        "fetchTask": True,
    }
    links = {"type": "link", "value": {"domains": [app.host]}}
    return {"botId": app.bot, "commands": [search, forward], "messageHandlers": [links]}


def _permissions(app: App) -> list[dict[str, str]]:
    return [{"name": _UNMENTIONED, "type": "Application"}] if app.unmentioned else []


def _strings(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """All texts in it, each with its place as Teams writes it: `bots[0].commandLists[0].commands[1].title`."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _strings(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _strings(inner, f"{place}[{index}]")
