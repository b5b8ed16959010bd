"""The package that is uploaded to Teams: whether Microsoft's schemas, and what Teams asks beside them, take it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from matplotlib.image import imread

from bot.handlers.teams.installing import commands
from bot.prompts import SUGGESTED
from bot.texts import Texts
from tests.town import moteplassen

SCHEMAS = Path(__file__).parent / "schemas"
BOT = "0a1b2c3d-1111-2222-3333-444455556666"
URL = "https://moteplassen.example.no"
SET = {"TEAMS_CLIENT_ID": BOT, "PUBLIC_URL": URL, "MUNICIPALITY": "Drammen"}
OTHERS = ("nn-no", "en")


def package(folder: Path, *options: str, **changes: str | None) -> dict[str, bytes]:
    """The files in the zip that the command writes."""
    target = folder / "app.zip"
    result = moteplassen("teams", "package", "--out", target, *options, **{**SET, **changes})
    assert (result.exit_code, result.stdout) == (0, f"{target}\n"), result.stderr
    with zipfile.ZipFile(io.BytesIO(target.read_bytes())) as app:
        return {name: app.read(name) for name in app.namelist()}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return package(tmp_path_factory.mktemp("teams"))


@pytest.fixture(scope="module")
def manifest(files: dict[str, bytes]) -> Any:
    return json.loads(files["manifest.json"])


def faults(value: object, schema: str) -> list[str]:
    """What Microsoft's schema finds wrong."""
    validator = Draft4Validator(json.loads((SCHEMAS / f"{schema}.schema.json").read_text("utf-8")))
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(value)]


@pytest.mark.parametrize("options", [(), ("--unmentioned",), ("--privacy-url", f"{URL}/personvern")], ids=str)
def test_the_manifest_is_as_the_schema_wants_it(tmp_path: Path, options: tuple[str, ...]) -> None:
    manifest = json.loads(package(tmp_path, *options)["manifest.json"])
    assert faults(manifest, "MicrosoftTeams") == []
    assert f"/v{manifest['manifestVersion']}/" in manifest["$schema"]


def test_the_schema_finds_what_is_wrong(manifest: dict[str, Any]) -> None:
    assert faults({**manifest, "bots": [{"botId": "nobody", "scopes": ["everywhere"]}]}, "MicrosoftTeams") != []


@pytest.mark.parametrize("tag", OTHERS)
def test_the_words_of_other_languages_are_as_the_schema_wants_them(files: dict[str, bytes], tag: str) -> None:
    assert faults(json.loads(files[f"{tag}.json"]), "MicrosoftTeams.Localization") == []


def test_all_files_that_the_manifest_names_are_there_and_no_other(
    files: dict[str, bytes], manifest: dict[str, Any]
) -> None:
    languages = [each["file"] for each in manifest["localizationInfo"]["additionalLanguages"]]
    assert sorted(files) == sorted(["manifest.json", *languages, *manifest["icons"].values()])


@pytest.mark.parametrize(("tag", "language"), [("nn-no", "nn"), ("en", "en")])
def test_everything_that_people_read_is_said_in_each_language(files: dict[str, bytes], tag: str, language: str) -> None:
    said, texts = json.loads(files[f"{tag}.json"]), Texts()
    assert said["description.full"] == texts(language, "teams.app.description")
    assert said["composeExtensions[0].commands[1].title"] == texts(language, "desk.case.forward")
    for index in range(3):
        listed = {said[f"bots[0].commandLists[{index}].commands[{place}].prompt"] for place in range(7)}
        assert listed == {texts(language, key) for keys in SUGGESTED.values() for key in keys}


def test_the_prompts_are_those_that_are_known_to_be_answered(manifest: dict[str, Any]) -> None:
    known = {Texts()("nb", key) for keys in SUGGESTED.values() for key in keys}
    lists = manifest["bots"][0]["commandLists"]
    assert [each["scopes"] for each in lists] == [["personal"], ["team"], ["groupChat"]]
    for each in lists:
        assert {command["prompt"] for command in each["commands"]} == known
        assert len(each["commands"]) <= 10  # Teams shows no more, whatever the schema takes


def test_the_message_extension_has_the_commands_that_handlers_listen_to(manifest: dict[str, Any]) -> None:
    (extension,) = manifest["composeExtensions"]
    search, forward = extension["commands"]
    assert (search["id"], search["type"]) == (commands.SEARCH, "query")
    assert [each["name"] for each in search["parameters"]] == [commands.QUERY]
    assert (forward["id"], forward["type"], forward["context"]) == (commands.FORWARD, "action", ["message"])
    assert forward["fetchTask"] is True


