"""The card under a reply: the way to a case officer, and how the case stands once it is one. Pure."""

from __future__ import annotations

from microsoft_teams.cards import AdaptiveCard, ExecuteAction, RefreshDefinition, TextBlock, TextInput

from bot.desk.case import Case
from bot.desk.describing_cases import standing
from bot.guard import LONGEST_QUESTION
from bot.handlers.teams.pressing import button
from bot.markdown import escape
from bot.question import Reply
from bot.replies import Said
from bot.texts import Texts

FORWARD = "forward"
"""The verb of the button under a reply; its data is the id of the reply."""
SEND = "forward.send"
"""The verb of the button that confirms what is sent: the text of the input QUESTION."""
LOOK = "forward.look"
"""The verb by which a card is shown as it is now, to whoever looks at it."""
REPLY, QUESTION = "reply", "question"


def offer(reply: Reply, texts: Texts, account: str) -> AdaptiveCard | None:
    """The button that sends the question on, for whoever asked; None where nothing is to be sent."""
    if not reply.can_be_forwarded:
        return None
    title = texts(reply.language, "desk.case.forward")
    card = AdaptiveCard(actions=[_button(title, FORWARD, reply)], body=[], fallback_text=title)
    return _refreshed(card, reply, account)


def consent(said: Said, texts: Texts, problem: str = "") -> AdaptiveCard:
    """What will be sent, to be changed and confirmed; `problem` is why it could not be."""
    reply, place = said.reply, said.question.place
    language = reply.language
    readers = "teams.consent.readers.private" if place.private else "teams.consent.readers"
    body = [
        *([_text(problem, attention=True)] if problem else []),
        TextInput(
            id=QUESTION,
            label=texts(language, "desk.case.consent.question"),
            value=said.question.text,
            is_multiline=True,
            max_length=LONGEST_QUESTION,
            is_required=True,
            error_message=texts(language, "reply.refused.empty"),
        ),
        _text(texts(language, "desk.case.consent.hint")),
        _text(texts(language, readers)),
    ]
    buttons = [
        _button(texts(language, "desk.case.consent.submit"), SEND, reply, style="positive"),
        _button(texts(language, "desk.case.cancel"), LOOK, reply).with_associated_inputs("none"),
    ]
    return AdaptiveCard(body=body, actions=buttons)


def sending(reply: Reply, texts: Texts, account: str) -> AdaptiveCard:
    """The question is on its way."""
    return _refreshed(AdaptiveCard(body=[_text(texts(reply.language, "teams.forward.sending"))]), reply, account)


def forwarded(case: Case, reply: Reply, texts: Texts, account: str = "") -> AdaptiveCard:
    """That the question is a case, and how that stands: anew whenever the asker looks."""
    return _refreshed(AdaptiveCard(body=[_text(standing(case, texts))]), reply, account)


def _refreshed(card: AdaptiveCard, reply: Reply, account: str) -> AdaptiveCard:
    if account:
        card.refresh = RefreshDefinition(action=_button("", LOOK, reply), user_ids=[account])
    return card


def _button(title: str, verb: str, reply: Reply, style: str = "default") -> ExecuteAction:
    return button(title, verb, {REPLY: reply.id}, style)


def _text(text: str, *, attention: bool = False) -> TextBlock:
    return TextBlock(text=escape(text), wrap=True, color="Attention" if attention else "Default")
