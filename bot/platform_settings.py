"""What is set of the platforms that the bot is on, and whether it goes together: parts of `Settings`."""

from __future__ import annotations

from urllib.parse import unquote

from pydantic import AliasChoices, BaseModel, Field, SecretStr

HOMELESS = "{setting} lies in one of several workspaces; say in which with MOTEPLASSEN_SLACK_STAFF_WORKSPACE."


def divided(text: str) -> tuple[str, ...]:
    """The parts of a list that commas divide."""
    return tuple(filter(None, map(str.strip, text.split(","))))


_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SlackSettings(BaseModel):
    """Slack's."""

    slack_bot_token: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("MOTEPLASSEN_SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN")
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("MOTEPLASSEN_SLACK_SIGNING_SECRET", "SLACK_SIGNING_SECRET")
    )
    slack_app_token: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("MOTEPLASSEN_SLACK_APP_TOKEN", "SLACK_APP_TOKEN")
    )
    """With it the bot connects to Slack (Socket Mode), rather than Slack to the bot."""
    slack_client_id: str | None = Field(
        default=None, validation_alias=AliasChoices("MOTEPLASSEN_SLACK_CLIENT_ID", "SLACK_CLIENT_ID")
    )
    """With its secret, the bot can be installed in several workspaces."""
    slack_client_secret: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("MOTEPLASSEN_SLACK_CLIENT_SECRET", "SLACK_CLIENT_SECRET")
    )
    encryption_key: SecretStr | None = None
    """Seals the tokens of several workspaces in the database. Comma separated: the first seals, each of them opens."""
    slack_officers_channel: str | None = None
    slack_allowed_channels: str = ""
    """Ids of the channels in Slack that the bot may be asked in, divided by commas; empty: wherever it is invited."""
    slack_staff_workspace: str | None = None
    """The workspace (T…) whose full members are staff; `none`: no workspace's are. Without it, the token's own."""
    slack_workspaces: str = ""
    """Ids of the workspaces (T…) that the app may be installed in, divided by commas; empty: wherever somebody does."""
    slack_officers_group: str = ""
    """The user group (S…) of that workspace whose members are officers; without it, the staff in officers' channels."""
    changes_channel: str | None = None
    """The channel in Slack (C…) that is told what has changed in the sources; without it none is."""
    slack_api_url: str = "https://slack.com/api/"

    @property
    def slack_channels(self) -> tuple[str, ...]:
        """The channels of `slack_allowed_channels`."""
        return divided(self.slack_allowed_channels)

    @property
    def slack_homes(self) -> tuple[str, ...]:
        """The workspaces of `slack_workspaces`."""
        return divided(self.slack_workspaces)

    @property
    def has_slack(self) -> bool:
        """The bot is in Slack."""
        return self._names_slack and not self.slack_fault

    @property
    def slack_fault(self) -> str:
        """What is missing of Slack's settings, or doesn't go together; empty where all is well or none is set."""
        one, several = self.slack_bot_token, self.slack_client_id or self.slack_client_secret
        faults = {
            "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for several; take one of them away.": one
            and several,
            "Slack needs both SLACK_CLIENT_ID and SLACK_CLIENT_SECRET; set them, or neither.": several
            and not (self.slack_client_id and self.slack_client_secret),
            "Slack needs both SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET (or SLACK_APP_TOKEN, for Socket Mode); "
            "set them, or neither.": not several and not (one and self._hears_slack),
            "Slack needs SLACK_SIGNING_SECRET too, or SLACK_APP_TOKEN for Socket Mode; set one.": not self._hears_slack,
            "MOTEPLASSEN_ENCRYPTION_KEY is missing; make a key with `openssl rand -base64 32`.": several
            and not self.encryption_key,
            HOMELESS.format(setting="MOTEPLASSEN_SLACK_OFFICERS_CHANNEL"): self.is_slack_homeless
            and self.slack_officers_channel,
            HOMELESS.format(setting="MOTEPLASSEN_CHANGES_CHANNEL"): self.is_slack_homeless and self.changes_channel,
        }
        return next((fault for fault, found in faults.items() if found), "") if self._names_slack else ""

    @property
    def is_slack_homeless(self) -> bool:
        """The bot is in several workspaces, and none of them is said to be the staff's."""
        return bool(self.slack_client_id) and self.slack_staff_workspace in {None, "none"}

    @property
    def _names_slack(self) -> bool:
        into = self.slack_bot_token or self.slack_client_id or self.slack_client_secret
        return bool(into or self._hears_slack)

    @property
    def _hears_slack(self) -> bool:
        return bool(self.slack_signing_secret or self.slack_app_token)


