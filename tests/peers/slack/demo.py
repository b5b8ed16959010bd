"""A town to show the bot in: people who may see different things, and channels that tell them apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.peers.slack.scopes import EVENT_SCOPES, METADATA_SCOPE, SCOPES
from tests.peers.slack.server import Slack
from tests.peers.slack.state import BOT_USER

NEIGHBOURS = "T2"
"""The café's own workspace, from which its people come through Slack Connect."""


def demo_town(manifest: Mapping[str, Any] | None = None) -> Slack:
    """A workspace with the app of that manifest; without one, of an app that may do everything."""
    about = manifest or {}
    scopes = about.get("oauth_config", {}).get("scopes", {}).get("bot")
    every = {scope for each in SCOPES.values() for scope in each} | set(EVENT_SCOPES.values()) | {METADATA_SCOPE}
    slack = Slack(scopes or every, about.get("settings", {}).get("event_subscriptions", {}).get("bot_events"))
    features = about.get("features", {})
    slack.commands = [each["command"] for each in features.get("slash_commands", ())]
    slack.shortcuts = {
        each["callback_id"]: each["name"] for each in features.get("shortcuts", ()) if each["type"] == "message"
    }
    slack.domains = set(features.get("unfurl_domains", ()))
    slack.teams["T1"].name = "Kommunen"
    _settle(slack)
    return slack


def _settle(slack: Slack) -> None:
    slack.people.clear()
    slack.channels.clear()
    slack.add_team(NEIGHBOURS, "Kafé Kringla")
    cafe = slack.add_person("UKAFE", "Kari Kringla", team_id=NEIGHBOURS, is_stranger=True)
    cafe.display_name = "Kari, Kafé Kringla"
    guest = slack.add_person("UGJEST", "Gustav Gjest", is_restricted=True)
    staff = slack.add_person("USTAB", "Stine Stab")
    officer = slack.add_person("UOLA", "Ola Lie", is_admin=True)
    slack.add_person(BOT_USER, "moteplassen", is_bot=True, handle="moteplassen")
    slack.add_group("SSAKER", "saksbehandlere", [officer.id])
    everybody = [cafe.id, guest.id, staff.id, officer.id, BOT_USER]
    shared = slack.add_channel("C1", name="møteplassen", members=everybody, is_ext_shared=True)
    shared.teams = ("T1", NEIGHBOURS)
    slack.add_channel("CINTERN", name="intern", members=[staff.id, officer.id, BOT_USER])
    slack.add_channel("GSAKER", name="saksbehandlere", members=[officer.id, BOT_USER], is_private=True)
    slack.installations[next(iter(slack.installations))].installer = officer.id
