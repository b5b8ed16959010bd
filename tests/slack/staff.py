"""The staff of a municipality in Slack, and those who are none of it."""

from __future__ import annotations

from typing import Any

from tests.peers.slack import BOT_USER, Slack

STAFF = "CSTAFF"
"""A channel that only staff are in."""
STRANGERS: dict[str, dict[str, Any]] = {
    "UGUEST": {"is_restricted": True},
    "USINGLE": {"is_restricted": True, "is_ultra_restricted": True},
    "UCONNECT": {"team_id": "T2"},
    "USTRANGER": {"team_id": "T2", "is_stranger": True},
    "UTHEIRBOT": {"team_id": "T2", "is_bot": True},
}
"""People from outside, one of each kind."""


def settle(slack: Slack) -> None:
    """Let them all be there: Ola and Kari are staff, and in the channel."""
    slack.add_team("T2", "Kafé Kringla AS")
    for person, about in STRANGERS.items():
        slack.add_person(person, f"Navn {person}", **about)
    slack.add_person("UKARI", "Kari Berg")
    slack.add_person("UGONE", "Per Moe", deleted=True)
    slack.add_person("UOURBOT", "Kalender", is_bot=True)
    slack.add_channel(STAFF, members=["UOLA", "UKARI", BOT_USER])


def calls(slack: Slack, *methods: str) -> int:
    """How often these were called."""
    return sum(len(slack.called(method)) for method in methods)
