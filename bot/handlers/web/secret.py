"""The secret that session cookies are signed with."""

from __future__ import annotations

import contextlib
import os
import secrets

from bot.settings import Settings


def session_secret(settings: Settings) -> str:
    """The secret of the settings, or one that is made once and kept in the data directory.

    Raises OSError where the directory can't be written to.
    """
    if settings.session_secret:
        return settings.session_secret.get_secret_value()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / "session-secret"
    made = settings.data_dir / f".session-secret-{os.getpid()}"
    if not path.exists():
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(32))
        # A link appears whole or not at all: of several processes that start at once, one is first and all agree.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(made)
        made.unlink()
    return path.read_text()
