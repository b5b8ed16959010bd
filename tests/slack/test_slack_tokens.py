from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import select, update
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.database import Database, now
from bot.desk.outbox import Undeliverable
from bot.handlers.slack.clients import connect
from bot.handlers.slack.installing.consent import Consent, NotInstalled
from bot.handlers.slack.installing.rotating import NoToken, Rotation
from bot.handlers.slack.installing.scopes import SCOPES
from bot.handlers.slack.installing.sealing import Seal, Unsealable
from bot.handlers.slack.installing.store import LEASE, Installation, InstallationRow, Installations, Tokens
from bot.handlers.slack.installing.trying import try_token
from bot.handlers.slack.installing.workspaces import ManyWorkspaces
from bot.settings import ConfigurationError
from tests.desk.examples import eventually
from tests.peers.serving import served
from tests.peers.slack import Slack
from tests.peers.slack.state import CLIENT_ID, CLIENT_SECRET
from tests.slack.examples import QUESTION, started, words
from tests.slack.installing import KEY, SEVERAL, install, installable

OTHER_KEY = Fernet.generate_key().decode()


class Process:
    """A process of the bot, as far as tokens go."""

    def __init__(self, database: Database, slack: Slack, keys: str = KEY) -> None:
        self.database = database
        self.installations = Installations(database, Seal(SecretStr(keys)))
        rotation = Rotation(self.installations, CLIENT_ID, SecretStr(CLIENT_SECRET), slack.url)
        self.workspaces = ManyWorkspaces(self.installations, rotation, slack.url, "T1")

    async def token(self) -> str | None:
        return (await self.workspaces.of("T1")).token

    async def age(self, left: dt.timedelta) -> None:
        """Let the token expire so soon."""
        async with self.database.writing() as session:
            await session.execute(update(InstallationRow).values(expires=now() + left))


@contextlib.asynccontextmanager
async def processes(address: str, slack: Slack, number: int = 1) -> AsyncIterator[list[Process]]:
    """Some, and a token that expires."""
    databases = [Database(address) for _ in range(number)]
    slack.rotates = True
    async with installable(address, slack) as bot:
        await install(bot)
    yield [Process(database, slack) for database in databases]
    for database in databases:
        await database.close()


def refreshed(slack: Slack) -> int:
    return len([call for call in slack.called("oauth.v2.access") if call.get("grant_type") == "refresh_token"])


async def test_a_token_with_hours_left_is_left_alone(address: str, slack: Slack) -> None:
    async with processes(address, slack) as (process,):
        await process.age(dt.timedelta(hours=3))
        await process.token()
        assert refreshed(slack) == 0


async def test_a_token_is_refreshed_two_hours_before_its_end(address: str, slack: Slack) -> None:
    async with processes(address, slack) as (process,):
        before = await process.token()
        await process.age(dt.timedelta(minutes=119))
        after = await process.token()
        assert refreshed(slack) == 1
        assert before != after == await process.token()
        assert (await connect(after, slack.url).auth_test())["team_id"] == "T1"


@pytest.mark.parametrize("left", [dt.timedelta(minutes=5), dt.timedelta(minutes=-5)], ids=["good", "expired"])
async def test_one_process_refreshes_for_all(address: str, slack: Slack, left: dt.timedelta) -> None:
    async with processes(address, slack, 4) as several:
        old = await several[0].token()
        await several[0].age(left)
        slack.trouble("oauth.v2.access", "slow:0.2")
        tokens = await asyncio.gather(*(process.token() for process in several * 3))
        assert refreshed(slack) == 1
        new = await several[0].token()
        assert old != new
        # While the old token is good, nobody waits for the new one.
        assert set(tokens) == ({old, new} if left > dt.timedelta() else {new})


async def test_a_good_token_is_used_while_refreshing_fails_and_not_everybody_tries(
    address: str, slack: Slack, capfd: pytest.CaptureFixture[str]
) -> None:
    async with processes(address, slack, 2) as (one, other):
        old = await one.token()
        await one.age(dt.timedelta(minutes=5))
        slack.trouble("oauth.v2.access", "500")
        assert await one.token() == await other.token() == await one.token() == old
        assert refreshed(slack) == 1
    captured = capfd.readouterr()
    assert "slack.not_refreshed" in captured.out + captured.err


