"""Every setting, in one place. Nothing else reads the environment."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, create_model, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.colours import legible
from bot.platform_settings import ObservingSettings, SlackSettings, TeamsSettings, divided
from bot.retention_settings import RetentionSettings
from bot.secret_files import read_secrets
from knowledge.addresses import plain

CORPUS = Path(__file__).resolve().parent.parent / "ingest" / "corpus" / "sources.toml"


class ConfigurationError(Exception):
    """Settings are missing or don't go together; the message says which and what to do."""


def _in_capitals(level: object) -> object:
    return level.upper() if isinstance(level, str) else level


def _is_server(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query):
        # A password would come into the log with it, and has a setting of its own.
        raise ValueError("should be http(s)://host:port; a token goes into MOTEPLASSEN_CHROMA_TOKEN")
    return url.rstrip("/")


def keep_env_file_to_ourselves() -> None:
    """Let no library read `.env` into the environment, as Microsoft's SDK for Teams does when it is loaded: whatever
    this process starts would inherit its secrets. Settings are read from it all the same."""
    os.environ.setdefault("PYTHON_DOTENV_DISABLED", "1")


class Settings(SlackSettings, TeamsSettings, ObservingSettings, RetentionSettings, BaseSettings):
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

    chroma_url: Annotated[str, AfterValidator(_is_server)] = ""
    """Where a Chroma server listens, http(s)://host:port; without it vectors lie in the data directory."""
    chroma_token: SecretStr | None = None
    """What stands before the Chroma server is sent it, as a bearer token."""
    chroma_prefix: str = Field(default="moteplassen", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{2,99}$")
    """Begins the names of the collections there: libraries that share a server need one each."""
    start_patience: float = Field(default=60.0, ge=0)
    """Seconds for which `serve`, `worker` and `migrate` wait for the database and the Chroma server."""

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

    municipality: str = ""
    """Whose rules the library holds ("Drammen"); without it, no municipality is taken for another one."""
    name: str = Field(default="", max_length=40, pattern=r"^[^{}]*$")
    """What the bot and its meeting place are called, but in Slack and Teams; without it, Møteplassen."""
    accent: Annotated[str, AfterValidator(legible)] = ""
    """The colour (#rrggbb) of the meeting place's frame, buttons and links; white must be legible on it."""
    logo: Path | None = None
    """An SVG or PNG that the meeting place shows beside its name."""
    texts: Path | None = None
    """A TOML file with texts to say in another way than the catalogues do."""
    phone: str = ""
    """The number that people can call instead; shown wherever an officer is offered."""
    stale_after_months: int = Field(default=18, gt=0)
    """How long after it was last checked a source is said to be old."""

    indexing: bool = True
    """This process brings documents in and writes the library; without it, it reads the snapshots of one that does."""
    snapshots: str = ""
    """Where snapshots of the library are published, or read from: a folder, or any address that fsspec knows."""
    snapshots_kept: int = Field(default=5, ge=1)
    """How many versions stay there."""
    snapshots_grace: float = Field(default=3600.0, ge=0)
    """For how many seconds what was replaced stays in vectors that readers of older snapshots search, too."""

    scheduled_ingest: bool = True
    """`serve` and `worker` look at sources when they are due; without it, only `ingest` does."""
    allow_private_addresses: bool = False
    """Sources may lie on addresses of private networks."""

    teams: Path | None = None
    """The teams.toml with the teams of case officers; without it there is one team, which gets everything."""

    four_eyes: bool = True
    """What one officer proposes as a published answer, another one publishes."""

    limit_asker: int = Field(default=20, ge=0)
    """How many questions a minute somebody may ask; this and the next two: 0 for any number."""
    limit_place: int = Field(default=120, ge=0)
    """How many come from a channel, or on the web from an address."""
    limit_tenant: int = Field(default=600, ge=0)
    """How many come from a workspace of Slack's, a tenant of Teams', or the web as a whole."""
    limit_waiting: int = Field(default=1_000, ge=0)
    """How many questions may wait for their reply before more are turned away; 0 for any number."""
    trusted_proxies: str = ""
    """Addresses or networks of the proxies whose X-Forwarded-For is believed, divided by commas; else nobody's is."""

    tenants: Path | None = None
    """The tenants.toml with the municipalities that share this deployment; without it there is one."""
    tenant: str = ""
    """The id of the municipality among those that a command is for, or that these settings are of."""

    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_in_capitals)] = "WARNING"

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield name, plain(value) if isinstance(value, str) else value

    @model_validator(mode="before")
    @classmethod
    def _read_files(cls, given: dict[str, object]) -> dict[str, object]:
        return {**given, **read_secrets(_secrets(cls), given, os.environ)}

    @model_validator(mode="after")
    def _know_proxies(self) -> Self:
        for each in self.proxies:
            try:
                ipaddress.ip_network(each)
            except ValueError as error:
                raise ValueError(f"MOTEPLASSEN_TRUSTED_PROXIES: {each} is no address and no network") from error
        return self

    @model_validator(mode="after")
    def _fill_in_address(self) -> Self:
        self.public_url = self.public_url.rstrip("/") or f"http://localhost:{self.port}"
        return self

    @model_validator(mode="after")
    def _read_from_somewhere(self) -> Self:
        if not self.indexing and not self.snapshots:
            raise ValueError("MOTEPLASSEN_INDEXING=false needs MOTEPLASSEN_SNAPSHOTS: where the library is read from")
        return self

    @property
    def proxies(self) -> tuple[str, ...]:
        """The addresses and networks of `trusted_proxies`."""
        return divided(self.trusted_proxies)

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


def _secrets(settings: type[Settings]) -> Mapping[str, Sequence[str]]:
    """The settings that are secrets, and the variables of each."""
    found = {name: field for name, field in settings.model_fields.items() if SecretStr in get_args(field.annotation)}
    prefix = settings.model_config["env_prefix"]
    return {
        name: [str(each) for each in field.validation_alias.choices]
        if isinstance(field.validation_alias, AliasChoices)
        else [f"{prefix}{name}".upper()]
        for name, field in found.items()
    }


SECRETS = frozenset(_secrets(Settings))
"""The settings that are secrets."""


class _Own(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)


def secrets_of(prefix: str) -> dict[str, SecretStr]:
    """The secrets that the environment, `.env` or files hold under names of their own: `<prefix>DATABASE_URL`.

    Raises ValueError where a file is to be read and can't be.
    """
    fields: dict[str, Any] = dict.fromkeys(SECRETS, (SecretStr | None, None))
    found = create_model("Secrets", __base__=_Own, **fields)(_env_prefix=prefix)
    given = {name: value for name, value in found if value is not None}
    names = {name: [f"{prefix}{name}".upper()] for name in SECRETS}
    in_files = read_secrets(names, given, os.environ)
    return given | {name: SecretStr(secret) for name, secret in in_files.items()}
