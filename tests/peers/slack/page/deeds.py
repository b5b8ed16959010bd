"""What people do on the page, done in the small Slack."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.datastructures import FormData, UploadFile

from tests.peers.slack import choosing
from tests.peers.slack.acting import Acting
from tests.peers.slack.model import Message, View
from tests.peers.slack.page.seen import HOME

_ADDRESS = re.compile(r"https?://\S+")
_MANY = re.compile(r"multi_.*|checkboxes")
_MISSING = "Dette må fylles ut."


async def do(slack: Acting, form: FormData) -> str:
    """Do what a form says; what is to be told the person if it did not work."""
    deeds = {"say": _say, "press": _press, "submit": _submit, "dismiss": _dismiss, "shortcut": _shortcut}
    try:
        answer = await deeds["press" if "press" in form else _get(form, "deed")](slack, form)
    except httpx.TransportError:
        return "Boten er ikke der akkurat nå."
    except AssertionError as error:
        return str(error)
    return "" if answer is None or answer.is_success else f"Boten svarte {answer.status_code}."


def _get(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


async def _say(slack: Acting, form: FormData) -> httpx.Response | None:
    me, at, text = _get(form, "as"), _get(form, "at"), _get(form, "text").strip()
    files = [each for each in form.getlist("file") if isinstance(each, UploadFile) and each.filename]
    if text.startswith("/"):
        command, _, rest = text.partition(" ")
        await slack.command(me, at, command, rest)
    elif text or files:
        kept = [
            slack.add_file(each.filename or "fil", each.content_type or "text/plain", await each.read(), me)
            for each in files
        ]
        await slack.say(at, me, written(slack, text), _get(form, "thread") or None, kept)
    return None


def written(slack: Acting, text: str) -> str:
    """What somebody typed, as Slack sends it: escaped, with mentions and links marked."""
    escaped = _ADDRESS.sub(lambda found: f"<{found[0]}>", html.escape(text, quote=False))
    for person in slack.people.values():
        name = person.handle if person.is_bot else person.name
        escaped = re.sub(rf"@{re.escape(html.escape(name))}(?!\w)", f"<@{person.id}>", escaped, flags=re.IGNORECASE)
    return escaped


async def _press(slack: Acting, form: FormData) -> httpx.Response:
    me, at = _get(form, "as"), _get(form, "at")
    block, action, value = json.loads(_get(form, "press"))
    wanted: dict[str, Any] = {"value": value, "block_id": block, "check": False}
    if _get(form, "kind") == "modal":
        return await slack.click_modal(me, action, **wanted)
    if at == HOME:
        return await slack.click_home(me, action, **wanted)
    return await slack.click(me, at, _message(slack, form), action, **wanted)


def _message(slack: Acting, form: FormData) -> Message:
    for whisper in slack.whispers:
        if (whisper["ts"], whisper["user"]) == (_get(form, "ts"), _get(form, "as")):
            return whisper
    return slack.message(_get(form, "at"), _get(form, "ts"))


async def _submit(slack: Acting, form: FormData) -> None:
    view = slack.modal(_get(form, "as"))
    assert view is not None, "Skjemaet er lukket."
    answers = {}
    for block, element in choosing.interactive(view.blocks):
        if block["type"] == "input":
            given = [str(each) for each in form.getlist(f"field-{block['block_id']}") if each]
            many = _MANY.fullmatch(element["type"])
            answers[block["block_id"]] = given if many else (given[0] if given else None)
    try:
        await slack.submit(view.user, answers)
    except AssertionError:
        view.errors = {block["block_id"]: _MISSING for block in _needed(view) if not answers[block["block_id"]]}
        if not view.errors:
            raise


def _needed(view: View) -> list[Mapping[str, Any]]:
    """What Slack takes no form without."""
    inputs = [block for block in view.blocks if block["type"] == "input" and not block.get("optional")]
    return [block for block in inputs if block["element"]["type"] != "checkboxes"]


async def _dismiss(slack: Acting, form: FormData) -> None:
    await slack.dismiss(_get(form, "as"))


async def _shortcut(slack: Acting, form: FormData) -> httpx.Response:
    message = _message(slack, form)
    return await slack.shortcut(_get(form, "as"), _get(form, "at"), message, _get(form, "callback_id"), check=False)
