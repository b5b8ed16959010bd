"""users.*, usergroups.* and auth.test: who is who."""

from __future__ import annotations

from typing import Any

from tests.peers.slack.methods.call import Call, method
from tests.peers.slack.refusal import Refused


@method("auth.test")
def me(call: Call) -> dict[str, Any]:
    """Who the app is."""
    team = call.team
    who = {"user": "moteplassen", "user_id": team.bot_user, "bot_id": team.bot_id, "app_id": "A1"}
    where = {"url": f"https://{team.domain}.slack.com/", "team": team.name, "team_id": team.id}
    return {**where, **who, "is_enterprise_install": False}


@method("users.info", "user")
def info(call: Call) -> dict[str, Any]:
    """Who somebody is."""
    return {"user": call.person().shown(locale=call.flag("include_locale"))}


@method("users.list")
def every(call: Call) -> dict[str, Any]:
    """Everybody in the workspace, and those it shares channels with."""
    shown = [person.shown(locale=call.flag("include_locale")) for person in call.slack.people.values()]
    page, more = call.pages(shown)
    return {"members": page, **more}


@method("usergroups.list")
def groups(call: Call) -> dict[str, Any]:
    """The user groups."""
    here = [group for group in call.slack.groups.values() if group.team_id == call.team.id]
    shown = [group for group in here if not group.disabled or call.flag("include_disabled")]
    return {"usergroups": [group.shown(users=call.flag("include_users")) for group in shown]}


@method("usergroups.users.list", "usergroup")
def group_users(call: Call) -> dict[str, Any]:
    """Who is in a user group."""
    group = call.slack.groups.get(call.text("usergroup"))
    if group is None or group.team_id != call.team.id:
        raise Refused("no_such_subteam")
    if group.disabled and not call.flag("include_disabled"):
        return {"users": []}
    return {"users": list(group.users)}
