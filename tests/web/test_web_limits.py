"""Who asks too much is told so, and when to try again; nobody else notices, and officers never do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from pydantic import ValidationError

from bot.desk.rates import Limited, Scope
from bot.handlers.web.gate import TooMuch
from bot.limits import worded
from bot.settings import Settings
from bot.texts import Texts
from bot.wiring import Knowledge
from tests.web.conftest import Visit
from tests.web.examples import ANSWERED, Person, message_of, running

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def strict(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A demo in which a browser may ask twice a minute."""
    async with running(knowledge, tmp_path_factory.mktemp("strict"), demo=True, limit_asker=2) as url:
        yield url


async def ask(person: Person, text: str = ANSWERED, **fields: str) -> httpx.Response:
    return await person.posted("/spor", **{"tekst": text, "kanal": "naeringsliv"} | fields)


@pytest.mark.parametrize(
    ("language", "told"),
    [("nb", "Prøv igjen om"), ("nn", "No har du spurt mykje"), ("en", "Please try again in")],
)
async def test_who_asks_too_much_is_told_when_to_try_again_in_their_language(
    visit: Visit, strict: str, language: str, told: str
) -> None:
    person = await visit("kafe", strict)
    await person.post("/spraak", sprak=language, tilbake="/")
    assert [(await ask(person)).status_code for _ in range(2)] == [200, 200]
    refused = await ask(person)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 30
    assert told in refused.json()["problem"]
    assert refused.headers["retry-after"] in refused.json()["problem"]
    assert (await ask(await visit("kafe", strict))).status_code == 200  # somebody else


async def test_nobody_is_told_to_come_back_sooner_by_a_program_than_by_the_text() -> None:
    limited = Limited(Scope.ASKER, 1)
    refused = TooMuch(limited)
    assert refused.headers == {"Retry-After": "2"}
    assert "om 2 sekunder" in worded(limited, "nb", Texts())


async def test_without_a_script_the_page_keeps_what_was_typed(visit: Visit, strict: str) -> None:
    person = await visit("kafe", strict)
    for _ in range(2):
        await ask(person)
    page = await person.post("/spor", tekst="Et langt spørsmål om § 27", kanal="naeringsliv")
    assert page.status == 429
    assert "retry-after" in page.response.headers
    assert "Nå har du spurt mye" in page.text(".problem:not([hidden])")
    assert "Et langt spørsmål om § 27" in page.all("textarea")


async def test_what_a_browser_posts_again_is_there_once_and_not_too_much(visit: Visit, strict: str) -> None:
    person = await visit("kafe", strict)
    posted = [await ask(person, nokkel="samme") for _ in range(4)]
    assert [each.status_code for each in posted] == [200] * 4
    assert len({each.json()["messages"][0]["id"] for each in posted}) == 1


async def test_sending_questions_to_officers_counts_as_well(visit: Visit, strict: str) -> None:
    person = await visit("kafe", strict)
    page = await person.ask(ANSWERED)
    await ask(person)
    refused = await person.forward(page)
    assert refused.status == 429
    assert "Nå har du spurt mye" in refused.text(".problem")
    assert (await person.page(f"/m/{message_of(page)}/saksbehandler")).status == 200  # it is not sent


async def test_officers_work_is_not_limited(visit: Visit, strict: str) -> None:
    officer = await visit("kari", strict)
    assert {(await ask(officer)).status_code for _ in range(5)} == {200}


async def at(client: httpx.AsyncClient, address: str) -> int:
    form = {"tekst": ANSWERED, "kanal": "naeringsliv"}
    client.cookies.clear()
    return (await client.post("/spor", data=form, headers={"X-Forwarded-For": address})).status_code


@pytest.mark.parametrize(
    ("proxies", "statuses"),
    [
        # who says what address they have, without a proxy of ours: all of them are one
        ("", [303, 429, 429, 429, 429]),
        ("10.0.0.0/8", [303, 429, 429, 429, 429]),
        # behind our proxy it is the last that no proxy of ours has, and of IPv6 the network
        ("127.0.0.1, 10.0.0.0/8", [303, 429, 303, 303, 429]),
    ],
    ids=["nobody", "another proxy", "our proxy"],
)
async def test_addresses_are_believed_of_our_own_proxies_only(
    knowledge: Knowledge, tmp_path: Path, proxies: str, statuses: list[int]
) -> None:
    addresses = [
        "192.0.2.1",
        "203.0.113.9, 192.0.2.1, 10.1.2.3",
        "192.0.2.2",
        "2001:db8:1:2::1",
        "2001:db8:1:2:ffff::9",
    ]
    about = {"limit_place": 1, "limit_asker": 0, "trusted_proxies": proxies, "demo": True}
    async with (
        running(knowledge, tmp_path, **about) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client,
    ):
        assert [await at(client, address) for address in addresses] == statuses


@pytest.mark.parametrize("proxies", ["*", "proxy.example.no", "10.0.0.1/8", "127.0.0.1,,*"])
async def test_only_addresses_and_networks_are_taken_for_proxies(proxies: str) -> None:
    with pytest.raises(ValidationError, match="MOTEPLASSEN_TRUSTED_PROXIES"):
        Settings(_env_file=None, trusted_proxies=proxies)


async def test_while_too_many_questions_wait_more_are_turned_away_and_those_are_answered(
    visit: Visit, knowledge: Knowledge, tmp_path: Path
) -> None:
    async with running(knowledge, tmp_path, demo=True, limit_asker=0, limit_waiting=3) as url:
        person = await visit("kafe", url)
        posted = [await ask(person) for _ in range(12)]
        statuses = [each.status_code for each in posted]
        assert set(statuses) == {200, 429}
        (told,) = {each.json()["problem"] for each in posted if each.status_code == 429}
        assert "flere spørsmål enn jeg rekker over" in told
        threads = [each.json()["messages"][0]["thread"] for each in posted if each.status_code == 200]
        for thread in threads:
            while (page := await person.page(f"/t/{thread}")).has("[aria-busy=true]"):
                pass
            assert page.has(".message.reply")
