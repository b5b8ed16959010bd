"""The forms in which officers choose and write, for whoever opened them only. Pure; whatever comes from people or
sources is escaped on the way.

In the place of a card, a form is sent by `<name>.done`, with what it is about beside what was filled in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from microsoft_teams.cards import (
    AdaptiveCard,
    CardElement,
    Choice,
    ChoiceSetInput,
    SubmitAction,
    TextBlock,
    TextInput,
    ToggleInput,
)

from bot.citing import sources
from bot.desk import offers
from bot.desk.case import LONGEST_ANSWER, Case, Officer
from bot.desk.describing_cases import readers
from bot.desk.drafting import draft, for_outsiders, ways
from bot.desk.merging import Candidate, titled
from bot.desk.noting import asker_of
from bot.desk.team import Team
from bot.handlers.teams.cases.card import CASE, TEXT
from bot.handlers.teams.pressing import ACTION, button
from bot.handlers.teams.replies.rendering import link
from bot.markdown import clip, escape
from bot.texts import Texts

WHO, TEAM, INTO, AS, SURE, NOTE = "who", "team", "into", "as", "sure", "note"
"""The inputs, and what the data of a form that sends a note on names that by."""
UNKNOWN = "?"
"""What is chosen where nobody knows whose case it is: no team's id is that."""
RELAY = "relay"
"""Names the form that sends a note to the asker, and the button that opens it."""
LOOK = "case.look"
"""The button that shows the card in the place of a form."""
LONGEST = 3_000
"""Characters of a note that can be sent on."""

_MOST, _LINE, _MOST_LINES = 200, 300, 10
_QUESTION = 2_000


def done(name: str) -> str:
    """The action that sends the form of that name."""
    return f"{name}.done"


def reassigning(
    case: Case, colleagues: Sequence[Officer], texts: Texts, language: str, problem: str = ""
) -> AdaptiveCard:
    """To give the case to somebody."""
    choices = [(each.id, each.name) for each in colleagues]
    body = [
        _choose(WHO, "desk.form.reassign.label", choices, texts, language),
        _small("desk.form.reassign.hint", texts, language),
    ]
    return _form(case, offers.REASSIGN, body, texts, language, problem)


def sending_back(case: Case, teams: Sequence[Team], texts: Texts, language: str, problem: str = "") -> AdaptiveCard:
    """To say that the case belongs elsewhere: to another team, where there are others and one knows which; and why."""
    others = [(team.id, team.name) for team in teams if team.id != case.team]
    body: list[CardElement] = [
        _small("desk.form.send_back.note" if others else "desk.form.send_back.note.one", texts, language)
    ]
    if others:
        unknown = (UNKNOWN, texts(language, "desk.form.send_back.team.unknown"))
        body.append(_choose(TEAM, "desk.form.send_back.team", [unknown, *others], texts, language, value=UNKNOWN))
    body.append(_write("desk.form.send_back.label", texts, language, required=False))
    return _form(case, offers.SEND_BACK, body, texts, language, problem)


def merging(case: Case, found: Sequence[Candidate], texts: Texts, language: str, problem: str = "") -> AdaptiveCard:
    """To have the case answered by way of another in which the same is asked. There is one at least."""
    choices = [(each.case.id, _candidate(each, texts, language)) for each in found]
    body = [
        _small("desk.form.merge.note", texts, language),
        _choose(INTO, "desk.form.merge.label", choices, texts, language),
        _small("desk.form.merge.hint", texts, language),
    ]
    return _form(case, offers.MERGE, body, texts, language, problem)


def relaying(
    case: Case, note: str, text: str, texts: Texts, language: str, *, merged: int = 0, problem: str = ""
) -> AdaptiveCard:
    """To send what an officer wrote among colleagues to the asker: the exact text, to whom, who else will read it, as
    what, and a tick without which nothing is sent. `note` names the message, and `merged` is in how many other cases
    an answer answers."""
    choices = [(str(move), texts(language, f"desk.form.relay.as.{move}")) for move in ways(case)]
    body: list[CardElement] = [
        _bold(texts(language, "desk.form.relay.to", name=asker_of(case))),
        *_read_by(case, texts, language),
        *([_bold(texts(language, "desk.form.relay.merged", count=merged))] if merged else []),
        _write("desk.form.relay.label", texts, language, text, longest=LONGEST),
        _choose(AS, "desk.form.relay.as", choices, texts, language),
        ToggleInput(
            id=SURE,
            label=texts(language, "desk.form.relay.sure"),
            title=texts(language, "desk.form.relay.sure.option"),
            value_on=SURE,
            value_off="",
        ),
    ]
    return _form(case, RELAY, body, texts, language, problem, {NOTE: note})


