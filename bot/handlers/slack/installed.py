"""In which workspace the app is installed that Slack sends something to. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def workspace_of(body: Mapping[str, Any]) -> str:
    """The id of the workspace in whose name to answer; empty where Slack doesn't tell it.

    In channels that are shared between companies, the workspace an event names first may be the writer's: the one
    that has the app is that of the authorization.
    """
    return next((str(team) for team in _told(body) if team), "")


def _told(body: Mapping[str, Any]) -> Iterator[Any]:
    """The workspaces that it may be, the surest first. For installations in a whole organisation, some are null."""
    view, user, event = (_mapping(body.get(name)) for name in ("view", "user", "event"))
    yield view.get("app_installed_team_id")
    for authorization in body.get("authorizations") or ():
        yield authorization.get("team_id")
    yield body.get("context_team_id")
    yield _mapping(body.get("team")).get("id")
    yield body.get("team_id")
    yield from (user.get("team_id"), view.get("team_id"), event.get("team"))


def _mapping(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, Mapping) else {}
