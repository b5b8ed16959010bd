"""What is let in, and what comes of it: only what Teams has signed, from a tenant that may ask, once."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import text

from bot.handlers.teams.connecting import Connection
from bot.settings import ConfigurationError, Settings
from tests.peers.teams import HOME, STRANGER, Fault, Person, Room, Teams
from tests.teams.examples import TOWN, Bot, settings, started

NOW = int(time.time())


def question(teams: Teams, **changes: Any) -> dict[str, Any]:
    channel = teams.chat("ola")
    return teams.activity("ola", channel, type="message", text="Kan jeg skjenke øl?", textFormat="plain") | changes


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"exp": NOW - 3_600}, id="expired"),
        pytest.param({"exp": None}, id="without an end"),
        pytest.param({"nbf": NOW + 3_600}, id="not yet"),
        pytest.param({"aud": "another-bot"}, id="for another bot"),
        pytest.param({"aud": None}, id="for nobody"),
        pytest.param({"iss": "https://sts.windows.net/x/"}, id="by another issuer"),
        pytest.param({"iss": None}, id="by nobody"),
        pytest.param({"serviceurl": "https://evil.example"}, id="for another service"),
        pytest.param({"serviceurl": None}, id="for no service"),
    ],
)
async def test_a_token_that_says_something_else_is_refused(bot: Bot, teams: Teams, claims: dict[str, Any]) -> None:
    assert (await teams.tell(question(teams), teams.sign(**claims))).status_code == 401
    assert bot.librarian.asked == []


async def test_a_token_signed_by_anybody_else_is_refused(bot: Bot, teams: Teams) -> None:
    same_name = RSAKey.generate_key(2048, {"kid": "1"})
    other_name = RSAKey.generate_key(2048, {"kid": "another"})
    for token in ("", "no-token", "a.b.c", teams.sign(same_name), teams.sign(other_name), unsigned(teams)):
        assert (await teams.tell(question(teams), token)).status_code == 401
    assert bot.librarian.asked == []


def unsigned(teams: Teams) -> str:
    _, claims, _ = teams.sign().split(".")
    return f"eyJhbGciOiJub25lIiwia2lkIjoiMSIsInR5cCI6IkpXVCJ9.{claims}."


async def test_a_key_that_is_not_for_teams_is_none(bot: Bot, teams: Teams) -> None:
    teams.endorsements = ["webchat"]
    assert (await teams.tell(question(teams))).status_code == 401


async def test_keys_are_fetched_once_and_an_unknown_one_does_not_fetch_them_each_time(bot: Bot, teams: Teams) -> None:
    stranger = teams.sign(RSAKey.generate_key(2048, {"kid": "another"}))
    for token in (None, None, stranger, stranger, stranger):
        await teams.tell(question(teams), token)
    assert teams.keys_asked == 1


async def test_while_the_keys_are_away_teams_is_asked_to_come_again(bot: Bot, teams: Teams) -> None:
    teams.faults.append(Fault("GET", "/keys$", 503))
    asked = question(teams)
    assert (await teams.tell(asked)).status_code == 503
    assert (await teams.tell(asked)).status_code == 200
    assert await bot.answer(asked)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param(
            {"conversation": {"tenantId": "cccc"}, "channelData": {"tenant": {"id": "cccc"}}}, 403, id="other"
        ),
        pytest.param({"conversation": {"tenantId": "cccc"}}, 403, id="two tenants"),
        pytest.param({"conversation": {"tenantId": None}, "channelData": {}}, 403, id="no tenant"),
        pytest.param({"channelId": "directline"}, 403, id="another channel of the Bot Framework"),
        pytest.param({"serviceUrl": None}, 401, id="no service"),
        pytest.param({"type": "messageDelete"}, 200, id="nothing to do about"),
        pytest.param({"from": None}, 400, id="nobody's"),
        pytest.param({"type": "invoke", "name": "adaptiveCard/action", "value": 7}, 400, id="senseless"),
    ],
)
async def test_only_what_may_be_asked_is_let_in(bot: Bot, teams: Teams, changes: dict[str, Any], status: int) -> None:
    told = question(teams)
    for name, value in changes.items():
        told[name] = {**told[name], **value} if isinstance(value, dict) and value else value
    assert (await teams.tell(told)).status_code == status
    await bot.settled()
    assert bot.librarian.asked == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'"text"', b"[" * 100_000])
async def test_what_is_no_activity_is_refused(bot: Bot, teams: Teams, body: bytes) -> None:
    headers = {"authorization": f"Bearer {teams.sign()}"}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{teams.bot}/teams/messages", content=body, headers=headers)
    assert answer.status_code == 400


async def test_what_is_longer_than_anybody_writes_is_not_read(bot: Bot, teams: Teams) -> None:
    assert (await teams.tell(question(teams, text="x" * 600_000))).status_code == 413


async def test_what_teams_sends_twice_is_answered_once(bot: Bot, teams: Teams) -> None:
    asked = question(teams)
    answers = await asyncio.gather(*(teams.tell(asked) for _ in range(3)))
    await bot.settled()
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (len(bot.librarian.asked), len(teams.sent)) == (1, 1)


async def test_what_was_acknowledged_is_answered_by_the_next_process(address: str, teams: Teams) -> None:
    teams.faults.append(Fault("POST", "/activities$", 503, times=1_000))
    async with started(address, teams):
        asked = await teams.say("ola", "Kan jeg skjenke øl?")
    teams.faults.clear()
    async with started(address, teams) as bot:
        assert "Det krever bevilling." in (await bot.answer(asked)).text


async def test_what_can_not_be_kept_is_not_acknowledged_and_not_quoted(
    bot: Bot, teams: Teams, capsys: pytest.CaptureFixture[str]
) -> None:
    async with bot.database.writing() as session:
        await session.execute(text("ALTER TABLE outbox RENAME TO elsewhere"))
    assert (await teams.tell(question(teams, text="Hemmelig spørsmål?"))).status_code == 500
    written = capsys.readouterr()
    assert "OperationalError" in written.out + written.err
    assert "Hemmelig" not in written.out + written.err


async def test_people_of_a_tenant_that_may_ask_are_businesses(bot: Bot, teams: Teams) -> None:
    await bot.answer(await teams.say("per", "Når kommer kontroll?"))
    assert [question.audience for question in bot.librarian.asked] == ["public"]
    assert teams.people["per"] == Person("per", "Per Fremmed", tenant=STRANGER)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"teams_client_secret": None}, "set all three"),
        ({"teams_tenant_id": ""}, "set all three"),
        ({"teams_unauthenticated": True}, "moteplassen demo"),
        ({"teams_unauthenticated": True, "demo": True, "host": "0.0.0.0"}, "127.0.0.1"),
        ({"teams_unauthenticated": True, "demo": True}, "exclude each other"),
    ],
)
async def test_settings_by_half_are_refused(teams: Teams, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        Connection(settings(teams, **changes))


@pytest.mark.parametrize(("home", "told"), [(HOME, "internal"), ("", "public")])
async def test_in_the_demo_on_this_machine_the_playground_is_let_in(
    address: str, teams: Teams, home: str, told: str
) -> None:
    teams.trusting = True
    nobody: dict[str, Any] = {"teams_client_id": None, "teams_client_secret": None, "teams_tenant_id": home}
    async with started(address, teams, teams_unauthenticated=True, demo=True, **nobody) as bot:
        asked = question(teams)
        assert (await teams.tell(asked, "", origin="https://elsewhere.example")).status_code == 403
        assert (await teams.tell(asked, "")).status_code == 200
        assert "Det krever bevilling." in (await bot.answer(asked)).text
    assert [each.audience for each in bot.librarian.asked] == [told]


async def test_without_teams_nothing_of_it_is_wired() -> None:
    nothing = Settings(_env_file=None)
    assert (nothing.has_teams, nothing.teams_fault) == (False, "")


@pytest.mark.parametrize(("several", "login"), [(False, HOME), (True, "botframework.com")])
async def test_the_bot_gets_its_token_from_where_it_is_registered(
    address: str, teams: Teams, several: bool, login: str
) -> None:
    async with started(address, teams, teams_multi_tenant=several) as bot:
        await bot.answer(await teams.say("ola", "Kan jeg skjenke øl?"))
    assert teams.logins == [login]


@pytest.mark.parametrize("status", [401, 429, 503])
async def test_while_microsoft_gives_no_token_replies_wait_and_nothing_internal_is_told(
    bot: Bot, teams: Teams, status: int
) -> None:
    teams.faults.append(Fault("POST", "/token$", status, times=3))
    reply = await bot.answer(await teams.say("ola", "Kan jeg skjenke øl?"))
    assert "Det krever bevilling." in reply.text


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_what_teams_does_not_take_now_it_is_given_again_when_it_says(bot: Bot, teams: Teams, status: int) -> None:
    wait = {"retry-after": "1"}
    teams.faults.append(Fault("POST", "/activities$", status, headers=wait if status == 429 else {}, times=2))
    asked = await teams.say("ola", "Kan jeg skjenke øl?", TOWN, mention=True)
    assert "Det krever bevilling." in (await bot.answer(asked)).text
    await bot.settled()
    assert len(teams.sent) == 1


async def test_what_teams_refuses_for_good_is_not_tried_again(bot: Bot, teams: Teams) -> None:
    fault = Fault("POST", "/activities$", 403, times=99)
    teams.faults.append(fault)
    await teams.say("ola", "Kan jeg skjenke øl?", TOWN, mention=True)
    await bot.settled()
    assert {each.delivery.kind for each in await bot.outbox.failed()} == {"reply", "undelivered"}
    assert fault.met <= 4  # that it is typing, the reply, and that the reply will not come


@pytest.mark.parametrize("kind", ["shared", "private", "standard"])
async def test_the_bot_answers_in_channels_of_every_kind(bot: Bot, teams: Teams, kind: str) -> None:
    teams.rooms["19:k@thread.tacv2"] = Room("channel", ["ola", "kari"], type=kind)
    asked = await teams.say("ola", "Kan jeg skjenke øl?", "19:k@thread.tacv2", mention=True)
    assert "Det krever bevilling." in (await bot.answer(asked)).text
