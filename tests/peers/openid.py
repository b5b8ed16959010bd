"""A provider that people sign in with (OpenID Connect), on a port of its own."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.peers.serving import served

CLIENT = "moteplassen"
SECRET = "hemmelig"


class Provider:
    """Signs `person` in at once, whoever asks for it, and says no to a client that breaks the protocol.

    A test makes it misbehave: `claims` overrides what the token says (None leaves a claim out), `stranger` signs with
    a key that isn't published, `silent` leaves the token out, `denies` is the error sent back instead of a code,
    `swaps_state` comes back with another state, `names` is who it says it is on the way back (RFC 9207), `algorithm` is
    what it signs with and what it says that it may ("none": it doesn't), and `rotate` makes it sign with a new key.
    """

    def __init__(self) -> None:
        self.url = ""
        self.back = ""
        self.person: dict[str, Any] = {"sub": "u-1", "name": "Kari Nordmann", "groups": ["saksbehandler"]}
        self.claims: dict[str, Any] = {}
        self.stranger = False
        self.silent = False
        self.denies = ""
        self.swaps_state = False
        self.names = ""
        self.algorithm = "RS256"
        self._kid = 0
        self.rotate()
        self._codes: dict[str, dict[str, str]] = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._configuration),
                Route("/jwks", self._keys),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def rotate(self) -> None:
        """Sign with a new key from now on, and publish no other."""
        self._kid += 1
        self._key = RSAKey.generate_key(2048, {"kid": str(self._kid), "use": "sig", "alg": "RS256"})

    async def _configuration(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", self.algorithm],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def _keys(self, _: Request) -> Response:
        return JSONResponse(KeySet([self._key]).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        fits = (
            asked.get("client_id") == CLIENT
            and asked.get("response_type") == "code"
            and "openid" in asked.get("scope", "").split()
            and asked.get("code_challenge_method") == "S256"
            and asked.get("nonce")
        )
        if not fits:
            return PlainTextResponse("invalid_request", 400)
        self.back = asked["redirect_uri"]
        state = "another" if self.swaps_state else asked["state"]
        more = {"iss": self.names} if self.names else {}
        if self.denies:
            return _back(asked, error=self.denies, state=state, **more)
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        return _back(asked, code=code, state=state, **more)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        asked = self._codes.pop(str(form.get("code", "")), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}":
            return JSONResponse({"error": "invalid_client"}, 401)
        digest = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "expires_in": 300}
        return JSONResponse(token if self.silent else token | {"id_token": self._signed(asked["nonce"])})

    def _signed(self, nonce: str) -> str:
        now = int(time.time())
        usual = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        claims = {name: value for name, value in (usual | self.claims).items() if value is not None}
        if self.algorithm == "none":
            return f"{_part({'alg': 'none', 'kid': self._key.kid})}.{_part(claims)}."
        if self.algorithm == "HS256":  # with what everybody knows of the key, as if it were a secret
            octets = OctKey.import_key(self._key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": self._key.kid}, claims, octets)
        kid = self._key.kid or ""
        key = RSAKey.generate_key(2048, {"kid": kid}) if self.stranger else self._key
        return jwt.encode({"alg": "RS256", "kid": kid}, claims, key)


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _back(asked: dict[str, str], **answer: str) -> Response:
    return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Provider]:
    """The provider, served until the block ends."""
    provider = Provider()
    async with served(provider.app) as provider.url:
        yield provider
