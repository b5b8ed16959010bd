"""Replies in Teams: streamed or whole, with sources, labels and opinions, and within Teams' limits."""

from __future__ import annotations

import asyncio
import json
import re
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handlers.teams.messages import activity
from bot.handlers.teams.replies.rendering import parts
from bot.handlers.teams.store import Feedbacks, Room
from bot.question import Listener, Question, Reply, Status
from bot.texts import LANGUAGES
from knowledge.model import Audience, Claim
from tests.peers.teams import HOME, Fault, Sent, Teams
from tests.slack.examples import ALCOHOL, INTERNAL, Librarian
from tests.teams.examples import TEXTS, TOWN, Bot, started

LEAD = TEXTS("nb", "reply.lead.written")


class Writer(Librarian):
    """Says what it does, and each claim as it comes; `pause` is how long each takes."""

    def __init__(self, pause: float = 0.0) -> None:
        super().__init__()
        self.claims = tuple(Claim(text=text, citation=ALCOHOL) for text in ("Det krever bevilling.", "Søk kommunen."))
        self.pause = pause

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        self.asked.append(question)
        if listener:
            await listener.step("understand")
            await listener.step("retrieve")
            for claim in self.claims:
                await asyncio.sleep(self.pause)
                await listener.claim(claim)
        id_ = secrets.token_urlsafe(12)
        return Reply(id=id_, status=Status.ANSWERED, language="nb", lead=LEAD, claims=self.claims)


async def test_in_a_chat_a_reply_is_streamed_with_what_the_bot_does_first(address: str, teams: Teams) -> None:
    async with started(address, teams, librarian=Writer(pause=0.7)) as bot:
        reply = await bot.answer(await teams.say("ola", "Kan jeg skjenke øl?"))
    first, *others = [each["text"] for each in reply.streamed]
    assert first == TEXTS("nb", "teams.status.retrieve")
    assert reply.streamed[0]["channelData"]["streamType"] == "informative"
    assert others
    assert all(reply.text.startswith(text) for text in others)
    assert [each["entities"][0]["streamSequence"] for each in reply.streamed] == list(range(1, len(reply.streamed) + 1))
    assert "Søk kommunen. [1]" in reply.text
    assert len(teams.sent) == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("POST", "/activities$", 403, message="Content stream is not allowed"), id="never allowed"),
        pytest.param(Fault("POST", "/activities$", 429, headers={"retry-after": "0"}), id="too many"),
    ],
)
async def test_where_nothing_can_be_streamed_the_reply_is_one_message(address: str, teams: Teams, fault: Fault) -> None:
    teams.faults.append(fault)
    async with started(address, teams, librarian=Writer()) as bot:
        reply = await bot.answer(await teams.say("ola", "Kan jeg skjenke øl?"))
    assert (fault.met, reply.streamed) == (1, [])
    assert "Søk kommunen." in reply.text


@pytest.mark.parametrize("message", ["Message exceeded streaming time", "Content stream finished due to error"])
async def test_a_stream_that_teams_ends_is_made_whole_in_place(address: str, teams: Teams, message: str) -> None:
    class Slow(Writer):
        async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
            assert listener
            await listener.step("retrieve")
            while not teams.sent:
                await asyncio.sleep(0.005)
            teams.faults.append(Fault("POST", "/activities$", 403, message=message, times=99))
            return await super().reply(question)

    async with started(address, teams, librarian=Slow()) as bot:
        reply = await bot.answer(await teams.say("ola", "Kan jeg skjenke øl?"))
    assert len(teams.sent) == 1
    assert "Søk kommunen." in reply.text
    assert reply.buttons == ["Send til saksbehandler"]


async def test_who_stops_a_reply_gets_no_more_of_it(address: str, teams: Teams) -> None:
    class Stopped(Writer):
        async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
            assert listener
            await listener.step("retrieve")
            while not teams.sent:
                await asyncio.sleep(0.005)
            teams.faults.append(Fault("POST", "/activities$", 403, message="Content stream was canceled by user"))
            return await super().reply(question)

    async with started(address, teams, librarian=Stopped()) as bot:
        await teams.say("ola", "Kan jeg skjenke øl?")
        await bot.settled()
    assert [sent.whole for sent in teams.sent] == [False]


async def test_a_reply_names_its_sources_in_teams_own_way_and_in_words(bot: Bot, teams: Teams) -> None:
    reply = await bot.answer(await teams.say("ola", "Kan jeg skjenke øl?", TOWN, mention=True))
    (claim,) = reply.entity["citation"]
    assert claim["position"] == 1
    assert claim["appearance"]["name"] == "Servering & skjenking"
    assert claim["appearance"]["abstract"] == ALCOHOL.quote
    assert claim["appearance"]["url"] == ALCOHOL.url
    assert reply.entity["additionalType"] == ["AIGeneratedContent"]
    assert "1\\. november 2026" in reply.text or "1. november 2026" in reply.text
    assert reply.activity["channelData"]["feedbackLoop"] == {"type": "custom"}


