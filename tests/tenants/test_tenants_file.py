"""tenants.toml: what each municipality has of its own, what it shares, and how mistakes are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.settings import SECRETS, ConfigurationError, Settings
from bot.tenants.choosing import chosen_tenant, tenants_of
from bot.tenants.inheriting import OWN, PROCESS
from bot.tenants.tenants_file import TenantsError

ALFA = '[[tenant]]\nid = "alfa"\npublic_url = "https://alfa.example.no"\n'
BETA = '[[tenant]]\nid = "nordre-beta"\npublic_url = "https://beta.example.no"\n'
SLACK: dict[str, Any] = {
    "slack_client_id": "1.1",
    "slack_client_secret": SecretStr("hush"),
    "slack_signing_secret": SecretStr("hush"),
    "encryption_key": SecretStr("hush"),
}
MICROSOFT: dict[str, Any] = {"teams_client_id": "app", "teams_client_secret": SecretStr("hush")}


def read(folder: Path, text: str, **common: Any) -> dict[str, Settings]:
    file = folder / "tenants.toml"
    file.write_text(text, "utf-8")
    settings = Settings(_env_file=None, data_dir=folder / "data", tenants=file, **common)
    return {each.tenant: each for each in tenants_of(settings)}


def test_each_has_stores_of_its_own_and_files_lie_beside_the_list(tmp_path: Path) -> None:
    more = 'municipality = "Alfa"\nsources = "alfa/sources.toml"\nlogo = "/srv/logo.svg"\n'
    found = read(tmp_path, ALFA + more + BETA)
    alfa, beta = found["alfa"], found["nordre-beta"]
    assert (alfa.data_dir, beta.data_dir) == (tmp_path / "data/tenants/alfa", tmp_path / "data/tenants/nordre-beta")
    assert alfa.database.endswith("/data/tenants/alfa/moteplassen.db")
    assert (alfa.sources, alfa.logo) == (tmp_path / "alfa/sources.toml", Path("/srv/logo.svg"))
    assert (alfa.municipality, alfa.public_url, beta.municipality) == ("Alfa", "https://alfa.example.no", "")


def test_what_is_said_for_all_holds_for_each_that_says_nothing_else(tmp_path: Path) -> None:
    found = read(tmp_path, ALFA + "stale_after_months = 6\n" + BETA, stale_after_months=12, four_eyes=False)
    assert [each.stale_after_months for each in found.values()] == [6, 12]
    assert [each.four_eyes for each in found.values()] == [False, False]


def test_nothing_that_is_one_municipality_s_is_taken_over_from_the_common_settings(tmp_path: Path) -> None:
    values: dict[str, Any] = {name: "x" for name in OWN if Settings.model_fields[name].annotation is str}
    values |= {"oidc_issuer": "https://x", "oidc_client_id": "x", "oidc_client_secret": SecretStr("x")}
    values |= {"changes_channel": "C1", "teams_officers_channel": "19:x@thread.tacv2", "sources": tmp_path / "x.toml"}
    alfa = read(tmp_path, ALFA, **values)["alfa"]
    kept = {"data_dir", "public_url", "session_secret", "database_url"}
    untouched = Settings(_env_file=None)
    assert {name: getattr(alfa, name) for name in OWN - kept} == {name: getattr(untouched, name) for name in OWN - kept}


def test_a_common_session_secret_signs_for_each_with_another_key(tmp_path: Path) -> None:
    once = read(tmp_path, ALFA + BETA, session_secret=SecretStr("felles"))
    again = read(tmp_path, ALFA + BETA, session_secret=SecretStr("felles"))
    keys = [each.session_secret.get_secret_value() for each in once.values() if each.session_secret]
    assert len({*keys, "felles"}) == 3
    assert keys == [each.session_secret.get_secret_value() for each in again.values() if each.session_secret]


def test_a_common_address_of_databases_leads_each_to_one_of_its_own(tmp_path: Path) -> None:
    address = SecretStr("postgresql+asyncpg://u:hush@db/mp_{tenant}")
    found = read(tmp_path, ALFA + BETA, database_url=address)
    assert [each.database.rpartition("/")[2] for each in found.values()] == ["mp_alfa", "mp_nordre_beta"]


def test_secrets_of_one_come_from_the_environment_under_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTEPLASSEN_TENANT_NORDRE_BETA_OIDC_CLIENT_SECRET", "betas")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-felles")
    file = tmp_path / "tenants.toml"
    file.write_text(ALFA + BETA, "utf-8")
    alfa, beta = tenants_of(Settings(_env_file=None, tenants=file, slack_bot_token=None))
    assert (alfa.oidc_client_secret, alfa.slack_bot_token, beta.slack_bot_token) == (None, None, None)
    assert beta.oidc_client_secret == SecretStr("betas")


def test_secrets_of_one_come_from_files_under_its_own_name_and_those_of_all_from_files_under_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "moteplassen_tenant_nordre_beta_oidc_client_secret").write_text("betas\n", "utf-8")
    (folder / "moteplassen_oidc_client_secret").write_text("nobody's\n", "utf-8")
    (folder / "moteplassen_metrics_token").write_text("everybody's\n", "utf-8")
    (tmp_path / "session").write_text("felles", "utf-8")
    (tmp_path / "key").write_text("alfas", "utf-8")
    monkeypatch.setenv("MOTEPLASSEN_SECRETS_DIR", str(folder))
    monkeypatch.setenv("MOTEPLASSEN_SESSION_SECRET_FILE", str(tmp_path / "session"))
    monkeypatch.setenv("MOTEPLASSEN_TENANT_ALFA_ENCRYPTION_KEY_FILE", str(tmp_path / "key"))
    found = read(tmp_path, ALFA + BETA)
    alfa, beta = found["alfa"], found["nordre-beta"]
    assert (alfa.oidc_client_secret, beta.oidc_client_secret) == (None, SecretStr("betas"))
    assert (alfa.encryption_key, beta.encryption_key) == (SecretStr("alfas"), None)
    assert alfa.metrics_token == beta.metrics_token == SecretStr("everybody's")
    assert len({each.session_secret.get_secret_value() for each in (alfa, beta) if each.session_secret}) == 2
    (tmp_path / "key").write_text("", "utf-8")
    with pytest.raises(TenantsError, match=r"toml:2: key 'id' .*TENANT_ALFA_ENCRYPTION_KEY_FILE: .* is empty"):
        read(tmp_path, ALFA + BETA)


def test_an_app_is_shared_by_those_who_say_where_in_slack_and_teams_they_are(tmp_path: Path) -> None:
    there = 'slack_workspaces = ["T1"]\nteams_tenant_id = "aaaa"\n'
    found = read(tmp_path, ALFA + there + BETA, **SLACK, **MICROSOFT, teams_multi_tenant=True)
    alfa, beta = found["alfa"], found["nordre-beta"]
    assert (alfa.has_slack, alfa.has_teams, beta.has_slack, beta.has_teams) == (True, True, False, False)
    assert (alfa.slack_fault, alfa.teams_fault, beta.slack_fault, beta.teams_fault) == ("", "", "", "")
    assert alfa.slack_staff_workspace == "T1"


def test_one_with_an_app_of_its_own_in_teams_does_not_get_the_secret_of_the_common_one(tmp_path: Path) -> None:
    own = 'teams_client_id = "own"\nteams_tenant_id = "aaaa"\n'
    alfa = read(tmp_path, ALFA + own, **MICROSOFT)["alfa"]
    assert (alfa.teams_client_id, alfa.teams_client_secret) == ("own", None)
    assert "MOTEPLASSEN_TEAMS_CLIENT_SECRET" in alfa.teams_fault


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", [":1: key 'tenant' is to be one or more tables"]),
        ("[tenant]\nid = 'x'\n", [":1: key 'tenant' is to be one or more tables"]),
        ("x = 1\n" + ALFA, [":1: key 'x' is unknown"]),
        ("[[tenant]]\n", [":1: key 'id' is missing", ":1: key 'public_url' is missing"]),
        (ALFA.replace('"alfa"', '"Alfa By"'), [":2: key 'id' holds 'Alfa By'; write small letters"]),
        (ALFA + 'acent = "#000000"\n', [":4: key 'acent' is unknown; did you mean 'accent'?"]),
        (ALFA + 'accent = "#ffee00"\n', [":4: key 'accent' is not right", "1.2 to white", "choose a darker colour"]),
        (ALFA + 'accent = "rød"\n', [":4: key 'accent' is not right", "is no colour; write it as #0a558c"]),
        (ALFA + 'stale_after_months = "mye"\n', [":4: key 'stale_after_months' is not right"]),
        (ALFA + "port = 80\n", [":4: key 'port' is set for all municipalities at once"]),
        (
            ALFA + 'oidc_client_secret = "hush"\n',
            [":4: key 'oidc_client_secret' is a secret; set MOTEPLASSEN_TENANT_ALFA_OIDC_CLIENT_SECRET"],
        ),
        (ALFA + ALFA.replace("https://alfa", "https://b"), [":5: key 'id' names the id 'alfa', which 'alfa' has"]),
        (ALFA + BETA.replace("beta.example", "ALFA.example"), [":6: key 'public_url' names the host name"]),
        (ALFA + 'data_dir = "x"\n' + BETA + 'data_dir = "x"\n', [":8: key 'data_dir' names the data directory"]),
        (
            ALFA + 'slack_workspaces = ["T1"]\n' + BETA + 'slack_workspaces = ["T2", "T1"]\n',
            [":8: key 'slack_workspaces' names the workspace in Slack 'T1', which 'alfa' has already"],
        ),
        (
            ALFA + 'teams_tenant_id = "a"\n' + BETA + 'teams_tenant_id = "b"\nteams_allowed_tenants = "a"\n',
            [":8: key 'teams_tenant_id' names the tenant in Microsoft Teams 'a', which 'alfa' has already"],
        ),
        (ALFA.replace("https://alfa.example.no", "alfa"), [":3: key 'public_url' is no address"]),
        ("[[tenant]\n", [":1: is not TOML"]),
    ],
    ids=[
        *("empty", "one bracket", "another key", "nothing said", "id", "unknown", "contrast", "colour", "number"),
        *("process", "secret", "two ids", "two hosts", "two folders", "two workspaces", "two tenants", "address"),
        "no TOML",
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_do(tmp_path: Path, text: str, told: list[str]) -> None:
    with pytest.raises(TenantsError) as caught:
        read(tmp_path, text)
    assert [part for part in told if part not in str(caught.value)] == []
    assert "hush" not in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(TenantsError) as caught:
        read(tmp_path, ALFA + "port = 80\n" + BETA + 'accent = "x"\n')
    assert len(str(caught.value).splitlines()) == 2


def test_two_cannot_share_a_registration_in_teams_that_is_for_one(tmp_path: Path) -> None:
    text = ALFA + 'teams_tenant_id = "a"\n' + BETA + 'teams_tenant_id = "b"\n'
    with pytest.raises(TenantsError, match="shares an app registration that is for one tenant"):
        read(tmp_path, text, **MICROSOFT)
    assert len(read(tmp_path, text, **MICROSOFT, teams_multi_tenant=True)) == 2


@pytest.mark.parametrize(
    ("common", "told"),
    [
        ({"database_url": SecretStr("postgresql+asyncpg://u:hush@db/mp")}, "write {tenant} where"),
        ({"slack_bot_token": SecretStr("hush")}, "SLACK_BOT_TOKEN is for one workspace"),
        ({"slack_app_token": SecretStr("hush")}, "SLACK_APP_TOKEN (Socket Mode) is one connection"),
        ({"teams_unauthenticated": True}, "MOTEPLASSEN_TEAMS_UNAUTHENTICATED lets"),
    ],
    ids=["one database", "one workspace", "one connection", "no tokens"],
)
def test_what_can_only_be_one_municipality_s_is_not_taken_for_several(
    tmp_path: Path, common: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, ALFA, **common)
    assert told in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_command_is_for_the_one_that_is_chosen(tmp_path: Path) -> None:
    file = tmp_path / "tenants.toml"
    file.write_text(ALFA + BETA, "utf-8")
    assert chosen_tenant(Settings(_env_file=None, tenants=file, tenant="nordre-beta")).tenant == "nordre-beta"
    assert chosen_tenant(Settings(_env_file=None)).tenant == ""
    for settings, told in (
        (Settings(_env_file=None, tenants=file), "there are several municipalities; say which"),
        (Settings(_env_file=None, tenants=file, tenant="gamma"), "there is no municipality 'gamma'"),
        (Settings(_env_file=None, tenant="alfa"), "MOTEPLASSEN_TENANTS names no list"),
    ):
        with pytest.raises(TenantsError) as caught:
            chosen_tenant(settings)
        assert told in str(caught.value)
        assert settings.tenants is None or "--tenant ID …`: alfa, nordre-beta" in str(caught.value)


def test_every_secret_is_inherited_on_purpose_or_not_at_all() -> None:
    shared = {"openai_api_key", "metrics_token", "encryption_key", "chroma_token", "otlp_headers"}
    platforms = {"slack_signing_secret", "slack_client_secret", "teams_client_secret"}
    assert SECRETS - OWN - shared - platforms == set()
    assert Settings.model_fields.keys() >= PROCESS | OWN
    assert set() == PROCESS & OWN
