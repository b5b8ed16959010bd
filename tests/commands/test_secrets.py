"""Secrets come from the environment or from files, and come out nowhere."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from bot.settings import Settings
from tests.town import environment, moteplassen

SECRETS = sorted(name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation))
NOBODY = "http://127.0.0.1:9"
ONE = ("slack_bot_token",)
SEVERAL = ("slack_client_secret", "encryption_key")
"""Slack's secrets for one workspace, and for several: not both at once."""
PATIENCE = 60.0


def marker(name: str) -> str:
    """A secret that is found wherever it comes out; as long as a key must be."""
    digest = hashlib.sha256(name.encode()).digest()
    return base64.b64encode(digest).decode()


AWAY = f"postgresql+asyncpg://me:{marker('database_url')[:30]}@127.0.0.1:9/x"


ADDRESSES = sorted(name for name in Settings.model_fields if re.search(r"url|issuer|endpoint|snapshots$", name))
"""The settings that hold addresses, in which a password may stand."""


def pin(name: str) -> str:
    return marker(name).replace("/", "_").replace("+", "-").rstrip("=")


def told(without: tuple[str, ...] = (), **changes: str) -> dict[str, str]:
    """The settings of a bot that is everywhere and reaches nobody, every secret a marker but those left out."""
    secrets = {name.upper(): marker(name) for name in SECRETS if name not in {*without, "database_url"}}
    about = {
        "OIDC_ISSUER": NOBODY,
        "OIDC_CLIENT_ID": "moteplassen",
        "OPENAI_BASE_URL": f"{NOBODY}/v1",
        "SLACK_API_URL": f"{NOBODY}/api/",
        "TEAMS_CLIENT_ID": "11111111-1111-1111-1111-111111111111",
        "TEAMS_TENANT_ID": "22222222-2222-2222-2222-222222222222",
        "TEAMS_OPENID_URL": f"{NOBODY}/openid",
        "TEAMS_LOGIN_URL": NOBODY,
        "TEAMS_SERVICE_URL": NOBODY,
        "LOG_LEVEL": "DEBUG",
        "CHAT_TIMEOUT": "2",
    }
    if "slack_client_secret" not in without:
        about |= {"SLACK_CLIENT_ID": "1.2"}
    return {**secrets, **about, **changes}


def assert_silent(*outputs: str) -> None:
    """No secret is in there, whole or by its most telling part."""
    for name in SECRETS:
        for output in outputs:
            assert marker(name) not in output, name
            assert marker(name)[:20] not in output, name


def test_the_settings_that_are_secrets_are_known() -> None:
    assert {"database_url", "session_secret", "openai_api_key", "slack_bot_token", "metrics_token"} < set(SECRETS)
    named = {name for name in Settings.model_fields if re.search(r"secret|token(?!s)|_key$|password", name)}
    assert named <= set(SECRETS)


SNAPSHOTS = [
    f"s3://key:{pin('snapshots')}@bucket/x",
    f"s3://key:{pin('snapshots')[:9]}/{pin('snapshots')}@bucket/x",
    f"ftp://me:{pin('snapshots')}@127.0.0.1:9/x",
    f"http://me:{pin('snapshots')}@127.0.0.1:9/x",
]


def test_the_settings_that_hold_addresses_are_known() -> None:
    assert {"database_url", "chroma_url", "oidc_issuer", "openai_base_url", "snapshots", "otlp_endpoint"} < {*ADDRESSES}
    holding = {name for name, field in Settings.model_fields.items() if "://" in str(field.default)}
    assert holding <= {*ADDRESSES}


@pytest.mark.slow
@pytest.mark.parametrize("snapshots", SNAPSHOTS, ids=["s3", "s3 with a slash", "ftp", "http"])
@pytest.mark.parametrize(("words", "indexing"), [("check", "true"), ("check --json", "false"), ("ingest", "true")])
def test_no_command_tells_the_password_of_the_snapshots(
    tmp_path: Path, sources: Path, words: str, indexing: str, snapshots: str
) -> None:
    about = {"DATA_DIR": str(tmp_path / "data"), "SOURCES": str(sources), "INDEXING": indexing}
    result = moteplassen(*words.split(), **about, SNAPSHOTS=snapshots)
    assert "snapshots at " in result.output + result.stderr
    assert_no_pin(result.output, result.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("setting", ADDRESSES)
def test_check_tells_no_password_that_stands_in_an_address(tmp_path: Path, setting: str) -> None:
    changes = {setting.upper(): f"http://me:{pin(setting)}@127.0.0.1:9", "DATA_DIR": str(tmp_path / "data")}
    result = moteplassen("check", **told(SEVERAL, **changes))
    assert_no_pin(result.output, result.stderr)


def test_settings_show_no_password_in_an_address() -> None:
    secrets = {name: f"http://me:{pin(name)}@127.0.0.1:9" for name in ADDRESSES if name != "chroma_url"}
    settings = Settings(_env_file=None, **secrets)  # type: ignore[arg-type]
    assert_no_pin(repr(settings), str(settings))


def assert_no_pin(*outputs: str) -> None:
    for name in ADDRESSES:
        for output in outputs:
            assert pin(name)[:9] not in output, name


def test_settings_show_no_secret() -> None:
    settings = Settings(_env_file=None, **{name: SecretStr(marker(name)) for name in SECRETS})  # type: ignore[arg-type]
    assert_silent(repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump()))


