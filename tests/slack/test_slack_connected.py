"""In channels that are shared between companies, and of which workspace a request is at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.handlers.slack.installed import workspace_of
from bot.handlers.slack.installing.trying import fault
from tests.desk.examples import eventually
from tests.peers.slack import BOT_USER, Slack
from tests.slack.examples import QUESTION, Bot, settings, words
from tests.slack.installing import install, installable
from tests.slack.talk import MENTION, settled


@pytest.mark.parametrize(
    ("body", "workspace"),
    [
        ({"team_id": "T2", "authorizations": [{"team_id": "T1"}], "context_team_id": "T3"}, "T1"),
        ({"team_id": "T2", "authorizations": [{"team_id": None}], "context_team_id": "T1"}, "T1"),
        ({"team_id": "T1", "authorizations": []}, "T1"),
        ({"team_id": "T1", "authorizations": None, "event": {"team": "T2"}}, "T1"),
        ({"event": {"team": "T1"}}, "T1"),
        ({"team": {"id": "T1"}, "user": {"team_id": "T2"}, "view": {"team_id": "T2"}}, "T1"),
        ({"team": {"id": "T2"}, "view": {"app_installed_team_id": "T1"}}, "T1"),
        ({"team": None, "user": {"team_id": "T1"}}, "T1"),
        ({"team": None, "user": {"id": "U1"}, "view": {"team_id": "T1"}}, "T1"),
        ({"team_id": "T1", "command": "/spor"}, "T1"),
        ({"event": {"user": "U1"}}, ""),
    ],
)
def test_the_workspace_is_the_one_that_has_the_app(body: dict[str, Any], workspace: str) -> None:
    assert workspace_of(body) == workspace


async def test_people_of_other_companies_are_answered_by_the_workspace_that_has_the_app(
    address: str, slack: Slack
) -> None:
    slack.add_team("T2", "Kafé Kringla AS")
    slack.add_person("UCONNECT", "Kari Berg", team_id="T2")
    slack.add_channel("C2", teams=["T1", "T2"], is_ext_shared=True, members=["UCONNECT", "UOLA", BOT_USER])
    async with installable(address, slack) as bot:
        await install(bot)
        asked = await slack.say("C2", "UCONNECT", f"{MENTION} {QUESTION}")
        assert "bevilling" in words(await bot.answer(asked, channel="C2"))
        await slack.say("C2", "UOLA", "Hvor lenge gjelder en skjenkebevilling?", asked["ts"])
        await bot.answer(asked, 3, "C2")


async def test_a_mention_is_recognised_though_no_event_says_who_the_bot_is(bot: Bot, slack: Slack) -> None:
    async def heard() -> bool:
        event = slack.event("C1", slack.write("C1", "UKAFE", f"{MENTION} {QUESTION}"))
        event["event"] |= {"type": "message", "channel_type": "channel"}
        assert (await slack.send({**event, "authorizations": []})).status_code == 200
        return bool(await settled(bot))

    await eventually(heard)


async def test_a_team_s_channel_that_cannot_be_reached_is_found(slack: Slack, tmp_path: Path) -> None:
    teams = tmp_path / "teams.toml"
    teams.write_text('[[team]]\nid = "bygg"\nname = "Byggesak"\ndefault = true\nslack_channel = "CBYGG"\n', "utf-8")
    found = await fault(settings(slack, teams=teams))
    assert "channel_not_found" in found
    assert "slack_channel of the team bygg" in found
    slack.add_channel("CBYGG")
    assert await fault(settings(slack, teams=teams)) == ""
