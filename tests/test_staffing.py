"""The teams that the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.settings import ConfigurationError, Settings
from bot.staffing import teams_of

TEAM = '[[team]]\nid = "bygg"\nname = "Byggesak"\ndefault = true\nslack_channel = "CBYGG"\n'
SEVERAL: dict[str, Any] = {
    "slack_client_id": "1.2",
    "slack_client_secret": "s",
    "slack_signing_secret": "s",
    "encryption_key": "k",
}


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def test_without_a_file_one_team_gets_everything() -> None:
    (team,) = teams_of(settings(slack_officers_channel="CSAKER"))
    assert (team.default, team.slack_channel) == (True, "CSAKER")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"slack_officers_channel": "#saker"}, "MOTEPLASSEN_SLACK_OFFICERS_CHANNEL is no channel's id"),
        ({"teams": "nowhere.toml"}, "nowhere.toml"),
        ({"teams": TEAM, **SEVERAL}, "slack_channel in MOTEPLASSEN_TEAMS lies in one of several workspaces"),
        ({"teams": TEAM.replace("bygg", "by gg")}, "teams.toml:2"),
    ],
)
def test_what_is_wrong_with_them_is_said(tmp_path: Path, values: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        teams_of(settings(**values | written(tmp_path, values)))


def test_one_workspace_of_several_may_be_the_staffs(tmp_path: Path) -> None:
    values = {"teams": TEAM, **SEVERAL, "slack_staff_workspace": "T1"}
    (team,) = teams_of(settings(**values | written(tmp_path, values)))
    assert team.name == "Byggesak"


def written(folder: Path, values: dict[str, Any]) -> dict[str, Path]:
    """Where a test says what is in the file, the file."""
    if "[[team]]" not in values.get("teams", ""):
        return {}
    file = folder / "teams.toml"
    file.write_text(values["teams"])
    return {"teams": file}
