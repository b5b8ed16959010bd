"""The keys of the service, and the tokens that it signs with them."""

from __future__ import annotations

import functools
import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.peers.teams.model import APP, HOME

ISSUER = "https://api.botframework.com"


@functools.cache
def published_key() -> RSAKey:
    """The key of every service: to make one takes longer than most tests."""
    return RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})


class Signing:
    """Signs tokens, good ones and others."""

    def __init__(self) -> None:
        self.url = ""
        self.key = published_key()
        self.endorsements = ["msteams"]
        self.keys_asked = 0

    @property
    def published(self) -> dict[str, Any]:
        """The keys as the service hands them out."""
        keys = KeySet([self.key]).as_dict(private=False)["keys"]
        return {"keys": [{**key, "endorsements": self.endorsements} for key in keys]}

    def sign(self, key: RSAKey | None = None, *, scope: str = "", tenant: str = HOME, **changed: Any) -> str:
        """A token for the bot; `changed` overrides claims, None leaves one out."""
        now = int(time.time())
        usual = {"iss": ISSUER, "aud": APP, "iat": now, "nbf": now, "exp": now + 600, "serviceurl": self.url}
        claims = usual | {"scp": scope, "tid": tenant} | changed
        used = key or self.key
        header = {"alg": "RS256", "kid": used.kid or "1", "typ": "JWT"}
        return jwt.encode(header, {name: value for name, value in claims.items() if value is not None}, used)
