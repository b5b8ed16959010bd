"""The modals that give a case away: to another team, or into another case. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import InputBlock, Option, PlainTextObject, StaticSelectElement
from slack_sdk.models.views import View

from bot.desk.case import Case
from bot.desk.team import Team
from bot.handlers.slack.blocks import sections
from bot.handlers.slack.cases.buttons import MERGE, SEND_BACK
from bot.handlers.slack.cases.modals import Meant, asked, text_input, view_of
from bot.handlers.slack.mrkdwn import escape
from bot.texts import Texts

TEAM = "team"
INTO = "into"
"""The inputs, and the only elements in them."""
UNKNOWN = "?"
"""What is chosen where nobody knows whose case it is: no team's id is that."""

_MOST = 100
"""Options that a select of Slack's has."""
_LINE = 75
"""Characters of one."""


class Candidate(BaseModel):
    """A case that another may be merged into; so many askers will get its answer then."""

    model_config = ConfigDict(frozen=True)

    case: Case
    askers: int


def sending_back(case: Case, meant: Meant, teams: Sequence[Team], texts: Texts) -> View:
    """To say that the case belongs elsewhere: to another team, where there are others and one knows which; and why."""
    others = [team for team in teams if team.id != case.team]
    note = "slack.send_back.note" if others else "slack.send_back.note.one"
    blocks = [*sections([escape(texts(meant.language, note))])]
    if others:
        unknown = Option(value=UNKNOWN, text=_plain(texts(meant.language, "slack.send_back.team.unknown")))
        options = [Option(value=team.id, text=_plain(team.name)) for team in others[: _MOST - 1]]
        select = StaticSelectElement(action_id=TEAM, options=[unknown, *options], initial_option=unknown)
        blocks.append(
            InputBlock(block_id=TEAM, label=_plain(texts(meant.language, "slack.send_back.team")), element=select)
        )
    blocks.append(text_input(SEND_BACK, meant, texts, optional=True))
    return view_of(SEND_BACK, case, meant, texts, blocks)


def merging(case: Case, meant: Meant, candidates: Sequence[Candidate], texts: Texts) -> View:
    """To have the case answered by way of another in which the same is asked. There is one at least."""
    language = meant.language
    options = [
        Option(
            value=each.case.id,
            text=_plain(_titled(each.case, texts, language)),
            description=_plain(texts(language, "slack.merge.askers", count=each.askers)),
        )
        for each in candidates[:_MOST]
    ]
    label = _plain(texts(language, "slack.merge.label"))
    hint = _plain(texts(language, "slack.merge.hint"))
    select = StaticSelectElement(action_id=INTO, options=options)
    note = sections([escape(texts(language, "slack.merge.note"))])
    into = InputBlock(block_id=INTO, label=label, hint=hint, element=select)
    return view_of(MERGE, case, meant, texts, [*asked(case, meant, texts), *note, into])


def candidates(case: Case, others: Iterable[Case], merged: Iterable[Case]) -> list[Candidate]:
    """Those of the others that this one may be merged into, in their order. `merged` are the cases that are answered by
    way of another."""
    askers: dict[str, set[str]] = defaultdict(set)
    for each in merged:
        askers[each.merged_into or ""].add(each.asker.id)
    fitting = {each.id: each for each in others if each.id != case.id and each.audience is case.audience}
    return [
        Candidate(case=each, askers=len({case.asker.id, each.asker.id} | askers[case.id] | askers[each.id]))
        for each in fitting.values()
    ]


def _titled(case: Case, texts: Texts, language: str) -> str:
    # Of what was asked in private, only the case itself shows the words.
    words = texts(language, f"desk.state.{case.state}") if case.confidential else " ".join(case.question.split())
    return f"{case.label}: {words}"


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text if len(text) <= _LINE else f"{text[: _LINE - 1].rstrip()}…")
