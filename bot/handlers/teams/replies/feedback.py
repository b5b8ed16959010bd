"""Hears what people think of replies, by the thumbs under them and the form that these open."""

from __future__ import annotations

import json
from typing import Any

import structlog
from microsoft_teams.api.activities import MessageFetchTaskInvokeActivity, MessageSubmitActionInvokeActivity
from microsoft_teams.api.models import (
    AdaptiveCardAttachment,
    CardTaskModuleTaskInfo,
    TaskModuleContinueResponse,
    TaskModuleInvokeResponse,
    TaskModuleResponse,
    card_attachment,
)
from microsoft_teams.apps import ActivityContext, App
from microsoft_teams.cards import AdaptiveCard, Choice, ChoiceSetInput, SubmitAction, TextInput

from bot.feedback import Fault, Importance
from bot.guard import mask
from bot.handlers.teams.directory import Directory
from bot.handlers.teams.questions.asking import place_of, room_of, thread_of, user_of
from bot.handlers.teams.store import Feedbacks, Posts, Replies
from bot.people import Role
from bot.replies import Said
from bot.texts import Texts

log = structlog.get_logger(__name__)

_REASONS, _IMPORTANCE, _COMMENT = "reasons", "importance", "comment"
_LONGEST = 2_000

Opinion = MessageFetchTaskInvokeActivity | MessageSubmitActionInvokeActivity


class Opinions:
    """Keeps what people think of replies, and asks who thinks ill of one why."""

    def __init__(
        self, directory: Directory, replies: Replies, posts: Posts, feedbacks: Feedbacks, texts: Texts
    ) -> None:
        self._directory = directory
        self._replies = replies
        self._posts = posts
        self._feedbacks = feedbacks
        self._texts = texts

    def register(self, app: App) -> None:
        """Let the SDK hand over what people think."""
        app.on_message_fetch_task(self._open)
        app.on_message_submit_feedback(self._submit)

    async def _open(self, ctx: ActivityContext[MessageFetchTaskInvokeActivity]) -> TaskModuleInvokeResponse:
        activity = ctx.activity
        said = await self._said(activity)
        good = activity.value.data.action_value.reaction == "like"
        if said:
            # Who closes the form has said what they think all the same.
            await self._feedbacks.keep(said.reply.id, user_of(activity), good=good)
        role = await self._directory.role(place_of(room_of(activity), thread_of(activity)), user_of(activity))
        language = said.reply.language if said else "nb"
        card = form(self._texts, language, good=good, staff=role is not Role.BUSINESS)
        title = self._texts(language, "teams.feedback.title.good" if good else "reply.feedback.title")
        info = CardTaskModuleTaskInfo(title=title, card=card_attachment(AdaptiveCardAttachment(content=card)))
        return TaskModuleResponse(task=TaskModuleContinueResponse(value=info))

    async def _submit(self, ctx: ActivityContext[MessageSubmitActionInvokeActivity]) -> None:
        activity, value = ctx.activity, ctx.activity.value.action_value
        said = await self._said(activity)
        if said is None:
            log.info("teams.feedback_on_nothing")
            return
        found = _filled(value.feedback)
        chosen = str(found.get(_REASONS) or "").split(",")
        await self._feedbacks.keep(
            said.reply.id,
            user_of(activity),
            good=value.reaction == "like",
            reasons=[fault for fault in Fault if fault in chosen],
            comment=mask(str(found.get(_COMMENT) or "").strip()[:_LONGEST]),
            importance=next((rank for rank in Importance if rank == found.get(_IMPORTANCE)), None),
        )

    async def _said(self, activity: Opinion) -> Said | None:
        """The reply that the opinion is about: the message that it was given under."""
        post = await self._posts.at(room_of(activity).channel, activity.reply_to_id or "")
        if post is None:
            return None
        # The key of the reply's first message is the reply's; those of the others end with their numbers.
        return await self._replies.owed_by(post.key) or await self._replies.owed_by(post.key.rpartition("#")[0])


def form(texts: Texts, language: str, *, good: bool, staff: bool) -> AdaptiveCard:
    """What is asked of whoever thinks so: of a bad reply also why, and of staff how much that matters."""

    def told(key: str) -> str:
        return texts(language, key)

    comment = TextInput(
        id=_COMMENT,
        label=told("reply.feedback.comment"),
        placeholder=told("reply.feedback.comment.hint"),
        is_multiline=True,
        max_length=_LONGEST,
    )
    faults = [Choice(title=told(fault.key), value=fault) for fault in Fault]
    ranks = [Choice(title=told(rank.key), value=rank) for rank in Importance]
    why = [ChoiceSetInput(id=_REASONS, label=told("reply.feedback.reasons"), choices=faults, is_multi_select=True)]
    if staff:
        why.append(ChoiceSetInput(id=_IMPORTANCE, label=told("reply.feedback.importance"), choices=ranks))
    body = [*([] if good else why), comment]
    return AdaptiveCard(body=body, actions=[SubmitAction(title=told("reply.feedback.submit"))])


def _filled(feedback: str) -> dict[str, Any]:
    try:
        found = json.loads(feedback)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
