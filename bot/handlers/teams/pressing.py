"""What people press on cards: what was pressed, by whom, and how they are answered at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from microsoft_teams.api.activities import AdaptiveCardInvokeActivity
from microsoft_teams.api.activities.invoke import TaskInvokeActivity
from microsoft_teams.api.models import (
    AdaptiveCardActionCardResponse,
    AdaptiveCardActionMessageResponse,
    AdaptiveCardInvokeResponse,
    AdaptiveCardInvokeValue,
)
from microsoft_teams.cards import AdaptiveCard, ExecuteAction, SubmitAction
from pydantic import BaseModel, ConfigDict

from bot.handlers.teams.questions.asking import place_of, room_of, thread_of, user_of
from bot.people import Place

ACTION = "action"
"""What an action's data calls its name by: the SDK looks there."""


class Pressed(BaseModel):
    """Who pressed, where (`message` is the card's), and what the card's inputs and the action's data hold."""

    model_config = ConfigDict(frozen=True)

    user: str
    account: str
    name: str
    place: Place
    message: str
    data: Mapping[str, Any]

    def text(self, name: str) -> str:
        """What is written there; empty where nothing is."""
        found = self.data.get(name)
        return found if isinstance(found, str) else ""


def pressed(activity: AdaptiveCardInvokeActivity | TaskInvokeActivity) -> Pressed:
    """Who pressed what."""
    value = activity.value
    data = value.action.data if isinstance(value, AdaptiveCardInvokeValue) else value.data
    return Pressed(
        user=user_of(activity),
        account=activity.from_.id,
        name=activity.from_.name or "",
        place=place_of(room_of(activity), thread_of(activity)),
        message=activity.reply_to_id or "",
        data=data if isinstance(data, dict) else {},
    )


def button(
    title: str, action: str, data: Mapping[str, str], style: str = "default", *, rare: bool = False
) -> ExecuteAction:
    """A button that the bot hears; `rare`: in the card's menu."""
    about = {"title": title, "verb": action, "data": {ACTION: action, **data}, "style": style}
    return ExecuteAction.model_validate(about | ({"mode": "secondary"} if rare else {}))


def opening(title: str, window: str, data: Mapping[str, str]) -> SubmitAction:
    """A button that opens the window of that name. What is written on the card goes along; none of it is needed."""
    about = {"msteams": {"type": "task/fetch"}, "dialog_id": window, **data}
    return SubmitAction.model_validate({"title": title, "data": about})


def shows(card: AdaptiveCard) -> AdaptiveCardInvokeResponse:
    """The answer that puts the card in the place of the one that was pressed, for whoever pressed."""
    return AdaptiveCardActionCardResponse(value=card)


def tells(text: str) -> AdaptiveCardInvokeResponse:
    """The answer that says something to whoever pressed."""
    return AdaptiveCardActionMessageResponse(value=text)
