"""Slack on a port of its own: its Web API, events, interactions, Socket Mode, and a page to see it in."""

from tests.peers.slack.acting import Commanded
from tests.peers.slack.blocks import texts, validate
from tests.peers.slack.demo import demo_town
from tests.peers.slack.model import Channel, File, Group, Installation, Message, Person, Team, View
from tests.peers.slack.refusal import Refused
from tests.peers.slack.scopes import EVENT_SCOPES, HISTORY, METADATA_SCOPE, SCOPES
from tests.peers.slack.server import Slack, running
from tests.peers.slack.state import APP, APP_TOKEN, BOT, BOT_USER, CLIENT_ID, CLIENT_SECRET, SECRET, TEAM, TOKEN

__all__ = [
    "APP",
    "APP_TOKEN",
    "BOT",
    "BOT_USER",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "EVENT_SCOPES",
    "HISTORY",
    "METADATA_SCOPE",
    "SCOPES",
    "SECRET",
    "TEAM",
    "TOKEN",
    "Channel",
    "Commanded",
    "File",
    "Group",
    "Installation",
    "Message",
    "Person",
    "Refused",
    "Slack",
    "Team",
    "View",
    "demo_town",
    "running",
    "texts",
    "validate",
]
