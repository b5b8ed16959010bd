"""Every setting, in one place. Nothing else reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

CORPUS = Path(__file__).resolve().parent.parent / "ingest" / "corpus" / "sources.toml"


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
    """Seconds a chat model may take in all; then the extractive answer comes."""

    slack_bot_token: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("MOTEPLASSEN_SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN")
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("MOTEPLASSEN_SLACK_SIGNING_SECRET", "SLACK_SIGNING_SECRET")
    )
    slack_officers_channel: str | None = None
    slack_api_url: str = "https://slack.com/api/"

    allow_private_addresses: bool = False
    """Sources may lie on addresses of private networks."""

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
    def has_slack(self) -> bool:
        """The bot is in Slack."""
        return self.slack_bot_token is not None and self.slack_signing_secret is not None