class TeamsSettings(BaseModel):
    """Microsoft Teams'."""

    host: str = "127.0.0.1"
    demo: bool = False
    """Everybody chooses who they are from a list. Never in production."""

    teams_client_id: str | None = None
    """The id of the bot's app registration in Entra; with its secret and the tenant, the bot is in Microsoft Teams."""
    teams_client_secret: SecretStr | None = None
    teams_tenant_id: str = ""
    """The municipality's own tenant, whose members (but not guests) are staff."""
    teams_multi_tenant: bool = False
    """The app registration is for several tenants: its tokens come from botframework.com, not from the tenant."""
    teams_allowed_tenants: str = ""
    """Ids of other tenants that the bot may be asked from, divided by commas."""
    teams_officers: str = ""
    """Object ids (Entra) of officers, divided by commas; without any, the staff in officers' channels are."""
    teams_officers_channel: str | None = None
    """The channel (19:…@thread.tacv2) where cases of teams are announced that have none of their own."""
    teams_changes_channel: str | None = None
    """The channel (19:…@thread.tacv2) that is told what has changed in the sources; without it none is."""
    teams_unauthenticated: bool = False
    """Requests are taken without a token, as the playground sends them. Only in the demo, on this machine."""
    teams_openid_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    teams_login_url: str = "https://login.microsoftonline.com"
    teams_service_url: str = "https://smba.trafficmanager.net/teams"
    """Where Teams is; tests have another."""

    @property
    def teams_tenants(self) -> frozenset[str]:
        """The tenants that the bot may be asked from."""
        return frozenset(divided(f"{self.teams_tenant_id},{self.teams_allowed_tenants}"))

    @property
    def teams_listed_officers(self) -> frozenset[str]:
        """The people of `teams_officers`."""
        return frozenset(divided(self.teams_officers))

    @property
    def has_teams(self) -> bool:
        """The bot is in Microsoft Teams."""
        return self._names_teams and not self.teams_fault

    @property
    def teams_fault(self) -> str:
        """What is missing of the settings of Microsoft Teams, or doesn't go together; empty where all is well or none
        is set."""
        whole = self.teams_client_id and self.teams_client_secret and self.teams_tenant_id
        faults = {
            "MOTEPLASSEN_TEAMS_UNAUTHENTICATED lets everybody in; use it with `moteplassen demo`, or take it away.": (
                self.teams_unauthenticated and not self.demo
            ),
            "MOTEPLASSEN_TEAMS_UNAUTHENTICATED is for this machine only; set MOTEPLASSEN_HOST to 127.0.0.1.": (
                self.teams_unauthenticated and self.host not in _LOOPBACK
            ),
            "MOTEPLASSEN_TEAMS_UNAUTHENTICATED and MOTEPLASSEN_TEAMS_CLIENT_ID exclude each other; take one away.": (
                self.teams_unauthenticated and (self.teams_client_id or self.teams_client_secret)
            ),
            "Teams needs MOTEPLASSEN_TEAMS_CLIENT_ID, MOTEPLASSEN_TEAMS_CLIENT_SECRET and MOTEPLASSEN_TEAMS_TENANT_ID; "
            "set all three, or none.": not (self.teams_unauthenticated or whole),
        }
        return next((fault for fault, found in faults.items() if found), "") if self._names_teams else ""

    @property
    def _names_teams(self) -> bool:
        named = (self.teams_client_id, self.teams_client_secret, self.teams_tenant_id, self.teams_unauthenticated)
        return any(named)


class ObservingSettings(BaseModel):
    """What an operator sees, and where."""

    metrics_token: SecretStr | None = None
    """Who sends it may read what is measured, at /metrics; without it there is no such address."""
    worker_port: int | None = Field(default=None, ge=1, le=65535)
    """Where a worker answers for its health and what it measures; without it nowhere."""
    otlp_endpoint: str | None = Field(
        default=None, validation_alias=AliasChoices("MOTEPLASSEN_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    )
    """The address of a collector of traces (OTLP over HTTP), without /v1/traces; without it no traces are made."""
    otlp_headers: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("MOTEPLASSEN_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
    )
    """What is sent along, such as a key: name=value, divided by commas, values encoded as in addresses."""
    otlp_ratio: float = Field(
        default=1.0, ge=0, le=1, validation_alias=AliasChoices("MOTEPLASSEN_OTLP_RATIO", "OTEL_TRACES_SAMPLER_ARG")
    )
    """Which share of the traces is sent."""
    service_name: str = Field(
        default="moteplassen", validation_alias=AliasChoices("MOTEPLASSEN_SERVICE_NAME", "OTEL_SERVICE_NAME")
    )
    """What the collector is told that this is."""

    @property
    def otlp_header_values(self) -> dict[str, str]:
        """The headers of `otlp_headers`. What is no pair is left out."""
        given = self.otlp_headers.get_secret_value() if self.otlp_headers else ""
        pairs = (each.partition("=") for each in given.split(","))
        return {name.strip(): unquote(value.strip()) for name, is_, value in pairs if is_ and name.strip()}