@pytest.mark.parametrize("without", [SEVERAL, ONE], ids=["one workspace", "several"])
@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (("--help",), {}),
        pytest.param(("check",), {}, marks=pytest.mark.slow),
        pytest.param(("check", "--json"), {"DATABASE_URL": AWAY}, marks=pytest.mark.slow),
        (("cases", "list"), {"DATABASE_URL": AWAY}),
        (("serve", "--port", "0"), {"SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": ""}),
        (("serve", "--port", "0"), {"DATABASE_URL": marker("database_url")}),
        (("worker",), {"PORT": "none"}),
        (("worker",), {"SESSION_SECRET_FILE": "/nowhere"}),
    ],
    ids=["help", "check", "no database", "cases", "half of Slack", "no address", "wrong setting", "no file"],
)
def test_no_command_tells_a_secret(
    tmp_path: Path, words: tuple[str, ...], changes: dict[str, str], without: tuple[str, ...]
) -> None:
    result = moteplassen(*words, **told(without, DATA_DIR=str(tmp_path / "data"), **changes))
    assert_silent(result.output, result.stderr)


@contextlib.contextmanager
def running(folder: Path, *words: str, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the bot's whose every word goes to files; what it must not say is not in there."""
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        command = [sys.executable, "-m", "bot", *words]
        with subprocess.Popen(command, stdout=out, stderr=err, env=env) as process:
            try:
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=PATIENCE)
    written = [file for file in folder.rglob("*") if file.is_file() and file.name in {"out", "err", "errors.log"}]
    assert_silent(*(file.read_text("utf-8", "replace") for file in written))


def opened(folder: Path) -> str:
    """Where the server can be opened, once it says so."""
    end = time.monotonic() + PATIENCE
    while not (found := re.search(r"http://\S+:\d+", (folder / "out").read_text())):
        assert time.monotonic() < end, (folder / "err").read_text()[-2_000:]
        time.sleep(0.1)
    return found[0].replace("localhost", "127.0.0.1")


@pytest.mark.slow
@pytest.mark.parametrize("without", [SEVERAL, ONE], ids=["one workspace", "several"])
def test_a_server_and_a_worker_that_reach_nobody_tell_no_secret(
    tmp_path: Path, data_dir: Path, without: tuple[str, ...]
) -> None:
    data = shutil.copytree(data_dir, tmp_path / "data")
    changes = {"DATA_DIR": str(data), "SLACK_APP_TOKEN": ""}
    env = environment(**told(without, **changes)) | {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    with running(tmp_path, "serve", "--port", "0", env=env), httpx.Client(timeout=PATIENCE) as client:
        url = opened(tmp_path)
        channel = re.search(r'data-channel="([^"]+)"', client.get(url).text)
        assert channel
        question = {"tekst": "Når må du ha serveringsbevilling?", "kanal": channel[1]}
        assert client.post(f"{url}/spor", data=question).status_code == 303
        for path in ("/inn", "/inn/tilbake?code=x&state=y", "/slack/install", "/health", "/metrics", "/finnes-ikke"):
            assert_silent(client.get(f"{url}{path}", headers={"Authorization": "Bearer x"}).text)
        for path in ("/slack/events", "/teams/messages"):
            assert_silent(client.post(f"{url}{path}", json={"type": "message"}).text)
        time.sleep(5)
    log = (tmp_path / "err").read_text()
    assert "web.sign_in_failed" in log
    with running(tmp_path, "worker", env=env):
        time.sleep(10)


def file(folder: Path, name: str, text: str = "fra-fil\n") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("setting", SECRETS)
def test_every_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    variable = f"MOTEPLASSEN_{setting.upper()}"
    monkeypatch.setenv(f"{variable}_FILE", file(tmp_path, "secret"))
    found = getattr(Settings(_env_file=None), setting)
    assert found.get_secret_value() == "fra-fil"
    monkeypatch.setenv(variable, "fra-omgivelsene")
    with pytest.raises(ValidationError, match=f"{variable} and {variable}_FILE are both set"):
        Settings(_env_file=None)


@pytest.mark.parametrize("name", ["slack_bot_token", "SLACK_BOT_TOKEN", "moteplassen_slack_bot_token"])
def test_files_in_a_folder_are_named_like_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    file(tmp_path, name)
    monkeypatch.setenv("MOTEPLASSEN_SECRETS_DIR", str(tmp_path))
    settings = Settings(_env_file=None)
    assert settings.slack_bot_token
    assert settings.slack_bot_token.get_secret_value() == "fra-fil"
    assert settings.session_secret is None
    monkeypatch.setenv("SLACK_BOT_TOKEN", "fra-omgivelsene")
    given = Settings(_env_file=None).slack_bot_token
    assert given
    assert given.get_secret_value() == "fra-omgivelsene"


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "can't read .*: No such file"), (b"", "is empty"), (b" \n", "is empty"), (b"\xff\xfe\x00", "is no text")],
    ids=["no file", "empty", "blank", "bytes"],
)
def test_a_file_without_a_secret_is_said_by_the_name_of_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, told: str
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(path))
    with pytest.raises(ValidationError, match=f"OPENAI_API_KEY_FILE: .*{told}"):
        Settings(_env_file=None)


def test_a_folder_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTEPLASSEN_SECRETS_DIR", "/nowhere")
    with pytest.raises(ValidationError, match="MOTEPLASSEN_SECRETS_DIR: can't read /nowhere"):
        Settings(_env_file=None)
