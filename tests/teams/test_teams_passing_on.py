"""Cases that officers give to others: to a colleague, to another team, into another case."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.desk.absences import Absences
from bot.desk.case import CaseState, Officer
from bot.desk.team import Team
from bot.desk.teams import Teams as DeskTeams
from tests.peers.teams import Teams
from tests.teams.casework import KARI, cards, choices, forwarded, inputs, said, under, words
from tests.teams.examples import CASES, OPEN, TEXTS, Bot, started

BUILDING = "19:bygg@thread.tacv2"


def two_teams() -> DeskTeams:
    ida = {"id": "slack:U1", "name": "Ida i Slack"}
    return DeskTeams(
        [
            Team(id="alt", name="Service", default=True, teams_channel=CASES),
            Team.model_validate({"id": "bygg", "name": "Byggesak", "teams_channel": BUILDING, "member": [ida]}),
        ]
    )


async def test_a_case_is_given_to_a_colleague_who_is_called_to(bot: Bot, teams: Teams) -> None:
    teams.join(teams.people["ola"], CASES)
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    form = (await teams.press("kari", card, "Gi til en annen …"))["value"]
    assert list(choices(form, "who")) == ["Kari Saksbehandler", "Ola Ansatt"]
    shown = await teams.press("kari", card, "Gi saken", {"who": "teams:ola"}, form)
    assert "Ola Ansatt" in words(shown["value"])
    await bot.settled()
    (case,) = await bot.desk.list()
    assert case.officer == Officer(id="teams:ola", name="Ola Ansatt")
    note = await bot.nth(f"{CASES};messageid={card.id}", 1)
    assert "<at>Ola Ansatt</at>" in note.text
    (mention,) = [each for each in note.activity["entities"] if each["type"] == "mention"]
    assert mention == {"type": "mention", "text": "<at>Ola Ansatt</at>", "mentioned": mention["mentioned"]}
    assert mention["mentioned"]["id"] == "ola"
    assert "Ola Ansatt har overtatt sak" in said(teams, asked)[-1]


async def test_a_colleague_may_work_on_another_platform(address: str, teams: Teams) -> None:
    teams.rooms[BUILDING] = teams.rooms[CASES]
    async with started(address, teams, desk_teams=two_teams()) as bot:
        _, _, card = await forwarded(bot, teams)
        form = (await teams.press("kari", card, "Gi til en annen …"))["value"]
        await teams.press("kari", card, "Gi saken", {"who": choices(form, "who")["Ida i Slack"]}, form)
        (case,) = await bot.desk.list()
        assert case.officer == Officer(id="slack:U1", name="Ida i Slack")


@pytest.mark.parametrize("chosen", ["", "teams:mona", "slack:U1"])
async def test_a_case_is_given_to_officers_only(bot: Bot, teams: Teams, chosen: str) -> None:
    teams.join(teams.people["ola"], CASES)
    _, _, card = await forwarded(bot, teams)
    form = (await teams.press("kari", card, "Gi til en annen …"))["value"]
    again = await teams.press("kari", card, "Gi saken", {"who": chosen}, form)
    assert TEXTS("nb", "desk.form.reassign.nobody") in words(again["value"])
    assert (await bot.desk.list())[0].officer is None


async def test_a_case_is_given_to_another_team_with_the_reason(address: str, teams: Teams) -> None:
    teams.rooms[BUILDING] = teams.rooms[CASES]
    async with started(address, teams, desk_teams=two_teams()) as bot:
        _, _, card = await forwarded(bot, teams, channel=OPEN)
        form = (await teams.press("kari", card, "Ikke vår …"))["value"]
        sent = {"team": choices(form, "team")["Byggesak"], "text": "Det gjelder et skilt."}
        await teams.press("kari", card, "Send videre", sent, form)
        there = await bot.nth(BUILDING, 1)
        await bot.settled()
        assert "Byggesak" in words(there.card)
        assert "er gitt til Byggesak" in words(card.card)
        assert card.buttons == ["Åpne saken"]
        (told,) = under(teams, there)
        assert "Kari Saksbehandler ga sak" in told
        assert "Det gjelder et skilt\\." in told or "Det gjelder et skilt." in told


async def test_a_case_whose_team_nobody_knows_is_laid_back_and_marked(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    form = (await teams.press("kari", card, "Ikke vår …"))["value"]
    assert list(inputs(form)) == ["text"]
    await teams.press("kari", card, "Send videre", {"text": "Dette er statens."}, form)
    await bot.settled()
    assert TEXTS("nb", "desk.case.card.not_ours") in words(card.card)
    assert "Dette er statens" in under(teams, card)[0]
    assert not any("statens" in each for each in said(teams, asked))


async def test_a_case_is_merged_into_one_in_which_the_same_is_asked(bot: Bot, teams: Teams) -> None:
    _, _, first = await forwarded(bot, teams, channel=OPEN)
    asked, _, second = await forwarded(bot, teams, "ola", OPEN)
    form = (await teams.press("kari", second, "Slå sammen med en annen …"))["value"]
    ((title, other),) = choices(form, "into").items()
    assert "Kan jeg skjenke øl?" in title
    await teams.press("kari", second, "Slå sammen", {"into": other}, form)
    await bot.settled()
    assert TEXTS("nb", "desk.casework.merged_into_it", count=1) in words(first.card)
    assert "slo sammen sak" in under(teams, first)[0]
    await teams.press("kari", first, "Svar …/Send", {"text": "Ja, med bevilling."})
    await bot.settled()
    assert "Ja, med bevilling." in said(teams, asked)[-1]


async def test_where_there_is_no_other_case_nothing_is_merged(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams)
    (case,) = await bot.desk.list()
    told = await teams.press("kari", card, "Slå sammen med en annen …")
    assert told["value"] == TEXTS("nb", "desk.form.merge.none", case=case.label)


async def test_a_form_that_is_left_shows_the_card_again(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams)
    form = (await teams.press("kari", card, "Ikke vår …"))["value"]
    assert (await teams.press("kari", card, "Avbryt", card=form))["value"]["body"] == card.card["body"]


@pytest.mark.parametrize("title", ["Gi til en annen …", "Ikke vår …", "Slå sammen med en annen …", "Følg saken"])
async def test_no_form_opens_for_others_than_officers(bot: Bot, teams: Teams, title: str) -> None:
    _, reply, card = await forwarded(bot, teams, channel=OPEN)
    action = next(each for each in card.card["actions"] if each["title"] == title)
    assert (await teams.execute("ola", reply, action))["value"] == TEXTS("nb", "desk.casework.officers_only")


async def test_what_somebody_else_has_is_not_given_away(bot: Bot, teams: Teams) -> None:
    teams.join(teams.people["ola"], CASES)
    _, _, card = await forwarded(bot, teams)
    form = (await teams.press("kari", card, "Gi til en annen …"))["value"]
    await teams.press("ola", card, "Ta saken")
    again = await teams.press("kari", card, "Gi saken", {"who": "teams:kari"}, form)
    assert "Ola Ansatt" in words(again["value"])
    assert "Ola Ansatt" in (await teams.press("kari", card, "Ikke vår …"))["value"]


async def test_who_stands_in_takes_over(bot: Bot, teams: Teams) -> None:
    teams.join(teams.people["ola"], CASES)
    _, _, card = await forwarded(bot, teams)
    await teams.press("kari", card, "Ta saken")
    await bot.settled()
    assert "Kari" in (await teams.press("ola", card, "Ta over for en som er borte"))["value"]
    absences = Absences(bot.database, bot.desk.teams)
    await absences.tell(KARI, absences.today, absences.today + dt.timedelta(days=3))
    shown = await teams.press("ola", card, "Ta over for en som er borte")
    assert "Ola Ansatt" in words(shown["value"])
    assert (await bot.desk.list())[0].state is CaseState.CLAIMED
    assert len(cards(teams)) == 1
