"""The methods of the Web API, by name: METHODS holds them once the modules beside are imported."""

from tests.peers.slack.methods import chat, conversations, installing, people, streams, threads, views
from tests.peers.slack.methods.call import METHODS, Call, Method

__all__ = [
    "METHODS",
    "Call",
    "Method",
    "chat",
    "conversations",
    "installing",
    "people",
    "streams",
    "threads",
    "views",
]
