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
    SectionBlock,
    UserSelectElement,
)
from slack_sdk.models.views import View

from bot.citing import sources
from bot.desk.case import Case, Move, Officer
from bot.desk.drafting import draft, for_outsiders, ways
from bot.desk.noting import asker_of
from bot.desk.offers import ANSWER, ASK_BACK, REASSIGN
from bot.handlers.slack.blocks import SECTION, bold, markup, sections
from bot.handlers.slack.cases.card import where
from bot.handlers.slack.cases.quoting import fitting, quotation
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.handlers.slack.questions.aside import Ear
from bot.texts import Texts

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
    as `channel:ts`, where one is, and `beside` is how what only they see beside it can be replaced."""

    model_config = ConfigDict(frozen=True)

    case: str
    officer: Officer
    language: str
    workspace: str
    note: str = ""
    beside: Ear | None = None


def answering(case: Case, meant: Meant, texts: Texts, merged: int = 0) -> View:
    """To answer, beginning with what the bot had answered. What it was not sure of stands under the answer instead: an
    officer takes over of it what is right. Without what is internal, where outsiders read the answer. `merged` is in
    how many other cases the answer answers."""
    told = for_outsiders(case) if case.place.outsiders else case
    written = draft(told)
    beginning = "" if case.abstained else written
    key = "desk.form.answer.label.draft" if beginning else "desk.form.answer.label"
    blocks = [*asked(told, meant, texts), *_found(told, meant, texts)]
    blocks += [text_input(ANSWER, meant, texts, beginning, label=key), _shown(told, meant, texts)]
    if merged:
        blocks.append(small([bold(texts(meant.language, "desk.form.answer.merged", count=merged))]))
    if told != case:
        blocks.append(small([escape(texts(meant.language, "desk.casework.left_out"))]))
    if written and case.abstained:
        blocks += _unsure(written, meant, texts)
    return view_of(ANSWER, case, meant, texts, blocks)


def asking_back(case: Case, meant: Meant, texts: Texts) -> View:
    """To ask the asker for more."""
    blocks = [*asked(case, meant, texts), text_input(ASK_BACK, meant, texts), _shown(case, meant, texts)]
    return view_of(ASK_BACK, case, meant, texts, blocks)


def reassigning(case: Case, meant: Meant, texts: Texts) -> View:
    """To give the case to somebody."""
    label = PlainTextObject(text=texts(meant.language, "desk.form.reassign.label"))
    hint = PlainTextObject(text=texts(meant.language, "desk.form.reassign.hint"))
    who = InputBlock(block_id=WHO, label=label, hint=hint, element=UserSelectElement(action_id=WHO))
    return view_of(REASSIGN, case, meant, texts, [who])


def relaying(case: Case, meant: Meant, text: str, texts: Texts, *, files: bool, merged: int = 0) -> View:
    """To send what an officer wrote among colleagues to the asker: the exact text, to whom, who else will read it,
    as what, and a confirmation without which nothing is sent. `merged` is in how many other cases an answer answers."""
    language = meant.language
    warning = texts(language, "desk.form.relay.to", name=asker_of(case))
    notes = [bold(warning), where(case.place, asker_of(case), texts, language)]
    if merged:
        notes.append(bold(texts(language, "desk.form.relay.merged", count=merged)))
    if files:
        notes.append(escape(texts(language, "desk.form.relay.files")))
    sure = Option(value=SURE, text=PlainTextObject(text=texts(language, "desk.form.relay.sure.option")))
    blocks: list[Block] = [
        *sections(notes),
        text_input(RELAY, meant, texts, text),
        InputBlock(
            block_id=AS,
            label=PlainTextObject(text=texts(language, "desk.form.relay.as")),
            element=RadioButtonsElement(action_id=AS, options=[_way(move, meant, texts) for move in ways(case)]),
        ),
        InputBlock(
            block_id=SURE,
            label=PlainTextObject(text=texts(language, "desk.form.relay.sure")),
            element=CheckboxesElement(action_id=SURE, options=[sure]),
        ),
    ]
    return view_of(RELAY, case, meant, texts, blocks)


def _way(move: Move, meant: Meant, texts: Texts) -> Option:
    return Option(value=move, text=PlainTextObject(text=texts(meant.language, f"desk.form.relay.as.{move}")))


def asked(case: Case, meant: Meant, texts: Texts) -> list[Block]:
    """What the case is about: the question, and what was asked before it."""
    heading = bold(texts(meant.language, "desk.casework.asks", name=asker_of(case)))
    blocks: list[Block] = [*sections([f"{heading}\n{quotation(case.question, _QUESTION)}"])]
    if case.history:
        earlier = [f"• {clip(text, _LINE)}" for text in case.history[-_MOST_LINES:]]
        blocks.append(small(fitting([bold(texts(meant.language, "desk.casework.history")), *earlier], SECTION)))
    return blocks


def _found(case: Case, meant: Meant, texts: Texts) -> list[Block]:
    found = sources(case.citations)
    if not found:
        return []
    # An address can be as long as three sources in all may be.
    lines = [f"• {link(each.citation.url, clip(each.citation.title, _LINE))}" for each in found]
    return [small(fitting([bold(texts(meant.language, "desk.casework.found")), *lines[:_MOST_LINES]], SECTION))]


def _unsure(written: str, meant: Meant, texts: Texts) -> list[Block]:
    heading = bold(texts(meant.language, "desk.form.answer.unsure"))
    # Plain, so that what is copied from it is the text itself.
    shown = PlainTextObject(text=written if len(written) <= SECTION else f"{written[: SECTION - 1]}…", emoji=False)
    return [*sections([heading]), SectionBlock(text=shown, expand=True)]


def text_input(
    kind: str, meant: Meant, texts: Texts, text: str = "", *, label: str = "", optional: bool = False
) -> InputBlock:
    """Where an officer writes, beginning with the text."""
    return InputBlock(
        block_id=TEXT,
        label=PlainTextObject(text=texts(meant.language, label or f"desk.form.{kind}.label")),
        element=PlainTextInputElement(
            action_id=TEXT, multiline=True, initial_value=text[:LONGEST] or None, max_length=LONGEST
        ),
        optional=optional,
    )


def _shown(case: Case, meant: Meant, texts: Texts) -> Block:
    return small([where(case.place, asker_of(case), texts, meant.language)])


def small(lines: Sequence[str]) -> Block:
    """Lines in Slack's markup, small."""
    return ContextBlock(elements=[markup("\n".join(lines))])


def view_of(kind: str, case: Case, meant: Meant, texts: Texts, blocks: Sequence[Block]) -> View:
    """The modal of that kind about the case."""
    return View(
        type="modal",
        callback_id=kind,
        title=PlainTextObject(text=texts(meant.language, f"desk.form.{kind}.title", case=case.label)),
        submit=PlainTextObject(text=texts(meant.language, f"desk.form.{kind}.submit")),
        close=PlainTextObject(text=texts(meant.language, "desk.case.cancel")),
        private_metadata=meant.model_dump_json(),
        blocks=list(blocks),
    )
