"""What officers are told in Teams: deadlines, cases they watch, published answers, changed sources."""

from __future__ import annotations

import pytest

from bot.database import now
from bot.desk.case import SYSTEM, Case, Event, Move
from bot.desk.notices import deliveries
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.team import Team
from bot.desk.teams import Teams as DeskTeams
from bot.publishing import notices as publishing
from bot.publishing.answer import Act, AnswerState, Concern, PublishedAnswer, Why
from bot.publishing.answer import Event as AnswerEvent
from bot.publishing.notices import UNSAID
from bot.sourcing import bulletin
from ingest.changes import Change, Kind, change_of
from ingest.ledger import Noted
from knowledge.model import Audience
from tests.desk.examples import OLA
from tests.peers.teams import Fault, Room, Teams
from tests.slack.test_slack_courier import ANSWER, MONDAY
from tests.slack.test_slack_courier import CASE as SOME_CASE
from tests.sourcing.examples import NOW, guide
from tests.teams.casework import KARI, cards, forwarded, said, under
from tests.teams.examples import CASES, OPEN, TEXTS, Bot, started

CHAT = "a:chat-kari"
NEWS = "19:kilder@thread.tacv2"


async def bring(bot: Bot, *owed: Delivery) -> None:
    """Bring each twice, as after a crash."""
    for delivery in owed:
        for _ in range(2):
            await bot.handler.courier.deliver(delivery)


def led() -> DeskTeams:
    """A team whose leader and member are named, Ida in Slack and Ola in Teams."""
    leader, member = {"id": "teams:ola", "name": "Ola Ansatt"}, {"id": "teams:siv", "name": "Siv Vikar"}
    about = {"id": "alt", "name": "Service", "default": True, "teams_channel": CASES, "leader": leader}
    return DeskTeams([Team.model_validate({**about, "member": [member]})])


async def ring(bot: Bot, move: Move) -> Case:
    (case,) = await bot.desk.list()
    return await bot.desk.ring(case.id, Event(move=move, actor=SYSTEM, moment=now(), due=case.due))


@pytest.mark.parametrize("move", Move)
async def test_whatever_happens_to_a_case_teams_knows_what_is_owed(bot: Bot, move: Move) -> None:
    event = Event(move=move, actor=SYSTEM, moment=MONDAY, text="?", due=MONDAY)
    case = SOME_CASE.model_copy(update={"watchers": (OLA.model_copy(update={"id": "teams:ola"}),)})
    told = []
    for delivery in deliveries(case, event, ["teams"], SOME_CASE):
        if delivery.platform == "teams":
            told.append(await refused(bot, delivery))
    assert told
    # That there is no such case is another matter.
    assert not any("of the kind" in each for each in told)


async def refused(bot: Bot, delivery: Delivery) -> str:
    """Why the delivery can't be brought; empty where it can."""
    try:
        await bot.handler.courier.deliver(delivery)
    except Undeliverable as error:
        return str(error)
    return ""


async def test_what_is_knowingly_left_unsaid_is_little(bot: Bot) -> None:
    assert {publishing.CHANGED} == UNSAID


@pytest.mark.parametrize("claimed", [False, True])
async def test_a_deadline_that_is_near_is_told_of_to_whoever_has_the_case(
    bot: Bot, teams: Teams, *, claimed: bool
) -> None:
    _, _, card = await forwarded(bot, teams, channel=OPEN)
    if claimed:
        await teams.press("kari", card, "Ta saken")
    await ring(bot, Move.REMINDED)
    await bot.settled()
    told = under(teams, card)[-1]
    assert "Fristen for sak M-1 går ut" in told
    assert ("<at>Kari Saksbehandler</at>" in told) is claimed
    assert (TEXTS("nb", "desk.casework.with_nobody").rstrip(".") in told) is not claimed


async def test_what_is_late_is_told_to_the_leader_and_to_whoever_asked(address: str, teams: Teams) -> None:
    async with started(address, teams, desk_teams=led()) as bot:
        asked, _, card = await forwarded(bot, teams, channel=OPEN)
        await ring(bot, Move.ESCALATED)
        await bot.settled()
        assert "<at>Ola Ansatt</at>" in under(teams, card)[-1]
        assert "gikk ut" in under(teams, card)[-1]
        assert "tar lenger tid" in said(teams, asked)[-1]


@pytest.mark.parametrize(
    ("who", "may"), [("ola", True), ("siv", True), ("kari", True), ("tor", False), ("mona", False)]
)
async def test_whom_teams_toml_names_works_on_cases(address: str, teams: Teams, who: str, may: bool) -> None:
    names = {"siv": "Siv Vikar", "tor": "Tor Ansatt"}
    for id_, name in names.items():
        teams.join(type(teams.people["ola"])(id_, name), OPEN)
    async with started(address, teams, desk_teams=led()) as bot:
        _, reply, card = await forwarded(bot, teams, channel=OPEN)
        await teams.execute(who, reply, card.card["actions"][0])
        (case,) = await bot.desk.list()
        assert (case.officer is not None) is may


