"""Nothing that is owed to Slack is unknown there, and what officers are to do about published answers is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.desk.case import Actor, Case, CaseState, Event, Move
from bot.desk.notices import deliveries
from bot.desk.outbox import Delivery, Undeliverable
from bot.handlers.slack.cases.card import card
from bot.handlers.slack.cases.telling import forwarded
from bot.people import Place
from bot.publishing import notices as publishing
from bot.publishing.answer import Act, AnswerState, Concern, PublishedAnswer, Why
from bot.publishing.answer import Event as AnswerEvent
from bot.publishing.notices import UNSAID
from knowledge.model import Audience
from tests.desk.examples import KARI, OLA, request
from tests.peers.slack import Slack, choosing
from tests.slack.casework import KARI as KARI_IN_SLACK
from tests.slack.casework import SAKER, opened, people, quiet, said, shown
from tests.slack.examples import TEXTS, Bot

MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
THREAD = Place(platform="slack", workspace="T1", channel="C1", thread="1.1")
CASE = Case(**dict(request(place=THREAD)), id="c", number=1, opened=MONDAY, officer=KARI, watchers=(OLA,))
SYSTEM = Actor(id="desk", name="Møteplassen")
ANSWER = PublishedAnswer(
    id="a",
    cases=("c",),
    question="Kan jeg ha <skilt>?",
    answer="Ja.",
    language="nb",
    audience=Audience.PUBLIC,
    team="Næringsavdelingen",
    sources=(),
    review_on=MONDAY.date(),
    proposer=KARI,
    proposed=MONDAY,
)


def owed_by_cases(move: Move) -> list[Delivery]:
    event = Event(move=move, actor=SYSTEM, moment=MONDAY, text="?", due=MONDAY)
    case = CASE.model_copy(update={"watchers": (OLA.model_copy(update={"id": "slack:UOLA"}),)})
    return deliveries(case, event, ["slack", "web"], CASE)


def owed_by_answers(act: Act) -> list[Delivery]:
    published = ANSWER.model_copy(update={"published": MONDAY})
    return publishing.deliveries(published, AnswerEvent(act=act, actor=SYSTEM, moment=MONDAY), ["slack", "web"])


@pytest.mark.parametrize("move", Move)
async def test_whatever_happens_to_a_case_slack_knows_what_is_owed(bot: Bot, move: Move) -> None:
    await known(bot, owed_by_cases(move))


@pytest.mark.parametrize("act", Act)
async def test_whatever_happens_to_a_published_answer_slack_knows_what_is_owed(bot: Bot, act: Act) -> None:
    await known(bot, owed_by_answers(act))


async def known(bot: Bot, owed: list[Delivery]) -> None:
    theirs = [each for each in owed if each.platform == "slack"]
    assert theirs
    told = []
    for delivery in theirs:
        try:
            await bot.deliver(delivery)
        except Undeliverable as error:
            told.append(str(error))
    # That there is no such case is another matter.
    assert not any("of the kind" in each for each in told)


async def test_what_slack_does_not_know_is_not_taken_for_delivered(bot: Bot) -> None:
    with pytest.raises(Undeliverable, match=r"nothing in Slack is of the kind 'case\.sung'"):
        await bot.deliver(Delivery(kind="case.sung", platform="slack", key="k", payload={}))


async def test_what_is_knowingly_left_unsaid_is_said_nowhere(bot: Bot, slack: Slack) -> None:
    for act in Act:
        for delivery in owed_by_answers(act):
            if delivery.platform == "slack" and delivery.kind in UNSAID:
                await bot.deliver(delivery)
    assert {publishing.CHANGED} == UNSAID
    assert not slack.called("chat.postMessage")


async def tell(bot: Bot, act: Act, answer: PublishedAnswer) -> None:
    event = AnswerEvent(act=act, actor=SYSTEM, moment=MONDAY)
    (delivery,) = [each for each in publishing.deliveries(answer, event, ["slack"]) if each.platform == "slack"]
    for _ in range(2):
        await bot.deliver(delivery)


async def test_the_team_is_told_of_an_answer_to_approve_and_of_one_to_look_at_again(bot: Bot, slack: Slack) -> None:
    people(slack)
    _, case = await opened(bot)
    answer = ANSWER.model_copy(update={"cases": (case.id,)})
    await tell(bot, Act.PROPOSED, answer)
    told = shown(await said(bot, SAKER, "foreslår å publisere")).splitlines()
    assert told == [
        "*Kari Berg foreslår å publisere et svar fra Næringsavdelingen. En annen må godkjenne det.*",
        "",
        ">Kan jeg ha &lt;skilt&gt;?",
        "",
        f"<https://bot.example.no/saker/{case.id}|Åpne saken>",
    ]
    concerns = (Concern(why=Why.CHANGED, document="d", title="Skilt & lys"), Concern(why=Why.DUE))
    published = {"state": AnswerState.PUBLISHED, "published": MONDAY, "concerns": concerns, "version": 3}
    await tell(bot, Act.FLAGGED, answer.model_copy(update=published))
    told = shown(await said(bot, SAKER, "bør ses over")).splitlines()
    assert told[0] == "*Et publisert svar fra Næringsavdelingen bør ses over*"
    assert [line for line in told if line.startswith("•")] != []
    assert any("Skilt &amp; lys" in line for line in told)
    await quiet(bot)
    assert len([each for each in slack.channels[SAKER] if "Næringsavdelingen" in shown(each)]) == 2


@pytest.mark.parametrize("private", [True, False])
async def test_who_is_in_the_channel_reads_no_question_that_was_not_asked_before_everybody(
    bot: Bot, slack: Slack, *, private: bool
) -> None:
    people(slack)
    _, case = await opened(bot, "D1" if private else "C1", private=private)
    audience = Audience.PUBLIC if private else Audience.INTERNAL
    await tell(bot, Act.PROPOSED, ANSWER.model_copy(update={"cases": (case.id,), "audience": audience}))
    message = await said(bot, SAKER, "foreslår å publisere")
    assert "skilt" not in f"{shown(message)} {message['text']}"


@pytest.mark.parametrize("state", CaseState)
async def test_every_button_and_every_choice_under_a_case_is_heard(bot: Bot, slack: Slack, state: CaseState) -> None:
    people(slack)
    case = CASE.model_copy(update={"state": state, "answer": "Ja."})
    for message in (card(case, "https://x.no", TEXTS, "nb", MONDAY), forwarded(case, TEXTS)):
        blocks: list[Any] = [block.to_dict() for block in message.blocks]
        told = {"ts": "1.1", "blocks": blocks}
        for _, element in choosing.interactive(blocks):
            for value in [option["value"] for option in element.get("options", ())] or [None]:
                answer = await slack.click(KARI_IN_SLACK, SAKER, told, element["action_id"], value)
                assert answer.status_code == 200, (element["action_id"], value)
