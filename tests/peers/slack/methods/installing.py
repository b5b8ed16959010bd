"""oauth.v2.access and auth.revoke: how the app comes into workspaces, and out of them."""

from __future__ import annotations

import secrets
import time
from typing import Any

from tests.peers.slack.methods.call import Call, method
from tests.peers.slack.model import Installation
from tests.peers.slack.refusal import Refused
from tests.peers.slack.state import APP, CLIENT_ID, CLIENT_SECRET, State


@method("auth.revoke")
def revoke(call: Call) -> dict[str, Any]:
    """Let the token be no good any more."""
    if not call.flag("test"):
        call.installation.state = "token_revoked"
    return {"revoked": not call.flag("test")}


@method("oauth.v2.access")
def access(call: Call) -> dict[str, Any]:
    """A token, for a code that somebody's consent gave or for the token that refreshes another."""
    if call.text("client_id") != CLIENT_ID:
        raise Refused("invalid_client_id")
    if call.text("client_secret") != CLIENT_SECRET:
        raise Refused("bad_client_secret")
    grant = call.text("grant_type") or "authorization_code"
    if grant == "refresh_token":
        return _told(call.slack, _refreshed(call))
    if grant != "authorization_code":
        raise Refused("invalid_grant_type")
    return _told(call.slack, _installed(call))


def _installed(call: Call) -> Installation:
    code = call.slack.codes.get(call.text("code"))
    if code is None:
        raise Refused("invalid_code")
    if code["used"]:
        raise Refused("code_already_used")
    if code["redirect_uri"] != (call.text("redirect_uri") or code["redirect_uri"]):
        raise Refused("bad_redirect_uri")
    code["used"] = True
    team = call.slack.teams[code["team"]]
    team.active = True
    if team.bot_user not in call.slack.people:
        about = {"team_id": team.id, "is_bot": True, "handle": "moteplassen"}
        call.slack.add_person(team.bot_user, "moteplassen", **about)
    return _new(call.slack, Installation("", code["team"], set(code["scopes"]), code["user"]))


def _refreshed(call: Call) -> Installation:
    wanted = call.text("refresh_token")
    for old in call.slack.installations.values():
        if wanted and old.refresh == wanted and not old.state:
            # It can be used once; the token that it renews is good until its own end.
            old.refresh = ""
            return _new(call.slack, Installation("", old.team_id, set(old.scopes), old.installer))
    raise Refused("invalid_refresh_token")


def _new(slack: State, installation: Installation) -> Installation:
    installation.token = f"{'xoxe.' if slack.rotates else ''}xoxb-{secrets.token_hex(12)}"
    if slack.rotates:
        installation.refresh = f"xoxe-1-{secrets.token_hex(12)}"
        installation.expires = time.time() + slack.token_lifetime
    slack.installations[installation.token] = installation
    return installation


def _told(slack: State, installation: Installation) -> dict[str, Any]:
    team = slack.teams[installation.team_id]
    told: dict[str, Any] = {
        "access_token": installation.token,
        "token_type": "bot",
        "scope": ",".join(sorted(installation.scopes)),
        "bot_user_id": team.bot_user,
        "app_id": APP,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": installation.installer},
    }
    if installation.refresh:
        told |= {"refresh_token": installation.refresh, "expires_in": int(slack.token_lifetime)}
    return told


def consent(slack: State, asked: dict[str, str], user: str, team: str) -> dict[str, str]:
    """What the browser brings back from the page where somebody is asked whether the app may be installed."""
    back = {"state": asked["state"]} if "state" in asked else {}
    if asked.get("client_id") != CLIENT_ID:
        return {"error": "invalid_client_id", **back}
    if slack.denies:
        return {"error": "access_denied", **back}
    code = secrets.token_hex(12)
    scopes = [scope for scope in asked.get("scope", "").replace(" ", ",").split(",") if scope]
    slack.codes[code] = {
        "team": team,
        "user": user,
        "scopes": scopes,
        "redirect_uri": asked.get("redirect_uri", ""),
        "used": False,
    }
    return {"code": code, **back}
