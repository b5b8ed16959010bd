from __future__ import annotations

import asyncio
import datetime as dt
import re
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from bot.desk.case import Move, Officer
from bot.desk.outbox import delivery_of
from bot.desk.outbox_table import OutboxRow
from bot.handlers.web.channels import STAFF, has_outsiders, own
from bot.handlers.web.identity import Visitor
from bot.handlers.web.messages import Kind, Message, place_of
from bot.people import Place, Role
from tests.desk.examples import eventually, request
from tests.peers.slack import Slack
from tests.slack.casework import QUESTION, forwarded
from tests.slack.examples import PATIENCE, Bot, started, words

KARI = Officer(id="kari", name="Kari <Berg> & co")
BUTTONS = ["Ta saken", "Svar …", "Spør tilbake …", "Gi til en annen …", "Avslutt"]


@pytest.fixture(autouse=True)
def _from_outside(slack: Slack) -> None:
    slack.people["UKAFE"].is_restricted = True


async def in_officers_channel(bot: Bot, text: str) -> dict[str, Any]:
    """The only message in the officers' channel itself, when it says that."""
    async with asyncio.timeout(PATIENCE):
        while not (said := at_top(bot)) or text not in words(said[0]):
            await asyncio.sleep(0.005)
    assert len(said) == 1
    return said[0]


def at_top(bot: Bot) -> list[dict[str, Any]]:
    return [message for message in bot.slack.channels["GSAKER"] if "thread_ts" not in message]


