"""Seals what must not lie readable in the database: the tokens of workspaces."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

from bot.settings import ConfigurationError

_HOW = "Make one with `openssl rand -base64 32`."


class Unsealable(Exception):
    """Sealed by none of the keys that are set."""


class Seal:
    """Seals with the first of the keys and opens with any, so that keys can be replaced one after the other.

    Raises ConfigurationError where there is no key, or one that is none.
    """

    def __init__(self, keys: SecretStr | None) -> None:
        given = [key.strip() for key in keys.get_secret_value().split(",") if key.strip()] if keys else []
        if not given:
            raise ConfigurationError(f"MOTEPLASSEN_ENCRYPTION_KEY is missing: Slack's tokens are kept sealed. {_HOW}")
        try:
            self._keys = MultiFernet([Fernet(key) for key in given])
        except ValueError as error:
            raise ConfigurationError(
                f"MOTEPLASSEN_ENCRYPTION_KEY holds something that is no key: each is 32 bytes in base64. {_HOW}"
            ) from error

    def close(self, text: str) -> str:
        """The text, sealed."""
        return self._keys.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text that was sealed. Raises Unsealable."""
        try:
            return self._keys.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise Unsealable("sealed with a key that is not in MOTEPLASSEN_ENCRYPTION_KEY") from error
