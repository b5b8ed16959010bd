"""The modals that give a case away: to another team, or into another case. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import InputBlock, Option, PlainTextObject, StaticSelectElement
from slack_sdk.models.views import View

from bot.desk.case import Case
from bot.desk.merging import Candidate, titled
from bot.desk.offers import MERGE, SEND_BACK
from bot.desk.team import Team
from bot.handlers.slack.blocks import sections
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


def sending_back(case: Case, meant: Meant, teams: Sequence[Team], texts: Texts) -> View:
    """To say that the case belongs elsewhere: to another team, where there are others and one knows which; and why."""
    others = [team for team in teams if team.id != case.team]
    note = "desk.form.send_back.note" if others else "desk.form.send_back.note.one"
    blocks = [*sections([escape(texts(meant.language, note))])]
    if others:
        unknown = Option(value=UNKNOWN, text=_plain(texts(meant.language, "desk.form.send_back.team.unknown")))
        options = [Option(value=team.id, text=_plain(team.name)) for team in others[: _MOST - 1]]
        select = StaticSelectElement(action_id=TEAM, options=[unknown, *options], initial_option=unknown)
        blocks.append(
            InputBlock(block_id=TEAM, label=_plain(texts(meant.language, "desk.form.send_back.team")), element=select)
        )
    blocks.append(text_input(SEND_BACK, meant, texts, optional=True))
    return view_of(SEND_BACK, case, meant, texts, blocks)


def merging(case: Case, meant: Meant, candidates: Sequence[Candidate], texts: Texts) -> View:
    """To have the case answered by way of another in which the same is asked. There is one at least."""
    language = meant.language
    options = [
        Option(
            value=each.case.id,
            text=_plain(titled(each.case, texts, language)),
            description=_plain(texts(language, "desk.form.merge.askers", count=each.askers)),
        )
        for each in candidates[:_MOST]
    ]
    label = _plain(texts(language, "desk.form.merge.label"))
    hint = _plain(texts(language, "desk.form.merge.hint"))
    select = StaticSelectElement(action_id=INTO, options=options)
    note = sections([escape(texts(language, "desk.form.merge.note"))])
    into = InputBlock(block_id=INTO, label=label, hint=hint, element=select)
    return view_of(MERGE, case, meant, texts, [*asked(case, meant, texts), *note, into])


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text if len(text) <= _LINE else f"{text[: _LINE - 1].rstrip()}…")