async def test_who_knows_nothing_says_so_and_offers_an_officer(bot: Bot, teams: Teams) -> None:
    reply = await bot.answer(await teams.say("ola", "Hva er meningen med livet?"))
    assert reply.text.startswith("Det vet jeg ikke.")
    assert TEXTS("nb", "reply.nearest")[:20] in reply.text
    assert reply.buttons == ["Send til saksbehandler"]
    assert "citation" not in reply.entity


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_reply_is_split_and_what_there_is_no_room_for_is_said(language: str) -> None:
    claims = tuple(Claim(text=f"Påstand {number} " + "x y " * 600, citation=ALCOHOL) for number in range(30))
    reply = Reply(id="r", status=Status.ANSWERED, language=language, lead="Se her:", claims=claims)
    messages = parts(reply, TEXTS)
    assert len(messages) == 4
    assert all(len(message.text.encode("utf-16")) < 60_000 for message in messages)
    assert [message.card is not None for message in messages] == [False, False, False, True]
    assert TEXTS(language, "teams.cut").rstrip(".") in messages[-1].text


def test_what_sources_say_is_shown_and_not_taken_for_markup() -> None:
    nasty = ALCOHOL.model_copy(
        update={
            "title": "[Klikk](https://evil.example) <at>alle</at>" * 9,
            "quote": "**q** " * 99,
            "url": "javascript:x",
        }
    )
    reply = Reply(
        id="r",
        status=Status.ANSWERED,
        language="nb",
        lead="<b>Se</b>",
        claims=(Claim(text="# *a* <x>", citation=nasty),),
    )
    (message,) = parts(reply, TEXTS)
    assert "<" not in message.text
    assert re.findall(r"(?<!\\)\]\(", message.text) == []
    assert message.cited[0].url is None
    assert (len(message.cited[0].name), len(message.cited[0].abstract)) == (80, 160)


@given(
    text=st.text(min_size=1), title=st.text(), quote=st.text(), lead=st.text(max_size=3_000), count=st.integers(1, 9)
)
def test_whatever_sources_say_teams_takes_it(text: str, title: str, quote: str, lead: str, count: int) -> None:
    citation = ALCOHOL.model_copy(update={"title": title, "quote": quote})
    claims = tuple(Claim(text=f"{text}{number}", citation=citation) for number in range(count))
    reply = Reply(id="r", status=Status.ANSWERED, language="nb", lead=lead, claims=claims)
    room = Room(channel="c", tenant=HOME, kind="personal", service_url="https://example.no")
    for message in parts(reply, TEXTS):
        sent = activity(message, room, "c").model_dump(by_alias=True, exclude_none=True)
        assert len(json.dumps(sent).encode()) < 100_000
        assert all(0 < len(cited.name) <= 80 and 0 < len(cited.abstract) <= 160 for cited in message.cited)


def test_internal_sources_are_marked_where_they_are_nearest_too() -> None:
    reply = Reply(id="r", status=Status.ABSTAINED, language="nb", lead="Nei.", nearest=(INTERNAL,))
    assert parts(reply, TEXTS)[0].internal == "Internt"
    assert INTERNAL.audience is Audience.INTERNAL


async def opinion(bot: Bot, reply: Sent) -> tuple[bool, tuple[str, ...], str, str | None]:
    reply_id = reply.card["actions"][0]["data"]["reply"]
    (kept,) = await Feedbacks(bot.database).of_reply(reply_id)
    return kept.good, kept.reasons, kept.comment, kept.importance


async def test_who_thinks_ill_of_a_reply_is_asked_why(bot: Bot, teams: Teams) -> None:
    reply = await bot.answer(await teams.say("ola", "Kan jeg skjenke øl?"))
    await bot.settled()  # nobody thinks ill of it within milliseconds
    shown = await teams.rate("ola", reply, "dislike")
    inputs = [each["id"] for each in shown["task"]["value"]["card"]["content"]["body"]]
    assert inputs == ["reasons", "importance", "comment"]
    assert await opinion(bot, reply) == (False, (), "", None)
    filled = {"reasons": "outdated,wrong,made-up", "importance": "high", "comment": "Ring 22 33 44 55"}
    await teams.rate("ola", reply, "dislike", filled)
    assert await opinion(bot, reply) == (False, ("wrong", "outdated"), "Ring [telefonnummer]", "high")


async def test_a_business_is_not_asked_how_much_it_matters(bot: Bot, teams: Teams) -> None:
    reply = await bot.answer(await teams.say("mona", "Kan jeg skjenke øl?"))
    await bot.settled()  # nobody thinks ill of it within milliseconds
    shown = await teams.rate("mona", reply, "dislike")
    assert [each["id"] for each in shown["task"]["value"]["card"]["content"]["body"]] == ["reasons", "comment"]
    await teams.rate("mona", reply, "like", {"comment": "Fint!"})
    assert await opinion(bot, reply) == (True, (), "Fint!", None)


async def test_a_reply_that_can_not_be_given_is_apologized_for_with_a_way_to_an_officer(bot: Bot, teams: Teams) -> None:
    reply = await bot.answer(await teams.say("ola", "krasj"))
    assert TEXTS("nb", "desk.given_up").split(".")[0] in reply.text
    assert "Feilkode: " in reply.text
    assert reply.buttons == ["Send til saksbehandler"]
