"""Which municipality a request goes to, and what becomes of the others where one fails."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.settings import ConfigurationError, Settings
from bot.tenants.front import Front, Switch
from bot.tenants.tenancy import Part, Tenancy
from tests.peers.serving import served

SWITCHED = "/felles"
ASKED = "hemmelig"
"""What somebody has asked."""


class Pages:
    """What a municipality has: a page that says whose it is, and whether it is well."""

    def __init__(self, settings: Settings) -> None:
        self.ended = False
        self._id = settings.tenant
        self.app = Starlette(routes=[Route("/", self.show), Route(SWITCHED, self.show), Route("/health", self.health)])
        self.status = 200

    async def show(self, _: Request) -> Response:
        return PlainTextResponse(self._id)

    async def health(self, _: Request) -> Response:
        return PlainTextResponse("", self.status)

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.ended = True


class Towns:
    """Opens municipalities. Those in `faults` can't be opened, and those in `crashes` end by themselves."""

    def __init__(self) -> None:
        self.faults: dict[str, Exception] = {}
        self.crashes: dict[str, asyncio.Event] = {}
        self.open: dict[str, Pages] = {}
        self.stuck: set[str] = set()

    @contextlib.asynccontextmanager
    async def opened(self, settings: Settings) -> AsyncIterator[Part]:
        if fault := self.faults.get(settings.tenant):
            raise fault
        if settings.tenant in self.stuck:
            await asyncio.Event().wait()
        pages = Pages(settings)
        self.open[settings.tenant] = pages
        if crash := self.crashes.get(settings.tenant):
            pages.run = self._crashing(crash)  # type: ignore[method-assign]
        yield pages

    @staticmethod
    def _crashing(crash: asyncio.Event) -> Any:
        async def run(_: asyncio.Event) -> None:
            await crash.wait()
            raise RuntimeError(ASKED)

        return run


@contextlib.asynccontextmanager
async def fronted(
    towns: Towns, ids: Sequence[str] = ("alfa", "beta"), switches: Mapping[str, Switch] | None = None, start: float = 5
) -> AsyncIterator[httpx.AsyncClient]:
    tenancies = [
        Tenancy(Settings(_env_file=None, tenant=id_, public_url=f"https://{id_}.example.no"), towns.opened, pause=0.02)
        for id_ in ids
    ]
    async with (
        served(Front(tenancies, switches or {}, start)) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        yield client


async def got(client: httpx.AsyncClient, host: str, path: str = "/") -> tuple[int, str]:
    answer = await client.get(path, headers={"Host": host})
    return answer.status_code, answer.text


@pytest.mark.parametrize("host", ["alfa.example.no", "ALFA.Example.no", "alfa.example.no:8443"])
async def test_pages_are_found_by_the_host_name_of_the_public_address(host: str) -> None:
    async with fronted(Towns()) as client:
        assert await got(client, host) == (200, "alfa")
        assert await got(client, "beta.example.no") == (200, "beta")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "example.no",
        "www.alfa.example.no",
        "alfa.example.no.evil.no",
        "alfa.example.no@evil.no",
        "[::1",
        "",
    ],
)
async def test_a_host_that_is_nobody_s_is_told_nothing(host: str) -> None:
    async with fronted(Towns()) as client:
        assert await got(client, host) == (421, "no such host\n")


async def test_an_address_that_is_shared_is_everybody_s_who_shares_it_at_whatever_host() -> None:
    shared = Switch(PlainTextResponse("sentralbord"), {"alfa"})
    async with fronted(Towns(), switches={SWITCHED: shared}) as client:
        assert await got(client, "alfa.example.no", SWITCHED) == (200, "sentralbord")
        assert await got(client, "bot.example.no", SWITCHED) == (200, "sentralbord")
        assert await got(client, "beta.example.no", SWITCHED) == (200, "beta")


async def test_one_that_cannot_be_opened_leaves_the_others_alone_and_is_opened_as_soon_as_it_can(
    capfd: pytest.CaptureFixture[str],
) -> None:
    towns = Towns()
    towns.faults["alfa"] = ConfigurationError("the database can't be reached")
    async with fronted(towns) as client:
        assert await got(client, "alfa.example.no") == (503, "unavailable")
        assert await got(client, "beta.example.no") == (200, "beta")
        assert "the database can't be reached" in capfd.readouterr().out
        towns.faults.clear()
        async with asyncio.timeout(5):
            while await got(client, "alfa.example.no") != (200, "alfa"):
                await asyncio.sleep(0.01)


async def test_one_that_ends_by_itself_is_opened_again_and_the_log_does_not_say_what_it_held(
    capfd: pytest.CaptureFixture[str],
) -> None:
    towns = Towns()
    towns.crashes["alfa"] = asyncio.Event()
    async with fronted(towns) as client:
        first = towns.open["alfa"]
        towns.crashes.pop("alfa").set()
        async with asyncio.timeout(5):
            while towns.open["alfa"] is first or await got(client, "alfa.example.no") != (200, "alfa"):
                await asyncio.sleep(0.01)
        assert not towns.open["beta"].ended
    logged = capfd.readouterr().out
    assert ("RuntimeError" in logged, ASKED in logged) == (True, False)


async def test_one_that_takes_long_to_open_does_not_keep_the_others_waiting() -> None:
    towns = Towns()
    towns.stuck.add("alfa")
    async with fronted(towns, start=0.05) as client:
        assert await got(client, "beta.example.no") == (200, "beta")
        assert await got(client, "alfa.example.no") == (503, "unavailable")
    assert towns.open["beta"].ended


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ({"alfa": 200, "beta": 200}, (200, {"status": "ok", "tenants": 2, "away": 0})),
        ({"alfa": 503, "beta": 200}, (200, {"status": "ok", "tenants": 2, "away": 1})),
        ({"alfa": 503, "beta": 503}, (503, {"status": "unavailable", "tenants": 2, "away": 2})),
    ],
    ids=["all well", "one away", "all away"],
)
async def test_the_process_is_well_as_long_as_one_municipality_is(
    statuses: dict[str, int], told: tuple[int, dict[str, Any]]
) -> None:
    towns = Towns()
    async with fronted(towns) as client:
        for id_, status in statuses.items():
            towns.open[id_].status = status
        answer = await client.get("/health")
        assert (answer.status_code, answer.json()) == told
        assert (await got(client, "alfa.example.no", "/health"))[0] == statuses["alfa"]


async def test_all_end_when_the_process_does() -> None:
    towns = Towns()
    async with fronted(towns) as client:
        await got(client, "alfa.example.no")
    assert [pages.ended for pages in towns.open.values()] == [True, True]