def answering(
    case: Case, texts: Texts, language: str, *, written: str | None = None, merged: int = 0, problem: str = ""
) -> AdaptiveCard:
    """To answer in a window: what is asked, what the bot had found, and what is `written` so far or, where nothing is,
    what the bot had answered. What it was not sure of stands under the answer instead: an officer takes over of it what
    is right. Without what is internal, where outsiders read the answer."""
    told = for_outsiders(case) if case.place.outsiders else case
    drafted = draft(told)
    begins = "" if case.abstained else drafted
    key = "desk.form.answer.label.draft" if begins and not written else "desk.form.answer.label"
    body: list[CardElement] = [
        *_problem(problem),
        *_asked(told, texts, language),
        _write(key, texts, language, written or begins),
        *_read_by(case, texts, language),
        *([_bold(texts(language, "desk.form.answer.merged", count=merged))] if merged else []),
        *([_small("desk.casework.left_out", texts, language)] if told != case else []),
    ]
    if drafted and case.abstained:
        body += [_bold(texts(language, "desk.form.answer.unsure")), TextBlock(text=clip(drafted, _QUESTION), wrap=True)]
    data = {ACTION: done(offers.ANSWER), CASE: case.id}
    send = SubmitAction(title=texts(language, "desk.form.answer.submit"), data=data, style="positive")
    return AdaptiveCard(body=body, actions=[send])


def _asked(case: Case, texts: Texts, language: str) -> list[CardElement]:
    """What the case is about: the question, what was asked before it, and what the bot had found."""
    shown: list[CardElement] = [
        _bold(texts(language, "desk.casework.asks", name=asker_of(case))),
        TextBlock(text=clip(case.question, _QUESTION), wrap=True),
    ]
    earlier = [f"- {clip(each, _LINE)}" for each in case.history[-_MOST_LINES:]]
    found = [f"- {link(each.citation.url, each.citation.title)}" for each in sources(case.citations)[:_MOST_LINES]]
    for key, lines in (("desk.casework.history", earlier), ("desk.casework.found", found)):
        if lines:
            shown += [_small(key, texts, language), TextBlock(text="\n".join(lines), wrap=True, is_subtle=True)]
    return shown


def _read_by(case: Case, texts: Texts, language: str) -> list[CardElement]:
    told = escape(readers(case.place, asker_of(case), texts, language))
    outside = [_bold(texts(language, "desk.casework.shown.outsiders"))] if case.place.outsiders else []
    return [TextBlock(text=told, wrap=True, is_subtle=True), *outside]


def _form(
    case: Case,
    name: str,
    body: Sequence[CardElement],
    texts: Texts,
    language: str,
    problem: str,
    about: Mapping[str, str] | None = None,
) -> AdaptiveCard:
    data = {CASE: case.id, **(about or {})}
    actions = [
        button(texts(language, f"desk.form.{name}.submit"), done(name), data, "positive"),
        button(texts(language, "desk.case.cancel"), LOOK, data).with_associated_inputs("none"),
    ]
    heading = _bold(texts(language, f"desk.form.{name}.title", case=case.label))
    return AdaptiveCard(body=[heading, *_problem(problem), *body], actions=actions)


def _choose(
    name: str, label: str, choices: Sequence[tuple[str, str]], texts: Texts, language: str, value: str | None = None
) -> ChoiceSetInput:
    return ChoiceSetInput(
        id=name,
        label=texts(language, label),
        choices=[Choice(value=key, title=_short(title)) for key, title in choices[:_MOST]],
        value=value,
        style="filtered" if len(choices) > _MOST_LINES else "compact",
        is_required=True,
        error_message=texts(language, "teams.form.unchosen"),
    )


def _write(
    label: str, texts: Texts, language: str, text: str = "", *, longest: int = LONGEST_ANSWER, required: bool = True
) -> TextInput:
    return TextInput(
        id=TEXT,
        label=texts(language, label),
        value=text[:longest] or None,
        is_multiline=True,
        max_length=longest,
        is_required=required,
        error_message=texts(language, "teams.form.empty"),
    )


def _candidate(candidate: Candidate, texts: Texts, language: str) -> str:
    askers = texts(language, "desk.form.merge.askers", count=candidate.askers)
    return f"{_short(titled(candidate.case, texts, language))} ({askers})"


def _short(text: str) -> str:
    return text if len(text) <= _LINE else f"{text[: _LINE - 1].rstrip()}…"


def _problem(problem: str) -> list[CardElement]:
    return [TextBlock(text=escape(problem), wrap=True, color="Attention")] if problem else []


def _bold(text: str) -> TextBlock:
    return TextBlock(text=escape(text), wrap=True, weight="Bolder")


def _small(key: str, texts: Texts, language: str) -> TextBlock:
    return TextBlock(text=escape(texts(language, key)), wrap=True, is_subtle=True)
