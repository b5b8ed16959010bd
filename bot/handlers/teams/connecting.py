"""The SDK's app for the bot, and the tokens that the bot shows when it writes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import httpx2
from authlib.integrations.base_client.errors import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped]
from microsoft_teams.api.auth.cloud_environment import PUBLIC, CloudEnvironment, with_overrides
from microsoft_teams.apps import App
from microsoft_teams.apps.auth import TokenValidator
from microsoft_teams.common import ClientOptions

from bot.handlers.teams.receiving import PATH, Receiving
from bot.handlers.teams.tokens import Keys, Tokens
from bot.settings import ConfigurationError, Settings

_TIMEOUT = 15.0


class NoToken(httpx.TransportError):
    """Microsoft gives the bot no token; the message says why. To whoever writes to Teams, Teams can't be reached."""


class Credentials:
    """Gets tokens with the bot's secret, one for each scope and tenant, and keeps each until it ends.

    The SDK would do so by way of MSAL, in threads; that takes no other server than Microsoft's, so it can't be tried.
    """

    def __init__(self, client: str, secret: str, login: str) -> None:
        self._client = client
        self._secret = secret
        self._login = login.rstrip("/")
        self._clients: dict[tuple[str, str], AsyncOAuth2Client] = {}
        self._turn = asyncio.Lock()

    async def token(self, scope: str, tenant: str | None) -> str:
        """A token for the scope. Raises NoToken."""
        async with self._turn:
            client = self._of(scope, tenant or "")
            if client.token is None or client.token.is_expired():
                try:
                    await client.fetch_token()
                except OAuthError as error:
                    raise NoToken(f"Microsoft says {error.error}") from error
                except (httpx2.HTTPError, ValueError) as error:
                    raise NoToken(f"Microsoft can't be reached: {type(error).__name__}") from error
            return str(client.token["access_token"])

    async def close(self) -> None:
        """Give the connections back."""
        for client in self._clients.values():
            await client.aclose()

    def _of(self, scope: str, tenant: str) -> AsyncOAuth2Client:
        key = scope, tenant
        if key not in self._clients:
            self._clients[key] = AsyncOAuth2Client(
                self._client,
                self._secret,
                scope=scope,
                token_endpoint=f"{self._login}/{tenant}/oauth2/v2.0/token",
                token_endpoint_auth_method="client_secret_post",  # noqa: S106 - how, not what
                grant_type="client_credentials",
                timeout=_TIMEOUT,
            )
        return self._clients[key]


class Connection:
    """The SDK's app and where its requests come in. Raises ConfigurationError where the settings are there by half."""

    def __init__(self, settings: Settings) -> None:
        if settings.teams_fault:
            raise ConfigurationError(settings.teams_fault)
        cloud = with_overrides(
            PUBLIC, openid_metadata_url=settings.teams_openid_url, login_endpoint=settings.teams_login_url.rstrip("/")
        )
        self._keys = Keys(TokenValidator.for_service(settings.teams_client_id or "", cloud=cloud).options.jwks_uri)
        self.receiving = Receiving(_tokens(settings, cloud, self._keys), settings.teams_tenants)
        self._credentials, identity = _identity(settings)
        self._login = cloud.bot_scope, cloud.login_tenant if settings.teams_multi_tenant else settings.teams_tenant_id
        self.app = App(
            **identity,
            http_server_adapter=self.receiving,
            messaging_endpoint=PATH,
            cloud=cloud,
            client=ClientOptions(timeout=_TIMEOUT),
            service_url=settings.teams_service_url,
            # `Receiving` has checked the token. The SDK's own check fetches keys while the whole process waits for
            # them, thirty seconds where their server is away, and leaves the tenant and the token's end unchecked.
            dangerously_allow_unauthenticated_requests=True,
            fetch_user_token=False,
            state=False,
            telemetry={"agent365": False},
        )

    async def try_token(self) -> None:
        """Get a token, where the bot needs any. Raises NoToken."""
        if self._credentials:
            await self._credentials.token(*self._login)

    async def try_keys(self) -> None:
        """Fetch the keys that requests are signed with. Raises what the client raises."""
        if self._credentials:
            await self._keys.fetch()

    async def close(self) -> None:
        """Give the connections back."""
        if self._credentials:
            await self._credentials.close()
        await self.app.http_client.http.aclose()


def _identity(settings: Settings) -> tuple[Credentials | None, Mapping[str, Any]]:
    if settings.teams_client_id is None or settings.teams_client_secret is None:
        return None, {}
    secret = settings.teams_client_secret.get_secret_value()
    credentials = Credentials(settings.teams_client_id, secret, settings.teams_login_url)
    tenant = None if settings.teams_multi_tenant else settings.teams_tenant_id
    return credentials, {"client_id": settings.teams_client_id, "token": credentials.token, "tenant_id": tenant}


def _tokens(settings: Settings, cloud: CloudEnvironment, keys: Keys) -> Tokens | None:
    if settings.teams_unauthenticated or settings.teams_client_id is None:
        return None
    return Tokens(settings.teams_client_id, cloud.token_issuer, keys)
