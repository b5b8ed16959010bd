"""What officers write among themselves stays there, unless one of them sends it on, knowingly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from bot.desk.case import Case, CaseState, Move
from bot.desk.outbox_table import OutboxRow
from tests.databases import KINDS
from tests.peers.slack import BOT_USER, Slack, events
from tests.peers.slack.model import Message
from tests.slack.casework import (
    GUEST,
    KARI,
    NORA,
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
    under,
    whispered,
)
from tests.slack.examples import Bot

pytestmark = pytest.mark.parametrize("address", KINDS, indirect=True)

NOTE = "Hun er <vrang>, men ja: lov."
TYPED = NOTE.replace("<", "&lt;").replace(">", "&gt;")


@pytest.fixture(autouse=True)
def _people(slack: Slack) -> None:
    people(slack)


async def write(bot: Bot, user: str = KARI, text: str = TYPED, **more: Any) -> Message:
    return await bot.slack.say(SAKER, user, text, (await card(bot))["ts"], **more)


async def open_relay(bot: Bot, user: str = KARI) -> None:
    """Press the button that stands beside a note."""
    whisper = await whispered(bot, user, "")
    await bot.slack.click(user, SAKER, whisper, "relay")


async def assert_untold(bot: Bot, case: Case) -> None:
    """Nothing has reached the asker, and nothing of the note is kept anywhere."""
    await quiet(bot)
    assert under(bot, case.place.channel, case.place.thread) == []
    assert [event.move for event in await bot.desk.events(case.id)] == [Move.OPENED]
    async with bot.database.reading() as session:
        owed = json.dumps([row.payload for row in await session.scalars(select(OutboxRow))])
    assert "vrang" not in owed


async def test_a_note_is_internal_and_its_writer_is_reminded(bot: Bot, slack: Slack) -> None:
    _, case = await opened(bot)
    note = await write(bot)
    whisper = await whispered(bot, KARI, "Internt notat. Bare dere ser det, så lenge ingen sender det videre.")
    assert whisper["thread_ts"] == note["thread_ts"]
    await assert_untold(bot, case)
    assert len(slack.whispers) == 1


async def test_no_way_of_writing_reaches_the_asker_without_the_confirmation(bot: Bot, slack: Slack) -> None:
    _, case = await opened(bot)
    await write(bot, files=[slack.add_file("vrang.pdf", "application/pdf", b"%PDF", KARI)])
    whisper = await whispered(bot, KARI, "")
    broadcast = await write(bot, NORA)
    broadcast["subtype"] = "thread_broadcast"
    await slack.tell(events.said(slack, slack.channels[SAKER], broadcast), slack.channels[SAKER])
    note = await write(bot, text="noe annet")
    await slack.edit(SAKER, note, TYPED)
    await slack.delete(SAKER, note)
    await write(bot, GUEST)
    await quiet(bot)
    await slack.click(KARI, SAKER, whisper, "relay")
    await modal(bot, KARI)
    await slack.dismiss(KARI)
    await assert_untold(bot, case)
    assert not [text for text in under(bot, SAKER, (await card(bot))["ts"]) if "Sendt" in text]
    assert bot.librarian.asked == []


async def test_a_mention_of_the_bot_under_a_case_is_a_question_to_the_bot(bot: Bot, slack: Slack) -> None:
    _, case = await opened(bot)
    await write(bot, text=f"<@{BOT_USER}> Kan de skjenke øl?")
    await noted(bot, "Det krever bevilling.")
    await assert_untold(bot, case)
    assert slack.whispers == []


async def test_a_note_is_sent_on_when_what_where_and_as_what_is_confirmed(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    await write(bot)
    await open_relay(bot)
    told = shown((await modal(bot, KARI)).content)
    assert "*Dette går ut av kanalen, til Kafé Kringla.*" in told
    assert "Dette vises i tråden i <#C1>" in told
    assert "*Noen utenfor kommunen leser det.*" in told
    assert NOTE in told
    for answers, block in (
        ({"as": "answered", "sure": []}, "sure"),
        ({"as": None, "sure": ["sure"]}, "as"),
    ):
        slack.modal(KARI).values.clear()  # type: ignore[union-attr]
        answered = await submit(bot, answers)
        assert list(answered["errors"]) == [block]
    await assert_untold(bot, case)
    assert await submit(bot, {"as": "answered", "sure": ["sure"]}) == {}
    assert "vrang" in shown(await said(bot, "C1", "svarer på sak", asked["ts"]))
    await noted(bot, "*Sendt til den som spurte: svaret fra Kari Berg til Kafé Kringla*")
    await quiet(bot)
    assert sum("Sendt" in text for text in under(bot, SAKER, (await card(bot))["ts"])) == 1
    assert (await bot.desk.get(case.id)).answer == NOTE


async def submit(bot: Bot, answers: dict[str, Any]) -> dict[str, Any]:
    """Submit what is there, also what Slack's own checks would hold back."""
    view = bot.slack.modal(KARI)
    assert view
    chosen = answers["as"] and {"value": answers["as"]}
    values = {
        "text": {"text": {"type": "plain_text_input", "value": answers.get("text", NOTE)}},
        "as": {"as": {"type": "radio_buttons", "selected_option": chosen}},
        "sure": {"sure": {"type": "checkboxes", "selected_options": [{"value": each} for each in answers["sure"]]}},
    }
    payload = bot.slack._from(KARI) | {"type": "view_submission", "view": view.shown()}
    payload["view"]["state"] = {"values": values}
    response = await bot.slack.deliver("interactive", payload)
    answer: dict[str, Any] = response.json() if response.text.strip() else {}
    return answer


