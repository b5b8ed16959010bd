"""Several municipalities on the command line: which one a command is for, and what is said of the list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.town import FILES, moteplassen, write

ASKED = "Når må skilt omsøkes?"


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The list of two municipalities: signs are dealt with otherwise in each."""
    folder = tmp_path_factory.mktemp("tenants")
    tables = []
    for id_, word in {"alfa": "marihand", "beta": "kongsbregne"}.items():
        guide = FILES["guides/skilt.md"].replace("før de settes opp", f"før de settes opp ved {word}")
        write(folder / id_, {**FILES, "guides/skilt.md": guide})
        tables.append(
            f'[[tenant]]\nid = "{id_}"\nmunicipality = "{id_.title()}"\npublic_url = "https://{id_}.example.no"\n'
            f'sources = "{id_}/sources.toml"\noidc_issuer = "http://127.0.0.1:9"\noidc_client_id = "bot"\n'
        )
    file = folder / "tenants.toml"
    file.write_text("\n".join(tables), "utf-8")
    return file


@pytest.fixture(scope="module")
def filled(listed: Path) -> dict[str, Any]:
    """The settings of a deployment in which both have their documents."""
    about = {"TENANTS": str(listed), "DATA_DIR": str(listed.parent / "data")}
    for tenant in ("alfa", "beta"):
        done = moteplassen("--tenant", tenant, "ingest", **about)
        assert done.exit_code == 0, done.output
    return about


def test_each_is_asked_for_itself(filled: dict[str, Any]) -> None:
    said = {}
    for tenant in ("alfa", "beta"):
        told = json.loads(moteplassen("--tenant", tenant, "ask", ASKED, "--json", **filled).stdout)
        said[tenant] = json.dumps(told, ensure_ascii=False)
        assert f"https://{tenant}.example.no/kilde/" in said[tenant]
    assert ("marihand" in said["alfa"], "kongsbregne" in said["alfa"]) == (True, False)
    assert ("marihand" in said["beta"], "kongsbregne" in said["beta"]) == (False, True)


def test_the_environment_may_say_which_it_is(filled: dict[str, Any]) -> None:
    told = moteplassen("ask", ASKED, "--json", TENANT="beta", **filled).stdout
    assert "kongsbregne" in told


@pytest.mark.parametrize("command", [("ask", "Hei"), ("cases",), ("sources",), ("ingest",), ("check",)], ids=str)
def test_a_command_for_nobody_in_particular_is_told_whom_there_are(listed: Path, command: tuple[str, ...]) -> None:
    told = moteplassen(*command, TENANTS=str(listed))
    assert (told.exit_code, told.stdout) == (1, "")
    assert "say which with `moteplassen --tenant ID …`: alfa, beta" in told.stderr
    other = moteplassen("--tenant", "gamma", *command, TENANTS=str(listed))
    assert "there is no municipality 'gamma'" in other.stderr


def test_the_list_says_where_each_is_and_where_its_data_is_kept(listed: Path, tmp_path: Path) -> None:
    told = moteplassen("tenants", "--json", TENANTS=str(listed), DATA_DIR=str(tmp_path))
    found = json.loads(told.stdout)
    assert [each["url"] for each in found] == ["https://alfa.example.no", "https://beta.example.no"]
    assert [each["data_dir"] for each in found] == [str(tmp_path / "tenants" / id_) for id_ in ("alfa", "beta")]
    shown = moteplassen("tenants", TENANTS=str(listed))
    assert [line.split("\t")[:3] for line in shown.stdout.splitlines()] == [
        ["alfa", "Alfa", "https://alfa.example.no"],
        ["beta", "Beta", "https://beta.example.no"],
    ]


SECRETS = {"TENANT_ALFA_OIDC_CLIENT_SECRET": "hush", "TENANT_BETA_OIDC_CLIENT_SECRET": "hush"}


def test_a_list_is_checked_with_all_that_it_names(listed: Path) -> None:
    told = moteplassen("tenants", "check", listed, **SECRETS)
    assert (told.exit_code, "2 municipalities, and nothing wrong" in told.stderr) == (0, True)


@pytest.mark.parametrize(
    ("more", "secrets", "told"),
    [
        ("", {}, "beta: nobody can sign in"),
        ('sources = "none.toml"', SECRETS, "none.toml: cannot be read"),
        ('teams = "none.toml"', SECRETS, "none.toml: cannot be read"),
        ('texts = "none.toml"', SECRETS, "none.toml: cannot be read"),
        ('logo = "none.svg"', SECRETS, "none.svg can't be read"),
        ('slack_workspaces = ["T1"]\nslack_officers_channel = "Saker"', SECRETS, "beta: "),
        ("port = 1", SECRETS, "key 'port' is set for all municipalities"),
    ],
    ids=["no sign-in", "sources", "teams", "texts", "logo", "channel", "mistake"],
)
def test_what_would_keep_one_from_opening_is_told_with_its_name(
    listed: Path, more: str, secrets: dict[str, str], told: str
) -> None:
    text = listed.read_text("utf-8")
    file = listed.with_name("changed.toml")
    head, _, beta = text.rpartition("[[tenant]]")
    kept = [line for line in beta.splitlines() if line.partition(" ")[0] != more.partition(" ")[0] or not line]
    file.write_text("\n".join([head, "[[tenant]]", *kept, more]), "utf-8")
    checked = moteplassen("tenants", "check", file, **secrets)
    assert checked.exit_code == 1
    assert told in checked.stderr
    assert "hush" not in checked.output


def test_where_there_is_one_municipality_there_is_no_list() -> None:
    told = moteplassen("tenants")
    assert (told.exit_code, "there is one municipality" in told.stderr) == (1, True)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_list_with_mistakes_is_told_before_anything_starts(tmp_path: Path, command: str) -> None:
    file = tmp_path / "tenants.toml"
    file.write_text("[[tenant]]\nid = 1\npublic_url = 'https://x'\n", "utf-8")
    port = () if command == "worker" else ("--port", "0")
    told = moteplassen(command, *port, TENANTS=str(file), DATA_DIR=str(tmp_path))
    assert told.exit_code == 1
    assert told.stderr.startswith(f"error: {file}:2: key 'id' is missing, or no text")
