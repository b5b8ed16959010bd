"""`check` says what is wrong with the settings of Microsoft Teams, and what to do about it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.peers.teams import APP, HOME, SECRET, Fault, Teams
from tests.teams.examples import CASES, GROUP
from tests.town import moteplassen

CLOSED = "http://127.0.0.1:9"


async def check(teams: Teams, folder: Path, **changes: str | None) -> tuple[int, str, str]:
    """Exit status, and what is said of Microsoft Teams."""
    about: dict[str, str | None] = {
        "TEAMS_CLIENT_ID": APP,
        "TEAMS_CLIENT_SECRET": SECRET,
        "TEAMS_TENANT_ID": HOME,
        "TEAMS_OFFICERS_CHANNEL": CASES,
        "TEAMS_LOGIN_URL": teams.url,
        "TEAMS_SERVICE_URL": teams.url,
        "TEAMS_OPENID_URL": f"{teams.url}/v1/.well-known/openidconfiguration",
    }
    result = await asyncio.to_thread(moteplassen, "check", "--json", "--data-dir", folder, **{**about, **changes})
    found = {each["part"]: each for each in json.loads(result.stdout)}["Microsoft Teams"]
    assert SECRET not in result.stdout + result.stderr
    return result.exit_code, found["state"], found["detail"]


async def test_where_all_is_well_the_officers_channel_is_named(teams: Teams, tmp_path: Path) -> None:
    assert await check(teams, tmp_path) == (0, "ok", CASES)
    assert teams.logins[0] == HOME
    assert (await check(teams, tmp_path, TEAMS_MULTI_TENANT="true"))[:2] == (0, "ok")
    assert teams.logins[-1] == "botframework.com"
    assert "MOTEPLASSEN_TEAMS_OFFICERS_CHANNEL" in (await check(teams, tmp_path, TEAMS_OFFICERS_CHANNEL=None))[2]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"TEAMS_CLIENT_SECRET": "another"}, "invalid_client", id="wrong secret"),
        pytest.param({"TEAMS_LOGIN_URL": CLOSED}, "Microsoft can't be reached: ConnectError", id="no login"),
        pytest.param({"TEAMS_OPENID_URL": f"{CLOSED}/x"}, "gives no keys (ConnectError)", id="no keys"),
        pytest.param({"TEAMS_OFFICERS_CHANNEL": "19:x@thread.tacv2"}, "404 ConversationNotFound", id="no channel"),
        pytest.param({"TEAMS_SERVICE_URL": CLOSED}, "can't be reached (ConnectError)", id="no Teams"),
        pytest.param({"TEAMS_TENANT_ID": None}, "set all three", id="half of it"),
    ],
)
async def test_what_is_wrong_is_told_and_is_an_error(
    teams: Teams, tmp_path: Path, changes: dict[str, str | None], told: str
) -> None:
    status, state, detail = await check(teams, tmp_path, **changes)
    assert (status, state) == (1, "bad")
    assert told in detail


async def test_that_the_app_is_not_in_the_officers_team_is_told(teams: Teams, tmp_path: Path) -> None:
    teams.rooms[CASES].bot = False
    assert "add the app to its team" in (await check(teams, tmp_path))[2]
    teams.rooms[CASES].bot = True
    teams.faults.append(Fault("GET", GROUP, 500))
    assert (await check(teams, tmp_path))[1] == "ok"
