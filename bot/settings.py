"""Every setting, in one place. Nothing else reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

CORPUS = Path(__file__).resolve().parent.parent / "ingest" / "corpus" / "sources.toml"


HOMELESS = "{setting} lies in one of several workspaces; say in which with MOTEPLASSEN_SLACK_STAFF_WORKSPACE."


class ConfigurationError(Exception):
    """Settings are missing or don't go together; the message says which and what to do."""


def _in_capitals(level: object) -> object:
    return level.upper() if isinstance(level, str) else level


class Settings(BaseSettings):
    """Read from `MOTEPLASSEN_*` in the environment or `.env`; secrets never show in a representation of it."""

    model_config = SettingsConfigDict(
        env_prefix="MOTEPLASSEN_", env_file=".env", extra="ignore", env_ignore_empty=True, populate_by_name=True
    )

    data_dir: Path = Path("data")
    """Library, index, caches and database live here; made on first use."""
    sources: Path = CORPUS
    """The sources.toml that `ingest` and `demo` read."""
    database_url: SecretStr | None = None
    """A SQLAlchemy async address, perhaps with a password in it; without it SQLite in the data directory."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = ""
    """Where people open the web meeting place; citations link to it. Without it, this machine and the port."""
    demo: bool = False
    """Everybody chooses who they are from a list. Never in production."""
    session_secret: SecretStr | None = None
    """Signs session cookies; without it one is made and kept in the data directory."""

    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_officer_group: str = "saksbehandler"
    """People whose `groups` claim holds this are case officers."""
    oidc_staff_group: str = "ansatt"
    """People whose `groups` claim holds this are staff; whoever signs in with neither group is a business."""

    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("MOTEPLASSEN_OPENAI_API_KEY", "OPENAI_API_KEY")
    )
    openai_base_url: str | None = Field(
        default=None, validation_alias=AliasChoices("MOTEPLASSEN_OPENAI_BASE_URL", "OPENAI_BASE_URL")
    )
    chat_model: str = "gpt-5-mini"
    chat_timeout: float = Field(default=20.0, gt=0)
    """Seconds a chat model may take to write an answer in all; then the extractive answer comes."""
    chat_rewrite: bool = False
    """The chat model says each question as laws would, before the search."""
    chat_rerank: bool = False
    """The chat model orders the first fifty passages of a search."""
    chat_step_timeout: float = Field(default=4.0, gt=0)
    """Seconds each of these two may take; then the search goes on without."""
    chat_tokens_in: int = Field(default=8_000, ge=1_000)
    """Tokens that a call may have to read at most."""
    chat_tokens_out: int = Field(default=4_000, ge=100)
    """Tokens that a call may write at most, those that the model thinks in included."""
    chat_price_in: float | None = Field(default=None, ge=0)
    """What a million tokens read cost, in any currency; with `chat_price_out` it is noted what answers cost."""
    chat_price_out: float | None = Field(default=None, ge=0)
    """What a million tokens written cost."""

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
    slack_officers_group: str = ""
    """The user group (S…) of that workspace whose members are officers; without it, the staff in officers' channels."""
    changes_channel: str | None = None
    """The channel in Slack (C…) that is told what has changed in the sources; without it none is."""
    slack_api_url: str = "https://slack.com/api/"

    municipality: str = ""
    """Whose rules the library holds ("Drammen"); without it, no municipality is taken for another one."""
    phone: str = ""
    """The number that people can call instead; shown wherever an officer is offered."""
    stale_after_months: int = Field(default=18, gt=0)
    """How long after it was last checked a source is said to be old."""

    scheduled_ingest: bool = True
    """`serve` and `worker` look at sources when they are due; without it, only `ingest` does."""
    allow_private_addresses: bool = False
    """Sources may lie on addresses of private networks."""

    teams: Path | None = None
    """The teams.toml with the teams of case officers; without it there is one team, which gets everything."""

    four_eyes: bool = True
    """What one officer proposes as a published answer, another one publishes."""

    metrics_token: SecretStr | None = None
    """Who sends it may read what is measured, at /metrics; without it there is no such address."""

    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_in_capitals)] = "WARNING"

    @model_validator(mode="after")
    def _fill_in_address(self) -> Self:
        self.public_url = self.public_url.rstrip("/") or f"http://localhost:{self.port}"
        return self

    @property
    def database(self) -> str:
        """The address of the database."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{(self.data_dir / 'moteplassen.db').absolute()}"

    @property
    def has_chat_model(self) -> bool:
        """A chat model is to write the answers."""
        return self.openai_api_key is not None or self.openai_base_url is not None

    @property
    def has_sign_in(self) -> bool:
        """Staff can sign in."""
        return bool(self.oidc_issuer and self.oidc_client_id and self.oidc_client_secret)

    @property
    def slack_channels(self) -> tuple[str, ...]:
        """The channels of `slack_allowed_channels`."""
        return tuple(filter(None, map(str.strip, self.slack_allowed_channels.split(","))))

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