def test_the_app_is_the_bot_of_the_settings_at_the_public_address(manifest: dict[str, Any]) -> None:
    (bot,), (extension,) = manifest["bots"], manifest["composeExtensions"]
    assert {manifest["id"], bot["botId"], extension["botId"], manifest["webApplicationInfo"]["id"]} == {BOT}
    assert manifest["validDomains"] == ["moteplassen.example.no"]
    assert extension["messageHandlers"][0]["value"]["domains"] == ["moteplassen.example.no"]
    assert manifest["developer"]["name"] == "Drammen kommune"
    assert manifest["developer"]["privacyUrl"] == URL


def test_the_app_is_for_every_kind_of_channel(manifest: dict[str, Any]) -> None:
    assert set(manifest["bots"][0]["scopes"]) == {"personal", "team", "groupChat"}
    assert set(manifest["supportedChannelTypes"]) == {"sharedChannels", "privateChannels"}
    # Without it Teams refuses an app for teams, from version 1.25 on; the schema doesn't say so.
    assert manifest["supportsChannelFeatures"] == "tier1"


@pytest.mark.parametrize(("options", "asked"), [((), []), (("--unmentioned",), ["ChannelMessage.Read.Group"])])
def test_the_app_asks_to_hear_what_does_not_mention_it_only_where_that_is_wished(
    tmp_path: Path, options: tuple[str, ...], asked: list[str]
) -> None:
    manifest = json.loads(package(tmp_path, *options)["manifest.json"])
    assert [each["name"] for each in manifest["authorization"]["permissions"]["resourceSpecific"]] == asked


def test_the_same_settings_give_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("a.zip", "b.zip"):
        assert moteplassen("teams", "package", "--out", tmp_path / name, **SET).exit_code == 0
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]


def test_an_update_has_the_version_that_is_said(tmp_path: Path) -> None:
    assert json.loads(package(tmp_path, "--app-version", "0.2.7")["manifest.json"])["version"] == "0.2.7"


@pytest.mark.parametrize(
    ("changes", "options", "told"),
    [
        ({"TEAMS_CLIENT_ID": None}, (), "MOTEPLASSEN_TEAMS_CLIENT_ID is missing"),
        ({"TEAMS_CLIENT_ID": "moteplassen"}, (), "MOTEPLASSEN_TEAMS_CLIENT_ID holds 'moteplassen'"),
        ({"PUBLIC_URL": None}, (), "MOTEPLASSEN_PUBLIC_URL is http://localhost:8000"),
        ({"PUBLIC_URL": "http://moteplassen.example.no"}, (), "Teams wants an https address"),
        ({"PUBLIC_URL": "https://localhost"}, (), "MOTEPLASSEN_PUBLIC_URL is https://localhost"),
        ({}, ("--privacy-url", "personvern.html"), "--privacy-url is personvern.html"),
        ({}, ("--terms-url", "http://drammen.example"), "--terms-url is http://drammen.example"),
        ({}, ("--app-version", "v2"), "'v2' is no version"),
    ],
    ids=str,
)
def test_what_is_missing_is_named_and_nothing_written(
    tmp_path: Path, changes: dict[str, str | None], options: tuple[str, ...], told: str
) -> None:
    target = tmp_path / "app.zip"
    result = moteplassen("teams", "package", "--out", target, *options, **{**SET, **changes})
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr
    assert not target.exists()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    result = moteplassen("teams", "package", "--out", tmp_path / "nowhere" / "app.zip", **SET)
    assert result.exit_code == 1
    assert "nowhere/app.zip" in result.stderr
    assert "error id" not in result.stderr


def test_the_icons_are_as_teams_wants_them(files: dict[str, bytes]) -> None:
    colour = imread(io.BytesIO(files["color.png"]))
    assert colour.shape[:2] == (192, 192)
    assert colour.shape[2] == 3 or (colour[..., 3] == 1).all()  # no hole: Teams lays it on any ground
    outline = imread(io.BytesIO(files["outline.png"]))
    assert outline.shape == (32, 32, 4)
    drawn = outline[outline[..., 3] > 0]
    assert (drawn[:, :3] == 1).all()  # white, and nothing else
    assert 100 < len(drawn) < 32 * 32 / 2
