"""Whether the page shows what is in the small Slack, and does there what somebody does on it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import async_playwright
from selectolax.lexbor import LexborHTMLParser
from slack_sdk.web.async_client import AsyncWebClient

from tests.peers.serving import served
from tests.peers.slack import TOKEN, Slack, demo_town
from tests.peers.slack.examples import BUTTON, MODAL, SECTION, Bot, hearing, select

EVIL = "<script>alert(1)</script>"
CHROMIUM = Path("/usr/bin/chromium")
TOP = "document.querySelector('main').scrollTop"


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    slack = demo_town()
    async with served(slack.app) as url:
        slack.url = f"{url}/api/"
        yield slack
    await slack.close()


@pytest.fixture
async def bot(slack: Slack) -> AsyncIterator[Bot]:
    async with hearing(slack) as bot:
        yield bot


async def seen(slack: Slack, user: str, at: str, **more: str) -> dict[str, str]:
    async with httpx.AsyncClient(base_url=slack.base) as browser:
        where = {"as": user, "at": at, **more}
        page = (await browser.get("/", params=where)).text
        parts: dict[str, str] = (await browser.get("/page/seen", params=where)).json()
        return {"page": page, **parts}


async def done(slack: Slack, **form: Any) -> str:
    async with httpx.AsyncClient(base_url=slack.base, headers={"Accept": "application/json"}) as browser:
        data = {"as": form.pop("user"), **form}
        return str((await browser.post("/page/do", data=data)).json()["trouble"])


async def test_plain_text_keeps_its_lines_and_nothing_in_it_is_markup(slack: Slack) -> None:
    block = {"type": "section", "text": {"type": "plain_text", "text": f"Svar [1]\n{EVIL}"}}
    slack.show_modal("UOLA", {**MODAL, "blocks": [block]})
    modal = (await seen(slack, "UOLA", "C1"))["modal"]
    assert "Svar [1]<br>&lt;script&gt;" in modal


async def test_nothing_that_is_written_becomes_part_of_the_page(slack: Slack, bot: Bot) -> None:
    client = AsyncWebClient(TOKEN, base_url=slack.url)
    await done(slack, deed="say", user="UKAFE", at="C1", text=f"@moteplassen {EVIL} <https://x.no>")
    assert sorted(bot.kinds()) == ["app_mention", "message"]
    shown: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*{EVIL}* <javascript:alert(1)|trykk>"}},
        {"type": "markdown", "text": f"{EVIL} [x](javascript:alert(1))"},
        {"type": "header", "text": {"type": "plain_text", "text": EVIL}},
        {"type": "actions", "elements": [{**BUTTON, "action_id": '"><script>', "value": EVIL}]},
    ]
    await client.chat_postMessage(channel="C1", text=EVIL, blocks=shown)
    for part in (await seen(slack, "UKAFE", "C1")).values():
        assert "<script>" not in part
        assert 'href="javascript' not in part


async def test_people_see_what_is_theirs(slack: Slack, bot: Bot) -> None:
    client = AsyncWebClient(TOKEN, base_url=slack.url)
    await client.chat_postEphemeral(channel="C1", user="UGJEST", text="hemmelig")
    assert "hemmelig" in (await seen(slack, "UGJEST", "C1"))["seen"]
    assert "hemmelig" not in (await seen(slack, "UKAFE", "C1"))["seen"]
    assert "saksbehandlere</a>" not in (await seen(slack, "UKAFE", "GSAKER"))["page"].replace("\n    ", "")
    assert "intern" in (await seen(slack, "USTAB", "CINTERN"))["page"]


async def test_what_is_pressed_chosen_and_filled_in_reaches_the_bot(slack: Slack, bot: Bot) -> None:
    client = AsyncWebClient(TOKEN, base_url=slack.url)
    posted = await client.chat_postMessage(channel="C1", text="x", blocks=[{"type": "actions", "elements": [BUTTON]}])
    block = slack.message("C1", posted["ts"])["blocks"][0]["block_id"]
    press = json.dumps([block, "go", None])
    assert await done(slack, user="UKAFE", at="C1", ts=posted["ts"], press=press) == ""
    assert bot.heard[-1]["actions"][0]["value"] == "1"
    await client.views_publish(user_id="UKAFE", view={"type": "home", "blocks": [{**SECTION, "accessory": select(2)}]})
    assert await done(slack, user="UKAFE", at="home", press=json.dumps(["b0", "s", "1"])) == ""
    assert bot.heard[-1]["actions"][0]["selected_option"]["value"] == "1"
    slack.show_modal("UKAFE", MODAL)
    assert "Skjema" in (await seen(slack, "UKAFE", "C1"))["modal"]
    assert await done(slack, deed="submit", user="UKAFE", at="C1") == ""
    assert "Dette må fylles ut." in (await seen(slack, "UKAFE", "C1"))["modal"]
    bot.answer = {"response_action": "errors", "errors": {"name": "Hm"}}
    await done(slack, **{"deed": "submit", "user": "UKAFE", "at": "C1", "field-name": "Kari"})
    assert "Hm" in (await seen(slack, "UKAFE", "C1"))["modal"]
    bot.answer = {}
    assert await done(slack, **{"deed": "submit", "user": "UKAFE", "at": "C1", "field-name": "Kari"}) == ""
    assert slack.modal("UKAFE") is None
    bot.answer = {"text": "Straks"}
    assert await done(slack, deed="say", user="USTAB", at="C1", text="/strategi B3") == ""
    assert "Straks" in (await seen(slack, "USTAB", "C1"))["seen"]


async def test_a_bot_that_is_away_is_said_to_be(slack: Slack) -> None:
    slack.bot_url = "http://127.0.0.1:9"
    assert "Boten er ikke der" in await done(slack, deed="say", user="UKAFE", at="C1", text="hei")


def option(value: str, description: str) -> dict[str, Any]:
    return {"value": value, "text": plain(value), "description": plain(description)}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


OPTIONS = [option("svar", "saken blir besvart"), option("tillegg", EVIL)]
CHOICES = {
    **MODAL,
    "blocks": [
        {
            "type": "input",
            "block_id": kind,
            "label": plain(kind),
            "element": {"type": kind, "action_id": kind, "options": OPTIONS},
        }
        for kind in ("radio_buttons", "checkboxes", "static_select")
    ],
}


async def test_choices_are_shown_with_what_is_said_of_them_and_of_a_wrong_one(slack: Slack, bot: Bot) -> None:
    slack.show_modal("UKAFE", CHOICES)
    shown = (await seen(slack, "UKAFE", "C1"))["modal"]
    assert (shown.count("saken blir besvart"), shown.count("<script>")) == (3, 0)
    await done(slack, **{"deed": "submit", "user": "UKAFE", "at": "C1", "field-static_select": "svar"})
    missing = LexborHTMLParser((await seen(slack, "UKAFE", "C1"))["modal"])
    assert [each.text().strip() for each in missing.css(".block:has(.error) legend")] == ["radio_buttons"]
    assert [each.attrs["value"] for each in missing.css("option[selected]")] == ["svar"]
    bot.answer = {"response_action": "errors", "errors": {"radio_buttons": "Velg noe annet."}}
    chosen = {"field-radio_buttons": "svar", "field-static_select": "svar"}
    await done(slack, **{"deed": "submit", "user": "UKAFE", "at": "C1", **chosen})
    wrong = LexborHTMLParser((await seen(slack, "UKAFE", "C1"))["modal"])
    assert [each.text() for each in wrong.css(".error")] == ["Velg noe annet."]
    assert [each.attrs["value"] for each in wrong.css("input[checked]")] == ["svar"]


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}")
async def test_who_reads_the_home_tab_stays_where_they_are_when_it_changes(slack: Slack, bot: Bot) -> None:
    client = AsyncWebClient(TOKEN, base_url=slack.url)

    async def publish(first: str) -> None:
        sections = [{"type": "section", "text": plain(text)} for text in (first, *map(str, range(90)))]
        await client.views_publish(user_id="UKAFE", view={"type": "home", "blocks": sections})

    await publish("før")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM)
        page = await browser.new_page(viewport={"width": 900, "height": 600})
        await page.goto(f"{slack.base}?as=UKAFE&at=home")
        await page.get_by_text("før").wait_for(timeout=20_000)
        assert await page.evaluate(TOP) == 0
        for there in (400, await page.evaluate("document.querySelector('main').scrollHeight")):
            await page.evaluate(f"document.querySelector('main').scrollTop = {there}")
            before = await page.evaluate(TOP)
            await publish(f"etter {there}")
            await page.get_by_text(f"etter {there}").wait_for(timeout=20_000)
            assert await page.evaluate(TOP) == before > 0
        await browser.close()
