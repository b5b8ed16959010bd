"""The modals that officers work on cases with. Pure; whatever comes from people or sources is escaped on the way."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    ContextBlock,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from bot.desk.case import Case, CaseState, Move, Officer
from bot.handlers.slack.blocks import SECTION, bold, markup, sections
from bot.handlers.slack.cases.card import ANSWER, ASK_BACK, REASSIGN, SEND_BACK, asker_of, can_be_asked, where
from bot.handlers.slack.cases.quoting import fitting, quotation
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.texts import Texts
from knowledge.model import Audience

RELAY = "relay"
"""Names the modal that sends a note to the asker, the button that opens it, and the shortcut that does."""
TEXT = "text"
WHO = "who"
AS = "as"
SURE = "sure"
"""The inputs, and the only elements in them."""
LONGEST = 3_000
"""Characters that an input of Slack's holds."""

_QUESTION = 2_000
_LINE = 300
_MOST_LINES = 10


class Meant(BaseModel):
    """What a modal is about, kept in it: whoever opened it was an officer then. `note` is the message that is sent on,
    as `channel:ts`, where one is."""

    model_config = ConfigDict(frozen=True)

    case: str
    officer: Officer
    language: str
    workspace: str
    note: str = ""


def answering(case: Case, meant: Meant, texts: Texts) -> View:
    """To answer, beginning with what the bot had found; without what is internal, where outsiders read the answer."""
    told = _for_outsiders(case) if case.place.outsiders else case
    blocks = [*_asked(told, meant, texts), *_found(told, meant, texts)]
    blocks += [_text(ANSWER, meant, texts, draft(told)), _shown(told, meant, texts)]
    if told != case:
        blocks.append(_small([escape(texts(meant.language, "slack.casework.left_out"))]))
    return _view(ANSWER, case, meant, texts, blocks)


def asking_back(case: Case, meant: Meant, texts: Texts) -> View:
    """To ask the asker for more."""
    blocks = [*_asked(case, meant, texts), _text(ASK_BACK, meant, texts), _shown(case, meant, texts)]
    return _view(ASK_BACK, case, meant, texts, blocks)


def reassigning(case: Case, meant: Meant, texts: Texts) -> View:
    """To give the case to somebody."""
    label = PlainTextObject(text=texts(meant.language, "slack.reassign.label"))
    hint = PlainTextObject(text=texts(meant.language, "slack.reassign.hint"))
    who = InputBlock(block_id=WHO, label=label, hint=hint, element=UserSelectElement(action_id=WHO))
    return _view(REASSIGN, case, meant, texts, [who])


def sending_back(case: Case, meant: Meant, texts: Texts) -> View:
    """To say that the case belongs elsewhere, and why."""
    note = sections([escape(texts(meant.language, "slack.send_back.note"))])
    return _view(SEND_BACK, case, meant, texts, [*note, _text(SEND_BACK, meant, texts, optional=True)])


def relaying(case: Case, meant: Meant, text: str, texts: Texts, *, files: bool) -> View:
    """To send what an officer wrote among colleagues to the asker: the exact text, to whom, who else will read it,
    as what, and a confirmation without which nothing is sent."""
    language = meant.language
    warning = texts(language, "slack.relay.to", name=asker_of(case))
    notes = [bold(warning), where(case.place, asker_of(case), texts, language)]
    if files:
        notes.append(escape(texts(language, "slack.relay.files")))
    sure = Option(value=SURE, text=PlainTextObject(text=texts(language, "slack.relay.sure.option")))
    blocks: list[Block] = [
        *sections(notes),
        _text(RELAY, meant, texts, text),
        InputBlock(
            block_id=AS,
            label=PlainTextObject(text=texts(language, "slack.relay.as")),
            element=RadioButtonsElement(action_id=AS, options=[_way(move, meant, texts) for move in _ways(case)]),
        ),
        InputBlock(
            block_id=SURE,
            label=PlainTextObject(text=texts(language, "slack.relay.sure")),
            element=CheckboxesElement(action_id=SURE, options=[sure]),
        ),
    ]
    return _view(RELAY, case, meant, texts, blocks)


def draft(case: Case) -> str:
    """What the bot had found as the beginning of an answer: the claims, numbered by their sources, and those."""
    sources = list(dict.fromkeys(claim.citation for claim in case.draft))
    claims = [f"{claim.text} [{sources.index(claim.citation) + 1}]" for claim in case.draft]
    listed = [f"[{number}] {source.title} {source.url}".strip() for number, source in enumerate(sources, start=1)]
    return "\n\n".join([*claims, "\n".join(listed)]).strip()


def _for_outsiders(case: Case) -> Case:
    # It is an officer's answer that goes out, but its beginning is the bot's, and is easily sent unread.
    claims = tuple(claim for claim in case.draft if claim.citation.audience is Audience.PUBLIC)
    nearest = tuple(source for source in case.nearest if source.audience is Audience.PUBLIC)
    return case.model_copy(update={"draft": claims, "nearest": nearest})


def _ways(case: Case) -> list[Move]:
    if case.state is CaseState.ANSWERED:
        return [Move.SUPPLEMENTED]
    return [Move.ANSWERED, Move.ASKED_BACK] if can_be_asked(case) else [Move.ANSWERED]


def _way(move: Move, meant: Meant, texts: Texts) -> Option:
    return Option(value=move, text=PlainTextObject(text=texts(meant.language, f"slack.relay.as.{move}")))


def _asked(case: Case, meant: Meant, texts: Texts) -> list[Block]:
    heading = bold(texts(meant.language, "slack.casework.asks", name=asker_of(case)))
    blocks: list[Block] = [*sections([f"{heading}\n{quotation(case.question, _QUESTION)}"])]
    if case.history:
        earlier = [f"• {clip(text, _LINE)}" for text in case.history[-_MOST_LINES:]]
        blocks.append(_small(fitting([bold(texts(meant.language, "slack.casework.history")), *earlier], SECTION)))
    return blocks


def _found(case: Case, meant: Meant, texts: Texts) -> list[Block]:
    sources = dict.fromkeys([*(claim.citation for claim in case.draft), *case.nearest])
    if not sources:
        return []
    # An address can be as long as three sources in all may be.
    lines = [f"• {link(source.url, clip(source.title, _LINE))}" for source in sources]
    return [_small(fitting([bold(texts(meant.language, "slack.casework.found")), *lines[:_MOST_LINES]], SECTION))]


def _text(kind: str, meant: Meant, texts: Texts, text: str = "", *, optional: bool = False) -> InputBlock:
    return InputBlock(
        block_id=TEXT,
        label=PlainTextObject(text=texts(meant.language, f"slack.{kind}.label")),
        element=PlainTextInputElement(
            action_id=TEXT, multiline=True, initial_value=text[:LONGEST] or None, max_length=LONGEST
        ),
        optional=optional,
    )


def _shown(case: Case, meant: Meant, texts: Texts) -> Block:
    return _small([where(case.place, asker_of(case), texts, meant.language)])


def _small(lines: Sequence[str]) -> Block:
    return ContextBlock(elements=[markup("\n".join(lines))])


def _view(kind: str, case: Case, meant: Meant, texts: Texts, blocks: Sequence[Block]) -> View:
    return View(
        type="modal",
        callback_id=kind,
        title=PlainTextObject(text=texts(meant.language, f"slack.{kind}.title", case=case.label)),
        submit=PlainTextObject(text=texts(meant.language, f"slack.{kind}.submit")),
        close=PlainTextObject(text=texts(meant.language, "slack.casework.cancel")),
        private_metadata=meant.model_dump_json(),
        blocks=list(blocks),
    )
