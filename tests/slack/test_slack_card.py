from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from slack_sdk.models.blocks import SectionBlock

from bot.desk.case import OPEN, Case, CaseState
from bot.desk.surroundings import NOTHING, Around
from bot.handlers.slack.cases.card import card as render
from bot.people import Place
from tests.desk.examples import request
from tests.slack.casework import OFFICER, shown
from tests.slack.examples import TEXTS

MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def buttons(message: dict[str, Any]) -> list[str]:
    elements = next(block for block in message["blocks"] if block["type"] == "actions")["elements"]
    return [element["action_id"] for element in elements]


NEW = Case(
    **dict(request()),
    id="c",
    number=7,
    opened=MONDAY,
    due_reply=MONDAY + dt.timedelta(days=1),
    due_answer=MONDAY + dt.timedelta(days=7),
)
SLACK = Place(platform="slack", channel="C1", thread="1.1")
TAKEN = {"officer": OFFICER, "claimed": MONDAY}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["claim", "answer", "reassign", "close"]),
        ({"place": SLACK}, ["claim", "answer", "ask_back", "reassign", "close"]),
        ({"state": CaseState.CLAIMED, **TAKEN}, ["release", "answer", "reassign", "close"]),
        ({"state": CaseState.ASKED, **TAKEN}, ["release", "answer", "reassign", "close"]),
        ({"state": CaseState.ANSWERED, "answer": "Ja.", **TAKEN}, ["reopen", "close", "publish"]),
        ({"state": CaseState.CLOSED}, ["reopen"]),
        ({"state": CaseState.CLOSED, "answer": "Ja."}, ["reopen", "publish"]),
        ({"state": CaseState.MERGED}, ["reopen"]),
        ({"state": CaseState.WITHDRAWN}, ["reopen"]),
    ],
)
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_case_offers_what_can_be_done_to_it(language: str, changes: dict[str, Any], expected: list[str]) -> None:
    message = render(NEW.model_copy(update=changes), "https://x.no", TEXTS, language, MONDAY)
    *shown, menu = buttons({"blocks": [block.to_dict() for block in message.blocks]})
    assert shown == expected
    assert menu == "more"


def test_closing_asks_first() -> None:
    message = render(NEW, "https://x.no", TEXTS, "nb", MONDAY)
    (row,) = [block.to_dict() for block in message.blocks if block.type == "actions"]
    assert [element["action_id"] for element in row["elements"] if "confirm" in element] == ["close"]


@pytest.mark.parametrize("state", CaseState)
def test_the_rarer_moves_are_in_a_menu(state: CaseState) -> None:
    message = render(NEW.model_copy(update={"state": state}), "https://x.no", TEXTS, "nb", MONDAY)
    (row,) = [block.to_dict() for block in message.blocks if block.type == "actions"]
    moves = [option["value"] for option in row["elements"][-1]["options"]]
    passing_on = ["send_back:c", "merge:c"] if state in OPEN else []
    assert moves == [*passing_on, "watch:c", "unwatch:c"]


@pytest.mark.parametrize(("hours", "late"), [(1, False), (24, False), (25, True)])
@pytest.mark.parametrize(("replied", "told"), [(None, "Første svar innen"), (MONDAY, "Svar innen")])
def test_a_case_says_when_an_answer_is_due_and_when_it_is_late(
    hours: int, late: bool, replied: dt.datetime | None, told: str
) -> None:
    case = NEW.model_copy(update={"replied": replied, "due_answer": NEW.due_reply if replied else NEW.due_answer})
    text = told_of(case, MONDAY + dt.timedelta(hours=hours))
    due = int((MONDAY + dt.timedelta(days=1)).timestamp())
    assert f"{told} <!date^{due}^{{date_short_pretty}} {{time}}|24. november 2026 10:00>" in text
    assert ("*over fristen*" in text) is late


def test_while_the_asker_is_waited_for_the_deadline_stands_still_and_nothing_is_late() -> None:
    asked = {"state": CaseState.ASKED, "paused": MONDAY, "replied": MONDAY, **TAKEN}
    text = told_of(NEW.model_copy(update=asked), MONDAY + dt.timedelta(days=60))
    assert "Fristen står stille" in text
    assert "innen" not in text
    assert "over fristen" not in text


@pytest.mark.parametrize("state", [CaseState.ANSWERED, CaseState.CLOSED, CaseState.MERGED, CaseState.WITHDRAWN])
def test_what_is_done_with_has_no_deadline(state: CaseState) -> None:
    text = told_of(NEW.model_copy(update={"state": state}), MONDAY + dt.timedelta(days=60))
    assert "innen" not in text
    assert "over fristen" not in text


def test_a_case_says_what_there_is_around_it() -> None:
    around = Around(into="M-3", merged=2, team="Nærings<avdelingen>")
    case = NEW.model_copy(
        update={"state": CaseState.MERGED, "topic": "Innkjøp", "watchers": (OFFICER,), "helped": True}
    )
    text = told_of(case, MONDAY, around)
    assert "*M-7 · Besvares sammen med en annen · M-3*" in text
    assert "Nærings&lt;avdelingen&gt; · Innkjøp" in text
    assert "Det samme er spurt i flere saker, som får svaret herfra: 2" in text
    assert "Følges av Kari Berg" in text
    assert "Den som spurte, sier at svaret hjalp." in text


def told_of(case: Case, now: dt.datetime, around: Around = NOTHING) -> str:
    message = render(case, "https://x.no", TEXTS, "nb", now, around)
    return shown({"blocks": [block.to_dict() for block in message.blocks]})


@pytest.mark.parametrize("question", ["<!channel> *fet* & " + "<" * 5_000, "a\n" * 3_000], ids=["long", "many lines"])
def test_what_people_write_is_taken_literally_and_fits_into_a_message(question: str) -> None:
    rude = NEW.model_copy(
        update={
            "question": question,
            "asker": NEW.asker.model_copy(update={"name": "<!here> " * 200}),
            "officer": OFFICER.model_copy(update={"name": "<@U1>*"}),
        }
    )
    message = render(rude, "https://x.no", TEXTS, "nb", MONDAY)
    told = shown({"blocks": [block.to_dict() for block in message.blocks]})
    assert not any(markup in told + message.text for markup in ("<!channel>", "<!here>", "<@U1>"))
    sections = [block.text.text for block in message.blocks if isinstance(block, SectionBlock) and block.text]
    assert all(len(text) <= 3_000 for text in (*sections, message.text))
