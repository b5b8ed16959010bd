"""What end users read: one gettext catalogue per language and part of the product."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from babel.messages.pofile import read_po

from bot.texts.overlay import read_overlay

FOLDER = Path(__file__).parent
LANGUAGES = ("nb", "nn", "en")
LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}
"""How each writes dates and numbers."""
OUR_NAME = "Møteplassen"
"""What the catalogues call the bot."""
_NAMED_ELSEWHERE = frozenset({"slack", "teams"})
_SPOKEN = {"nb": "nb", "no": "nb", "nn": "nn", "en": "en"}


def language_of(locale: str) -> str:
    """The language of a locale ("nn-NO"), as a platform tells it of a person; empty where it is none of ours."""
    return _SPOKEN.get(locale[:2].lower(), "")


class Texts:
    """The messages of all languages, read once. Ids read `part.name`, such as `reply.abstained`.

    `name` is what the bot is called, but in Slack and Teams, where the app has the name that it was given there. What
    the file `instead` holds is said instead of what the catalogues do. Raises TextsError where that has mistakes.
    """

    def __init__(self, folder: Path = FOLDER, *, name: str = "", instead: Path | None = None) -> None:
        self._messages = {language: _called(name, _read(folder / language)) for language in LANGUAGES}
        for language, messages in (read_overlay(instead, self._messages) if instead else {}).items():
            self._messages[language] |= messages

    def __call__(self, language: str, key: str, **values: object) -> str:
        """The message in that language (bokmål where the language is unknown), its `{placeholders}` filled in.

        Raises KeyError where no such message exists.
        """
        messages = self._messages.get(language, self._messages["nb"])
        return messages[key].format(**values) if values else messages[key]

    def keys(self, language: str) -> set[str]:
        """The ids that the language has a text for."""
        return set(self._messages[language])


def _called(name: str, messages: Mapping[str, str]) -> dict[str, str]:
    return {
        key: text if key.partition(".")[0] in _NAMED_ELSEWHERE else text.replace(OUR_NAME, name or OUR_NAME)
        for key, text in messages.items()
    }


def _read(folder: Path) -> dict[str, str]:
    messages: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file)
        messages.update(
            {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
        )
    return messages
