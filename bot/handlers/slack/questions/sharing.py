"""The buttons that share with the channel what only one person sees."""

from __future__ import annotations

import secrets
from typing import Any

from pydantic import BaseModel, ConfigDict
from slack_bolt.async_app import AsyncApp

from bot.desk.notices import lane_of
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.owing import Owing
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.channels import Channels
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.questions import rendering
from bot.handlers.slack.questions.aside import Aside, Ear
from bot.handlers.slack.questions.commanded import ear_of
from bot.handlers.slack.store import Replies
from bot.handlers.slack.workspace import Workspace
from bot.library import Strategies
from bot.lookup import by_keys
from bot.people import Asker, audience_of
from bot.question import Reply
from bot.texts import Texts
from knowledge.model import Audience

KIND = "share"
"""The kind of the deliveries that owe a channel what somebody shares there."""


class Share(BaseModel):
    """What somebody shares where they are: a reply of theirs, or strategies by their keys. `name` is what it is shared
    under, once in each channel."""

    model_config = ConfigDict(frozen=True)

    ear: Ear
    name: str
    reply: str = ""
    strategies: tuple[str, ...] = ()
    language: str = "nb"


class Sharing:
    """Listens to the buttons."""

    def __init__(self, owing: Owing) -> None:
        self._owing = owing

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over who presses them."""
        app.action(rendering.SHARE)(self._share_reply)
        app.action(rendering.SHARE_STRATEGIES)(self._share_strategies)

    async def _share_reply(self, body: dict[str, Any], ack: Ack) -> None:
        reply = str(body["actions"][0]["value"])
        await self._owe(body, Share(ear=ear_of(body), name=reply, reply=reply))
        await ack()

    async def _share_strategies(self, body: dict[str, Any], ack: Ack) -> None:
        ear, action = ear_of(body), body["actions"][0]
        # What only one person sees has no name but its time.
        shown = (body.get("container") or {}).get("message_ts") or action.get("action_ts", "")
        share = Share(ear=ear, name=f"{ear.user}:{shown}", strategies=tuple(str(action["value"]).split()))
        await self._owe(body, share)
        await ack()

    async def _owe(self, body: dict[str, Any], share: Share) -> None:
        # Each press is owed an answer: who was told that the bot is not in the channel may press again when it is.
        key = f"{KIND}:{PLATFORM}:{share.name}:{body['actions'][0].get('action_ts') or secrets.token_hex(8)}"
        await self._owing.owe(KIND, key, lane_of(share.ear.place), share.model_dump(mode="json"))


class ShareCourier:
    """Carries what is shared. Who reads along is looked at again: a reply may say more than the channel may read."""

    def __init__(
        self,
        workspace: Workspace,
        aside: Aside,
        channels: Channels,
        directory: Directory,
        replies: Replies,
        strategies: Strategies,
        texts: Texts,
        address: str,
    ) -> None:
        self._workspace = workspace
        self._aside = aside
        self._channels = channels
        self._directory = directory
        self._replies = replies
        self._strategies = strategies
        self._texts = texts
        self._address = address

    async def deliver(self, delivery: Delivery) -> None:
        """Post what is shared, once, or tell whoever shares why not."""
        share = Share.model_validate(delivery.payload)
        if not share.reply:
            found = by_keys(await self._strategies.all(), share.strategies)
            if not found:
                return await self._say(delivery.key, share, "slack.share.failed")
            message = rendering.shared_strategies(share.ear.user, found, self._address, share.language, self._texts)
            return await self._post(delivery.key, share, message)
        said = await self._replies.get(share.reply)
        if said is None:
            return await self._say(delivery.key, share, "slack.share.failed")
        share = share.model_copy(update={"language": said.reply.language})
        if said.question.asker.id != share.ear.user:
            return await self._say(delivery.key, share, "slack.share.others")
        if is_internal(said.reply) and await self._audience(share.ear) is not Audience.INTERNAL:
            return await self._say(delivery.key, share, "slack.share.internal")
        message = rendering.shared(share.ear.user, said.question.text, said.reply, self._texts)
        await self._post(delivery.key, share, message)

    async def give_up(self, delivery: Delivery) -> None:
        """Tell whoever shares that it did not work."""
        share = Share.model_validate(delivery.payload)
        await self._say(f"{delivery.key}#given_up", share, "slack.share.failed")

    async def _post(self, key: str, share: Share, message: Message) -> None:
        if await self._channels.is_silent(share.ear.channel):
            return await self._say(key, share, "slack.share.silent")
        try:
            await self._workspace.post(f"{KIND}:{PLATFORM}:{share.name}:{share.ear.channel}", share.ear.place, message)
        except Undeliverable:
            await self._say(key, share, "slack.share.closed")

    async def _audience(self, ear: Ear) -> Audience:
        person = await self._directory.person(ear.workspace, ear.user)
        place = await self._directory.place(ear.place, ear.user)
        return audience_of(Asker(id=ear.user, name="", role=person.role), place)

    async def _say(self, key: str, share: Share, text: str) -> None:
        await self._aside.tell(key, share.ear, plainly(self._texts(share.language, text)))


def is_internal(reply: Reply) -> bool:
    """Does the reply show what is not public?"""
    cited = (*reply.citations, *reply.nearest)
    return any(citation.audience is Audience.INTERNAL for citation in cited)
