"""Signing in with OpenID Connect."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.starlette_client import OAuth  # type: ignore[import-untyped]
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from bot.desk.teams import Teams
from bot.people import Asker, Role
from bot.settings import ConfigurationError, Settings
from knowledge.addresses import plain

_STRONG = frozenset("RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split())


class SignInFailed(Exception):
    """The provider could not be reached, or what it said about the person doesn't hold."""


class SignIn:
    """Sends people to the municipality's provider and reads who comes back.

    The people of the teams' groups, and those whom the teams name by their `sub`, are officers, besides those of the
    group of the settings. Raises ConfigurationError where the settings for signing in are missing.
    """

    def __init__(self, settings: Settings, teams: Teams) -> None:
        if not settings.has_sign_in or settings.oidc_client_secret is None or settings.oidc_issuer is None:
            raise ConfigurationError(
                "The web meeting place needs a sign-in for officers. Set MOTEPLASSEN_OIDC_ISSUER, "
                "MOTEPLASSEN_OIDC_CLIENT_ID and MOTEPLASSEN_OIDC_CLIENT_SECRET, or try it with `moteplassen demo`."
            )
        self._back = f"{settings.public_url}/inn/tilbake"
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._officers = {settings.oidc_officer_group, *(team.group for team in teams if team.group)}
        self._named = frozenset[str]().union(*(team.named for team in teams))
        self._staff = settings.oidc_staff_group
        self._client = OAuth().register(
            "oidc",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": 10},
        )

    async def redirect(self, request: Request) -> Response:
        """The way to the provider. Raises SignInFailed where it can't be reached."""
        response: Response = await self._asking(self._client.authorize_redirect(request, self._back))
        return response

    async def person(self, request: Request) -> Asker:
        """Who has come back from the provider. Raises SignInFailed."""
        named = request.query_params.get("iss", self._issuer)
        if named.rstrip("/") != self._issuer:  # RFC 9207: whoever sent this is not whom we asked
            raise SignInFailed("another provider sent the person back")
        await self._asking(self._refuse_weak())
        issuers = {"essential": True, "values": [self._issuer, f"{self._issuer}/"]}
        token = await self._asking(self._client.authorize_access_token(request, claims_options={"iss": issuers}))
        claims = token.get("userinfo")
        if not claims:
            raise SignInFailed("the provider did not say who it is")
        name = claims.get("name") or claims.get("preferred_username") or claims["sub"]
        return Asker(id=claims["sub"], name=name, role=self._role(claims["sub"], claims.get("groups")))

    def _role(self, sub: str, groups: Any) -> Role:
        # In a text instead of a list, any group whose name contains one of ours would do.
        held = groups if isinstance(groups, list) else []
        if sub in self._named or any(isinstance(group, str) and group in self._officers for group in held):
            return Role.OFFICER
        # The provider may know more people than those who work here, and only those read what is internal.
        return Role.STAFF if self._staff in held else Role.BUSINESS

    async def _refuse_weak(self) -> None:
        """Take no tokens but those signed with a key that only the provider has, whatever it says that it may use."""
        metadata = await self._client.load_server_metadata()
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [each for each in offered if each in _STRONG]

    async def _asking(self, answer: Awaitable[Any]) -> Any:
        try:
            return await answer
        except (AuthlibBaseError, JoseError, httpx2.HTTPError, ValueError) as error:
            raise SignInFailed(plain(f"{type(error).__name__}: {error}")) from error
