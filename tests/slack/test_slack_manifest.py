from __future__ import annotations

import re
from pathlib import Path

from bot.handlers.slack.receiving import PATH
from tests.peers import slack
from tests.slack.examples import MANIFEST, SCOPES

CODE = Path(__file__).parent.parent.parent / "bot" / "handlers" / "slack"
EVENT_SCOPES = {"app_mention": "app_mentions:read", "message.im": "im:history"}


def methods() -> set[str]:
    """The methods of Slack's Web API that the code calls."""
    calls = "".join(re.findall(r"client\.[a-z]+_[A-Za-z]+\(", "".join(path.read_text() for path in CODE.rglob("*.py"))))
    return {f"{family}.{name}" for family, name in re.findall(r"client\.([a-z]+)_([A-Za-z]+)\(", calls)}


def heard() -> set[str]:
    """The types of events that the code listens to."""
    source = "".join(path.read_text() for path in CODE.rglob("*.py"))
    return set(re.findall(r"app\.event\(\s*\"([a-z_]+)\"", source))


def test_the_app_hears_what_the_code_listens_to() -> None:
    events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert {event.partition(".")[0] for event in events} == heard()
    assert set(events) >= EVENT_SCOPES.keys()


def test_the_app_may_do_what_the_code_does_and_nothing_else() -> None:
    assert methods() <= set(slack.SCOPES)
    needed = {scope for method in methods() for scope in slack.SCOPES[method]} | set(EVENT_SCOPES.values())
    assert {*needed, slack.METADATA_SCOPE} == set(SCOPES)
    assert len(SCOPES) == len(set(SCOPES))


def test_everything_is_sent_to_the_one_address() -> None:
    settings = MANIFEST["settings"]
    addresses = {settings[part]["request_url"] for part in ("event_subscriptions", "interactivity")}
    assert addresses == {f"https://moteplassen.example.no{PATH}"}
    assert settings["interactivity"]["is_enabled"]


def test_people_can_write_to_the_bot() -> None:
    assert MANIFEST["features"]["app_home"] == {
        "home_tab_enabled": False,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_the_names_are_as_short_as_slack_wants_them() -> None:
    shown = MANIFEST["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert re.fullmatch(r"[a-z0-9._-]{1,80}", MANIFEST["features"]["bot_user"]["display_name"])
