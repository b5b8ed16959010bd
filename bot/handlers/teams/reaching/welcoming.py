"""What the bot says where it has just come: what it is for, how it is asked, and what may be asked. Pure."""

from __future__ import annotations

from microsoft_teams.cards import ActionSet, AdaptiveCard, SubmitAction, SubmitActionData, TextBlock

from bot.handlers.teams.messages import Message
from bot.markdown import escape
from bot.people import Role
from bot.prompts import SUGGESTED
from bot.texts import Texts


def welcome(role: Role, language: str, texts: Texts, *, private: bool) -> Message:
    """The message; alone with somebody, with questions to press, by what they are to the municipality."""
    asked = [texts(language, key) for key in SUGGESTED[role]]
    text = texts(language, "teams.welcome.private" if private else "teams.welcome.shared", question=asked[0])
    return Message(text=escape(text), summary=text, card=_suggested(asked, language, texts) if private else None)


def _suggested(asked: list[str], language: str, texts: Texts) -> AdaptiveCard:
    title = TextBlock(text=escape(texts(language, "teams.welcome.ask")), wrap=True, weight="Bolder")
    # One below the other: beside each other, Teams cuts their titles off on a telephone.
    rows = [ActionSet(actions=[_question(each)]) for each in asked]
    return AdaptiveCard(body=[title, *rows], fallback_text=title.text)


def _question(question: str) -> SubmitAction:
    # Pressing it is the same as writing it.
    return SubmitAction(title=question, data=SubmitActionData(msteams={"type": "imBack", "value": question}))
