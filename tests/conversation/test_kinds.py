"""What people are told whose question is none for the documents, or holds several."""

from __future__ import annotations

import unicodedata

import pytest

from bot.question import Status
from bot.triage import Kind, Triage
from tests.conversation.examples import ALWAYS, NEVER, TEXTS, Bot, Notebook

FIRE = {
    "nb": "Det brenner på kjøkkenet vårt!",
    "nn": "Det brenn på kjøkenet, kva gjer eg?",
    "en": "There is a fire in our kitchen!",
}
CASE = {
    "nb": "Hvor langt er søknaden min kommet?",
    "nn": "Kor langt har søknaden min kome?",
    "en": "What is the status of my application?",
}
OFFICER = {
    "nb": "Jeg vil snakke med en saksbehandler",
    "nn": "Eg vil snakke med ein saksbehandlar",
    "en": "Can I talk to a human?",
}
OPINION = {"nb": "Hva synes du om planen?", "nn": "Kva meiner du om planen?", "en": "What do you think of the plan?"}
COST = "Hva koster det å få serveringsbevilling?"
SMOKE = "Hvor er det forbudt å røyke?"


@pytest.mark.parametrize("language", FIRE)
async def test_an_emergency_comes_before_anything_else(bot: Bot, language: str) -> None:
    notebook = Notebook()
    reply = await bot.but(threshold=ALWAYS).asked(FIRE[language], listener=notebook)
    assert (reply.status, reply.kind, reply.language) == (Status.SAID, Kind.EMERGENCY, language)
    assert reply.lead == TEXTS(language, "reply.kind.emergency")
    assert all(number in reply.lead for number in ("110", "112", "113", "116 123"))
    assert (*reply.claims, *reply.nearest, *notebook.steps) == ()


@pytest.mark.parametrize(
    "text",
    [
        unicodedata.normalize("NFD", "Hjelp, båten brenner!"),
        "Det bren\N{SOFT HYPHEN}ner på kjøkkenet!",
        "\x07Kokken puster ikke",
        "The guest won’t wake up",
    ],
    ids=["letters in two", "a soft hyphen", "a control character", "an apostrophe of print"],
)
async def test_an_emergency_is_seen_however_it_is_encoded(bot: Bot, text: str) -> None:
    reply = await bot.but(threshold=ALWAYS).asked(text)
    assert (reply.status, reply.kind) == (Status.SAID, Kind.EMERGENCY)


@pytest.mark.parametrize("around", [10, 500])
async def test_an_emergency_is_seen_in_a_long_message_too(bot: Bot, around: int) -> None:
    story = "Jeg driver en kafé og lurer på skjenketidene. " * around
    reply = await bot.asked(f"{story} Kokken puster ikke! {story[:900]}")
    assert (reply.status, reply.kind) == (Status.SAID, Kind.EMERGENCY)


@pytest.mark.parametrize("language", CASE)
@pytest.mark.parametrize(("kind", "texts"), [(Kind.OFFICER, OFFICER), (Kind.CASE, CASE), (Kind.OPINION, OPINION)])
async def test_what_no_document_can_say_is_answered_kindly_and_without_one(
    bot: Bot, kind: Kind, texts: dict[str, str], language: str
) -> None:
    notebook = Notebook()
    reply = await bot.but(threshold=ALWAYS).asked(texts[language], listener=notebook)
    assert (reply.status, reply.kind, reply.language) == (Status.ABSTAINED, kind, language)
    assert reply.lead == TEXTS(language, f"reply.kind.{kind}")
    assert (*reply.claims, *reply.nearest, *reply.draft) == ()
    assert reply.can_be_forwarded
    assert notebook.steps == ["understand"]


async def test_the_operators_phone_number_stands_wherever_an_officer_is_offered(bot: Bot) -> None:
    reachable = bot.but(phone="32 04 00 00", threshold=NEVER)
    for text in (CASE["nb"], SMOKE):
        assert "Du kan også ringe 32 04 00 00." in (await reachable.asked(text)).note
    assert "32 04" not in (await reachable.but(threshold=ALWAYS).asked(SMOKE)).answer
    assert "ringe" not in (await bot.asked(CASE["nb"])).note


async def test_of_another_municipality_only_what_is_national_is_told(bot: Bot) -> None:
    eager = bot.but(threshold=ALWAYS)
    reply = await eager.asked("Hvem må ha serveringsbevilling i Bærum for å drive serveringssted?")
    assert (reply.status, reply.kind) == (Status.ANSWERED, Kind.ELSEWHERE)
    assert reply.lead.startswith(TEXTS("nb", "reply.general.elsewhere", place="Bærum", here="Drammen"))
    assert all("jf." in claim.text for claim in reply.claims)