async def test_a_note_can_be_a_question_back(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    await write(bot, text="Hvor stort er skiltet?")
    await open_relay(bot)
    await modal(bot, KARI)
    values = {"as": "asked_back", "sure": ["sure"]}
    assert await slack.submit(KARI, values) == {}
    await said(bot, "C1", "Kari Berg, saksbehandler, spør om sak M-1", asked["ts"])
    assert (await bot.desk.get(case.id)).state is CaseState.ASKED


async def test_what_stands_beside_a_note_says_no_longer_that_it_is_internal_once_it_is_sent(
    bot: Bot, slack: Slack
) -> None:
    asked, _ = await opened(bot)
    note = await write(bot)
    await open_relay(bot)
    await modal(bot, KARI)
    assert "sure" in (await submit(bot, {"as": "answered", "sure": []}))["errors"]
    assert "Internt" in shown(slack.whispers[0])
    assert await submit(bot, {"as": "answered", "sure": ["sure"]}) == {}
    sent = await whispered(bot, KARI, "Dette notatet er sendt til den som spurte.")
    assert slack.whispers == [sent]
    assert sent["thread_ts"] == note["thread_ts"]
    assert [block["type"] for block in sent["blocks"]] == ["section"]
    await said(bot, "C1", "vrang", asked["ts"])


async def test_where_that_can_no_longer_be_changed_its_writer_is_told_anew(bot: Bot, slack: Slack) -> None:
    await opened(bot)
    note = await write(bot)
    await open_relay(bot)
    await modal(bot, KARI)
    slack.trouble("response_url", "used_url")
    assert await slack.submit(KARI, {"as": "answered", "sure": ["sure"]}) == {}
    assert (await whispered(bot, KARI, "er sendt til den som spurte"))["thread_ts"] == note["thread_ts"]
    assert len(slack.whispers) == 2


async def test_the_shortcut_does_the_same(bot: Bot, slack: Slack) -> None:
    asked, _ = await opened(bot)
    note = await write(bot, NORA)
    await slack.shortcut(KARI, SAKER, note, "relay")
    await modal(bot, KARI)
    assert under(bot, "C1", asked["ts"]) == []
    assert await slack.submit(KARI, {"as": "answered", "sure": ["sure"]}) == {}
    assert "Kari Berg, saksbehandler, svarer" in shown(await said(bot, "C1", "vrang", asked["ts"]))


async def test_the_shortcut_works_on_notes_only(bot: Bot, slack: Slack) -> None:
    _, case = await opened(bot)
    message = await card(bot)
    elsewhere = slack.write(SAKER, KARI, NOTE)
    await bot.desk.send_back(case.id, OFFICER, "byggesak")
    bots = await noted(bot, "byggesak")
    for on, told in ((message, "under en sak"), (elsewhere, "under en sak"), (bots, "Bare det kolleger har skrevet")):
        slack.whispers.clear()
        await slack.shortcut(KARI, SAKER, on, "relay")
        await whispered(bot, KARI, told)
    note = await write(bot)
    await slack.shortcut(GUEST, SAKER, note, "relay")
    await whispered(bot, GUEST, "Bare saksbehandlere")
    assert slack.modal(KARI) is slack.modal(GUEST) is None


@pytest.mark.parametrize(("text", "told"), [("a" * 3_001, "3001 tegn"), ("<@UNORA>", "ingen tekst")])
async def test_what_cannot_be_sent_exactly_is_not_sent(bot: Bot, slack: Slack, text: str, told: str) -> None:
    await opened(bot)
    note = await write(bot, text=text)
    await slack.shortcut(KARI, SAKER, note, "relay")
    await whispered(bot, KARI, told)
    assert slack.modal(KARI) is None


async def test_a_note_that_is_gone_is_not_sent(bot: Bot, slack: Slack) -> None:
    await opened(bot)
    note = await write(bot)
    whisper = await whispered(bot, KARI, "Internt")
    await slack.delete(SAKER, note)
    await slack.click(KARI, SAKER, whisper, "relay")
    await whispered(bot, KARI, "Notatet er borte")


@pytest.mark.parametrize("change", ["edit", "delete"])
async def test_a_note_that_is_changed_after_it_was_sent_is_told_and_corrected_by_hand(
    bot: Bot, slack: Slack, change: str
) -> None:
    asked, case = await opened(bot)
    note = await write(bot)
    await bot.desk.answer(case.id, OFFICER, NOTE, f"{SAKER}:{note['ts']}")
    sent = shown(await said(bot, "C1", "vrang", asked["ts"]))
    if change == "delete":
        await slack.delete(SAKER, note)
        whisper = await whispered(bot, KARI, "Kafé Kringla har allerede fått det du sendte")
        assert [block["type"] for block in whisper["blocks"]] == ["section"]
        assert "et nytt notat" in shown(whisper)
    else:
        await slack.edit(SAKER, note, "Nei, likevel ikke.")
        whisper = await whispered(bot, KARI, "Kafé Kringla har allerede fått det du sendte")
        await slack.click(KARI, SAKER, whisper, "relay")
        view = await modal(bot, KARI)
        assert "Nei, likevel ikke." in shown(view.content)
        assert await slack.submit(KARI, {"as": "supplemented", "sure": ["sure"]}) == {}
        assert shown(await said(bot, "C1", "likevel ikke", asked["ts"])).startswith(
            "*Kari Berg, saksbehandler, legger til noe i svaret på sak M-1:*"
        )
    assert under(bot, "C1", asked["ts"])[0] == sent


async def test_to_a_case_that_somebody_else_has_nothing_is_sent(bot: Bot, slack: Slack) -> None:
    _, case = await opened(bot)
    await bot.desk.claim(case.id, OFFICER)
    await write(bot, NORA)
    await open_relay(bot, NORA)
    await whispered(bot, NORA, "Kari Berg has taken case M-1")
    assert slack.modal(NORA) is None
