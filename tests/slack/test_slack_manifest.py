from __future__ import annotations

import re
from pathlib import Path

from bot.handlers.slack.cases.modals import RELAY
from bot.handlers.slack.questions import modals
from bot.handlers.slack.receiving import PATH
from tests.peers import slack
from tests.peers.slack.scopes import MANY
from tests.slack.examples import MANIFEST, SCOPES

CODE = Path(__file__).parent.parent.parent / "bot" / "handlers" / "slack"
EVENTS = MANIFEST["settings"]["event_subscriptions"]["bot_events"]


def methods() -> set[str]:
    """The methods of Slack's Web API that the code calls."""
    source = "".join(path.read_text() for path in CODE.rglob("*.py"))
    found = {call.replace("_", ".") for call in re.findall(r"client\.([a-z]+(?:_[A-Za-z]+)+)\(", source)}
    # The SDK's own name for what three methods do together.
    streams = {"chat.startStream", "chat.appendStream", "chat.stopStream"} if "chat.stream" in found else set()
    return (found - {"chat.stream"}) | streams


def heard() -> set[str]:
    """The types of events that the code listens to."""
    source = "".join(path.read_text() for path in CODE.rglob("*.py"))
    return set(re.findall(r"app\.event\(\s*\"([a-z_]+)\"", source))


def test_the_app_hears_what_the_code_listens_to() -> None:
    assert {event.partition(".")[0] for event in EVENTS} == heard()
    assert len(EVENTS) == len(set(EVENTS))


def test_the_app_may_do_what_the_code_does_and_nothing_else() -> None:
    assert methods() <= set(slack.SCOPES)
    needed = {scope for method in methods() for scope in slack.SCOPES[method]} | {
        slack.EVENT_SCOPES[event] for event in EVENTS if event in slack.EVENT_SCOPES
    }
    assert {*needed, *MANY.values(), slack.METADATA_SCOPE, "commands"} == set(SCOPES)
    assert len(SCOPES) == len(set(SCOPES))


def named(pattern: str) -> set[str]:
    """What the code names in calls like that."""
    source = "".join(path.read_text() for path in CODE.rglob("*.py"))
    return set(re.findall(pattern, source))


def test_the_app_has_the_commands_and_shortcuts_that_the_code_listens_to() -> None:
    features = MANIFEST["features"]
    commands = features["slash_commands"]
    assert {each["command"] for each in commands} == named(r"app\.command\(\"(/[a-z]+)\"\)")
    assert {each["url"] for each in commands} == {f"https://moteplassen.example.no{PATH}"}
    assert {(each["type"], each["callback_id"]) for each in features["shortcuts"]} == {
        ("message", modals.ASK),
        ("message", modals.FORWARD),
        ("message", RELAY),
    }
    # Slack's own limits for what people read there.
    assert all(len(each["description"]) <= 2_000 and len(each["usage_hint"]) <= 1_000 for each in commands)
    assert all(len(each["name"]) <= 24 and len(each["description"]) <= 150 for each in features["shortcuts"])


def test_everything_is_sent_to_the_one_address() -> None:
    settings = MANIFEST["settings"]
    addresses = {settings[part]["request_url"] for part in ("event_subscriptions", "interactivity")}
    assert addresses == {f"https://moteplassen.example.no{PATH}"}
    assert settings["interactivity"]["is_enabled"]


def test_people_can_write_to_the_bot() -> None:
    assert MANIFEST["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_the_names_are_as_short_as_slack_wants_them() -> None:
    shown = MANIFEST["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert re.fullmatch(r"[a-z0-9._-]{1,80}", MANIFEST["features"]["bot_user"]["display_name"])
