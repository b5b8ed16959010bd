"""Where cases are shown and answered is not as it was: messages are deleted, channels archived, outsiders come in."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.desk.case import CaseState
from bot.people import Asker, Place
from knowledge.model import Audience, Claim
from tests.desk.examples import SOURCE, request
from tests.peers.slack import Slack
from tests.slack.casework import (
    ASKER,
    KARI,
    OFFICER,
    SAKER,
    card,
    modal,
    noted,
    opened,
    people,
    quiet,
    said,
    shown,
    whispered,
)
from tests.slack.examples import Bot


@pytest.fixture(autouse=True)
def _people(slack: Slack) -> None:
    people(slack)


@pytest.mark.parametrize("replies", [False, True], ids=["gone", "a stone is left"])
async def test_a_case_whose_message_somebody_deletes_gets_another(bot: Bot, slack: Slack, *, replies: bool) -> None:
    _, case = await opened(bot)
    before = await card(bot)
    ts = before["ts"]
    if replies:
        await slack.say(SAKER, KARI, "Et notat.", ts)
    await slack.delete(SAKER, before)
    await bot.desk.ask_back(case.id, OFFICER, "Hvor?")
    after = await card(bot, "*M-1 · Venter på den som spurte · Kari Berg*")
    assert after["ts"] != ts
    await noted(bot, ">Hvor?")
    await slack.click(KARI, SAKER, after, "release")
    await card(bot, "*M-1 · Venter på saksbehandler*")
    await quiet(bot)
    assert await bot.outbox.failed() == []
    assert len([each for each in slack.channels[SAKER] if "M-1 ·" in each.get("text", "")]) == 1


async def test_what_is_internal_is_left_out_when_outsiders_have_come_since(bot: Bot, slack: Slack) -> None:
    secret = Claim(text="Hemmelig", citation=SOURCE.model_copy(update={"audience": Audience.INTERNAL}))
    slack.add_channel("C9", members=["UOLA", "UBOT"])
    place = Place(platform="slack", workspace="T1", channel="C9", thread="1.1", outsiders=False)
    asker = Asker(id="UOLA", name="Ola Lie")
    await bot.desk.open(request(place=place, asker=asker, draft=(secret,)))
    for outsiders in (False, True):
        if outsiders:
            await slack.join("C9", ASKER)
        await slack.click(KARI, SAKER, await card(bot), "answer")
        told = shown((await modal(bot, KARI)).content)
        assert ("Hemmelig" in told) is not outsiders
        assert ("er utelatt her" in told) is outsiders
        await slack.dismiss(KARI)


@pytest.mark.parametrize("trouble", ["archived", "left"])
async def test_whoever_asked_hears_that_the_officers_were_not_reached(
    bot: Bot, slack: Slack, capsys: pytest.CaptureFixture[str], trouble: str
) -> None:
    if trouble == "archived":
        slack.channels[SAKER].is_archived = True
    else:
        slack.away.add(SAKER)
    asked, case = await opened(bot)
    told = shown(await said(bot, "C1", "Jeg nådde ingen saksbehandler med sak M-1.", asked["ts"]))
    assert told.rpartition("Feilkode: ")[2] in capsys.readouterr().out
    assert (await bot.desk.get(case.id)).state is CaseState.FORWARDED


async def test_whoever_pressed_hears_that_the_question_was_not_sent_on(
    bot: Bot, slack: Slack, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await bot.answer(await slack.ask("C1", ASKER, "Kan jeg skjenke øl?"))
    async with bot.database.writing() as session:  # so that no case can be opened
        await session.execute(text("ALTER TABLE case_events RENAME TO elsewhere"))
    await bot.send_on("C1", answer)
    told = shown(await whispered(bot, ASKER, "Spørsmålet ditt kom ikke fram til saksbehandler."))
    assert told.rpartition("Feilkode: ")[2] in capsys.readouterr().out
