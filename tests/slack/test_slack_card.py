from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from slack_sdk.models.blocks import SectionBlock

from bot.desk.case import Case, CaseState
from bot.handlers.slack.cases.card import card as render
from bot.people import Place
from tests.desk.examples import request
from tests.slack.casework import OFFICER, shown
from tests.slack.examples import TEXTS

MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def buttons(message: dict[str, Any]) -> list[str]:
    elements = next(block for block in message["blocks"] if block["type"] == "actions")["elements"]
    return [element["action_id"] for element in elements]


NEW = Case(**dict(request()), id="c", number=7, opened=MONDAY)
SLACK = Place(platform="slack", channel="C1", thread="1.1")
TAKEN = {"officer": OFFICER, "claimed": MONDAY}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["claim", "answer", "reassign", "send_back", "close"]),
        ({"place": SLACK}, ["claim", "answer", "ask_back", "reassign", "send_back", "close"]),
        ({"not_ours": True}, ["claim", "answer", "reassign", "close"]),
        ({"state": CaseState.CLAIMED, **TAKEN}, ["release", "answer", "reassign", "send_back", "close"]),
        ({"state": CaseState.ASKED, **TAKEN}, ["release", "answer", "reassign", "send_back", "close"]),
        ({"state": CaseState.ANSWERED, "answer": "Ja.", **TAKEN}, ["reopen", "close"]),
        ({"state": CaseState.CLOSED}, ["reopen"]),
    ],
)
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_case_offers_what_can_be_done_to_it(language: str, changes: dict[str, Any], expected: list[str]) -> None:
    message = render(NEW.model_copy(update=changes), "https://x.no", TEXTS, language, MONDAY)
    assert buttons({"blocks": [block.to_dict() for block in message.blocks]}) == expected


@pytest.mark.parametrize(("hours", "late"), [(1, False), (24, False), (25, True)])
def test_a_case_says_when_an_answer_is_due_and_when_it_is_late(hours: int, late: bool) -> None:
    message = render(NEW, "https://x.no", TEXTS, "nb", MONDAY + dt.timedelta(hours=hours))
    text = shown({"blocks": [block.to_dict() for block in message.blocks]})
    due = int((MONDAY + dt.timedelta(days=1)).timestamp())
    assert f"Frist <!date^{due}^{{date_short_pretty}} {{time}}|24. november 2026 10:00>" in text
    assert ("over fristen" in text) is late


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
