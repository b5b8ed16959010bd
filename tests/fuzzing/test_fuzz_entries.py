"""Whatever is sent to whichever address: no server error, the headers that protect, and an answer in good time."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from bot.headers import HEADERS
from tests.fuzzing.conftest import Site
from tests.fuzzing.entries import KNOWN, Got, Sent, entries, requests
from tests.peers.slack import SECRET as SIGNING

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]

SLOWEST = 10.0
"""Seconds; most take milliseconds, but the machines that run this have other things to do."""
OWN_POLICY = ("/slack/install", "/slack/oauth_redirect")
"""Pages with a stricter policy of their own."""
SHORT, LONG = 60, 3_000


NAMES = (
    *(
        "text",
        "user",
        "channel",
        "ts",
        "thread_ts",
        "files",
        "subtype",
        "bot_id",
        "message",
        "previous_message",
        "item",
    ),
    *(
        "item",
        "team",
        "channel_type",
        "links",
        "tab",
        "view",
        "actions",
        "container",
        "response_url",
        "state",
        "values",
    ),
    *("callback_id", "private_metadata", "blocks", "action_id", "value", "selected_option", "authorizations", "event"),
    *("id", "from", "conversation", "channelData", "recipient", "entities", "attachments", "name", "replyToId", "data"),
    *("membersAdded", "membersRemoved", "action", "type", "textFormat", "locale", "timestamp", "commandId"),
)
EVENTS = (
    *("message", "app_mention", "app_home_opened", "link_shared", "member_joined_channel", "reaction_added", "x"),
    *("app_uninstalled", "tokens_revoked", "channel_shared", "user_change", "team_join", "subteam_updated"),
)


def fuzzing(examples: int) -> settings:
    """So many examples; how long each may take is looked at elsewhere."""
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    # What fails is short as it is: to make it shorter takes many times as long as all the rest.
    phases = [Phase.explicit, Phase.generate]
    return settings(deadline=None, suppress_health_check=quiet, database=None, max_examples=examples, phases=phases)


def assert_well(sent: Sent, got: Got) -> None:
    assert got.status < 500, (sent, got)
    missing = [name for name in HEADERS if name.lower() not in got.headers]
    assert not missing, (sent, missing)
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in got.headers["content-security-policy"], sent
    if not sent.path.startswith(OWN_POLICY):
        assert got.headers["content-security-policy"].startswith(HEADERS["Content-Security-Policy"])
    assert got.seconds < SLOWEST, (sent, got.seconds)


async def fuzz(data: st.DataObject, site: Site) -> None:
    entry = data.draw(st.sampled_from(entries(site.app)))
    sent = data.draw(requests(entry, site.ids))
    assert_well(sent, await site.send(sent, data.draw(st.sampled_from(site.cookies))))


async def test_every_address_is_known_and_there_are_many(site: Site, serious: Site) -> None:
    found = {entry.path for each in (site, serious) for entry in entries(each.app)}
    assert {"/health", "/metrics", "/slack/events", "/slack/install", "/slack/oauth_redirect"} < found
    assert {"/teams/messages", "/spor", "/rolle", "/inn", "/inn/tilbake", "/ut", "/static/{file}"} < found
    assert len(found) > 35


async def test_every_address_answers_to_every_person(site: Site) -> None:
    for entry in entries(site.app):
        for cookie in site.cookies:
            for id_ in (*site.ids, "x"):
                path = "/".join(id_ if "{" in part else part for part in entry.path.split("/"))
                sent = Sent("GET", path, query=b"kanal=naeringsliv&etter=0")
                assert_well(sent, await site.send(sent, cookie))
                if "{" not in entry.path:
                    break


@fuzzing(SHORT)
@given(st.data())
async def test_nothing_that_is_sent_to_an_address_breaks_it(site: Site, data: st.DataObject) -> None:
    await fuzz(data, site)


@fuzzing(SHORT // 3)
@given(st.data())
async def test_nothing_breaks_it_where_people_sign_in(serious: Site, data: st.DataObject) -> None:
    await fuzz(data, serious)


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(KNOWN), st.text(max_size=20)),
    lambda inside: st.one_of(st.lists(inside, max_size=3), st.dictionaries(st.sampled_from(NAMES), inside, max_size=5)),
    max_leaves=12,
)


def signed(body: bytes, kind: str) -> Sent:
    """What Slack sends."""
    moment = str(int(time.time()))
    signature = SignatureVerifier(SIGNING).generate_signature(timestamp=moment, body=body)
    assert signature
    headers = {"content-type": kind, "x-slack-request-timestamp": moment, "x-slack-signature": signature}
    return Sent("POST", "/slack/events", headers=[(n.encode(), v.encode()) for n, v in headers.items()], body=body)


@fuzzing(SHORT)
@given(st.data())
async def test_nothing_that_slack_signs_breaks_it(site: Site, data: st.DataObject) -> None:
    payload = data.draw(st.dictionaries(st.sampled_from(NAMES), JSON_VALUES, max_size=8))
    kind = data.draw(st.sampled_from(["event_callback", "block_actions", "view_submission", "message_action", "x"]))
    payload |= {"type": kind, "team_id": "T1", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "1.1"}
    if kind == "event_callback":
        event = data.draw(st.dictionaries(st.sampled_from(NAMES), JSON_VALUES, max_size=8))
        event["type"] = data.draw(st.sampled_from(EVENTS))
        sent = signed(json.dumps(payload | {"event": event, "event_id": "Ev1"}).encode(), "application/json")
    else:
        form = data.draw(st.sampled_from([{"payload": json.dumps(payload)}, {"command": "/spor", **_texts(payload)}]))
        sent = signed(urlencode(form, errors="surrogatepass").encode(), "application/x-www-form-urlencoded")
    assert_well(sent, await site.send(sent))


def _texts(payload: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in payload.items() if isinstance(value, str)}


@fuzzing(SHORT)
@given(st.data())
async def test_nothing_that_teams_signs_breaks_it(site: Site, data: st.DataObject) -> None:
    activity = site.teams.activity("ola", site.teams.chat("ola"), type="message", text="Hei")
    for name in data.draw(st.lists(st.sampled_from(sorted(activity)), max_size=3, unique=True)):
        activity[name] = data.draw(JSON_VALUES)
    activity |= data.draw(st.dictionaries(st.sampled_from(NAMES), JSON_VALUES, max_size=4))
    body = json.dumps(activity).encode()
    headers = [(b"content-type", b"application/json"), (b"authorization", f"Bearer {site.teams.sign()}".encode())]
    sent = Sent("POST", "/teams/messages", headers=headers, body=body)
    assert_well(sent, await site.send(sent))


@pytest.mark.slow
@fuzzing(LONG)
@given(st.data())
async def test_nothing_breaks_it_in_a_long_run(site: Site, data: st.DataObject) -> None:
    await fuzz(data, site)


async def test_every_page_that_changes_something_refuses_other_sites(site: Site, serious: Site) -> None:
    # No browser speaks for Slack and Teams: what they send is signed, and is nothing without that.
    signed_only = {"/slack/events": 401, "/teams/messages": 400}
    for each in (site, serious):
        changing = [entry for entry in entries(each.app) if "POST" in entry.methods]
        assert len(changing) > 5
        for entry in changing:
            path = "/".join("x" if "{" in part else part for part in entry.path.split("/"))
            headers = [(b"sec-fetch-site", b"cross-site"), (b"content-type", b"application/x-www-form-urlencoded")]
            got = await each.send(Sent("POST", path, headers=headers), each.cookies[-1])
            assert got.status == signed_only.get(entry.path, 403), path
