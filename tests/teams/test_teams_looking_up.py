"""Looking up strategies and sources while a message is written, and what links show: only ever what is public."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from knowledge.model import Evidence
from tests.knowledge.examples import SECRET
from tests.peers.teams import Teams
from tests.teams.examples import CASES, OPEN, TOWN, Bot, started

WEB = "https://bot.example.no"


def titles(shown: dict[str, Any]) -> list[str]:
    """What is listed."""
    return [each["preview"]["content"]["title"] for each in shown["composeExtension"].get("attachments", ())]


def cards(shown: dict[str, Any]) -> list[dict[str, Any]]:
    return [each["content"] for each in shown["composeExtension"].get("attachments", ())]


async def test_a_code_finds_its_strategies_whole(bot: Bot, teams: Teams) -> None:
    shown = await teams.search("ola", "b3", OPEN)
    assert [title.partition(" ")[0] for title in titles(shown)] == ["B3", "B3"]
    card = cards(shown)[1]
    assert card["type"] == "AdaptiveCard"
    assert "Møter næringslivet med velvilje, serviceinnstilling og effektiv saksbehandling." in str(card["body"])
    assert card["actions"][0]["url"] == f"{WEB}/kilde/plan/naeringsliv#b3"


async def test_a_word_finds_strategies_and_sources_each_once(bot: Bot, teams: Teams) -> None:
    shown = await teams.search("ola", "næringsliv")
    assert len(titles(shown)) == len(set(map(json.dumps, cards(shown)))) > 3
    (source,) = cards(await teams.search("ola", "gebyr"))
    assert source["body"][0]["text"] == "Serveringsbevilling"
    assert source["body"][1]["text"] == "Hva koster det?"
    assert "5 000 kroner" in source["body"][2]["text"]
    assert source["actions"][0]["url"] == f"{WEB}/kilde/guides/servering#gebyr"


async def test_before_anything_is_typed_the_strategies_are_there_page_by_page(bot: Bot, teams: Teams) -> None:
    first = titles(await teams.search("ola", None, count=5))
    rest = titles(await teams.search("ola", None, skip=5))
    assert (len(first), len(rest)) == (5, 3)
    assert titles(await teams.search("ola", "", skip=50)) == []


@pytest.mark.parametrize(
    ("typed", "told"), [("x", "Skriv litt mer"), ("xyzzy", "fant ingenting"), ("Z9", "fant ingenting")]
)
async def test_what_is_too_short_or_not_there_is_said(bot: Bot, teams: Teams, typed: str, told: str) -> None:
    shown = (await teams.search("ola", typed))["composeExtension"]
    assert shown["type"] == "message"
    assert told in shown["text"]


async def test_a_letter_alone_is_an_area_of_codes(bot: Bot, teams: Teams) -> None:
    assert {title[0] for title in titles(await teams.search("ola", "d"))} == {"D"}


@pytest.mark.parametrize(("who", "channel"), [("ola", ""), ("ola", TOWN), ("kari", CASES), ("mona", OPEN), ("per", "")])
async def test_nobody_is_listed_what_is_internal_as_the_card_may_stand_anywhere(
    bot: Bot, teams: Teams, who: str, channel: str
) -> None:
    shown = [await teams.search(who, text, channel) for text in ("kanarifugl", "skjenkekontroll", "kontrollørene")]
    shown.append(await teams.paste(who, f"{WEB}/kilde/internal/skjenkekontroll#kontroll", channel))
    assert SECRET not in json.dumps(shown, ensure_ascii=False)
    assert "Skjenkekontroll" not in json.dumps(shown, ensure_ascii=False)


async def test_a_search_that_takes_too_long_lists_the_strategies_at_least(address: str, teams: Teams) -> None:
    class Slow:
        async def find(self, query: str, language: str = "") -> Evidence:
            await asyncio.sleep(60)
            raise AssertionError

    async with started(address, teams, finder=Slow()):
        begun = time.monotonic()
        shown = await teams.search("ola", "digitalisering")
        assert time.monotonic() - begun < 5
    assert [title.partition(" ")[0] for title in titles(shown)] == ["C2"]


async def test_a_link_shows_title_words_and_kind_of_what_it_leads_to(bot: Bot, teams: Teams) -> None:
    (card,) = cards(await teams.paste("mona", f"{WEB}/kilde/guides/servering?q=Det+finnes+ingen+rabatt#gebyr", OPEN))
    texts = [each["text"] for each in card["body"]]
    assert texts[:2] == ["Serveringsbevilling", "Hva koster det?"]
    assert texts[2] == "Det finnes ingen rabatt"
    assert texts[3].startswith("Veiledning · ")
    (found,) = cards(await teams.paste("ola", f"{WEB}/strategier?q=næringsliv"))
    assert found["body"][0]["text"] == "Strategiene i planen"


@pytest.mark.parametrize(
    "link",
    ["https://elsewhere.example/kilde/guides/servering", f"{WEB}/kilde/nothing", f"{WEB}/saker/1", f"{WEB}/", "", "x"],
)
async def test_of_other_links_nothing_is_shown(bot: Bot, teams: Teams, link: str) -> None:
    case = await bot.answer(await teams.say("ola", "Kan jeg skjenke øl?"))
    assert case.whole
    assert await teams.paste("kari", link, CASES) == {}


async def test_lists_are_in_the_language_of_who_looks(bot: Bot, teams: Teams) -> None:
    value = {"commandId": "search", "parameters": [{"name": "query", "value": "x"}]}
    for locale, told in {"nn-NO": "Skriv litt meir", "en-US": "Write a little more", "de-DE": "Skriv litt mer"}.items():
        shown = await teams.extend("ola", "query", value, locale=locale)
        assert shown["composeExtension"]["text"].startswith(told)


@pytest.mark.parametrize(
    "value",
    [
        {"commandId": "search"},
        {"commandId": "search", "parameters": [{"name": "query", "value": {"a": 1}}], "queryOptions": {"skip": -4}},
        {"commandId": "search", "parameters": [{"name": "query", "value": "[x](y) " * 5_000}]},
    ],
)
async def test_senseless_searches_are_answered(bot: Bot, teams: Teams, value: dict[str, Any]) -> None:
    assert "composeExtension" in await teams.extend("ola", "query", value)