def dateless(text: str) -> list[str]:
    """The lines without what depends on when the test runs."""
    lines = re.sub(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[^>]+>", "(dato)", text).splitlines()
    return [line for line in lines if line]


async def test_the_button_opens_a_case_and_both_sides_hear_of_it(bot: Bot, slack: Slack) -> None:
    asked, case = await forwarded(bot)
    assert dateless(words(await bot.answer(asked, 2))) == [
        "Spørsmålet er sendt til saksbehandler som sak M-1. Du hører fra oss innen (dato), her i tråden.",
        "Trekk saken",
    ]
    assert dateless(words(await in_officers_channel(bot, "M-1"))) == [
        "*M-1 · Venter på saksbehandler*",
        ">Kan jeg ha &lt;b&gt;skilt&lt;/b&gt; &amp; lys?",
        "Sendt (dato) · Første svar innen (dato)",
        "Fra Kafé Kringla i <#C1>",
        "Kilder boten fant: 1",
        *BUTTONS,
        f"<https://bot.example.no/saker/{case.id}|Åpne saken>",
    ]
    assert (case.question, case.asker.id, case.asker.name) == (QUESTION, "UKAFE", "Kafé Kringla")
    assert (case.place.channel, case.place.thread, case.place.outsiders) == ("C1", asked["ts"], True)
    assert case.nearest
    assert case.abstained


STAFF_PLACE = Place(platform="web", channel=STAFF.name, thread="t", outsiders=has_outsiders(STAFF.name))
GUEST = Visitor(id="guest-1", name="Gjest", role=Role.BUSINESS, session="1", language="nb", guest=True)
GUESTS_OWN = place_of(
    Message(
        id="m",
        thread="t",
        channel=own(GUEST).name,
        position=1,
        revision=1,
        kind=Kind.REPLY,
        text="",
        language="nb",
        created=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
        person=GUEST.asker,
    ),
    outsiders=True,
)


@pytest.mark.parametrize("place", [STAFF_PLACE, GUESTS_OWN], ids=["the staff's channel", "a guest's own"])
async def test_the_officers_channel_is_not_told_what_was_asked_where_not_everybody_reads(
    bot: Bot, slack: Slack, place: Place
) -> None:
    case = await bot.desk.open(request(place=place))
    opened = await in_officers_channel(bot, "M-1")
    assert dateless(words(opened)) == [
        "*M-1 · Venter på saksbehandler*",
        "Sendt (dato) · Første svar innen (dato)",
        "Spørsmålet er stilt privat og vises ikke her. Trykk Svar eller åpne saken.",
        *(button for button in BUTTONS if button != "Spør tilbake …"),
        f"<https://bot.example.no/saker/{case.id}|Åpne saken>",
    ]
    assert opened["text"] == "M-1 · Venter på saksbehandler"
    await bot.desk.claim(case.id, KARI)
    assert case.question not in words(await in_officers_channel(bot, "Under arbeid"))


async def test_nor_what_was_asked_in_a_direct_message(bot: Bot, slack: Slack) -> None:
    asked = await slack.ask("D1", "UKAFE", QUESTION)
    await bot.send_on("D1", await bot.answer(asked, channel="D1"))
    assert "skilt" not in words(await in_officers_channel(bot, "M-1"))


async def test_the_officers_channel_is_told_what_everybody_reads_in_the_web(bot: Bot, slack: Slack) -> None:
    case = await bot.desk.open(request())
    assert case.question in words(await in_officers_channel(bot, "M-1"))


async def test_a_case_opens_though_slack_names_nobody(bot: Bot, slack: Slack) -> None:
    slack.trouble("users.info", *["500"] * 4)
    _, case = await forwarded(bot)
    assert case.asker.name == "handle.ukafe"


async def test_the_asker_hears_who_has_the_case_and_gets_the_answer_with_a_name(bot: Bot, slack: Slack) -> None:
    asked, case = await forwarded(bot)
    await bot.desk.claim(case.id, KARI)
    assert words(await bot.answer(asked, 3)).startswith("Kari &lt;Berg&gt; &amp; co har tatt sak M-1")
    await bot.desk.answer(case.id, KARI, "Ja, men <b>søk</b> først.\n\nHilsen Kari")
    assert words(await bot.answer(asked, 4)).splitlines() == [
        "*Kari &lt;Berg&gt; &amp; co, saksbehandler, svarer på sak M-1:*",
        "Ja, men &lt;b&gt;søk&lt;/b&gt; først.",
        "",
        "Hilsen Kari",
    ]


async def test_the_asker_hears_that_the_case_was_closed_without_an_answer_and_that_it_is_open_again(
    bot: Bot, slack: Slack
) -> None:
    asked, case = await forwarded(bot)
    await bot.desk.close(case.id, KARI)
    assert words(await bot.answer(asked, 3)).startswith("Sak M-1 er avsluttet uten svar.")
    await bot.desk.reopen(case.id, KARI)
    assert words(await bot.answer(asked, 4)).startswith("Sak M-1 er åpnet igjen.")


async def test_the_asker_hears_nothing_of_what_changes_nothing_for_them(bot: Bot, slack: Slack) -> None:
    asked, case = await forwarded(bot)
    await bot.desk.claim(case.id, KARI)
    await bot.desk.release(case.id, KARI)
    await bot.desk.answer(case.id, KARI, "Ja.")
    await bot.desk.close(case.id, KARI)
    assert words(await bot.answer(asked, 4)).endswith("Ja.")
    # What is put in a thread arrives in order: had there been more to say, it would stand before this.
    await slack.ask("C1", "UKAFE", "Og hva nå?", thread=asked["ts"])
    assert "Det vet jeg ikke." in words(await bot.answer(asked, 6))


async def test_the_officers_message_says_how_the_case_stands(bot: Bot, slack: Slack) -> None:
    _, case = await forwarded(bot)
    await in_officers_channel(bot, "*M-1 · Venter på saksbehandler*")
    await bot.desk.claim(case.id, KARI)
    await in_officers_channel(bot, "*M-1 · Under arbeid · Kari &lt;Berg&gt; &amp; co*")
    await bot.desk.release(case.id, KARI)
    await in_officers_channel(bot, "*M-1 · Venter på saksbehandler*")
    await bot.desk.close(case.id, KARI)
    await in_officers_channel(bot, "*M-1 · Avsluttet")


async def test_an_answer_arrives_once_though_the_process_died_after_posting_it(address: str, slack: Slack) -> None:
    async with started(address, slack, delivers=False) as bot:
        async with started(address, slack) as other:
            asked, case = await forwarded(other)
            await in_officers_channel(other, "M-1")
        await bot.desk.answer(case.id, KARI, "Ja.")
        async with bot.database.reading() as session:
            owed = select(OutboxRow).where(OutboxRow.kind == "case.answered")
            delivery = delivery_of((await session.scalars(owed)).one())
        # The first dies before it hears that Slack has the message, the second before it notes the delivery.
        slack.trouble("chat.postMessage", "gone")
        with pytest.raises(aiohttp.ClientPayloadError):
            await bot.deliver(delivery)
        await bot.deliver(delivery)
        await bot.deliver(delivery)
    async with started(address, slack) as after:
        await after.deliver(delivery)
        assert len(slack.thread("C1", asked["ts"])) == 3
        assert len(slack.called("conversations.replies")) == 1


async def test_a_case_is_told_to_the_officers_once_though_slack_broke_off(bot: Bot, slack: Slack) -> None:
    slack.page = 1
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    answer = await bot.answer(asked)
    slack.trouble("chat.postMessage", "lost", "lost")
    await bot.send_on("C1", answer)
    await eventually(
        lambda: bool(slack.called("conversations.history")) and bool(slack.called("conversations.replies"))
    )
    await bot.desk.claim((await bot.desk.list())[0].id, KARI)
    await in_officers_channel(bot, "Under arbeid")
    assert "har tatt" in words(await bot.answer(asked, 3))


async def test_a_long_answer_arrives_whole(bot: Bot, slack: Slack) -> None:
    asked, case = await forwarded(bot)
    text = "\n".join(f"Linje {number} & noe mer enn bare det" for number in range(300))
    assert 9_000 < len(text) < 10_000
    await bot.desk.answer(case.id, KARI, text)
    parts = [words(await bot.answer(asked, number)) for number in (3, 4)]
    lines = "\n".join(parts).replace("&amp;", "&").splitlines()
    assert [line for line in lines[1:] if line] == text.splitlines()


async def test_the_officers_hear_of_an_answer_that_did_not_reach_the_asker(bot: Bot, slack: Slack) -> None:
    _, case = await forwarded(bot)
    await in_officers_channel(bot, "M-1")
    slack.away.add("C1")
    await bot.desk.answer(case.id, KARI, "Ja.")
    await eventually(lambda: len(at_top(bot)) == 2)
    assert words(at_top(bot)[1]).splitlines() == [
        "Svaret fra Kari &lt;Berg&gt; &amp; co på sak M-1 nådde ikke fram til den som spurte.",
        "",
        f"<https://bot.example.no/saker/{case.id}|Åpne saken>",
    ]
    assert (await bot.desk.events(case.id))[-1].move is Move.UNDELIVERED


async def test_without_an_officers_channel_that_is_what_is_said(address: str, slack: Slack) -> None:
    async with started(address, slack, slack_officers_channel=None) as bot:
        await forwarded(bot)

        async def said() -> bool:
            return any("MOTEPLASSEN_SLACK_OFFICERS_CHANNEL" in each.error for each in await bot.outbox.failed())

        await eventually(said)
