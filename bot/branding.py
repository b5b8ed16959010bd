"""What of the bot is a municipality's own to the eye: its texts, as the settings have them."""

from __future__ import annotations

from bot.settings import ConfigurationError, Settings
from bot.texts import Texts
from bot.texts.overlay import TextsError


def texts_of(settings: Settings) -> Texts:
    """The texts, by the name and the file of the settings. Raises ConfigurationError where that file has mistakes."""
    try:
        return Texts(name=settings.name, instead=settings.texts)
    except TextsError as error:
        raise ConfigurationError(str(error)) from error