async def test_local_rules_are_not_told_to_who_asks_about_another_municipality(bot: Bot) -> None:
    local = await bot.but(threshold=ALWAYS).asked("Hva sier kommunen i Bærum om trær langs gatene i sentrum?")
    assert (local.status, local.kind) == (Status.ABSTAINED, Kind.ELSEWHERE)
    assert local.lead == TEXTS("nb", "reply.kind.elsewhere", place="Bærum", here="Drammen")
    assert (*local.claims, *local.nearest) == ()


async def test_a_law_that_is_named_holds_in_every_municipality(bot: Bot) -> None:
    reply = await bot.asked("Gjelder serveringsloven § 15 i Bærum?")
    assert [citation.section for citation in reply.citations] == ["15"]
    assert "Bærum" in reply.lead


async def test_a_thread_about_another_municipality_stays_there(bot: Bot) -> None:
    reply = await bot.but(threshold=ALWAYS).asked("og om vinteren?", "Hvor plantes det trær i Bærum?")
    assert reply.kind is Kind.ELSEWHERE


def test_without_a_municipality_of_its_own_none_is_another() -> None:
    assert Triage().sort("Hva er reglene i Bærum?").kind is None
    assert Triage("Bærum kommune").sort("Hva er reglene i Bærum?").kind is None


async def test_in_a_dispute_general_rules_are_shown_and_called_that(bot: Bot) -> None:
    text = "Naboen nekter meg å ha terrasse, hvem har rett?"
    reply = await bot.but(threshold=ALWAYS).asked(text)
    assert (reply.status, reply.kind) == (Status.ANSWERED, Kind.DISPUTE)
    assert reply.lead.startswith(TEXTS("nb", "reply.general.dispute"))
    unsure = await bot.but(threshold=NEVER).asked(text)
    assert (unsure.status, unsure.lead) == (Status.ABSTAINED, TEXTS("nb", "reply.kind.dispute"))
    assert (*unsure.claims, *unsure.nearest) == ()


async def test_several_questions_are_answered_in_one_reply_in_their_order(bot: Bot) -> None:
    reply = await bot.but(threshold=ALWAYS).asked(f"{COST} {SMOKE}")
    single = [await bot.but(threshold=ALWAYS).asked(text) for text in (COST, SMOKE)]
    texts = [claim.text for claim in reply.claims]
    assert reply.status is Status.ANSWERED
    assert texts == list(dict.fromkeys(claim.text for each in single for claim in each.claims))
    assert [line.partition(" Se ")[0] for line in reply.lead.splitlines()[1:]] == [f"1. {COST}", f"2. {SMOKE}"]
    assert len(reply.note.splitlines()) == len(set(reply.note.splitlines()))


async def test_each_of_several_questions_is_answered_or_not_on_its_own(bot: Bot) -> None:
    reply = await bot.asked("Hva sier C1? Hvor er nærmeste badestrand? Hvor langt er søknaden min kommet?")
    assert reply.status is Status.ANSWERED
    assert [citation.section for citation in reply.citations] == ["c1"]
    first, second, third = reply.lead.splitlines()[1:]
    assert "[1]" in first
    assert TEXTS("nb", "reply.several.unknown") in second
    assert TEXTS("nb", "reply.kind.case") in third
    assert not reply.nearest


async def test_of_several_questions_that_nothing_answers_it_is_said_once(bot: Bot) -> None:
    reply = await bot.but(threshold=NEVER).asked(f"{COST} {SMOKE}")
    assert (reply.status, reply.lead) == (Status.ABSTAINED, TEXTS("nb", "reply.abstained"))
    assert 1 <= len(reply.nearest) <= 3


async def test_a_part_of_a_paragraph_is_that_of_the_one_asked_for_before(bot: Bot) -> None:
    reply = await bot.asked("hva sier første ledd?", "Hva sier serveringsloven § 15?")
    assert [citation.section for citation in reply.citations] == ["15"]


@pytest.mark.parametrize("text", ["Чи потрібен мені дозвіл на кафе?", "Czy potrzebuję pozwolenia na kawiarnię?"])
async def test_who_writes_another_language_is_told_which_the_bot_writes(bot: Bot, text: str) -> None:
    for threshold in (ALWAYS, NEVER):
        reply = await bot.but(threshold=threshold).asked(text)
        assert TEXTS("en", "reply.note.foreign") in reply.note
    assert TEXTS("en", "reply.note.foreign") not in (await bot.asked("Do I need a licence?")).note
