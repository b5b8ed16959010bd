"""What people do in the service beside talking with the bot: its message extension, and taking it in and out."""

from __future__ import annotations

from typing import Any

import httpx

from tests.peers.teams.acting import BOT, Acting
from tests.peers.teams.model import Room


class Extending(Acting):
    """Teams, with the bot's message extension in it."""

    async def search(self, person: str, text: str | None, channel: str = "", **options: int) -> dict[str, Any]:
        """The list that somebody is shown who types that; without a text, who has just opened it."""
        typed = {"name": "initialRun", "value": "true"} if text is None else {"name": "query", "value": text}
        value = {"commandId": "search", "parameters": [typed], "queryOptions": {"skip": 0, "count": 25, **options}}
        return await self.extend(person, "query", value, channel)

    async def paste(self, person: str, link: str, channel: str = "") -> dict[str, Any]:
        """What is shown of a link that somebody writes."""
        return await self.extend(person, "queryLink", {"url": link}, channel)

    async def open_action(
        self, person: str, content: str, channel: str, *, message: str = "1700", thread: str = "", kind: str = "html"
    ) -> dict[str, Any]:
        """The dialog of the action on a message that says so."""
        payload = {"id": message, "body": {"contentType": kind, "content": content}, "replyToId": thread or None}
        value = {"commandId": "forward", "commandContext": "message", "messagePayload": payload}
        return await self.extend(person, "fetchTask", value, channel)

    async def submit(
        self, person: str, shown: dict[str, Any], channel: str, about: dict[str, Any] | None = None, **inputs: str
    ) -> dict[str, Any]:
        """What comes of somebody confirming the dialog, with what they have changed in it."""
        card = shown["task"]["value"]["card"]["content"]
        there = {each["id"]: each.get("value", "") for each in card["body"] if each["type"] == "Input.Text"}
        data = {**card["actions"][0]["data"], **there, **inputs}
        value = {"commandId": "forward", "commandContext": "message", "data": data}
        return await self.extend(person, "submitAction", value, channel, **(about or {}))

    async def extend(self, person: str, name: str, value: Any, channel: str = "", **about: Any) -> dict[str, Any]:
        """The answer to an invoke of the extension."""
        where = channel or self.chat(person)
        told = {"type": "invoke", "name": f"composeExtension/{name}", "value": value, "locale": "nb-NO", **about}
        answer = await self.tell(self.activity(person, where, **told))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def install(self, person: str, channel: str = "", **about: Any) -> httpx.Response:
        """Somebody takes the app in, for themselves or into a conversation: Teams tells of it twice."""
        where = channel or self.chat(person)
        self.rooms[where].bot = True
        added: dict[str, Any] = {"type": "conversationUpdate", "membersAdded": [{"id": BOT}], **about}
        await self.tell(self.activity(person, where, **added))
        return await self.tell(self.activity(person, where, type="installationUpdate", action="add", **about))

    async def remove(self, person: str, channel: str) -> httpx.Response:
        """Somebody takes the app out of a conversation."""
        self.rooms[channel].bot = False
        told = self.activity(person, channel, type="installationUpdate", action="remove")
        return await self.tell(told)

    async def come(self, person: str, channel: str, told_of: str = "") -> None:
        """Somebody joins a conversation, and the bot is told (of a team: of its first channel)."""
        self.join(self.people[person], channel)
        added: dict[str, Any] = {"type": "conversationUpdate", "membersAdded": [{"id": self.people[person].account}]}
        event = self.activity("ola", told_of or channel, **added)
        event["channelData"]["eventType"] = "teamMemberAdded"
        assert (await self.tell(event)).status_code == 200

    def between(self, *people: str) -> str:
        """A chat between people, in which the bot is not."""
        name = f"19:{'_'.join(people)}@unq.gbl.spaces"
        self.rooms[name] = Room("personal" if len(people) == 2 else "groupChat", list(people), bot=False)
        return name
