"""One app in Slack, and one in Teams, for several municipalities: what is said reaches the one that it is said to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest
import pytest_asyncio
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import func, select

from bot.database import Database
from bot.desk.outbox_table import OutboxRow
from bot.handlers.slack.installing.store import InstallationRow
from tests.databases import Databases
from tests.peers.slack import CLIENT_ID, CLIENT_SECRET, Slack
from tests.peers.slack import SECRET as SIGNING_SECRET
from tests.peers.slack import running as slack_running
from tests.peers.teams import APP, HOME, SECRET, STRANGER, Teams
from tests.peers.teams import running as teams_running
from tests.slack.examples import SCOPES, words
from tests.slack.installing import link
from tests.teams.examples import settle
from tests.tenants.examples import QUESTION, Town, towns

PATIENCE = 90.0
PLACES = {"alfa": 'slack_workspaces = ["T1"]', "beta": 'slack_workspaces = ["T2"]'}
ABROAD = {"alfa": f'teams_tenant_id = "{HOME}"', "beta": f'teams_tenant_id = "{STRANGER}"'}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slack() -> AsyncIterator[Slack]:
    async with slack_running(SCOPES) as slack:
        for team in ("T2", "T3"):
            slack.add_team(team, f"Kommunen {team}")
            slack.add_channel(f"C{team}", teams=[team], members=["UKAFE", slack.teams[team].bot_user])
        yield slack


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def in_slack(
    slack: Slack, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sequence[Town]]:
    """Two municipalities, each with a workspace, in which the app is installed."""
    about: dict[str, Any] = {
        "slack_client_id": CLIENT_ID,
        "slack_client_secret": SecretStr(CLIENT_SECRET),
        "slack_signing_secret": SecretStr(SIGNING_SECRET),
        "encryption_key": SecretStr(Fernet.generate_key().decode()),
        "slack_api_url": slack.url,
    }
    async with towns(tmp_path_factory.mktemp("slack"), databases, PLACES, **about) as both:
        slack.bot_url = both[0].url
        for town, team in zip(both, ("T1", "T2"), strict=True):
            assert (await installed(town, team)).status_code == 200
        yield both


async def installed(town: Town, team: str) -> httpx.Response:
    """The page that somebody sees who has installed the app in a workspace, by the municipality's own page."""
    async with httpx.AsyncClient(headers={"Host": f"{town.id}.example.no"}, trust_env=False) as browser:
        begun = await browser.get(f"{town.url}/slack/install")
        async with httpx.AsyncClient(trust_env=False) as at_slack:
            back = (await at_slack.get(f"{link(begun)}&team={team}")).headers["location"]
        assert back.startswith(f"http://{town.id}.example.no/slack/oauth_redirect")
        return await browser.get(town.url + back.removeprefix(f"http://{town.id}.example.no"))


def event(slack: Slack, team: str, channel: str, text: str) -> dict[str, Any]:
    """What Slack says of a question there, to the app as it is installed in that workspace."""
    told = slack.event(channel, slack.write(channel, "UKAFE", text))
    authorization = {"team_id": team, "user_id": slack.teams[team].bot_user, "is_bot": True}
    return {**told, "team_id": team, "authorizations": [authorization]}


