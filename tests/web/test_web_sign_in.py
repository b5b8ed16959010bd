from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.settings import ConfigurationError
from bot.wiring import Knowledge
from tests.peers.openid import CLIENT, SECRET, Provider
from tests.peers.openid import running as provider_running
from tests.web.conftest import Visit
from tests.web.examples import NO_SIGN_IN_YET, Person, later, running

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def provider() -> AsyncIterator[Provider]:
    async with provider_running() as provider:
        yield provider


@pytest_asyncio.fixture(loop_scope="session")
async def site(knowledge: Knowledge, provider: Provider, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an app whose staff sign in with the provider."""
    async with running(knowledge, tmp_path, demo=False, **at(provider)) as url:
        yield url


def at(provider: Provider) -> dict[str, Any]:
    """The settings of those who sign in with the provider."""
    return {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}


@pytest_asyncio.fixture(loop_scope="session")
async def guest(visit: Visit, site: str) -> Person:
    return await visit("", site)


async def test_an_officer_signs_in_works_and_signs_out(guest: Person, provider: Provider, site: str) -> None:
    assert (await guest.page("/saker")).status == 403
    page = await guest.page("/inn")
    assert (page.status, page.response.url.path, page.text("h1")) == (200, "/saker", "Saker")
    assert page.text(".person-name") == "Kari Nordmann"
    assert page.text(".person-role") == "Saksbehandler"
    assert provider.back == f"{site}/inn/tilbake"
    left = await guest.post("/ut")
    assert left.text(".person-role") == "Ikke innlogget"
    assert (await guest.page("/saker")).status == 403


@pytest.mark.parametrize(
    ("groups", "role", "home", "may"),
    [
        (["andre", "saksbehandler"], "Saksbehandler", "/saker", (200, 200, 200)),
        (["saksbehandler", "ansatt"], "Saksbehandler", "/saker", (200, 200, 200)),
        (["andre", "ansatt"], "Ansatt", "/ansatte", (403, 200, 200)),
        (["andre"], "Næringsliv", "/", (403, 404, 404)),
        ([], "Næringsliv", "/", (403, 404, 404)),
        (None, "Næringsliv", "/", (403, 404, 404)),
        ("ikke-saksbehandler, ansatt", "Næringsliv", "/", (403, 404, 404)),
        ({"saksbehandler": False, "ansatt": False}, "Næringsliv", "/", (403, 404, 404)),
        ([["ansatt"], {"ansatt": 1}, 7], "Næringsliv", "/", (403, 404, 404)),
    ],
    ids=["officer", "both", "staff", "another group", "no group", "nothing said", "a text", "an object", "odd values"],
)
async def test_whoever_signs_in_is_what_their_groups_say_and_else_a_business(
    guest: Person, provider: Provider, groups: Any, role: str, home: str, may: tuple[int, int, int]
) -> None:
    provider.claims = {"groups": groups}
    page = await guest.page("/inn")
    assert (page.status, page.text(".person-role"), page.response.url.path) == (200, role, home)
    internal = ("/saker", "/ansatte", "/kilde/internal/skjenkekontroll")
    assert tuple([(await guest.page(path)).status for path in internal]) == may


async def test_groups_have_the_names_that_are_set(
    knowledge: Knowledge, provider: Provider, visit: Visit, tmp_path: Path
) -> None:
    teams = tmp_path / "teams.toml"
    teams.write_text('[[team]]\nid = "bygg"\nname = "Bygg"\ndefault = true\ngroup = "byggesak"\n')
    names = {"oidc_officer_group": "jurist", "oidc_staff_group": "kommune", "teams": teams}
    async with running(knowledge, tmp_path, demo=False, **at(provider), **names) as url:
        roles = []
        for group in ("jurist", "byggesak", "kommune", "ansatt"):
            provider.claims = {"groups": [group]}
            roles.append((await (await visit("", url)).page("/inn")).text(".person-role"))
    assert roles == ["Saksbehandler", "Saksbehandler", "Ansatt", "Næringsliv"]


@pytest.mark.parametrize(
    ("claims", "name"),
    [({}, "Kari Nordmann"), ({"name": None, "preferred_username": "kno"}, "kno"), ({"name": None}, "u-1")],
)
async def test_people_are_called_what_the_provider_calls_them(
    guest: Person, provider: Provider, claims: dict[str, Any], name: str
) -> None:
    provider.claims = claims
    assert (await guest.page("/inn")).text(".person-name") == name


@pytest.mark.parametrize(
    "wrong",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"aud": "somebody-else"}},
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"iss": None}},
        {"claims": {"exp": 1_700_003_600, "iat": 1_700_000_000}},  # long ago
        {"claims": {"sub": None}},
        {"stranger": True},
        {"silent": True},
        {"denies": "access_denied"},
        {"swaps_state": True},
        {"names": "https://evil.example"},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"claims": {"aud": ["somebody-else"]}},
        {"claims": {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"}},
        {"claims": {"exp": None}},
        {"claims": {"nbf": 9_999_999_999}},
        {"claims": {"iat": None}},
    ],
    ids=lambda wrong: " ".join(f"{key} {value}" for key, value in wrong.items()),
)
async def test_whoever_does_not_prove_who_they_are_stays_a_guest(
    guest: Person, provider: Provider, wrong: dict[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(provider, name, value)
    refused = await guest.page("/inn")
    assert (refused.status, refused.text("h1")) == (401, "Innloggingen gikk ikke")
    assert refused.text("main .primary") == "Prøv å logge inn igjen"
    assert refused.text(".person-role") == "Ikke innlogget"
    assert (await guest.page("/saker")).status == 403


async def test_a_way_back_leads_in_once_and_only_in_the_browser_that_went(
    guest: Person, visit: Visit, site: str
) -> None:
    guest.client.follow_redirects = False
    there = await guest.client.get("/inn")
    back = (await guest.client.get(there.headers["location"])).headers["location"]
    asked = parse_qs(urlsplit(there.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    stranger = await visit("", site)
    assert (await stranger.page(back)).status == 401
    assert (await guest.client.get(back)).status_code == 303
    assert (await (await visit("", site)).page(back)).status == 401
    assert (await guest.client.get(back)).status_code == 401


async def test_a_provider_may_say_who_it_is_and_change_its_key(guest: Person, provider: Provider) -> None:
    provider.names = provider.url
    for _ in range(2):
        assert (await guest.page("/inn")).text(".person-role") == "Saksbehandler"
        await guest.post("/ut")
        provider.rotate()


async def test_an_old_key_is_good_for_nothing_once_there_is_a_new_one(
    guest: Person, provider: Provider, visit: Visit, site: str
) -> None:
    await guest.page("/inn")
    provider.rotate()
    provider.stranger = True
    assert (await (await visit("", site)).page("/inn")).status == 401


async def test_a_provider_that_is_away_is_said_and_nothing_breaks(
    knowledge: Knowledge, visit: Visit, tmp_path: Path
) -> None:
    async with running(knowledge, tmp_path, demo=False, **NO_SIGN_IN_YET) as url:
        person = await visit("", url)
        assert (await person.page("/inn")).text("h1") == "Innloggingen gikk ikke"
        assert (await person.page("/")).status == 200


async def test_signing_in_leaves_the_guests_session_behind_but_not_the_language(guest: Person) -> None:
    await guest.post("/spraak", sprak="nn", tilbake="/")
    asked = await guest.ask(
        "Kva seier C1?", channel=(await guest.page("/")).node("#_strom").attrs["data-channel"] or ""
    )
    page = await guest.page("/inn")
    assert page.node("html").attrs["lang"] == "nn"
    assert (await guest.page(asked.response.url.path)).status == 404


async def test_a_sign_in_lasts_a_working_day_however_often_one_comes_by(
    guest: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await guest.page("/inn")
    roles = []
    for hours in (4, 8.5, 9.5):
        later(monkeypatch, hours=hours)
        roles.append((await guest.page("/")).text(".person-role"))
    assert roles == ["Saksbehandler", "Saksbehandler", "Ikke innlogget"]


async def test_nobody_chooses_who_they_are_outside_the_demo(guest: Person) -> None:
    page = await guest.page("/")
    assert not page.has(".demo")
    assert page.text(".person a.button") == "Logg inn"
    assert (await guest.post("/rolle", rolle="kari")).status == 404


@pytest.mark.parametrize("missing", ["oidc_issuer", "oidc_client_id", "oidc_client_secret"])
async def test_outside_the_demo_the_app_does_not_start_without_a_sign_in(
    knowledge: Knowledge, tmp_path: Path, missing: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"MOTEPLASSEN_{missing.upper()}"):
        async with running(knowledge, tmp_path, demo=False, **NO_SIGN_IN_YET | {missing: None}):
            pass


async def test_the_demo_has_no_sign_in_and_says_what_it_is(visit: Visit) -> None:
    page = await (await visit()).page("/")
    assert "Dette er en demo." in page.text(".demo")
    assert "du velger selv hvem du er" in page.text(".demo")
    assert len(page.all("#_rolle option")) == 6
    assert (await (await visit()).page("/inn")).status == 404


async def test_whom_the_teams_name_is_an_officer_and_a_leader_is_told_of_late_cases(
    knowledge: Knowledge, provider: Provider, visit: Visit, tmp_path: Path
) -> None:
    teams = tmp_path / "teams.toml"
    leader = 'leader = { id = "slack:U1", name = "Kari", web = "u-1" }'
    teams.write_text(f'[[team]]\nid = "bygg"\nname = "Bygg"\ndefault = true\n{leader}\n')
    provider.claims = {"groups": ["ansatt"]}
    async with running(knowledge, tmp_path, demo=False, **at(provider), teams=teams) as url:
        page = await (await visit("", url)).page("/inn")
        assert (page.text(".person-role"), page.node("#_til-deg").attrs["data-count"]) == ("Saksbehandler", "0")
        provider.claims = {"groups": ["ansatt"], "sub": "u-2"}
        assert (await (await visit("", url)).page("/inn")).text(".person-role") == "Ansatt"
