from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.case import Case, Officer
from bot.handlers.slack.home import previews
from bot.pages import CaseLink, Pages, SourceLink, StrategiesLink
from bot.question import Status
from knowledge.strategies import Strategy
from tests.knowledge.examples import RUTINE, SECRET, SERVERING, guide
from tests.peers.slack import Slack, events, validate
from tests.slack.examples import MANIFEST, TEXTS, Bot
from tests.slack.homes import asked, called, forwarded, settled, town

WEB = "https://bot.example.no"
PUBLIC = f"{WEB}/kilde/guides/servering#krav"
INTERNAL = f"{WEB}/kilde/internal/skjenkekontroll#kontroll"
MEMBERS = ["UOLA", "UKARI", "UBOT"]


@pytest.fixture
async def bot(address: str, slack: Slack) -> AsyncIterator[Bot]:
    async with town(address, slack) as bot:
        slack.add_channel("CSTAFF", members=MEMBERS)
        slack.add_channel("CGUEST", members=[*MEMBERS, "UGJEST"])
        yield bot


async def shared(bot: Bot, channel: str, user: str, text: str) -> dict[str, Any]:
    """What somebody's message unfurls to: unfurls and entities."""
    slack, where = bot.slack, bot.slack.channels[channel]
    message = slack.write(channel, user, text)
    # Only of the links: what is written in direct messages is a question, too.
    links = [each for each in events.addresses(text) if each.split("/")[2] in slack.domains]
    await slack.tell(events.links(slack, where, message, links), where)
    await settled(bot)
    assert [each for each in await bot.outbox.failed() if each.delivery.kind == "unfurl"] == []
    return bot.slack.unfurls.get((channel, message["ts"]), {})


def told(shown: dict[str, Any]) -> str:
    return json.dumps(shown, ensure_ascii=False)


async def case_of(bot: Bot) -> Case:
    case = await forwarded(bot, await asked(bot, "Hvem tar denne?", status=Status.ABSTAINED))
    return await bot.desk.claim(case.id, Officer(id="UKARI", name="Kari Nes"))


async def test_a_link_to_a_source_shows_title_words_kind_and_date(bot: Bot) -> None:
    shown = (await shared(bot, "CGUEST", "UGJEST", f"Se <{PUBLIC}>"))["unfurls"][PUBLIC]
    section, about = shown["blocks"]
    assert section["text"]["text"].startswith(
        f"*<{PUBLIC}|Serveringsbevilling>*\n*Når må du ha serveringsbevilling?*\n>Den"
    )
    assert section["text"]["text"].endswith(SERVERING.sections[0].text)
    assert about["elements"][0]["text"] == "Veiledning · 24. november 2026"
    assert shown["preview"]["title"]["text"] == "Serveringsbevilling"


async def test_only_words_that_stand_in_the_source_are_quoted(bot: Bot) -> None:
    whole = f">{SERVERING.sections[0].text}"
    for words, quoted in {"S%C3%B8knaden%20sendes": ">Søknaden sendes", "Alt+er+gratis": whole, "": whole}.items():
        link = f"{WEB}/kilde/guides/servering?q={words}#krav"
        shown = (await shared(bot, "C1", "UOLA", f"<{link}>"))["unfurls"][link]
        assert shown["blocks"][0]["text"]["text"].splitlines()[-1] == quoted


async def test_internal_text_is_shown_only_where_no_outsider_reads_along(bot: Bot, slack: Slack) -> None:
    readable = {
        ("CSTAFF", "UOLA"): True,
        ("CGUEST", "UOLA"): False,
        ("CGUEST", "UGJEST"): False,
        (slack.dm("UOLA").id, "UOLA"): True,
        (slack.dm("UGJEST").id, "UGJEST"): False,
    }
    for (channel, user), internal in readable.items():
        shown = told(await shared(bot, channel, user, f"<{INTERNAL}> og <{PUBLIC}>"))
        assert {word: word in shown for word in (SECRET, RUTINE.title, "Intern", "Serveringsbevilling")} == {
            **dict.fromkeys((SECRET, RUTINE.title, "Intern"), internal),
            "Serveringsbevilling": True,
        }, (channel, user)


async def test_internal_text_is_not_shown_where_an_outsider_has_come_in(bot: Bot, slack: Slack) -> None:
    assert SECRET in told(await shared(bot, "CSTAFF", "UOLA", f"<{INTERNAL}>"))
    await slack.join("CSTAFF", "UGJEST")
    assert await shared(bot, "CSTAFF", "UOLA", f"<{INTERNAL}>") == {}


