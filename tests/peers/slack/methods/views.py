"""views.*: modals and the Home tab."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.peers.slack import elements
from tests.peers.slack.blocks import problems
from tests.peers.slack.methods.call import Call, method
from tests.peers.slack.model import View
from tests.peers.slack.refusal import Refused, refused_with
from tests.peers.slack.state import State

_MOST = 3
"""How many modals can lie on each other."""
_SHORT = {"title": 24, "submit": 24, "close": 24}
_LONG = {"private_metadata": 3_000, "callback_id": 255, "external_id": 255}


@method("views.open", "trigger_id", "view")
def open_one(call: Call) -> dict[str, Any]:
    """Open a modal."""
    content = checked(call.get("view"), "modal")
    user = call.slack.use_trigger(call.text("trigger_id"))["user"]
    view = made(call.slack, user, content, call.team.id)
    call.slack.modals[user] = [view]
    return {"view": view.shown()}


@method("views.push", "trigger_id", "view")
def push(call: Call) -> dict[str, Any]:
    """Open a modal on the one that is there."""
    content = checked(call.get("view"), "modal")
    user = call.slack.use_trigger(call.text("trigger_id"))["user"]
    return {"view": put_on(call.slack, user, content).shown()}


@method("views.update", "view")
def update(call: Call) -> dict[str, Any]:
    """Let a modal show something else."""
    if not call.text("view_id") and not call.text("external_id"):
        call.need("view_id")
    view = call.slack.view(call.text("view_id"), call.text("external_id"))
    content = checked(call.get("view"), view.content["type"])
    _compare(call, view)
    change(view, content)
    return {"view": view.shown()}


@method("views.publish", "user_id", "view")
def publish(call: Call) -> dict[str, Any]:
    """Let somebody's Home tab show something."""
    content = checked(call.get("view"), "home")
    user = call.person("user_id").id
    view = call.slack.homes.get(user)
    if view is None:
        view = call.slack.homes[user] = made(call.slack, user, content, call.team.id)
    else:
        _compare(call, view)
        change(view, content)
    return {"view": view.shown()}


def _compare(call: Call, view: View) -> None:
    if call.text("hash") not in {"", view.hash}:
        raise Refused("hash_conflict")


def made(slack: State, user: str, content: Mapping[str, Any], team: str) -> View:
    """A new view."""
    view = View(f"V{next(slack.numbers):06}", user, team, {}, "", bot_id=slack.teams[team].bot_id)
    change(view, content)
    return view


def put_on(slack: State, user: str, content: Mapping[str, Any]) -> View:
    """A new modal on the one that somebody has open. Raises Refused."""
    stack = slack.modals[user]
    if not stack:
        raise Refused("view_not_found")
    if len(stack) >= _MOST:
        raise Refused("push_limit_reached")
    view = made(slack, user, content, stack[-1].team_id)
    view.root, view.previous = stack[0].id, stack[-1].id
    stack.append(view)
    return view


def change(view: View, content: Mapping[str, Any]) -> None:
    """Let a view show this; what was filled in stays where the same inputs are."""
    view.content = json.loads(json.dumps(content))
    for number, block in enumerate(view.content["blocks"]):
        block.setdefault("block_id", f"b{number}")
        inner = [block.get("element"), block.get("accessory"), *block.get("elements", ())]
        for place, element in enumerate(inner):
            if isinstance(element, dict) and element.get("type") in elements.INPUTS | elements.ACTIONS:
                element.setdefault("action_id", f"a{number}.{place}")
    ids = {block["block_id"] for block in view.content["blocks"]}
    view.values = {block: values for block, values in view.values.items() if block in ids}
    stamp = json.dumps([view.hash, view.content], sort_keys=True)
    view.hash = f"{len(stamp)}.{hashlib.sha256(stamp.encode()).hexdigest()[:8]}"
    view.errors = {}


def checked(view: Any, kind: str) -> dict[str, Any]:
    """The view, unless Slack would refuse it. Raises Refused."""
    if not isinstance(view, dict):
        raise refused_with("invalid_arguments", ["must provide an object [json-pointer:/view]"])
    if found := list(_problems(view, kind)):
        raise refused_with("invalid_arguments", found)
    return view


def _problems(view: Mapping[str, Any], kind: str) -> Iterator[str]:
    if view.get("type") != kind:
        yield f"must be {kind} [json-pointer:/view/type]"
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        yield "missing required field: blocks [json-pointer:/view]"
        blocks = []
    yield from problems(blocks, "/view/blocks", "view")
    for name, limit in _LONG.items():
        yield from elements.too_long(view.get(name) or "", limit, f"/view/{name}")
    if kind == "home":
        return
    for name, limit in _SHORT.items():
        if name == "title" or view.get(name) is not None:
            yield from elements.text(view.get(name), limit, f"/view/{name}")
    if not view.get("submit") and any(isinstance(each, dict) and each.get("type") == "input" for each in blocks):
        yield "must define submit to use an input block in modals [json-pointer:/view]"
