"""The settings of one municipality: its own, what follows from its id, and what all of them share."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.settings import ConfigurationError, Settings, secrets_of

PLACE = "{tenant}"
"""Stands in the common address of databases where the id of a municipality belongs."""
PROCESS = frozenset({"host", "port", "log_level", "demo", "tenants", "tenant", "slack_client_id", "slack_api_url"}) | {
    *("teams_openid_url", "teams_login_url", "teams_service_url", "teams_unauthenticated"),
    *("worker_port", "otlp_endpoint", "otlp_headers", "otlp_ratio", "service_name", "trusted_proxies"),
}
"""What is set once, for the whole process."""
OWN = frozenset({"data_dir", "database_url", "public_url", "session_secret", "municipality", "phone", "sources"}) | {
    *("teams", "texts", "oidc_issuer", "oidc_client_id", "oidc_client_secret"),
    *("slack_bot_token", "slack_app_token", "slack_workspaces", "slack_staff_workspace", "slack_allowed_channels"),
    *("slack_officers_channel", "slack_officers_group", "changes_channel"),
    *("teams_tenant_id", "teams_allowed_tenants", "teams_officers"),
    *("teams_officers_channel", "teams_changes_channel"),
}
"""What a municipality does not inherit: it says it itself, it follows from its id, or it has none."""
PLACED = {"chroma_prefix": "{value}.{tenant}", "snapshots": "{value}/{tenant}"}
"""What is one place for all, and how each municipality's own part of it is called there."""
_SLACK = ("slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_client_id", "slack_client_secret")
_MICROSOFT = ("teams_client_id", "teams_client_secret")


def prefix_of(tenant: str) -> str:
    """What the names of a municipality's own secrets in the environment begin with."""
    return f"MOTEPLASSEN_TENANT_{tenant.upper().replace('-', '_')}_"


def check_common(common: Settings) -> None:
    """Raises ConfigurationError where the common settings can't be those of several municipalities."""
    address = common.database_url.get_secret_value() if common.database_url else PLACE
    faults = {
        f"MOTEPLASSEN_DATABASE_URL is one database, and each municipality has its own: write {PLACE} where the id of "
        "the municipality belongs, as in postgresql+asyncpg://user:password@host/moteplassen_{tenant}.": PLACE
        not in address,
        "SLACK_BOT_TOKEN is for one workspace; with several municipalities, the app is installed in each by "
        "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET. Take it away.": common.slack_bot_token,
        "SLACK_APP_TOKEN (Socket Mode) is one connection, and what comes in by it would reach any of the "
        "municipalities. Take it away, and set SLACK_SIGNING_SECRET.": common.slack_app_token,
        "MOTEPLASSEN_TEAMS_UNAUTHENTICATED lets whoever asks say which municipality they are of; take it away.": (
            common.teams_unauthenticated
        ),
    }
    for fault, found in faults.items():
        if found:
            raise ConfigurationError(fault)


def settings_of_tenant(common: Settings, tenant: str, given: Mapping[str, Any]) -> Settings:
    """The settings of a municipality that says `given` of itself. Raises pydantic's ValidationError."""
    values = {name: getattr(common, name) for name in Settings.model_fields.keys() - OWN}
    values |= {
        "tenant": tenant,
        "tenants": None,
        "data_dir": common.data_dir / "tenants" / tenant,
        "database_url": _database(common, tenant),
        "session_secret": _session_secret(common, tenant),
    }
    values |= {
        name: called.format(value=values[name], tenant=tenant) for name, called in PLACED.items() if values.get(name)
    }
    own = {**given, **secrets_of(prefix_of(tenant))}
    return _Told(**{**values, **_platforms(own), **own})


def _platforms(own: Mapping[str, Any]) -> dict[str, Any]:
    """What of Slack and Teams is not inherited: all, where the municipality has an app of its own or is not there."""
    left: dict[str, Any] = {}
    if "slack_bot_token" in own or not own.get("slack_workspaces"):
        left |= dict.fromkeys(_SLACK)
    elif "slack_staff_workspace" not in own and "," not in own["slack_workspaces"]:
        left["slack_staff_workspace"] = own["slack_workspaces"].strip()
    if "teams_client_id" in own or not own.get("teams_tenant_id"):
        left |= dict.fromkeys(_MICROSOFT)
    return left


def _database(common: Settings, tenant: str) -> SecretStr | None:
    if common.database_url is None:
        return None
    return SecretStr(common.database_url.get_secret_value().replace(PLACE, tenant.replace("-", "_")))


def _session_secret(common: Settings, tenant: str) -> SecretStr | None:
    """The same in all processes, and another for each municipality: what one has signed, the next does not know."""
    if common.session_secret is None:
        return None
    return SecretStr(
        hmac.new(common.session_secret.get_secret_value().encode(), tenant.encode(), hashlib.sha256).hexdigest()
    )


def resolved(folder: Path, name: str, value: Any) -> Any:
    """A value of a tenants.toml that lies in the folder: paths are from there, and lists are divided by commas."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ",".join(value)
    if isinstance(value, str) and "Path" in str(Settings.model_fields[name].annotation):
        return folder / value
    return value


def secret_name(tenant: str, field: str) -> str:
    """What a municipality's own secret is called in the environment."""
    return f"{prefix_of(tenant)}{field.upper()}"


class _Told(Settings):
    """Settings of which nothing is read from the environment, nor from files of secrets: these are of all, or of one
    by names of its own."""

    @model_validator(mode="before")
    @classmethod
    def _read_files(cls, given: dict[str, object]) -> dict[str, object]:
        return given

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What it is made with, and nothing else."""
        return (init_settings,)
