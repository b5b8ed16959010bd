"""What end users read: one gettext catalogue per language and part of the product."""

from __future__ import annotations

from pathlib import Path

from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent
LANGUAGES = ("nb", "nn", "en")
LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}
"""How each writes dates and numbers."""


class Texts:
    """The messages of all languages, read once. Ids read `part.name`, such as `reply.abstained`."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._messages = {language: _read(folder / language) for language in LANGUAGES}

    def __call__(self, language: str, key: str, **values: object) -> str:
        """The message in that language (bokmål where the language is unknown), its `{placeholders}` filled in.

        Raises KeyError where no such message exists.
        """
        messages = self._messages.get(language, self._messages["nb"])
        return messages[key].format(**values) if values else messages[key]

    def keys(self, language: str) -> set[str]:
        """The ids that the language has a text for."""
        return set(self._messages[language])


def _read(folder: Path) -> dict[str, str]:
    messages: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file)
        messages.update(
            {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
        )
    return messages
