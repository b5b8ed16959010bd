"""What officers write under a case's card is a note, for colleagues: nothing of it is kept, and nothing sent on but by
a form that shows what will be sent to whom, and is confirmed.

Teams tells a bot of it only where it may read along (RSC). The bot keeps one message under each card that calls the
latest note internal and has the button to send that on; what the button would send is in the message itself.
"""

from __future__ import annotations

import asyncio
import dataclasses
from weakref import WeakValueDictionary

from microsoft_teams.api.activities import AdaptiveCardInvokeActivity
from microsoft_teams.api.models import AdaptiveCardInvokeResponse
from microsoft_teams.apps import ActivityContext, App
from microsoft_teams.cards import AdaptiveCard

from bot.behind import Behind
from bot.desk.case import OPEN, TO_ASKER, Case, CaseState, IllegalMove, Move, Officer
from bot.desk.desk import Desk
from bot.handlers.teams.cases import forms
from bot.handlers.teams.cases.about import Unfit, about
from bot.handlers.teams.cases.card import CASE, TEXT
from bot.handlers.teams.cases.cards import case_of
from bot.handlers.teams.cases.officers import OFFICERS_LANGUAGE, Officers
from bot.handlers.teams.connector import Connector
from bot.handlers.teams.directory import Directory
from bot.handlers.teams.messages import Message, said
from bot.handlers.teams.pressing import Pressed, button, pressed, shows, tells
from bot.handlers.teams.questions.asking import Heard
from bot.handlers.teams.store import Posts
from bot.markdown import clip, escape
from bot.texts import Texts

_SENDABLE = OPEN | {CaseState.ANSWERED}
"""The states of a case in which an officer can send its asker something."""
_SHOWN = 200


class Notes:
    """Hears what is written under cases' cards, and says what it is."""

    def __init__(
        self,
        behind: Behind,
        connector: Connector,
        posts: Posts,
        officers: Officers,
        desk: Desk,
        texts: Texts,
    ) -> None:
        self._behind = behind
        self._connector = connector
        self._posts = posts
        self._officers = officers
        self._desk = desk
        self._texts = texts
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def heard(self, heard: Heard, *, gone: bool = False) -> bool:
        """Whether the message was written, changed or taken away (`gone`) under a case's card."""
        case = await self._case(heard)
        if not case:
            return False
        # Not by the outbox, which would keep it: where this is lost, a note is a note all the same.
        self._behind.start(self._say(case, heard, gone=gone))
        return True

    async def _case(self, heard: Heard) -> str:
        post = await self._posts.at(heard.room.channel, heard.thread) if heard.in_thread else None
        return case_of(post.key) if post else ""

    async def _say(self, case_id: str, heard: Heard, *, gone: bool) -> None:
        case = await self._desk.get(case_id)
        sent = await self._desk.about(heard.ref)
        is_sent = sent is not None and sent[1].move in TO_ASKER
        officer = await self._officers.officer(heard.place, heard.user, "")
        message = self._message(case, heard, officer, is_sent=is_sent, gone=gone)
        key = f"note:{case.id}:{heard.room.channel}"
        # Two at once would both find no message yet, and post one each.
        async with self._turns.setdefault(key, asyncio.Lock()):
            await self._connector.show(key, heard.place, message)

    def _message(self, case: Case, heard: Heard, officer: Officer | None, *, is_sent: bool, gone: bool) -> Message:
        if gone:
            key = "desk.note.deleted_after" if is_sent else "teams.note.gone"
            return said(self._told(key, name=case.asker.name))
        name = officer.name if officer else ""
        key = "desk.note.sent_before" if is_sent else "teams.note" if name else "desk.note.internal"
        lead = said(self._told(key, name=case.asker.name if is_sent else name))
        quoted = f"> {clip(' '.join(heard.text.split()), _SHOWN)}"
        message = dataclasses.replace(lead, text=f"{lead.text}\n\n{quoted}")
        if officer is None or case.state not in _SENDABLE or not heard.text:
            return message
        if len(heard.text) > forms.LONGEST:
            long = self._told("teams.note.long", length=len(heard.text), limit=forms.LONGEST)
            return dataclasses.replace(message, text=f"{message.text}\n\n{escape(long)}")
        title = self._told("desk.note.correct" if is_sent else "desk.note.send")
        send = button(title, forms.RELAY, {CASE: case.id, forms.NOTE: heard.ref, TEXT: heard.text})
        return dataclasses.replace(message, card=AdaptiveCard(body=[], actions=[send]))

    def _told(self, key: str, **values: object) -> str:
        return self._texts(OFFICERS_LANGUAGE, key, **values)


class Relaying:
    """The only way from a note to the asker."""

    def __init__(self, officers: Officers, directory: Directory, desk: Desk, texts: Texts) -> None:
        self._officers = officers
        self._directory = directory
        self._desk = desk
        self._texts = texts

    def register(self, app: App) -> None:
        """Let the SDK hand over who opens the form, and who sends it."""
        app.on_card_action_execute(forms.RELAY, self._open)
        app.on_card_action_execute(forms.done(forms.RELAY), self._send)

    async def _open(self, ctx: ActivityContext[AdaptiveCardInvokeActivity]) -> AdaptiveCardInvokeResponse:
        press = pressed(ctx.activity)
        try:
            case, _ = await about(press, self._officers, self._desk, sorted(TO_ASKER))
        except Unfit as problem:
            return tells(self._texts(OFFICERS_LANGUAGE, problem.key, **problem.values))
        return shows(await self._form(case, press))

    async def _send(self, ctx: ActivityContext[AdaptiveCardInvokeActivity]) -> AdaptiveCardInvokeResponse:
        press = pressed(ctx.activity)
        try:
            case, officer = await about(press, self._officers, self._desk)
        except Unfit as problem:
            return tells(self._texts(OFFICERS_LANGUAGE, problem.key))
        if press.text(forms.SURE) != forms.SURE:
            return shows(await self._form(case, press, "desk.form.relay.unsure"))
        send = {
            Move.ANSWERED: self._desk.answer,
            Move.ASKED_BACK: self._desk.ask_back,
            Move.SUPPLEMENTED: self._desk.supplement,
        }.get(Move(press.text(forms.AS)) if press.text(forms.AS) in set(Move) else Move.OPENED)
        if send is None:
            return shows(await self._form(case, press, "desk.form.relay.as.none"))
        try:
            await send(case.id, officer, press.text(TEXT), press.text(forms.NOTE))
        except IllegalMove as refused:
            return shows(await self._form(case, press, refused.key, **refused.values))
        return tells(self._texts(OFFICERS_LANGUAGE, "desk.note.sent"))

    async def _form(self, case: Case, press: Pressed, problem: str = "", **values: object) -> AdaptiveCard:
        case = case.model_copy(update={"place": await self._directory.as_it_stands(case.place, case.asker.id)})
        merged = len(await self._desk.merged_into(case.id))
        told = self._texts(OFFICERS_LANGUAGE, problem, **values) if problem else ""
        note, text = press.text(forms.NOTE), press.text(TEXT)
        return forms.relaying(case, note, text, self._texts, OFFICERS_LANGUAGE, merged=merged, problem=told)