async def test_who_watches_a_case_hears_of_it_in_their_chat(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams)
    (case,) = await bot.desk.list()
    told = await teams.press("kari", card, "Følg saken")
    assert told["value"] == TEXTS("nb", "desk.watch.done", case=case.label)
    await bot.settled()
    assert "Kari Saksbehandler" in str(card.card["body"])
    await bot.desk.claim(case.id, OLA)
    news = await bot.nth(CHAT, 1)
    assert "Sak M-1, som du følger" in news.text
    assert "Ola Lie" in news.text
    assert f"https://bot.example.no/saker/{case.id}" in news.text
    await teams.press("kari", card, "Slutt å følge")
    await bot.desk.release(case.id, OLA)
    await bot.settled()
    assert len(cards(teams, CHAT)) == 1


async def test_who_does_not_have_the_app_in_a_chat_is_called_to_under_the_card(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams)
    (case,) = await bot.desk.list()
    teams.faults.append(Fault("POST", "/v3/conversations$", 403, code="ForbiddenOperationException", times=99))
    await bot.desk.watch(case.id, KARI)
    await bot.desk.claim(case.id, OLA)
    await bot.settled()
    assert any("<at>Kari Saksbehandler</at>" in each for each in under(teams, card))
    assert cards(teams, CHAT) == []


def owed(act: Act, answer: PublishedAnswer) -> Delivery:
    (delivery,) = [
        each
        for each in publishing.deliveries(answer, AnswerEvent(act=act, actor=SYSTEM, moment=MONDAY), ["teams"])
        if each.platform == "teams"
    ]
    return delivery


async def test_the_team_is_told_of_an_answer_to_approve_and_of_one_to_look_at_again(bot: Bot, teams: Teams) -> None:
    await forwarded(bot, teams, channel=OPEN)
    (case,) = await bot.desk.list()
    answer = ANSWER.model_copy(update={"cases": (case.id,)})
    await bring(bot, owed(Act.PROPOSED, answer))
    concerns = (Concern(why=Why.CHANGED, document="d", title="Skilt & lys"), Concern(why=Why.DUE))
    published = {"state": AnswerState.PUBLISHED, "published": MONDAY, "concerns": concerns, "version": 3}
    await bring(bot, owed(Act.FLAGGED, answer.model_copy(update=published)))
    proposed, review = (each.text for each in cards(teams)[1:])
    assert "Kari Berg foreslår å publisere" in proposed
    assert "> Kan jeg ha" in proposed
    assert f"(https://bot.example.no/saker/{case.id})" in proposed
    assert "bør ses over" in review
    assert "- " in review


@pytest.mark.parametrize("private", [True, False])
async def test_who_is_in_the_channel_reads_no_question_that_was_not_asked_before_everybody(
    bot: Bot, teams: Teams, *, private: bool
) -> None:
    await forwarded(bot, teams, channel="" if private else OPEN)
    (case,) = await bot.desk.list()
    audience = Audience.PUBLIC if private else Audience.INTERNAL
    await bring(bot, owed(Act.PROPOSED, ANSWER.model_copy(update={"cases": (case.id,), "audience": audience})))
    assert "skilt" not in cards(teams)[-1].text


def noted(*changes: Change) -> Delivery:
    news = [Noted(number=number, at=NOW, change=change) for number, change in enumerate(changes, start=1)]
    return bulletin.owed(news, "teams", brief=False)


@pytest.mark.parametrize(("outsider", "heard"), [(False, True), (True, True), (False, False)])
async def test_the_channel_for_it_hears_what_has_changed_and_of_what_is_internal_without_outsiders_only(
    address: str, teams: Teams, *, outsider: bool, heard: bool
) -> None:
    teams.rooms[NEWS] = Room("channel", ["kari", *(["mona"] if outsider else [])])
    async with started(address, teams, teams_changes_channel=NEWS) as bot:
        secret = change_of(Kind.ADDED, guide("internal/kontroll", Audience.INTERNAL))
        if heard:
            await teams.install("kari", NEWS)
            await bot.settled()
            teams.sent.clear()
        await bring(
            bot,
            noted(secret, change_of(Kind.ADDED, guide("guides/ute")), change_of(Kind.REMOVED, guide("guides/inne"))),
        )
    (told,) = (each.text for each in cards(teams, NEWS))
    assert "[Ute](https://bot.example.no/kilde/guides/ute)" in told
    assert "(https://bot.example.no/kilde/guides/inne)" not in told
    assert ("Kontroll" in told) is (heard and not outsider)


async def test_without_a_channel_for_it_nobody_hears_what_has_changed(bot: Bot, teams: Teams) -> None:
    await bring(bot, noted(change_of(Kind.ADDED, guide("guides/ute"))))
    assert teams.sent == []