async def answer(slack: Slack, told: dict[str, Any], channel: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while not (found := slack.thread(channel, told["event"]["ts"])) or found[0].get("streaming_state") == (
            "in_progress"
        ):
            await asyncio.sleep(0.01)
    return dict(found[0])


async def test_who_asks_in_a_workspace_is_answered_by_its_municipality(slack: Slack, in_slack: Sequence[Town]) -> None:
    alfa, beta = in_slack
    here, there = event(slack, "T1", "C1", QUESTION), event(slack, "T2", "CT2", QUESTION)
    for told in (here, there):
        assert (await slack.send(told)).status_code == 200
    said = [words(await answer(slack, told, channel)) for told, channel in ((here, "C1"), (there, "CT2"))]
    assert [(alfa.word in each, beta.word in each) for each in said] == [(True, False), (False, True)]
    assert [await kept(town) for town in in_slack] == [["T1"], ["T2"]]


async def test_a_shared_channel_is_of_the_workspace_that_the_app_is_told_of_it_in(
    slack: Slack, in_slack: Sequence[Town]
) -> None:
    slack.add_channel("CFELLES", teams=["T1", "T2"], members=["UKAFE", slack.teams["T2"].bot_user])
    told = event(slack, "T2", "CFELLES", QUESTION) | {"team_id": "T1", "is_ext_shared_channel": True}
    before = await owed(in_slack)
    assert (await slack.send(told)).status_code == 200
    assert in_slack[1].word in words(await answer(slack, told, "CFELLES"))
    assert [now > then for then, now in zip(before, await owed(in_slack), strict=True)] == [False, True]


async def test_a_workspace_that_is_nobody_s_is_told_so_and_nothing_is_kept(
    slack: Slack, in_slack: Sequence[Town], capfd: pytest.CaptureFixture[str]
) -> None:
    before = await owed(in_slack)
    assert (await slack.send(event(slack, "T3", "CT3", f"Hemmelig: {QUESTION}"))).status_code == 200
    command = "command=%2Fmoteplassen&text=Hemmelig&team_id=T3&user_id=U9&channel_id=CT3"
    told = (await slack.send(command)).json()
    assert (told["response_type"], "ikke satt opp for dette arbeidsområdet" in told["text"]) == ("ephemeral", True)
    assert await owed(in_slack) == before
    logged = capfd.readouterr().out
    assert ("slack.workspace_unknown" in logged, "T3" in logged, "Hemmelig" in logged) == (True, True, False)


async def test_nothing_is_believed_that_slack_has_not_signed(slack: Slack, in_slack: Sequence[Town]) -> None:
    before = await owed(in_slack)
    for team, channel in (("T1", "C1"), ("T3", "CT3")):
        forged = {"X-Slack-Signature": "v0=" + "0" * 64}
        assert (await slack.send(event(slack, team, channel, QUESTION), **forged)).status_code == 401
    assert await owed(in_slack) == before


@pytest.mark.parametrize("body", ["{", "[]", '{"authorizations": [1]}', '{"authorizations": 1}', "payload=%7B"])
async def test_what_cannot_be_read_is_nobody_s(slack: Slack, in_slack: Sequence[Town], body: str) -> None:
    before = await owed(in_slack)
    assert (await slack.send(body.encode())).status_code in {200, 400}
    assert await owed(in_slack) == before


async def test_slack_can_try_the_address_of_the_app(slack: Slack, in_slack: Sequence[Town]) -> None:
    told = await slack.send({"type": "url_verification", "challenge": "tall", "token": "x"})
    assert (told.status_code, told.json()) == (200, {"challenge": "tall"})


async def test_the_app_is_not_installed_by_one_municipality_in_the_workspace_of_another(
    slack: Slack, in_slack: Sequence[Town]
) -> None:
    alfa, beta = in_slack
    refused = await installed(alfa, "T2")
    assert (refused.status_code, "står ikke på listen" in refused.text) == (400, True)
    assert [await kept(town) for town in in_slack] == [["T1"], ["T2"]]
    told = event(slack, "T2", "CT2", QUESTION)
    assert (await slack.send(told)).status_code == 200
    assert beta.word in words(await answer(slack, told, "CT2")), "its own installation stays as it was"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def teams() -> AsyncIterator[Teams]:
    async with teams_running() as teams:
        settle(teams)
        yield teams


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def in_teams(
    teams: Teams, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sequence[Town]]:
    """Two municipalities, each with a tenant of its own, and one app for both."""
    about: dict[str, Any] = {
        "teams_client_id": APP,
        "teams_client_secret": SecretStr(SECRET),
        "teams_multi_tenant": True,
        "teams_openid_url": f"{teams.url}/v1/.well-known/openidconfiguration",
        "teams_login_url": teams.url,
        "teams_service_url": teams.url,
    }
    async with towns(tmp_path_factory.mktemp("teams"), databases, ABROAD, **about) as both:
        teams.bot = both[0].url
        yield both


async def test_who_asks_in_a_tenant_is_answered_by_its_municipality(teams: Teams, in_teams: Sequence[Town]) -> None:
    for person, (town, other) in {"ola": in_teams, "per": in_teams[::-1]}.items():
        await teams.say(person, QUESTION)
        async with asyncio.timeout(PATIENCE):
            while not (sent := [each for each in teams.sent if each.conversation == f"a:chat-{person}" and each.whole]):
                await asyncio.sleep(0.01)
        assert (town.word in str(sent[-1].activity), other.word in str(sent[-1].activity)) == (True, False)


@pytest.mark.parametrize(
    ("changes", "token", "status"),
    [
        ({"tenant": "cccc"}, None, 403),
        ({"tenant": "cccc"}, "falsk", 401),
        ({"tenant": HOME}, "falsk", 401),
        ({"tenant": HOME, "mixed": STRANGER}, None, 403),
        ({"tenant": STRANGER, "mixed": HOME}, None, 403),
        ({"tenant": [HOME]}, None, 403),
    ],
    ids=["unknown", "unknown, forged", "forged", "two tenants", "two tenants, turned", "no name"],
)
async def test_a_tenant_that_is_nobody_s_is_refused_after_the_token_is_looked_at(
    teams: Teams, in_teams: Sequence[Town], changes: dict[str, Any], token: str | None, status: int
) -> None:
    told = teams.activity("ola", teams.chat("ola"), type="message", text=QUESTION)
    told["conversation"]["tenantId"] = changes["tenant"]
    told["channelData"]["tenant"]["id"] = changes.get("mixed", changes["tenant"])
    before = await owed(in_teams)
    assert (await teams.tell(told, token)).status_code == status
    assert await owed(in_teams) == before


async def owed(both: Sequence[Town]) -> list[int]:
    """How many deliveries each municipality owes or has brought on platforms, the web aside."""
    found = select(func.count()).select_from(OutboxRow).where(OutboxRow.platform != "web")
    counts = []
    for town in both:
        async with reading(town) as session:
            counts.append(int(await session.scalar(found) or 0))
    return counts


async def kept(town: Town) -> list[str]:
    """The workspaces that the municipality has a token for."""
    async with reading(town) as session:
        return list(await session.scalars(select(InstallationRow.workspace)))


@contextlib.asynccontextmanager
async def reading(town: Town) -> AsyncIterator[Any]:
    database = Database(town.settings.database)
    try:
        async with database.reading() as session:
            yield session
    finally:
        await database.close()
