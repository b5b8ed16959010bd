"""What people do in the service: they write, press, and say what they think. The bot hears of it over HTTP."""

from __future__ import annotations

import itertools
import json
from typing import Any

import httpx

from tests.peers.teams.model import HOME, Person, Room, Sent
from tests.peers.teams.server import Service

BOT = "28:11111111-2222-3333-4444-555555555555"


class Acting(Service):
    """Teams, with people in it. `bot` is the address that the bot listens at."""

    def __init__(self) -> None:
        super().__init__()
        self.bot = ""
        self._ids = itertools.count(1700000000001)

    def join(self, person: Person, *channels: str) -> Person:
        """Somebody is there from now on, also in these rooms."""
        self.people[person.id] = person
        for channel in channels:
            self.rooms[channel].members.append(person.id)
        return person

    def chat(self, person: str) -> str:
        """The person's chat with the bot, opened where there is none."""
        channel = f"a:chat-{person}"
        self.rooms.setdefault(channel, Room("personal", [person], tenant=self.people[person].tenant))
        return channel

    def activity(self, person: str, channel: str, thread: str = "", **about: Any) -> dict[str, Any]:
        """What Teams tells the bot somebody does there."""
        room, who = self.rooms[channel], self.people[person]
        data: dict[str, Any] = {"tenant": {"id": HOME if room.kind != "personal" else who.tenant}}
        if room.kind == "channel":
            data |= {"team": {"id": "19:team"}, "channel": {"id": channel, "type": room.type}}
        return {
            "id": str(next(self._ids)),
            "timestamp": "2026-11-26T08:00:00.000Z",
            "channelId": "msteams",
            "serviceUrl": self.url,
            "from": {"id": who.account, "name": who.name, "aadObjectId": who.id},
            "recipient": {"id": BOT, "name": "Møteplassen"},
            "conversation": {
                "id": f"{channel};messageid={thread}" if thread else channel,
                "conversationType": room.kind,
                "tenantId": data["tenant"]["id"],
                "isGroup": room.kind != "personal",
            },
            "channelData": data,
            **about,
        }

    async def tell(self, activity: dict[str, Any], token: str | None = None, **more: str) -> httpx.Response:
        """Send the bot the activity, with a good token or that one, and more headers."""
        bearer = self.sign() if token is None else token
        headers = ({"authorization": f"Bearer {bearer}"} if bearer else {}) | more
        async with httpx.AsyncClient(timeout=30, verify=False) as client:
            return await client.post(f"{self.bot}/teams/messages", json=activity, headers=headers)

    async def say(
        self, person: str, text: str, channel: str = "", thread: str = "", *, mention: bool = False
    ) -> dict[str, Any]:
        """Somebody writes, in their chat with the bot or in a channel, where a message without a thread begins one."""
        channel = channel or self.chat(person)
        told = self.activity(person, channel, type="message", text=text, textFormat="plain")
        if self.rooms[channel].kind == "channel":
            told["conversation"]["id"] = f"{channel};messageid={thread or told['id']}"
        if mention:
            told["text"] = f"<at>Møteplassen</at>&nbsp;{text}"
            who = {"id": BOT, "name": "Møteplassen"}
            told["entities"] = [{"type": "mention", "text": "<at>Møteplassen</at>", "mentioned": who}]
        answer = await self.tell(told)
        assert answer.status_code == 200, answer.text
        return told

    async def edit(self, told: dict[str, Any], text: str, at: str = "2026-11-26T09:00:00.000Z") -> None:
        """Somebody changes what they wrote."""
        data = {**told["channelData"], "eventType": "editMessage"}
        changed = {**told, "type": "messageUpdate", "text": text, "channelData": data, "timestamp": at}
        assert (await self.tell(changed)).status_code == 200

    async def delete(self, told: dict[str, Any]) -> None:
        """Somebody takes away what they wrote."""
        data = {**told["channelData"], "eventType": "softDeleteMessage"}
        assert (await self.tell({**told, "type": "messageDelete", "text": "", "channelData": data})).status_code == 200

    async def press(
        self,
        person: str,
        sent: Sent,
        title: str,
        inputs: dict[str, str] | None = None,
        card: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Somebody presses the button of that title on a card (the message's, or one that was shown in its place)."""
        action = _button(card or sent.card, title)
        return await self.execute(person, sent, action, inputs)

    async def look(self, person: str, sent: Sent) -> dict[str, Any]:
        """Somebody's Teams shows the card anew, as the card asks for."""
        return await self.execute(person, sent, sent.card["refresh"]["action"])

    async def execute(
        self, person: str, sent: Sent, action: dict[str, Any], inputs: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """The answer to an Action.Execute."""
        told = {"type": "Action.Execute", "verb": action["verb"], "data": {**action["data"], **(inputs or {})}}
        answer = await self.invoke(person, sent, "adaptiveCard/action", {"action": told, "trigger": "manual"})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def open(self, person: str, sent: Sent, title: str, inputs: dict[str, str] | None = None) -> dict[str, Any]:
        """Somebody presses the button of that title, which opens a window: what it shows, or says."""
        about = _button(sent.card, title)["data"]
        assert about["msteams"] == {"type": "task/fetch"}
        return await self.window(person, sent, "task/fetch", {**about, **(inputs or {})})

    async def send(self, person: str, sent: Sent, card: dict[str, Any], inputs: dict[str, str]) -> dict[str, Any]:
        """Somebody sends what is filled in in a window; what it shows then, nothing where it closes."""
        return await self.window(person, sent, "task/submit", {**card["actions"][0]["data"], **inputs})

    async def window(self, person: str, sent: Sent, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """The answer to what is done with a window."""
        answer = await self.invoke(person, sent, name, {"data": data, "context": {"theme": "dark"}})
        assert answer.status_code == 200, answer.text
        return dict((answer.json() or {}).get("task") or {})

    async def rate(self, person: str, sent: Sent, reaction: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        """Somebody presses a thumb and, where a form is filled in, sends it; the form that is shown."""
        value: dict[str, Any] = {"data": {"actionName": "feedback", "actionValue": {"reaction": reaction}}}
        shown = await self.invoke(person, sent, "message/fetchTask", value)
        assert shown.status_code == 200, shown.text
        if form is not None:
            filled = {"reaction": reaction, "feedback": json.dumps(form)}
            value = {"actionName": "feedback", "actionValue": filled}
            assert (await self.invoke(person, sent, "message/submitAction", value)).status_code == 200
        return dict(shown.json())

    async def invoke(self, person: str, sent: Sent, name: str, value: dict[str, Any]) -> httpx.Response:
        """Somebody does something with a message of the bot's that is answered at once."""
        channel, _, thread = sent.conversation.partition(";messageid=")
        told = self.activity(person, channel, thread, type="invoke", name=name, value=value, replyToId=sent.id)
        return await self.tell(told)


def _button(card: dict[str, Any], title: str) -> dict[str, Any]:
    """The button, also where it is in a form that opens on the card ("Svar …/Send")."""
    first, _, rest = title.partition("/")
    found = next(action for action in card["actions"] if action["title"] == first)
    return _button(found["card"], rest) if rest else found
