"""The officers' channels, one a team: a card for each case, which always says how it stands."""

from __future__ import annotations

import contextlib

from microsoft_teams.cards import AdaptiveCard

from bot.database import now
from bot.desk import noting
from bot.desk.case import Case, Move
from bot.desk.notices import CaseNotice
from bot.desk.noting import Alarm, Note
from bot.desk.outbox import Undeliverable
from bot.desk.surroundings import Surroundings
from bot.desk.taking_down import Posted
from bot.handlers.teams.cases.card import card, gone
from bot.handlers.teams.cases.cards import key_of, keys_of
from bot.handlers.teams.cases.notes import rendered
from bot.handlers.teams.cases.officers import OFFICERS_LANGUAGE, Officers
from bot.handlers.teams.connector import Connector, Gone
from bot.handlers.teams.messages import Message, carded, said
from bot.handlers.teams.store import Post, Posts
from bot.pages import Pages
from bot.people import Place
from bot.texts import Texts


class OfficersChannel:
    """Keeps what the officers see up to date, each case in its team's channel. Raises what the connector raises."""

    def __init__(
        self,
        public_url: str,
        connector: Connector,
        posts: Posts,
        officers: Officers,
        surroundings: Surroundings,
        texts: Texts,
    ) -> None:
        self._pages = Pages(public_url)
        self._connector = connector
        self._posts = posts
        self._officers = officers
        self._surroundings = surroundings
        self._texts = texts

    async def show(self, case: Case) -> Post:
        """Let the case's card say how it stands now; where there is none in the team's channel, post it."""
        place = self._place(case)
        return await self._connector.show(key_of(case.id, place), place, carded(await self.card(case), case.label))

    async def change(self, key: str, notice: CaseNotice, case: Case) -> None:
        """Show how the case stands now and, under that, what has happened, where that is more. `key` names this. Where
        other teams had the case, their cards say where it went."""
        post = await self.show(case)
        if notice.move is Move.ROUTED:
            await self._leave(case, post)
        team, around = self._surroundings.team(case), await self._surroundings.around(case)
        address = self._address(case)
        note = noting.noted(notice, case, team, address, self._texts, OFFICERS_LANGUAGE, around.substitute)
        if note is not None:
            await self._note(key, notice, self._under(post), note)
        if main := await self._surroundings.main(notice, case):
            await self._change_main(key, notice, case, main)

    async def _change_main(self, key: str, notice: CaseNotice, case: Case, main: Case) -> None:
        """Show what comes to whoever answers the case, since that was merged into theirs."""
        post = await self.show(main)  # it is for one more now, or for one less
        told = noting.merged(notice, case, main, self._address(case), self._texts, OFFICERS_LANGUAGE)
        if told is not None:
            await self._note(f"{key}>{main.id}", notice, self._under(post), told, of=main)

    async def _note(
        self, key: str, notice: CaseNotice, under: Place, note: Note | Alarm, *, of: Case | None = None
    ) -> None:
        """Put it under a case's card. What the asker writes has one copy there, which changes with it: so its key is
        the message's, and, under the card of another case, that case's too."""
        message = rendered(note, self._texts, OFFICERS_LANGUAGE)
        if notice.move not in noting.OF_MESSAGES:
            await self._connector.post(f"{key}#noted", under, message)
            return
        copy = f"follow_up:{under.channel}:{notice.ref}" + (f">{of.id}" if of else "")
        if notice.move in noting.CHANGES:
            await self._connector.show(copy, under, message)
        else:
            await self._connector.post(copy, under, message)

    async def _leave(self, case: Case, there: Post) -> None:
        """Let the cards in the channels of teams that had the case say where it went."""
        for post in await self._posts.beginning(keys_of(case.id)):
            if post.channel != there.channel:
                with contextlib.suppress(Undeliverable):
                    await self._change(post, case, self._gone(case))

    async def redraw(self, posted: Posted, case: Case) -> None:
        """Let a card of the case say how it stands now or, in the channel of a team that had it, where it went; nothing
        where it is gone."""
        there, post = self._officers.channel(case), await self._posts.at(posted.channel, posted.message)
        if post is None:
            return
        is_theirs = there is not None and there.channel == post.channel
        with contextlib.suppress(Gone):
            await self._change(post, case, await self.card(case) if is_theirs else self._gone(case))

    async def _change(self, post: Post, case: Case, drawn: AdaptiveCard) -> None:
        await self._connector.change(post, self._under(post).workspace, carded(drawn, case.label))

    def _gone(self, case: Case) -> AdaptiveCard:
        team = self._surroundings.team(case).name
        return gone(case, self._address(case), team, self._texts, OFFICERS_LANGUAGE)

    async def unreached(self, key: str, case: Case) -> None:
        """Tell the teams that had the case that it did not come to the channel of the one that has it now."""
        team = self._surroundings.team(case).name
        told = said(self._texts(OFFICERS_LANGUAGE, "desk.casework.unrouted", case=case.label, team=team))
        there = self._officers.channel(case)
        for post in await self._posts.beginning(keys_of(case.id)):
            if there is None or post.channel != there.channel:
                await self._connector.post(f"{key}@{post.channel}", self._under(post), told)

    async def tell(self, key: str, case: Case, message: Message) -> None:
        """Tell the officers something of the case, under its card; nobody, where they have no channel in Teams."""
        place = self._officers.channel(case)
        if place is None:
            return
        post = await self._posts.get(key_of(case.id, place))
        thread = post.activity if post else ""
        await self._connector.post(key, place.model_copy(update={"thread": thread}), message)

    async def card(self, case: Case) -> AdaptiveCard:
        """The case as it stands."""
        around = await self._surroundings.around(case)
        return card(case, self._address(case), self._texts, OFFICERS_LANGUAGE, now(), around)

    def _place(self, case: Case) -> Place:
        channel = self._officers.channel(case)
        if channel is None:
            raise Undeliverable("no officers' channel is set; set MOTEPLASSEN_TEAMS_OFFICERS_CHANNEL")
        return channel

    def _under(self, post: Post) -> Place:
        return self._officers.place(post.channel).model_copy(update={"thread": post.activity})

    def _address(self, case: Case) -> str:
        return self._pages.case(case.id)
