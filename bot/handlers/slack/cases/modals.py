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

from bot.citing import numbers, sources
from bot.desk.case import Case, CaseState, Move, Officer
from bot.handlers.slack.blocks import SECTION, bold, markup, sections
from bot.handlers.slack.cases.buttons import ANSWER, ASK_BACK, REASSIGN, can_be_asked
from bot.handlers.slack.cases.card import asker_of, where
from bot.handlers.slack.cases.quoting import fitting, quotation
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.handlers.slack.questions.aside import Ear
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
    told = _for_outsiders(case) if case.place.outsiders else case
    written = draft(told)
    beginning = "" if case.abstained else written
    key = "slack.answer.label.draft" if beginning else "slack.answer.label"
    blocks = [*asked(told, meant, texts), *_found(told, meant, texts)]
    blocks += [text_input(ANSWER, meant, texts, beginning, label=key), _shown(told, meant, texts)]
    if merged:
        blocks.append(small([bold(texts(meant.language, "slack.answer.merged", count=merged))]))
    if told != case:
        blocks.append(small([escape(texts(meant.language, "slack.casework.left_out"))]))
    if written and case.abstained:
        blocks += _unsure(written, meant, texts)
    return view_of(ANSWER, case, meant, texts, blocks)


def asking_back(case: Case, meant: Meant, texts: Texts) -> View:
    """To ask the asker for more."""
    blocks = [*asked(case, meant, texts), text_input(ASK_BACK, meant, texts), _shown(case, meant, texts)]
    return view_of(ASK_BACK, case, meant, texts, blocks)


def reassigning(case: Case, meant: Meant, texts: Texts) -> View:
    """To give the case to somebody."""
    label = PlainTextObject(text=texts(meant.language, "slack.reassign.label"))
    hint = PlainTextObject(text=texts(meant.language, "slack.reassign.hint"))
    who = InputBlock(block_id=WHO, label=label, hint=hint, element=UserSelectElement(action_id=WHO))
    return view_of(REASSIGN, case, meant, texts, [who])


def relaying(case: Case, meant: Meant, text: str, texts: Texts, *, files: bool, merged: int = 0) -> View:
    """To send what an officer wrote among colleagues to the asker: the exact text, to whom, who else will read it,
    as what, and a confirmation without which nothing is sent. `merged` is in how many other cases an answer answers."""
    language = meant.language
    warning = texts(language, "slack.relay.to", name=asker_of(case))
    notes = [bold(warning), where(case.place, asker_of(case), texts, language)]
    if merged:
        notes.append(bold(texts(language, "slack.relay.merged", count=merged)))
    if files:
        notes.append(escape(texts(language, "slack.relay.files")))
    sure = Option(value=SURE, text=PlainTextObject(text=texts(language, "slack.relay.sure.option")))
    blocks: list[Block] = [
        *sections(notes),
        text_input(RELAY, meant, texts, text),
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
    return view_of(RELAY, case, meant, texts, blocks)


def draft(case: Case) -> str:
    """What the bot had found as the beginning of an answer: the claims, numbered by their sources, and those."""
    cited = [claim.citation for claim in case.draft]
    marks = numbers(cited)
    claims = [f"{claim.text} [{marks[claim.citation]}]" for claim in case.draft]
    found = sources(cited)
    listed = [f"[{each.number}] {each.citation.title} {each.citation.url}".strip() for each in found]
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


def asked(case: Case, meant: Meant, texts: Texts) -> list[Block]:
    """What the case is about: the question, and what was asked before it."""
    heading = bold(texts(meant.language, "slack.casework.asks", name=asker_of(case)))
    blocks: list[Block] = [*sections([f"{heading}\n{quotation(case.question, _QUESTION)}"])]
    if case.history:
        earlier = [f"• {clip(text, _LINE)}" for text in case.history[-_MOST_LINES:]]
        blocks.append(small(fitting([bold(texts(meant.language, "slack.casework.history")), *earlier], SECTION)))
    return blocks


def _found(case: Case, meant: Meant, texts: Texts) -> list[Block]:
    found = sources(case.citations)
    if not found:
        return []
    # An address can be as long as three sources in all may be.
    lines = [f"• {link(each.citation.url, clip(each.citation.title, _LINE))}" for each in found]
    return [small(fitting([bold(texts(meant.language, "slack.casework.found")), *lines[:_MOST_LINES]], SECTION))]


def _unsure(written: str, meant: Meant, texts: Texts) -> list[Block]:
    heading = bold(texts(meant.language, "slack.answer.unsure"))
    # Plain, so that what is copied from it is the text itself.
    shown = PlainTextObject(text=written if len(written) <= SECTION else f"{written[: SECTION - 1]}…", emoji=False)
    return [*sections([heading]), SectionBlock(text=shown, expand=True)]


def text_input(
    kind: str, meant: Meant, texts: Texts, text: str = "", *, label: str = "", optional: bool = False
) -> InputBlock:
    """Where an officer writes, beginning with the text."""
    return InputBlock(
        block_id=TEXT,
        label=PlainTextObject(text=texts(meant.language, label or f"slack.{kind}.label")),
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
        title=PlainTextObject(text=texts(meant.language, f"slack.{kind}.title", case=case.label)),
        submit=PlainTextObject(text=texts(meant.language, f"slack.{kind}.submit")),
        close=PlainTextObject(text=texts(meant.language, "slack.casework.cancel")),
        private_metadata=meant.model_dump_json(),
        blocks=list(blocks),
    )
