"""Whether the small Slack is as strict as the real one, asked with Slack's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from slack_sdk.web.async_client import AsyncWebClient

from tests.peers.slack import CLIENT_ID, CLIENT_SECRET, TOKEN, Slack, running
from tests.peers.slack.examples import (
    BUTTON,
    EVERYTHING,
    MODAL,
    REFUSALS,
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict() -> AsyncIterator[AsyncWebClient]:
    """One Slack for all that it refuses, as that leaves no trace."""
    async with running(EVERYTHING) as slack:
        yield AsyncWebClient(TOKEN, base_url=slack.url, retry_handlers=[])


@pytest.fixture
async def bot(slack: Slack) -> AsyncIterator[Bot]:
    async with hearing(slack) as bot:
        yield bot


@pytest.mark.parametrize(("method", "arguments", "error", "told"), REFUSALS)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_slack_refuses(
    strict: AsyncWebClient, method: str, arguments: dict[str, Any], error: str, told: str
) -> None:
    async with refused(error, told):
        await strict.api_call(method, json=arguments)


async def test_a_message_that_slack_takes(slack: Slack, client: AsyncWebClient) -> None:
    many: list[dict[str, Any]] = [
        {**SECTION, "accessory": BUTTON},
        {"type": "context_actions", "elements": [feedback()]},
        {"type": "markdown", "text": "**Hei**"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}]},
        {"type": "divider"},
        {"type": "actions", "elements": [select(100), {"type": "users_select", "action_id": "u"}]},
        {"type": "rich_text", "elements": []},
    ]
    posted = await client.chat_postMessage(channel="#moteplassen", text="x", blocks=many)
    assert posted["channel"] == "C1"
    found = await client.conversations_history(channel="C1")
    assert [block["type"] for block in found["messages"][0]["blocks"]] == [block["type"] for block in many]
    link = await client.chat_getPermalink(channel="C1", message_ts=posted["ts"])
    assert link["permalink"] == f"https://peer.slack.com/archives/C1/p{posted['ts'].replace('.', '')}"
    await client.reactions_add(channel="C1", timestamp=posted["ts"], name="eyes")
    async with refused("already_reacted"):
        await client.reactions_add(channel="C1", timestamp=posted["ts"], name="eyes")
    await client.chat_delete(channel="C1", ts=posted["ts"])
    assert slack.channels["C1"] == []


async def test_scopes_and_tokens(slack: Slack, client: AsyncWebClient) -> None:
    slack.scopes.remove("chat:write")
    async with refused("missing_scope"):
        await client.chat_postMessage(channel="C1", text="x")
    slack.scopes.remove("im:history")
    async with refused("missing_scope"):
        await client.conversations_history(channel="D1")
    await client.conversations_history(channel="C1")
    async with refused("invalid_auth"):
        await client.auth_test(token="xoxb-2")
    slack.channels["GSAKER"].members.pop("UBOT")
    async with refused("channel_not_found"):
        await client.conversations_info(channel="GSAKER")
    for state in ("token_revoked", "account_inactive"):
        slack.installations[TOKEN].state = state
        async with refused(state):
            await client.auth_test()


async def test_places_where_the_bot_may_not_write(slack: Slack, client: AsyncWebClient) -> None:
    slack.away.add("C1")
    async with refused("not_in_channel"):
        await client.chat_postMessage(channel="C1", text="x")
    slack.away.clear()
    slack.channels["C1"].is_archived = True
    async with refused("is_archived"):
        await client.chat_postMessage(channel="C1", text="x")
    theirs = slack.write("C1", "UKAFE", "mitt")
    async with refused("cant_delete_message"):
        await client.chat_delete(channel="C1", ts=theirs["ts"])


async def test_lists_come_in_pages(slack: Slack, client: AsyncWebClient) -> None:
    slack.page = 2
    for number in range(5):
        slack.write("C1", "UKAFE", str(number))
    pages = [page["messages"] async for page in await client.conversations_history(channel="C1")]
    assert [[message["text"] for message in page] for page in pages] == [["4", "3"], ["2", "1"], ["0"]]
    members = [page["members"] async for page in await client.conversations_members(channel="C1")]
    assert members == [["UKAFE", "UOLA"], ["UBOT"]]
    slack.add_group("S1", "saksbehandlere", ["UOLA"])
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == ["UOLA"]
    assert (await client.users_info(user="UKAFE", include_locale=True))["user"]["locale"] == "nb-NO"


async def test_a_stream_of_text_becomes_a_message(slack: Slack, client: AsyncWebClient) -> None:
    asked = slack.write("C1", "UKAFE", "?")
    stream = await client.chat_stream(
        channel="C1", thread_ts=asked["ts"], recipient_team_id="T1", recipient_user_id="UKAFE", buffer_size=1
    )
    await stream.append(markdown_text="**Hei** ")
    await stream.append(chunks=[{"type": "task_update", "id": "1", "title": "Leter", "status": "in_progress"}])
    async with refused("streaming_state_conflict"):
        await client.chat_update(channel="C1", ts=stream.ts or "", text="x")
    async with refused("cant_delete_message"):
        await client.chat_delete(channel="C1", ts=stream.ts or "")
    await stream.stop(markdown_text="du", blocks=[SECTION], metadata={"event_type": "a", "event_payload": {"b": 1}})
    message = slack.thread("C1", asked["ts"])[0]
    assert (message["text"], message["streaming_state"]) == ("**Hei** du", "completed")
    assert [block["type"] for block in message["blocks"]] == ["markdown", "section"]
    for call in (client.chat_appendStream, client.chat_stopStream):
        async with refused("message_not_in_streaming_state"):
            await call(channel="C1", ts=message["ts"], markdown_text="mer")
    await client.chat_update(channel="C1", ts=message["ts"], text="x")


async def test_streams_have_rules(slack: Slack, client: AsyncWebClient) -> None:
    slack.add_person("USTRANGER", "Nabo", team_id="T9", is_stranger=True)
    slack.channels["C1"].members["USTRANGER"] = None
    asked = slack.write("C1", "USTRANGER", "?")
    where: dict[str, Any] = {"channel": "C1", "thread_ts": asked["ts"], "recipient_user_id": "USTRANGER"}
    async with refused("missing_recipient_team_id"):
        await client.chat_startStream(**where)
    async with refused("invalid_arguments", "USTRANGER is not of T1"):
        await client.chat_startStream(**where, recipient_team_id="T1")
    where["recipient_team_id"] = "T9"
    async with refused("invalid_chunks"):
        await client.chat_startStream(
            **where, chunks=[{"type": "task_update", "id": "1", "title": "x", "status": "bad"}]
        )
    async with refused("cannot_provide_both_markdown_text_and_chunks"):
        await client.chat_startStream(**where, markdown_text="x", chunks=[{"type": "markdown_text", "text": "x"}])
    async with refused("invalid_arguments", "thread_ts"):
        await client.chat_startStream(**where | {"thread_ts": ""})
    begun = await client.chat_startStream(**where, markdown_text="x" * 12_000)
    async with refused("msg_too_long"):
        await client.chat_appendStream(channel="C1", ts=begun["ts"], markdown_text="x")
    slack.stream_lifetime = 0.0
    async with refused("message_not_in_streaming_state"):
        await client.chat_stopStream(channel="C1", ts=begun["ts"])


async def test_a_modal_from_opening_to_closing(slack: Slack, client: AsyncWebClient, bot: Bot) -> None:
    trigger = slack.trigger("UKAFE")
    opened = await client.views_open(trigger_id=trigger, view=MODAL)
    async with refused("exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=MODAL)
    slack.trigger_lifetime = 0.0
    async with refused("expired_trigger_id"):
        await client.views_push(trigger_id=slack.trigger("UKAFE"), view=MODAL)
    with pytest.raises(AssertionError, match="must be filled in"):
        await slack.submit("UKAFE")
    bot.answer = {"response_action": "errors", "errors": {"name": "Hm"}}
    assert (await slack.submit("UKAFE", typed="Kari"))["response_action"] == "errors"
    assert slack.modals["UKAFE"][0].errors == {"name": "Hm"}
    values = bot.heard[-1]["view"]["state"]["values"]
    assert values == {"name": {"typed": {"type": "plain_text_input", "value": "Kari"}}}
    view_id, stale = opened["view"]["id"], opened["view"]["hash"]
    await client.views_update(view_id=view_id, hash=stale, view={**MODAL, "private_metadata": "1"})
    async with refused("hash_conflict"):
        await client.views_update(view_id=view_id, hash=stale, view=MODAL)
    bot.answer = {"response_action": "push", "view": {**MODAL, "title": {"type": "plain_text", "text": "To"}}}
    await slack.submit("UKAFE", name="Kari")
    assert len(slack.modals["UKAFE"]) == 2
    bot.answer = {}
    await slack.dismiss("UKAFE")
    assert bot.heard[-1]["type"] == "view_closed"
    assert await slack.submit("UKAFE", name="Kari") == {}
    assert slack.modal("UKAFE") is None


async def test_installing_and_leaving(slack: Slack, bot: Bot) -> None:
    slack.add_team("T2", "Nabokommunen")
    slack.rotates = True
    asked = {"client_id": CLIENT_ID, "scope": "chat:write", "state": "s", "redirect_uri": "http://x.no/b", "team": "T2"}
    async with httpx.AsyncClient() as browser:
        back = httpx.URL((await browser.get(f"{slack.base}oauth/v2/authorize", params=asked)).headers["location"])
    client = AsyncWebClient(base_url=slack.url, retry_handlers=[])
    who = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    assert back.params["state"] == "s"
    async with refused("bad_redirect_uri"):
        await client.oauth_v2_access(**who, code=back.params["code"], redirect_uri="http://y.no")
    token = await client.oauth_v2_access(**who, code=back.params["code"], redirect_uri="http://x.no/b")
    async with refused("code_already_used"):
        await client.oauth_v2_access(**who, code=back.params["code"])
    assert (token["team"]["id"], token["expires_in"], token["scope"]) == ("T2", 43_200, "chat:write")
    slack.installations[token["access_token"]].expires = 0.0
    async with refused("token_expired"):
        await client.auth_test(token=token["access_token"])
    again = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    fresh = await client.oauth_v2_access(**who, **again)
    async with refused("invalid_refresh_token"):
        await client.oauth_v2_access(**who, **again)
    assert (await client.auth_test(token=fresh["access_token"]))["user_id"] == "UBOTT2"
    await slack.uninstall("T2")
    async with refused("account_inactive"):
        await client.auth_test(token=fresh["access_token"])
    assert bot.kinds() == ["tokens_revoked", "app_uninstalled"]


async def test_a_file_is_had_with_a_token(slack: Slack, client: AsyncWebClient) -> None:
    file = slack.add_file("plan.pdf", "application/pdf", b"%PDF")
    address = (await client.files_info(file=file.id))["file"]["url_private_download"]
    async with httpx.AsyncClient(follow_redirects=True) as browser:
        assert (await browser.get(address, headers={"Authorization": f"Bearer {TOKEN}"})).content == b"%PDF"
        assert "Sign in" in (await browser.get(address)).text
