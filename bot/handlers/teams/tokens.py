"""Whether a request is from Teams: the token that it carries, checked before anything else is done with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

_LIFE = 3_600.0
"""Seconds that keys are good for."""
_PAUSE = 30.0
"""Seconds in which an unknown key does not make the bot look again: whoever likes can name one."""
_TIMEOUT = 5.0
_LEEWAY = 300
CHANNEL = "msteams"
"""The one channel of the Bot Framework whose word on people and tenants is taken."""


class Untrusted(Exception):
    """The request is not shown to be from Teams; the message says by what."""


class Keys:
    """The keys that the Bot Framework signs with, fetched when they are needed and kept for some minutes."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._keys: Mapping[str, Mapping[str, Any]] = {}
        self._fetched = self._looked = float("-inf")
        self._turn = asyncio.Lock()

    async def get(self, kid: str) -> Mapping[str, Any]:
        """The key of that id, as it is published. Raises Untrusted where there is none, and httpx.HTTPError."""
        async with self._turn:
            moment = time.monotonic()
            old = moment - self._fetched > _LIFE
            if old or (kid not in self._keys and moment - self._looked > _PAUSE):
                await self.fetch()
        if kid not in self._keys:
            raise Untrusted("it is signed with a key that is not published")
        return self._keys[kid]

    async def fetch(self) -> None:
        """Look at what is published now. Raises httpx.HTTPError, or ValueError where it is no list of keys."""
        self._looked = time.monotonic()
        async with httpx.AsyncClient(timeout=_TIMEOUT) as client:
            answer = (await client.get(self._address)).raise_for_status().json()
        found = answer.get("keys", ()) if isinstance(answer, dict) else ()
        self._keys = {key["kid"]: key for key in found if isinstance(key, dict) and isinstance(key.get("kid"), str)}
        self._fetched = time.monotonic()


class Tokens:
    """Checks tokens of the Bot Framework's. `app` is who they are to be for, `issuer` who makes them."""

    def __init__(self, app: str, issuer: str, keys: Keys) -> None:
        audiences = [app, f"api://{app}", f"api://botid-{app}"]
        self._claims = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "values": audiences},
            exp={"essential": True},
        )
        self._keys = keys

    async def check(self, authorization: str, body: Mapping[str, Any]) -> None:
        """Raises Untrusted unless the token is good for this body, and httpx.HTTPError where the keys are away."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Untrusted("there is no token")
        try:
            header = jws.extract_compact(token.encode()).headers()
            kid = header.get("kid")
            if header.get("alg") != "RS256" or not isinstance(kid, str):
                raise Untrusted("it is not signed with RS256 and a named key")
            key = await self._keys.get(kid)
            claims = jwt.decode(token, RSAKey.import_key(_public(key)), algorithms=["RS256"]).claims
            self._claims.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise Untrusted(type(error).__name__) from error
        endorsed = key.get("endorsements")
        if endorsed is not None and CHANNEL not in endorsed:
            raise Untrusted("its key is not for Teams")
        served = body.get("serviceUrl")
        if not isinstance(served, str) or str(claims.get("serviceurl", "")).rstrip("/") != served.rstrip("/"):
            raise Untrusted("it is for another service URL")


def _public(key: Mapping[str, Any]) -> dict[str, str | list[str]]:
    return {name: str(key.get(name, "")) for name in ("kty", "n", "e")}