async def test_a_link_to_the_strategies_shows_those_that_it_finds(bot: Bot) -> None:
    link = f"{WEB}/strategier?q=B3"
    shown = told((await shared(bot, "C1", "UOLA", f"<{link}>"))["unfurls"][link])
    assert "Planter trær" in shown
    assert "Møter næringslivet" in shown
    assert "Antall strategier: 2" in shown


async def test_links_to_what_is_not_there_are_left_alone(bot: Bot, slack: Slack) -> None:
    links = [
        f"{WEB}/kilde/guides/finnes-ikke#om",
        f"{WEB}/saker/finnes-ikke",
        f"{WEB}/strategier?q=zzzz",
        f"{WEB}/logg-inn",
        f"{WEB}/",
        f"{WEB}.evil.example/kilde/guides/servering",
        f"{WEB}:8443/kilde/guides/servering",
        "http://bot.example.no/kilde/guides/servering",
    ]
    slack.domains |= {"bot.example.no.evil.example", "bot.example.no:8443"}
    for link in links:
        await shared(bot, "GSAKER", "UOLA", f"<{link}>")
    assert slack.called("chat.unfurl") == []


async def test_a_case_is_shown_nowhere_but_in_the_officers_channel(bot: Bot, slack: Slack) -> None:
    link = f"{WEB}/saker/{(await case_of(bot)).id}"
    for channel in ("CSTAFF", "CGUEST", "C1", slack.dm("UKARI").id):
        assert await shared(bot, channel, "UKARI", f"<{link}>") == {}


async def test_a_case_is_a_work_object_for_the_officers(bot: Bot) -> None:
    case = await case_of(bot)
    link = f"{WEB}/saker/{case.id}"
    shown = await shared(bot, "GSAKER", "UKARI", f"<{link}>")
    assert shown["unfurls"] == {}
    entity = shown["metadata"]["entities"][0]
    assert entity["entity_type"] == MANIFEST["features"]["rich_previews"]["entity_types"][0]
    assert entity["external_ref"] == {"id": case.id, "type": "case"}
    assert entity["app_unfurl_url"] == link
    payload = entity["entity_payload"]
    assert payload["attributes"]["title"]["text"] == f"{case.label}: Hvem tar denne?"
    assert payload["fields"]["status"]["value"] == "Under arbeid"
    assert payload["fields"]["assignee"]["user"]["text"] == "Kari Nes"
    assert "Kafé" not in told(shown)


async def test_of_a_confidential_case_no_words_are_shown(bot: Bot) -> None:
    question = await asked(bot, "Noe fortrolig?", status=Status.ABSTAINED)
    private = question.model_copy(update={"place": question.place.model_copy(update={"private": True})})
    case = await forwarded(bot, private)
    shown = told(await shared(bot, "GSAKER", "UKARI", f"<{WEB}/saker/{case.id}>"))
    assert case.label in shown
    assert "fortrolig" not in shown


async def test_an_officer_sees_the_whole_case_beside(bot: Bot, slack: Slack) -> None:
    case = await case_of(bot)
    await bot.desk.answer(case.id, Officer(id="UKARI", name="Kari Nes"), "Det gjør jeg.")
    link = f"{WEB}/saker/{case.id}"
    message = await slack.say("GSAKER", "UKARI", f"<{link}>")
    await slack.open_details("UKARI", "GSAKER", message, link, case.id)
    await called(bot, "entity.presentDetails")
    payload = slack.called("entity.presentDetails")[0]["metadata"]["entity_payload"]
    assert payload["fields"]["description"]["value"] == "Hvem tar denne?"
    assert payload["fields"]["created_by"]["user"]["text"] == "Kafé Kringla"
    assert [(each["label"], each["value"]) for each in payload["custom_fields"]] == [("Svar", "Det gjør jeg.")]
    assert payload["attributes"]["title"]["text"] == f"{case.label}: Hvem tar denne?"


async def test_nobody_else_sees_a_case_beside(bot: Bot, slack: Slack) -> None:
    case = await case_of(bot)
    refused = [("UOLA", case.id, "restricted"), ("UGJEST", case.id, "restricted"), ("UKARI", "borte", "not_found")]
    for number, (user, id_, status) in enumerate(refused, start=1):
        link = f"{WEB}/saker/{id_}"
        message = slack.write("GSAKER", "UKARI", f"<{link}>")
        await slack.open_details(user, "GSAKER", message, link, id_)
        await called(bot, "entity.presentDetails", number)
        answer = slack.called("entity.presentDetails")[-1]
        assert answer["error"] == {"status": status}
        assert "metadata" not in answer
        assert "Hvem tar" not in told(answer)


