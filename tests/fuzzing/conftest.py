"""The whole app, on every channel that it has, in this process."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import re
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.fernet import Fernet
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.settings import Settings
from bot.wiring import Knowledge, open_app, open_knowledge
from tests.databases import KINDS, Databases
from tests.fuzzing.entries import Got, Sent, send
from tests.knowledge.examples import KLIMAPLAN, PLAN, RUTINE, SERVERING, split
from tests.peers.openid import CLIENT, SECRET
from tests.peers.openid import running as provider_running
from tests.peers.slack import SECRET as SIGNING
from tests.peers.teams import APP, HOME, Teams
from tests.peers.teams import SECRET as TEAMS_SECRET
from tests.peers.teams import running as teams_running
from tests.teams.examples import settle
from tests.web.examples import ANSWERED

NOBODY = "http://127.0.0.1:9"


@dataclasses.dataclass(frozen=True)
class Site:
    """The app, cookies of people who are there, ids of what is there, and Teams, which signs."""

    app: Starlette
    cookies: Sequence[str]
    ids: Sequence[str]
    teams: Teams

    async def send(self, sent: Sent, cookie: str = "") -> Got:
        return await send(self.app, sent, cookie)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def knowledge(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Knowledge]:
    values: dict[str, Any] = {"openai_api_key": None, "openai_base_url": None}
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("library"), **values)
    with contextlib.closing(open_knowledge(settings, warm=False)) as knowledge:
        await knowledge.library.put_all([split(each) for each in (SERVERING, PLAN, KLIMAPLAN, RUTINE)])
        await knowledge.library.end()
        yield knowledge


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def teams() -> AsyncIterator[Teams]:
    async with teams_running() as teams:
        settle(teams)
        yield teams


def everywhere(folder: Path, teams: Teams, **changes: Any) -> Settings:
    """The settings of a bot that is on every channel, with no limits."""
    values: dict[str, Any] = {
        "data_dir": folder,
        "public_url": "http://bot",
        "scheduled_ingest": False,
        "metrics_token": SecretStr("maling"),
        "slack_client_id": "1.2",
        "slack_client_secret": SecretStr("hemmelig"),
        "slack_signing_secret": SecretStr(SIGNING),
        "encryption_key": SecretStr(Fernet.generate_key().decode()),
        "slack_api_url": f"{NOBODY}/api/",
        "teams_client_id": APP,
        "teams_client_secret": SecretStr(TEAMS_SECRET),
        "teams_tenant_id": HOME,
        "teams_openid_url": f"{teams.url}/v1/.well-known/openidconfiguration",
        "teams_login_url": teams.url,
        "teams_service_url": teams.url,
        "limit_asker": 0,
        "limit_place": 0,
        "limit_tenant": 0,
        "limit_waiting": 0,
    }
    return Settings(_env_file=None, **values | changes)


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=KINDS)
async def site(
    request: pytest.FixtureRequest,
    knowledge: Knowledge,
    teams: Teams,
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Site]:
    """A demo, with a question, its answer and a case in it; a guest, an asker, somebody of the staff, an officer."""
    folder = tmp_path_factory.mktemp("site")
    async with databases.ready(request.param, folder / "site.db") as address:
        settings = everywhere(folder, teams, demo=True, database_url=SecretStr(address))
        async with open_app(settings, knowledge) as app, app.router.lifespan_context(app):
            cookies = [await chosen(app, who) for who in ("kafe", "ansatt", "kari")]
            yield Site(app, ["", *cookies], await filled(app, cookies), teams)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def serious(knowledge: Knowledge, teams: Teams, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The same where people sign in."""
    folder = tmp_path_factory.mktemp("serious")
    async with provider_running() as provider:
        sign_in = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}
        settings = everywhere(folder, teams, public_url="https://bot", **sign_in)
        async with open_app(settings, knowledge) as app, app.router.lifespan_context(app):
            yield Site(app, [""], (), teams)


def form(path: str, body: str, *more: tuple[bytes, bytes]) -> Sent:
    headers = [(b"content-type", b"application/x-www-form-urlencoded"), *more]
    return Sent("POST", path, headers=headers, body=body.encode())


async def chosen(app: Starlette, persona: str) -> str:
    """The cookie of a browser in which that persona is chosen."""
    got = await send(app, form("/rolle", f"rolle={persona}"))
    return got.headers["set-cookie"].partition(";")[0]


async def filled(app: Starlette, cookies: Sequence[str]) -> Sequence[str]:
    """Ask, and send it to the officers; the ids of what came of it."""
    asker, _, officer = cookies
    asked = await send(
        app, form("/spor", f"kanal=naeringsliv&tekst={ANSWERED}", (b"accept", b"application/json")), asker
    )
    question, reply = json.loads(asked.body)["messages"]
    end = time.monotonic() + 60
    while b'aria-busy="true"' in (await send(app, Sent("GET", f"/t/{question['thread']}"), asker)).body:
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    sent = await send(app, form(f"/m/{reply['id']}/saksbehandler", f"sporsmal={ANSWERED}"), asker)
    assert sent.status == 303, sent.body
    queue = (await send(app, Sent("GET", "/saker"), officer)).body.decode()
    (case,) = set(re.findall(r'href="/saker/([0-9a-f]{32})"', queue))
    return [question["thread"], question["id"], reply["id"], case, "guides/servering"]
