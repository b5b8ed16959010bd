"""Sessions: new at every sign-in, ended by signing out wherever a copy of them is, and nobody's to choose."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.wiring import Knowledge
from tests.peers.openid import Provider
from tests.peers.openid import running as provider_running
from tests.web.conftest import Visit
from tests.web.examples import Person, later, running
from tests.web.test_web_sign_in import at

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def provider() -> AsyncIterator[Provider]:
    async with provider_running() as provider:
        yield provider


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def site(
    knowledge: Knowledge, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    async with running(knowledge, tmp_path_factory.mktemp("sessions"), demo=False, **at(provider)) as url:
        yield url


def cookie(person: Person) -> str:
    return person.client.cookies["moteplassen"]


def held(person: Person) -> dict[str, Any]:
    """What is in the session."""
    found: dict[str, Any] = json.loads(base64.b64decode(cookie(person).split(".")[0]))
    return found


async def role(person: Person) -> str:
    return (await person.page("/")).text(".person-role")


async def test_a_session_is_another_one_after_signing_in(visit: Visit, site: str) -> None:
    person = await visit("", site)
    await person.page("/")
    before = held(person)["id"]
    await person.page("/inn")
    assert held(person)["id"] != before


async def test_a_session_that_somebody_else_has_chosen_is_not_signed_in_with(visit: Visit, site: str) -> None:
    attacker, victim = await visit("", site), await visit("", site)
    await attacker.page("/")
    planted = cookie(attacker)
    victim.client.cookies.set("moteplassen", planted, domain="127.0.0.1")
    await victim.page("/inn")
    assert await role(victim) == "Saksbehandler"
    assert await role(attacker) == "Ikke innlogget"
    assert held(attacker)["id"] != held(victim)["id"]


async def test_signing_out_ends_every_copy_of_a_sign_in_and_no_other(visit: Visit, site: str) -> None:
    person, thief, colleague = await visit("", site), await visit("", site), await visit("", site)
    await person.page("/inn")
    await colleague.page("/inn")
    thief.client.cookies.set("moteplassen", cookie(person), domain="127.0.0.1")
    assert await role(thief) == "Saksbehandler"
    left = await person.client.post("/ut", follow_redirects=False)
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    assert await role(thief) == "Ikke innlogget"
    assert (await thief.page("/saker")).status == 403
    assert await role(colleague) == "Saksbehandler"
    await person.page("/inn")
    assert await role(person) == "Saksbehandler"


async def test_signing_out_twice_and_as_a_guest_is_no_mistake(visit: Visit, site: str) -> None:
    person = await visit("", site)
    await person.page("/inn")
    for _ in range(2):
        assert (await person.post("/ut")).text(".person-role") == "Ikke innlogget"


@pytest.mark.parametrize("how", ["cut", "changed", "another secret", "nothing"])
async def test_a_session_that_we_have_not_signed_is_none(visit: Visit, site: str, how: str) -> None:
    person = await visit("", site)
    await person.page("/inn")
    payload, moment, signature = cookie(person).split(".")
    changed = base64.b64encode(json.dumps(held(person) | {"id": "x"}).encode()).decode()
    forged = {
        "cut": f"{payload}.{moment}.{signature[:-2]}",
        "changed": f"{changed}.{moment}.{signature}",
        "another secret": f"{payload}.{moment}.{'A' * len(signature)}",
        "nothing": "..",
    }
    other = await visit("", site)
    other.client.cookies.set("moteplassen", forged[how], domain="127.0.0.1")
    assert await role(other) == "Ikke innlogget"


async def test_a_browser_is_forgotten_half_a_year_after_its_last_visit(
    visit: Visit, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await visit("", site)
    await person.page("/")
    before = held(person)["id"]
    stale = cookie(person)
    later(monkeypatch, days=181)
    person.client.cookies.set("moteplassen", stale, domain="127.0.0.1")
    await person.page("/")
    assert held(person)["id"] != before


async def test_by_https_the_cookie_is_this_sites_alone(visit: Visit, knowledge: Knowledge, tmp_path: Path) -> None:
    async with running(knowledge, tmp_path, demo=True, public_url="https://moteplass.example") as url:
        response = await (await visit("", url)).client.get("/")
    name, *flags = response.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-moteplassen=")
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= {each.lower() for each in flags}
    assert not any(each.lower().startswith("domain") for each in flags)
