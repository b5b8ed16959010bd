"""What people press, choose, fill in and call: the interactions that Slack makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import httpx

from tests.peers.slack import answering, choosing
from tests.peers.slack.methods.views import change, checked, made, put_on
from tests.peers.slack.model import Message, View
from tests.peers.slack.state import APP
from tests.peers.slack.writing import Writing


class Commanded(NamedTuple):
    """What a command brought: the acknowledgement, and what came by the response_url, then or later."""

    answer: dict[str, Any]
    said: list[Message]


class Acting(Writing):
    """Slack with people who use what the bot shows them. `commands` and `shortcuts` are what they are offered."""

    def __init__(self, scopes: Iterable[str], events: Iterable[str] | None = None) -> None:
        super().__init__(scopes, events)
        self.commands: list[str] = []
        self.shortcuts: dict[str, str] = {}
        """The names of the shortcuts on messages, by their callback_id."""

    async def command(self, user: str, channel: str, command: str, text: str = "", *, check: bool = True) -> Commanded:
        """Somebody calls a slash command."""
        person, address = self.people[user], answering.invite(self, channel, user)
        where = self.replies[address.rpartition("/")[2]]
        form = {
            "token": "verification",
            "team_id": self.team_of(user),
            "team_domain": self.teams[self.team_of(user)].domain,
            "channel_id": channel,
            "channel_name": "directmessage" if self.channels[channel].is_im else self.channels[channel].name,
            "user_id": user,
            "user_name": person.handle,
            "command": command,
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": address,
            "trigger_id": self.trigger(user),
        }
        answer = _json(await self.deliver("slash_commands", form, check=check))
        if answer.get("text") or answer.get("blocks"):
            answering.show(self, {**where, "said": []}, answer)
        return Commanded(answer, where["said"])

    async def shortcut(
        self, user: str, channel: str, message: Message, callback_id: str, *, check: bool = True
    ) -> httpx.Response:
        """Somebody calls a shortcut on a message."""
        about = {"callback_id": callback_id, "message_ts": message["ts"], "message": message}
        address = answering.invite(self, channel, user)
        payload = self._from(user) | about | {"response_url": address, "channel": self._place(channel)}
        return await self.deliver("interactive", {"type": "message_action", **payload}, check=check)

    async def global_shortcut(self, user: str, callback_id: str, *, check: bool = True) -> httpx.Response:
        """Somebody calls a shortcut that is about nothing in particular."""
        payload = {"type": "shortcut", "callback_id": callback_id, **self._from(user)}
        return await self.deliver("interactive", payload, check=check)

    async def press(self, channel: str, message: Mapping[str, Any], user: str) -> httpx.Response:
        """Somebody presses the first button of a message; what the bot answers is not looked at."""
        block = next(block for block in message["blocks"] if block["type"] == "actions")
        return await self._act(user, channel, dict(message), block, block["elements"][0], None, check=False)

    async def click(
        self,
        user: str,
        channel: str,
        message: Message,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        check: bool = True,
    ) -> httpx.Response:
        """Somebody presses something in a message, or chooses that value there.

        Where several blocks hold the same action, the first is meant, or the one of that `block_id`.
        """
        block, element = choosing.find(message["blocks"], action_id, block_id)
        return await self._act(user, channel, message, block, element, value, check=check)

    async def _act(
        self,
        user: str,
        channel: str,
        message: Message,
        block: Mapping[str, Any],
        element: Mapping[str, Any],
        value: Any,
        *,
        check: bool,
    ) -> httpx.Response:
        whispered = any(each is message for each in self.whispers)
        container = {"type": "message", "message_ts": message["ts"], "channel_id": channel, "is_ephemeral": whispered}
        if thread := message.get("thread_ts"):
            container["thread_ts"] = thread
        about = {
            "container": container,
            "channel": self._place(channel),
            "state": {"values": {}},
            "response_url": answering.invite(self, channel, user, message),
            "actions": [self._action(block, element, value)],
            # What one person sees is not sent back.
            **({} if whispered else {"message": message}),
        }
        return await self.deliver("interactive", {"type": "block_actions", **self._from(user), **about}, check=check)

    def _action(self, block: Mapping[str, Any], element: Mapping[str, Any], value: Any) -> dict[str, Any]:
        told = {"type": element["type"], "action_id": element.get("action_id", ""), "action_ts": self.ts()}
        return told | {"block_id": block.get("block_id", "b")} | choosing.chosen(element, value)

    def _from(self, user: str) -> dict[str, Any]:
        person, team = self.people[user], self.team_of(user)
        who = {"id": user, "username": person.handle, "name": person.handle, "team_id": person.team_id}
        return {
            "token": "verification",
            "team": {"id": team, "domain": self.teams[team].domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "api_app_id": APP,
            "user": who,
            "trigger_id": self.trigger(user),
            "action_ts": self.ts(),
        }

    def _place(self, channel: str) -> dict[str, str]:
        where = self.channels[channel]
        return {"id": channel, "name": {"im": "directmessage", "group": "privategroup"}.get(where.kind, where.name)}

    async def click_home(
        self, user: str, action_id: str, value: Any = None, *, block_id: str | None = None, check: bool = True
    ) -> httpx.Response:
        """Somebody presses something on their Home tab, or chooses that value there."""
        return await self._act_in(self.homes[user], action_id, value, block_id, check=check)

    async def click_modal(
        self, user: str, action_id: str, value: Any = None, *, block_id: str | None = None, check: bool = True
    ) -> httpx.Response:
        """Somebody presses something in the modal that they see, or chooses that value there."""
        return await self._act_in(self._seen(user), action_id, value, block_id, check=check)

    async def _act_in(
        self, view: View, action_id: str, value: Any, block_id: str | None, *, check: bool
    ) -> httpx.Response:
        block, element = choosing.find(view.blocks, action_id, block_id)
        picked = choosing.chosen(element, value)
        if element["type"] != "button":
            view.values.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], **picked}
        about = {
            "container": {"type": "view", "view_id": view.id},
            "view": view.shown(),
            "actions": [self._action(block, element, value)],
        }
        payload = {"type": "block_actions", **self._from(view.user), **about}
        return await self.deliver("interactive", payload, check=check)

    def _seen(self, user: str) -> View:
        view = self.modal(user)
        assert view is not None, f"{user} has no modal open"
        return view

    async def submit(self, user: str, answers: Mapping[str, Any] | None = None, **values: Any) -> dict[str, Any]:
        """Somebody fills in the modal that they see, by action_id or block_id, and submits it.

        Returns what the bot answers, which Slack then does: shows errors, shows something else, or closes the modal.
        """
        view = self._seen(user)
        assert view.content.get("submit"), "the modal has nothing to submit it with"
        _fill(view, {**(answers or {}), **values})
        payload = {"type": "view_submission", **self._from(user), "view": view.shown(), "response_urls": []}
        answer = _json(await self.deliver("interactive", payload))
        self._follow(view, answer)
        return answer

    def _follow(self, view: View, answer: Mapping[str, Any]) -> None:
        stack, action = self.modals[view.user], answer.get("response_action")
        if action == "errors":
            inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
            assert set(answer["errors"]) <= inputs, f"no input is called one of {set(answer['errors']) - inputs}"
            view.errors = dict(answer["errors"])
        elif action == "update":
            change(view, checked(answer["view"], "modal"))
        elif action == "push":
            put_on(self, view.user, checked(answer["view"], "modal"))
        elif action == "clear":
            stack.clear()
        elif view in stack:
            stack.remove(view)

    async def dismiss(self, user: str, *, everything: bool = False) -> None:
        """Somebody closes the modal that they see, or all that lie on each other; the bot hears if it wants to."""
        stack = self.modals[user]
        gone = list(reversed(stack)) if everything else [self._seen(user)]
        for view in gone:
            stack.remove(view)
            if view.content.get("notify_on_close"):
                payload = {"type": "view_closed", **self._from(user), "view": view.shown(), "is_cleared": everything}
                await self.deliver("interactive", payload)

    def show_modal(self, user: str, content: Mapping[str, Any]) -> View:
        """Open a modal without asking the bot, for tests of what is in it."""
        self.modals[user] = [made(self, user, checked(dict(content), "modal"), self.team_of(user))]
        return self.modals[user][0]


def _fill(view: View, answers: Mapping[str, Any]) -> None:
    for name, value in answers.items():
        block, element = choosing.find(view.blocks, name)
        answer = {"type": element["type"], **choosing.chosen(element, value)}
        view.values.setdefault(block["block_id"], {})[element["action_id"]] = answer
    for block, element in choosing.interactive(view.blocks):
        if element["type"] == "button" or block["type"] != "input":
            continue
        there = view.values.setdefault(block["block_id"], {})
        answer = there.setdefault(element["action_id"], {"type": element["type"], **choosing.initial(element)})
        needed = not block.get("optional") and element["type"] != "checkboxes"
        assert not (needed and choosing.is_empty(answer)), f"{block['block_id']} must be filled in"
        limit = element.get("max_length", 3_000)
        assert len(str(answer.get("value") or "")) <= limit, f"{block['block_id']} is longer than {limit}"


def _json(answer: httpx.Response) -> dict[str, Any]:
    if not answer.text.strip():
        return {}
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return {"text": answer.text}
    told: dict[str, Any] = answer.json()
    return told
