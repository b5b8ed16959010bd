"""Hears what people think of replies: by the thumbs under them, by reactions, and in a dialog that asks why."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.behind import Behind
from bot.guard import mask
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases.consenting import consent
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.installed import workspace_of
from bot.handlers.slack.replies import asking_why as dialog
from bot.handlers.slack.replies.feedbacks import Feedbacks
from bot.handlers.slack.replies.rendering import BAD, FEEDBACK
from bot.handlers.slack.store import Posts, Replies
from bot.handlers.slack.workspace import UNREACHABLE, Workspace, reason
from bot.people import Role
from bot.replies import Said
from bot.texts import Texts

log = structlog.get_logger(__name__)

_THUMBS = {"+1": True, "thumbsup": True, "-1": False, "thumbsdown": False}
"""Reactions that say what somebody thinks, by Slack's names for them."""
_LONGEST_COMMENT = 2_000
_PATIENCE = 1.0
"""Seconds to find out who somebody is; Slack waits three for a dialog."""


class Opinions:
    """Keeps what people think of replies, and asks who thinks ill of one why."""

    def __init__(
        self,
        behind: Behind,
        clients: Clients,
        directory: Directory,
        workspace: Workspace,
        stores: tuple[Replies, Posts, Feedbacks],
        texts: Texts,
    ) -> None:
        self._behind = behind
        self._clients = clients
        self._directory = directory
        self._workspace = workspace
        self._replies, self._posts, self._feedbacks = stores
        self._texts = texts

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what people think."""
        app.action(FEEDBACK)(self._press)
        app.action(dialog.OPEN)(self._open)
        app.view(dialog.SUBMITTED)(self._submit)
        app.event("reaction_added")(self._react)

    async def _press(self, body: dict[str, Any], ack: Ack) -> None:
        thumb, _, reply = str(body["actions"][0]["value"]).partition(":")
        said, person = await self._replies.get(reply), body["user"]["id"]
        if said is None:
            log.info("slack.feedback_on_nothing", reply=reply)
        else:
            await self._feedbacks.keep(reply, person, good=thumb != BAD)
            if thumb == BAD:
                self._behind.start(self._ask(said, body))
            else:
                self._behind.start(self._tell(said, person, "reply.feedback.thanks"))
        await ack()

    async def _open(self, body: dict[str, Any], ack: Ack) -> None:
        if said := await self._replies.get(body["actions"][0]["value"]):
            self._behind.start(self._ask(said, body))
        await ack()

    async def _submit(self, body: dict[str, Any], ack: Ack) -> None:
        view, user = body["view"], body["user"]
        said = await self._replies.get(view["private_metadata"])
        if said is None:
            await ack()
            return
        found = dialog.read(view["state"]["values"])
        comment = mask(found.comment)[:_LONGEST_COMMENT]
        await self._feedbacks.keep(
            said.reply.id,
            user["id"],
            good=False,
            reasons=found.faults,
            comment=comment,
            importance=found.importance,
        )
        self._behind.start(self._tell(said, user["id"], "reply.feedback.thanks"))
        if found.forward and self._may_forward(said, user["id"]):
            await ack(response_action="update", view=consent(said, self._texts))
        else:
            await ack()

    async def _react(self, event: dict[str, Any]) -> None:
        good = _THUMBS.get(str(event["reaction"]).partition("::")[0])
        item = event.get("item") or {}
        if good is None or item.get("type") != "message":
            return
        post = await self._posts.at(item["channel"], item["ts"])
        # A reply can take several messages, whose keys begin with that of the first.
        said = await self._replies.owed_by(post.key) or await self._replies.owed_by(_first(post.key)) if post else None
        if said is None or not said.reply.can_be_forwarded:
            return
        changed = await self._feedbacks.keep(said.reply.id, event["user"], good=good)
        if changed and not good:
            # A reaction lets no dialog be opened: a button does.
            self._behind.start(self._invite(said, event["user"]))

    async def _ask(self, said: Said, body: Mapping[str, Any]) -> None:
        workspace, user = workspace_of(body), body["user"]["id"]
        forwards, staff = self._may_forward(said, user), await self._is_staff(workspace, user)
        view = dialog.modal(said.reply, self._texts, forwards=forwards, staff=staff)
        client = await self._clients.of(said.question.place.workspace)
        try:
            await client.views_open(trigger_id=body["trigger_id"], view=view)
        except UNREACHABLE as error:
            log.warning("slack.no_dialog", error=reason(error))
            await self._invite(said, body["user"]["id"])

    async def _is_staff(self, workspace: str, user: str) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                return (await self._directory.person(workspace, user)).role is not Role.BUSINESS
        except TimeoutError:
            return False

    async def _invite(self, said: Said, person: str) -> None:
        await self._whisper(said, person, dialog.invitation(said.reply, self._texts))

    async def _tell(self, said: Said, person: str, key: str) -> None:
        await self._whisper(said, person, plainly(self._texts(said.reply.language, key)))

    async def _whisper(self, said: Said, person: str, message: Message) -> None:
        await self._workspace.whisper(said.question.place, person, message)

    def _may_forward(self, said: Said, person: str) -> bool:
        return person == said.question.asker.id and said.reply.can_be_forwarded


def _first(key: str) -> str:
    return key.rpartition("#")[0] or key
