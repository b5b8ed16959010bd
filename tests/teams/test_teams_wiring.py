"""Teams in the whole: wired where it is set, and not even loaded where it isn't."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

import bot
from bot.handlers.teams.receiving import PATH
from bot.settings import ConfigurationError, Settings
from bot.staffing import teams_of
from bot.wiring import open_app, open_knowledge
from tests.peers.teams import Teams
from tests.teams.examples import CASES, settings


def test_who_is_not_in_teams_does_not_wait_for_its_sdk() -> None:
    script = "import sys, bot.wiring; print('microsoft_teams' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_the_sdk_leaves_the_file_with_the_settings_alone(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MOTEPLASSEN_MUNICIPALITY=Drammen\nSOMEBODYS_SECRET=hush\n")
    script = (
        "import os, bot.handlers.teams.handler; from bot.settings import Settings;"
        "print(os.environ.get('SOMEBODYS_SECRET'), Settings().municipality)"
    )
    about = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(bot.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=about, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["None", "Drammen"], done.stderr


@pytest.mark.parametrize("there", [True, False])
async def test_the_app_hears_teams_where_that_is_set(teams: Teams, tmp_path: Path, there: bool) -> None:
    about: dict[str, Any] = {"data_dir": tmp_path, "demo": True, "scheduled_ingest": False}
    set_up = settings(teams, **about) if there else Settings(_env_file=None, **about)
    knowledge = open_knowledge(set_up)
    try:
        async with open_app(set_up, knowledge) as app:
            paths = [route.path for route in app.routes if isinstance(route, Route)]
    finally:
        knowledge.close()
    assert (PATH in paths) is there


def test_a_channel_that_is_none_is_refused(teams: Teams) -> None:
    assert teams_of(settings(teams)).default.teams_channel == CASES
    with pytest.raises(ConfigurationError, match="MOTEPLASSEN_TEAMS_OFFICERS_CHANNEL is no channel's id"):
        teams_of(settings(teams, teams_officers_channel="Saker"))