async def test_an_answer_waits_until_an_expired_token_can_be_refreshed(address: str, slack: Slack) -> None:
    slack.rotates = True
    async with installable(address, slack) as bot:
        await install(bot)
        async with bot.database.writing() as session:
            await session.execute(update(InstallationRow).values(expires=now() - dt.timedelta(minutes=1)))
        slack.trouble("oauth.v2.access", "500", "internal_error")
        assert "bevilling" in words(await bot.answer(await slack.ask("C1", "UKAFE", QUESTION)))
        assert refreshed(slack) >= 3


async def test_a_process_that_died_while_refreshing_keeps_nobody_waiting_for_long(address: str, slack: Slack) -> None:
    async with processes(address, slack, 2) as (dead, alive):
        found = await dead.installations.get("T1")
        assert found
        assert await dead.installations.take_on(found)
        assert not await alive.installations.take_on(found)
        async with alive.database.writing() as session:  # as if the lease had been taken that much earlier
            taken = InstallationRow.refreshing_until
            (until,) = await session.scalars(select(taken))
            assert until
            await session.execute(update(InstallationRow).values(refreshing_until=until - LEASE))
        assert await alive.installations.take_on(found)


async def test_a_delivery_that_is_stopped_does_not_lose_the_next_token(address: str, slack: Slack) -> None:
    async with processes(address, slack) as (process,):
        old = await process.token()
        await process.age(dt.timedelta(minutes=-1))
        slack.trouble("oauth.v2.access", "slow:0.2")
        stopped = asyncio.create_task(process.token())
        await eventually(lambda: refreshed(slack) == 1)
        stopped.cancel()
        assert await process.token() != old
        assert refreshed(slack) == 1


async def test_an_installation_that_was_made_anew_is_not_overwritten(address: str, slack: Slack) -> None:
    async with processes(address, slack) as (process,):
        seen = await process.installations.get("T1")
        assert seen
        anew = Installation("T1", "Peer", "UBOT", SCOPES, Tokens("xoxb-anew"))
        await process.installations.keep(anew)
        await process.installations.refreshed(seen, Tokens("xoxb-late"))
        assert await process.token() == "xoxb-anew"


async def test_what_another_process_removed_is_gone_at_once(address: str, slack: Slack) -> None:
    async with processes(address, slack, 2) as (one, other):
        await one.token()
        assert await other.installations.remove("T1", now())
        with pytest.raises(Undeliverable, match="not installed"):
            await one.token()


async def test_keys_can_be_replaced(address: str, slack: Slack) -> None:
    async with processes(address, slack) as (process,):
        token = await process.token()
        replaced = Process(process.database, slack, f"{OTHER_KEY}, {KEY}")
        assert await replaced.token() == token
        await process.age(dt.timedelta(minutes=1))
        renewed = await replaced.token()
        assert await Process(process.database, slack, OTHER_KEY).token() == renewed
        with pytest.raises(NoToken):
            await process.token()


def test_what_is_sealed_is_opened_by_its_keys_alone() -> None:
    sealed = Seal(SecretStr(KEY)).close("xoxb-1")
    assert "xoxb" not in sealed
    assert Seal(SecretStr(f"{OTHER_KEY},{KEY}")).open(sealed) == "xoxb-1"
    with pytest.raises(Unsealable):
        Seal(SecretStr(OTHER_KEY)).open(sealed)


@pytest.mark.parametrize("key", [None, SecretStr(""), SecretStr(" , "), SecretStr("short"), SecretStr(f"{KEY},x")])
def test_a_key_that_is_none_is_told_with_the_command_that_makes_one(key: SecretStr | None) -> None:
    with pytest.raises(ConfigurationError, match="openssl rand -base64 32") as told:
        Seal(key)
    assert KEY not in str(told.value)


def test_a_key_that_openssl_makes_is_one() -> None:
    assert Seal(SecretStr("+//7//v/+//7//v/+//7//v/+//7//v/+//7//v/+/8="))


