"""The officers' channels, one a team: a message for each case, which always says how it stands, and notes under it."""

from __future__ import annotations

import structlog
from slack_sdk.errors import SlackApiError

from bot.database import now
from bot.desk import noting
from bot.desk.case import Case, Move
from bot.desk.desk import Desk
from bot.desk.notices import CaseNotice
from bot.desk.noting import Alarm, Note
from bot.desk.outbox import Undeliverable
from bot.desk.surroundings import Surroundings
from bot.desk.taking_down import Posted
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases import rendering
from bot.handlers.slack.cases.card import card, gone
from bot.handlers.slack.cases.cards import key_of
from bot.handlers.slack.cases.notes import rendered
from bot.handlers.slack.cases.officers import OFFICERS_LANGUAGE, Officers
from bot.handlers.slack.store import Post, Posts
from bot.handlers.slack.workspace import Workspace, reason
from bot.pages import Pages
from bot.people import Place
from bot.texts import Texts

log = structlog.get_logger(__name__)

_GONE = frozenset({"cant_update_message", "message_not_found"})
"""What Slack answers where a message was deleted; of one that has replies something is left that nobody can change."""


class OfficersChannel:
    """Keeps what the officers see up to date, each case in the channel of its team. Raises Undeliverable."""

    def __init__(
        self,
        public_url: str,
        workspace: Workspace,
        posts: Posts,
        officers: Officers,
        surroundings: Surroundings,
        desk: Desk,
        texts: Texts,
    ) -> None:
        self._pages = Pages(public_url)
        self._workspace = workspace
        self._posts = posts
        self._officers = officers
        self._surroundings = surroundings
        self._desk = desk
        self._texts = texts

    async def open(self, case: Case) -> None:
        """Show a case that is new."""
        place = await self._place(case)
        key = await self._posts.key_in(place.channel, key_of(case))
        await self._workspace.post(key, place, await self._card(case))

    async def change(self, key: str, notice: CaseNotice, case: Case) -> None:
        """Show how the case stands now and, under that, what has happened, where that is more. `key` names this."""
        place = await self._place(case)
        back = notice.move is Move.ROUTED and await self._was_shown(case, place.channel)
        post = await self._show(case, place)
        if notice.move is Move.ROUTED:
            await self._leave(case, post.channel)
        team, substitute = self._surroundings.team(case), (await self._surroundings.around(case)).substitute
        noted = noting.noted(notice, case, team, self._address(case), self._texts, OFFICERS_LANGUAGE, substitute)
        if noted is not None:
            # A message far up in the channel that changes is seen by nobody.
            broadcast = back or notice.move is Move.ESCALATED
            await self._note(key, notice, _under(place, post), noted, broadcast=broadcast)
        if main := await self._surroundings.main(notice, case):
            await self._change_main(key, notice, case, main)

    async def _change_main(self, key: str, notice: CaseNotice, case: Case, main: Case) -> None:
        """Show what comes to whoever answers the case, since that was merged into theirs."""
        place = await self._place(main)
        post = await self._show(main, place)  # it is for one more now, or for one less
        told = noting.merged(notice, case, main, self._address(case), self._texts, OFFICERS_LANGUAGE)
        if told is not None:
            await self._note(f"{key}>{main.id}", notice, _under(place, post), told, of=main)

    async def _note(
        self,
        key: str,
        notice: CaseNotice,
        under: Place,
        noted: Note | Alarm,
        *,
        broadcast: bool = False,
        of: Case | None = None,
    ) -> None:
        """Put it under a case's message. What the asker writes has one copy there, which changes with it: so its key is
        the message's, and, under the message of another case, that case's too."""
        message = rendered(noted, self._texts, OFFICERS_LANGUAGE)
        if notice.move not in noting.OF_MESSAGES:
            await self._workspace.post(f"{key}#noted", under, message, broadcast=broadcast)
            return
        name = f"follow_up:{notice.ref}" + (f">{of.id}" if of else "")
        copy = await self._posts.key_in(under.channel, name)
        if notice.move in noting.CHANGES:
            await self._say(copy, under, message)
        else:
            await self._workspace.post(copy, under, message)

    async def warn(self, key: str, notice: CaseNotice, case: Case) -> None:
        """Tell of what an officer wrote and did not arrive; nobody, where there is no such channel."""
        if channel := await self._officers.channel(case):
            warning = rendering.undelivered(notice, self._address(case), self._texts, OFFICERS_LANGUAGE)
            await self._workspace.post(key, channel, warning)

    async def unreached(self, key: str, case: Case) -> None:
        """Tell the teams that had the case that it did not come to the channel of the one that has it now."""
        told = plainly(
            self._texts(
                OFFICERS_LANGUAGE, "desk.casework.unrouted", case=case.label, team=self._surroundings.team(case).name
            )
        )
        channel = await self._officers.channel(case)
        for post in await self._posts.elsewhere(channel.channel if channel else "", key_of(case)):
            under = Place(platform=PLATFORM, workspace=post.workspace, channel=post.channel, thread=post.ts or "")
            await self._workspace.post(f"{key}@{post.channel}", under, told, broadcast=True)

    async def _was_shown(self, case: Case, channel: str) -> bool:
        return await self._posts.get(await self._posts.key_in(channel, key_of(case))) is not None

    async def _show(self, case: Case, place: Place) -> Post:
        # One message a case, which always says how the case stands now: so its key is the case's, whatever happened.
        return await self._say(await self._posts.key_in(place.channel, key_of(case)), place, await self._card(case))

    async def _leave(self, case: Case, channel: str) -> None:
        """Let the messages in the channels of teams that had the case say where it went."""
        for post in await self._posts.elsewhere(channel, key_of(case)):
            try:
                await self._workspace.change(post, self._gone(case))
            except Undeliverable as error:
                log.warning("slack.card_not_left", channel=post.channel, error=str(error))

    async def redraw(self, posted: Posted, case: Case) -> None:
        """Let a message of the case say how it stands now or, in the channel of a team that had it, where it went;
        nothing where it is gone."""
        there = await self._officers.channel(case)
        post = await self._posts.at(posted.channel, posted.message)
        if post is None:
            return
        is_theirs = there is not None and there.channel == post.channel
        try:
            await self._workspace.change(post, await self._card(case) if is_theirs else self._gone(case))
        except Undeliverable as error:
            if not _is_gone(error):
                raise

    async def _say(self, key: str, place: Place, message: Message) -> Post:
        """Let the message of that key say this; where somebody has deleted it, post it anew."""
        post = await self._workspace.post(key, place, message)
        try:
            await self._workspace.change(post, message)
        except Undeliverable as error:
            if not _is_gone(error):
                raise
            await self._posts.forget(post)
            return await self._workspace.post(key, place, message)
        return post

    async def _place(self, case: Case) -> Place:
        channel = await self._officers.channel(case)
        if channel is None:
            raise Undeliverable("no officers' channel is set; set MOTEPLASSEN_SLACK_OFFICERS_CHANNEL")
        return channel

    async def _card(self, case: Case) -> Message:
        around = await self._surroundings.around(case)
        return card(case, self._address(case), self._texts, OFFICERS_LANGUAGE, now(), around)

    def _gone(self, case: Case) -> Message:
        return gone(case, self._address(case), self._surroundings.team(case), self._texts, OFFICERS_LANGUAGE)

    def _address(self, case: Case) -> str:
        return self._pages.case(case.id)


def _under(place: Place, post: Post) -> Place:
    return place.model_copy(update={"channel": post.channel, "thread": post.ts or ""})


def _is_gone(error: Undeliverable) -> bool:
    cause = error.__cause__
    return isinstance(cause, SlackApiError) and reason(cause) in _GONE