async def test_an_event_that_comes_twice_is_one_delivery(bot: Bot, slack: Slack) -> None:
    message = slack.write("C1", "UOLA", f"<{PUBLIC}>")
    body = _event(slack, {"channel": "C1", "message_ts": message["ts"], "user": "UOLA", "links": [{"url": PUBLIC}]})
    for _ in range(2):
        assert (await slack.send(body)).status_code == 200
    await settled(bot)
    assert len(slack.called("chat.unfurl")) == 1


async def test_in_the_composer_only_what_is_public_is_shown(bot: Bot, slack: Slack) -> None:
    for number, link in enumerate([INTERNAL, f"{WEB}/saker/{(await case_of(bot)).id}", PUBLIC]):
        slack.links[f"Uf{number}"] = ("CSTAFF", "draft")
        about = {"channel": "COMPOSER", "message_ts": f"Uf{number}", "unfurl_id": f"Uf{number}", "source": "composer"}
        body = _event(slack, about | {"user": "UKARI", "links": [{"url": link}]})
        assert (await slack.send(body)).status_code == 200
        await settled(bot)
    (call,) = slack.called("chat.unfurl")
    assert (call["unfurl_id"], call["source"], [*call["unfurls"]]) == ("Uf2", "composer", [PUBLIC])
    assert "channel" not in call
    assert "COMPOSER" not in [each["channel"] for each in slack.called("conversations.info")]


async def test_slacks_refusals_are_the_end_of_it_and_breakdowns_are_not(bot: Bot, slack: Slack) -> None:
    called_before = 0
    for trouble, calls in {"cannot_unfurl_url": 1, "500": 2, "internal_error": 2}.items():
        slack.trouble("chat.unfurl", trouble)
        await shared(bot, "C1", "UOLA", f"<{PUBLIC}>")
        assert len(slack.called("chat.unfurl")) - called_before == calls
        called_before += calls


async def test_previews_are_in_the_language_of_who_shares(bot: Bot, slack: Slack) -> None:
    slack.people["UOLA"].locale = "en-GB"
    assert TEXTS("en", "reply.preview.kind.guidance") in told(await shared(bot, "C1", "UOLA", f"<{PUBLIC}>"))


def _event(slack: Slack, event: dict[str, Any]) -> dict[str, Any]:
    return slack.event("C1", {"ts": "1.1"}) | {"event": {"type": "link_shared", "is_bot_user_member": True, **event}}


@pytest.mark.parametrize(
    ("address", "link"),
    [
        (
            "https://x.no/m/kilde/plan/n%C3%A6ring?q=a+b&amp;c=1#b3",
            SourceLink(document="plan/næring", section="b3", words="a b"),
        ),
        ("https://X.NO/m/kilde/a", SourceLink(document="a")),
        ("https://x.no/m/strategier", StrategiesLink()),
        ("https://x.no/m/saker/1a", CaseLink(case="1a")),
        ("https://x.no/m/saker/1a/ta", None),
        ("https://x.no/m/saker", None),
        ("https://x.no/kilde/a", None),
        ("https://x.no/mm/kilde/a", None),
        ("https://y.no/m/kilde/a", None),
        ("https://x.no@y.no/m/kilde/a", None),
        ("https://[x/m/kilde/a", None),
        ("slack://x.no/m/kilde/a", None),
    ],
)
def test_addresses_are_read(address: str, link: object) -> None:
    assert Pages("https://x.no/m").read(address) == link


@given(st.text(min_size=1), st.text())
def test_addresses_are_read_as_they_were_made(document: str, section: str) -> None:
    read = Pages(WEB).read(Pages(WEB).source(document, section))
    assert read is None or (isinstance(read, SourceLink) and read.section == section)
    assert Pages(WEB).read(document + section) is None


@given(st.builds(lambda piece, times: piece * times, st.text(min_size=1, max_size=9), st.sampled_from([1, 99, 999])))
@settings(max_examples=30, deadline=None)
def test_previews_stay_within_what_slack_takes(wild: str) -> None:
    document = guide("a", wild, title=wild, kind=wild, source=wild)
    strategy = Strategy(code=wild, area=wild, area_title=wild, text=wild, document=wild, anchor=wild)
    for preview in (
        previews.source(document, SourceLink(document="a", section="om", words=wild), "nb", Pages(WEB), TEXTS),
        previews.strategies([strategy] * 9, "nb", Pages(WEB), TEXTS),
    ):
        validate({"text": "preview", "blocks": preview["blocks"]})
        assert 0 < len(preview["preview"]["title"]["text"]) <= 150
        assert "<!" not in json.dumps(preview["blocks"]), "the title is plain text, which Slack takes as it stands"


def test_the_manifest_lets_slack_tell_of_our_links() -> None:
    assert MANIFEST["features"]["unfurl_domains"] == ["moteplassen.example.no"]
    assert MANIFEST["features"]["rich_previews"]["is_active"] is True