def test_tokens_do_not_show_in_a_representation() -> None:
    tokens = Tokens("xoxb-hush", "xoxe-hush", now())
    assert "hush" not in repr(Installation("T1", "Peer", "UBOT", (), tokens, sealed="hush"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"slack_bot_token": SecretStr("xoxb-1")}, "take one of them away"),
        ({"slack_client_secret": None}, "both SLACK_CLIENT_ID and SLACK_CLIENT_SECRET"),
        ({"slack_client_id": None}, "both SLACK_CLIENT_ID and SLACK_CLIENT_SECRET"),
        ({"slack_client_id": None, "slack_client_secret": None}, "both SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET"),
        ({"slack_signing_secret": None}, "SLACK_APP_TOKEN for Socket Mode"),
        ({"slack_staff_workspace": None}, "say in which with MOTEPLASSEN_SLACK_STAFF_WORKSPACE"),
        ({"encryption_key": None}, "MOTEPLASSEN_ENCRYPTION_KEY is missing"),
        ({"encryption_key": SecretStr("no key")}, "MOTEPLASSEN_ENCRYPTION_KEY holds something"),
    ],
)
async def test_settings_that_do_not_go_together_are_told(
    address: str, slack: Slack, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigurationError, match=told):
        async with started(address, slack, **SEVERAL | changes):
            pass


async def test_an_organisation_as_a_whole_is_refused_and_its_token_given_back() -> None:
    revoked: list[str] = []

    async def access(_: Request) -> JSONResponse:
        about = {"is_enterprise_install": True, "team": None, "enterprise": {"id": "E1"}}
        return JSONResponse({"ok": True, "access_token": "xoxb-org", "token_type": "bot", **about})

    async def revoke(request: Request) -> JSONResponse:
        revoked.append(request.headers["authorization"])
        return JSONResponse({"ok": True, "revoked": True})

    routes = [Route("/api/oauth.v2.access", access, methods=["POST"]), Route("/api/auth.revoke", revoke)]
    async with served(Starlette(routes=routes)) as url:
        consent = Consent(CLIENT_ID, SecretStr(CLIENT_SECRET), f"{url}/api/", "https://bot.example.no")
        with pytest.raises(NotInstalled) as told:
            await consent.given("code")
    assert told.value.key == "slack.install.failed.organisation"
    assert revoked == ["Bearer xoxb-org"]


@pytest.mark.parametrize(
    ("header", "logged"),
    [(",".join(SCOPES), ""), ("chat:write, im:history", "app_mentions:read"), (None, "")],
    ids=["all", "some", "not told"],
)
async def test_scopes_that_are_missing_are_named(
    header: str | None, logged: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async def test(_: Request) -> JSONResponse:
        headers = {"X-OAuth-Scopes": header} if header else None
        return JSONResponse({"ok": True, "team": "Peer", "user_id": "UBOT"}, headers=headers)

    async with served(Starlette(routes=[Route("/api/auth.test", test, methods=["POST"])])) as url:
        await try_token(connect("xoxb-1", f"{url}/api/"))
    captured = capfd.readouterr()
    output = captured.out + captured.err
    assert ("slack.scopes_missing" in output) == bool(logged)
    assert logged in output


async def test_every_installation_is_tried_at_the_start(
    address: str, slack: Slack, capfd: pytest.CaptureFixture[str]
) -> None:
    async with processes(address, slack) as (process,):
        async with process.database.reading() as session:
            assert len(list(await session.scalars(select(InstallationRow)))) == 1
        capfd.readouterr()
        output = ""
        async with installable(address, slack):
            while "slack.connected" not in output:
                captured = capfd.readouterr()
                output += captured.out + captured.err
                await asyncio.sleep(0.01)


async def test_news_of_revoked_tokens_that_names_none_is_taken(address: str, slack: Slack) -> None:
    async with installable(address, slack) as bot:
        await install(bot)
        answer = await slack.tell({"type": "tokens_revoked", "tokens": None})
        assert answer
        assert answer.status_code == 200
        assert "bevilling" in words(await bot.answer(await slack.ask("C1", "UKAFE", QUESTION)))
