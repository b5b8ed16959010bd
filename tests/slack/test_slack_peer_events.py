"""Whether the small Slack tells a bot what the real one tells, asked with Bolt and with a Socket Mode client."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.peers.serving import served
from tests.peers.slack import APP_TOKEN, TOKEN, Slack, running
from tests.peers.slack.examples import (
    BUTTON,
    EVERYTHING,
    MODAL,
    SECTION,
    Bot,
    feedback,
    hearing,
    refused,
    select,
)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with running(EVERYTHING) as slack:
        yield slack


@pytest.fixture
def client(slack: Slack) -> AsyncWebClient:
    return AsyncWebClient(TOKEN, base_url=slack.url, retry_handlers=[])


@pytest.fixture
async def bot(slack: Slack) -> AsyncIterator[Bot]:
    async with hearing(slack) as bot:
        yield bot


async def test_a_mention_comes_as_two_events(slack: Slack, bot: Bot) -> None:
    message = await slack.say("C1", "UKAFE", "<@UBOT> hei")
    assert sorted(bot.kinds()) == ["app_mention", "message"]
    assert len({body["event_id"] for body in bot.heard}) == 2
    assert {body["event"]["ts"] for body in bot.heard} == {message["ts"]}
    assert len(slack.acks) == 2
    slack.events = {"app_mention"}
    await slack.say("C1", "UKAFE", "<@UBOT> hei", thread=message["ts"])
    assert len(bot.heard) == 3


async def test_what_happens_to_messages_and_members_is_told(slack: Slack, bot: Bot) -> None:
    message = await slack.say("D1", "UKAFE", "hei", files=[slack.add_file("a.txt", "text/plain", b"a")])
    await slack.edit("D1", message, "hallo")
    await slack.delete("D1", message)
    under = await slack.say("C1", "UKAFE", "hei")
    await slack.say("C1", "UOLA", "hei", thread=under["ts"])
    await slack.delete("C1", under)
    slack.add_person("UNY", "Ny")
    await slack.join("C1", "UNY")
    await slack.leave("C1", "UNY")
    await slack.react("C1", "UOLA", under, "eyes")
    expected = ["file_share", "message_changed", "message_deleted", "message", "message", "message_changed"]
    assert bot.kinds() == [*expected, "member_joined_channel", "channel_join", "member_left_channel", "reaction_added"]
    assert bot.heard[5]["event"]["message"]["subtype"] == "tombstone"
    assert bot.heard[0]["event"]["channel_type"] == "im"


async def test_people_of_another_company_come_with_their_own_team(slack: Slack, bot: Bot) -> None:
    slack.add_person("UNABO", "Nabo", team_id="T9", is_stranger=True)
    await slack.share("C1", "T9")
    await slack.join("C1", "UNABO")
    await slack.say("C1", "UNABO", "<@UBOT> hei", files=[slack.add_file("a.txt", "text/plain", b"a", "UNABO")])
    body = bot.heard[-1]
    assert (body["team_id"], body["is_ext_shared_channel"]) == ("T9", True)
    assert body["authorizations"][0]["team_id"] == body["context_team_id"] == "T1"
    assert (body["event"]["user_team"], body["event"]["source_team"]) == ("T9", "T9")
    assert body["event"]["files"][0]["file_access"] == "check_file_info"
    await slack.unshare("C1", "T9")
    assert "UNABO" not in slack.channels["C1"].members
    assert bot.kinds()[0] == "channel_shared"
    assert bot.kinds()[-1] == "channel_unshared"


async def test_news_of_people_and_of_the_app(slack: Slack, bot: Bot) -> None:
    slack.add_group("S1", "alle")
    await slack.change_group("S1", ["UOLA"])
    await slack.change_person("UOLA", locale="en-GB")
    await slack.welcome("UNY", "Ny")
    await slack.look_at("UKAFE", "C1")
    await slack.open_home("UKAFE", tab="messages")
    assert bot.heard[-1]["event"]["context"]["entities"][0]["value"] == "C1"
    slack.domains.add("x.no")
    await slack.say("C1", "UKAFE", "<https://x.no/a?b=1&amp;c=2>")
    expected = ["subteam_members_changed", "user_change", "team_join", "app_context_changed", "app_home_opened"]
    assert bot.kinds()[:5] == expected
    assert sorted(bot.kinds()[5:]) == ["link_shared", "message"]


async def test_links_and_what_is_behind_them(slack: Slack, bot: Bot, client: AsyncWebClient) -> None:
    slack.domains.add("x.no")
    message = await slack.say("C1", "UKAFE", "<https://x.no/1>")
    entity = {
        "entity_type": "slack#/entities/task",
        "url": "https://x.no/1",
        "app_unfurl_url": "https://x.no/1",
        "external_ref": {"id": "1"},
        "entity_payload": {"attributes": {"title": {"text": "Sak"}}},
    }
    await client.chat_unfurl(channel="C1", ts=message["ts"], metadata={"entities": [entity]})
    assert slack.unfurls["C1", message["ts"]]["metadata"]["entities"] == [entity]
    async with refused("cannot_unfurl_url"):
        await client.chat_unfurl(channel="C1", ts=message["ts"], unfurls={"https://y.no": {"blocks": [SECTION]}})
    trigger = await slack.open_details("UOLA", "C1", message, "https://x.no/1", "1")
    async with refused("invalid_metadata"):
        await client.entity_presentDetails(trigger_id=trigger, metadata={**entity, "entity_type": "x"})
    await client.entity_presentDetails(trigger_id=trigger, metadata=entity)
    assert slack.details[0]["user"] == "UOLA"


async def test_commands_and_shortcuts(slack: Slack, bot: Bot) -> None:
    bot.answer = {"text": "Straks", "response_type": "ephemeral"}
    called = await slack.command("UKAFE", "C1", "/strategi", "B3")
    assert (called.answer["text"], bot.heard[0]["text"]) == ("Straks", "B3")
    assert slack.whispers[-1]["text"] == "Straks"
    async with httpx.AsyncClient() as web:
        address = bot.heard[0]["response_url"]
        assert (await web.post(address, json={"text": "Alle", "response_type": "in_channel"})).text == "ok"
        assert called.said[0] is slack.channels["C1"][-1]
        for _ in range(4):
            await web.post(address, json={"text": "Mer"})
        assert (await web.post(address, json={"text": "Mer"})).status_code == 404
    bot.answer = {}
    await slack.shortcut("UOLA", "C1", called.said[0], "send")
    assert (bot.heard[-1]["type"], bot.heard[-1]["message"]["text"]) == ("message_action", "Alle")


async def test_what_is_pressed_and_chosen(slack: Slack, bot: Bot, client: AsyncWebClient) -> None:
    row = [BUTTON, select(2), {"type": "users_select", "action_id": "who"}]
    shown = [{"type": "actions", "elements": row}, {"type": "context_actions", "elements": [feedback()]}]
    message = slack.message("C1", (await client.chat_postMessage(channel="C1", text="x", blocks=shown))["ts"])
    for name, value in (("go", None), ("s", "1"), ("who", "UOLA"), ("f", "negative_button")):
        await slack.click("UKAFE", "C1", message, name, value)
    actions = [body["actions"][0] for body in bot.heard]
    assert actions[0]["value"] == "1"
    assert actions[1]["selected_option"]["value"] == "1"
    assert actions[2]["selected_user"] == "UOLA"
    assert (actions[3]["type"], actions[3]["value"]) == ("feedback_buttons", "negative_button")
    async with httpx.AsyncClient() as web:
        await web.post(bot.heard[0]["response_url"], json={"text": "Ny", "replace_original": True})
        assert message["text"] == "Ny"
        await web.post(bot.heard[0]["response_url"], json={"delete_original": True})
    assert slack.channels["C1"] == []


async def test_the_home_tab(slack: Slack, bot: Bot, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [{**SECTION, "accessory": select(2)}]}
    await client.views_publish(user_id="UKAFE", view=home)
    await slack.open_home("UKAFE")
    await slack.click_home("UKAFE", "s", "1")
    assert bot.heard[0]["event"]["view"]["type"] == "home"
    assert bot.heard[1]["view"]["state"]["values"]["b0"]["s"]["selected_option"]["value"] == "1"


async def test_what_is_not_acknowledged_comes_again(slack: Slack) -> None:
    slack.retries, slack.ack_limit = True, 0.2
    heard: list[tuple[str, str]] = []

    async def hear(request: Request) -> Response:
        told = request.headers
        heard.append((told.get("X-Slack-Retry-Num", ""), told.get("X-Slack-Retry-Reason", "")))
        if len(heard) == 2:
            await asyncio.sleep(0.4)
        return Response(status_code=200 if len(heard) > 2 else 500)

    async with served(Starlette(routes=[Route("/slack/events", hear, methods=["POST"])])) as url:
        slack.bot_url = url
        await slack.say("D1", "UKAFE", "hei")
        assert heard == [("", ""), ("1", "http_error"), ("2", "http_timeout")]
        slack.path = "/elsewhere"
        with pytest.raises(AssertionError, match="404"):
            await slack.say("D1", "UKAFE", "hei")


async def test_the_bot_hears_its_own_echo(slack: Slack, bot: Bot, client: AsyncWebClient) -> None:
    slack.echoes = True
    posted = await client.chat_postMessage(channel="C1", text="en")
    await client.chat_update(channel="C1", ts=posted["ts"], text="to")
    await client.chat_delete(channel="C1", ts=posted["ts"])
    async with asyncio.timeout(10):
        while len(slack.acks) < 3:
            await asyncio.sleep(0.01)
    # Bolt keeps what the bot said itself from its listeners.
    assert "message" not in bot.kinds()


async def test_too_many_are_to_wait(slack: Slack, client: AsyncWebClient) -> None:
    slack.limit("chat.postMessage", 1, 30)
    await client.chat_postMessage(channel="C1", text="en")
    await client.chat_postMessage(channel="D1", text="to")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="tre")
    assert caught.value.response.headers["Retry-After"] == "30"


async def test_faults_by_chance_are_the_same_every_time(slack: Slack, client: AsyncWebClient) -> None:
    async def asked() -> list[bool]:
        slack.faults.clear()
        slack.fault(share=0.5, kinds=("500", "429", "lost"), seed=7)
        return [await _works(client) for _ in range(20)]

    first = await asked()
    assert first == await asked()
    assert 3 < sum(first) < 17
    slack.faults.clear()
    slack.trouble("auth.test", "slow:0.1", "internal_error")
    began = asyncio.get_running_loop().time()
    await client.auth_test()
    assert asyncio.get_running_loop().time() - began > 0.09
    async with refused("internal_error"):
        await client.auth_test()


async def _works(client: AsyncWebClient) -> bool:
    try:
        await client.auth_test()
    except (SlackApiError, aiohttp.ClientError):
        return False
    return True


async def test_socket_mode(slack: Slack, client: AsyncWebClient) -> None:
    slack.transport, slack.ack_limit = "socket", 0.2
    async with _listening(slack, deaf=1) as heard:
        await slack.say("D1", "UKAFE", "hei")
        assert [request.retry_attempt for request in heard] == [None, 1]
        assert (await slack.command("UKAFE", "D1", "/hei")).answer == {"text": "slash_commands"}
        await slack.sockets.refresh()
        await client.views_open(trigger_id=slack.trigger("UKAFE"), view=MODAL)
        await slack.submit("UKAFE", name="Kari")
        assert [request.type for request in heard][2:] == ["slash_commands", "interactive"]
    async with refused("not_allowed_token_type"):
        await client.apps_connections_open(app_token=TOKEN)


@contextlib.asynccontextmanager
async def _listening(slack: Slack, deaf: int) -> AsyncIterator[list[SocketModeRequest]]:
    heard: list[SocketModeRequest] = []

    async def hear(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        heard.append(request)
        if len(heard) > deaf:
            told: dict[str, Any] | None = {"text": request.type} if request.type == "slash_commands" else None
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, told))

    web = AsyncWebClient(base_url=slack.url)
    socket = SocketModeClient(APP_TOKEN, web_client=web, ping_interval=0.1)
    socket.socket_mode_request_listeners.append(hear)
    await socket.connect()  # type: ignore[no-untyped-call]
    try:
        yield heard
    finally:
        await socket.close()  # type: ignore[no-untyped-call]
