"""Answering in a window of its own, where the question, what the bot had found and its draft are beside the answer."""

from __future__ import annotations

from microsoft_teams.api.activities.invoke.task import TaskFetchInvokeActivity, TaskSubmitInvokeActivity
from microsoft_teams.api.models import (
    AdaptiveCardAttachment,
    CardTaskModuleTaskInfo,
    TaskModuleContinueResponse,
    TaskModuleInvokeResponse,
    TaskModuleMessageResponse,
    TaskModuleResponse,
    card_attachment,
)
from microsoft_teams.apps import ActivityContext, App

from bot.desk import offers
from bot.desk.case import Case, IllegalMove
from bot.desk.desk import Desk
from bot.handlers.teams.cases import forms
from bot.handlers.teams.cases.about import Unfit, about
from bot.handlers.teams.cases.card import TEXT
from bot.handlers.teams.cases.officers import OFFICERS_LANGUAGE, Officers
from bot.handlers.teams.directory import Directory
from bot.handlers.teams.pressing import Pressed, pressed
from bot.texts import Texts


class Dialogs:
    """Opens the window, and answers with what is written in it."""

    def __init__(self, officers: Officers, directory: Directory, desk: Desk, texts: Texts) -> None:
        self._officers = officers
        self._directory = directory
        self._desk = desk
        self._texts = texts

    def register(self, app: App) -> None:
        """Let the SDK hand over who opens it and who sends it."""
        app.on_dialog_open(offers.ANSWER, self._open)
        app.on_dialog_submit(forms.done(offers.ANSWER), self._send)

    async def _open(self, ctx: ActivityContext[TaskFetchInvokeActivity]) -> TaskModuleInvokeResponse:
        press = pressed(ctx.activity)
        try:
            case, _ = await about(press, self._officers, self._desk, offers.FORMS[offers.ANSWER])
        except Unfit as problem:
            return self._tell(problem.key, **problem.values)
        return await self._show(case, press)

    async def _send(self, ctx: ActivityContext[TaskSubmitInvokeActivity]) -> TaskModuleInvokeResponse:
        press = pressed(ctx.activity)
        try:
            case, officer = await about(press, self._officers, self._desk)
        except Unfit as problem:
            return self._tell(problem.key)
        try:
            await self._desk.answer(case.id, officer, press.text(TEXT))
        except IllegalMove as refused:
            return await self._show(case, press, self._texts(OFFICERS_LANGUAGE, refused.key, **refused.values))
        return TaskModuleResponse()  # the window closes, and the card shows what was done

    async def _show(self, case: Case, press: Pressed, problem: str = "") -> TaskModuleInvokeResponse:
        # Who reads along may be others than when the case was opened.
        case = case.model_copy(update={"place": await self._directory.as_it_stands(case.place, case.asker.id)})
        merged, written = len(await self._desk.merged_into(case.id)), press.text(TEXT)
        card = forms.answering(case, self._texts, OFFICERS_LANGUAGE, written=written, merged=merged, problem=problem)
        title = self._texts(OFFICERS_LANGUAGE, "desk.form.answer.title", case=case.label)
        shown = card_attachment(AdaptiveCardAttachment(content=card))
        info = CardTaskModuleTaskInfo(title=title, card=shown, width="large", height="large")
        return TaskModuleResponse(task=TaskModuleContinueResponse(value=info))

    def _tell(self, key: str, **values: object) -> TaskModuleInvokeResponse:
        told = self._texts(OFFICERS_LANGUAGE, key, **values)
        return TaskModuleResponse(task=TaskModuleMessageResponse(value=told))
