from __future__ import annotations

import datetime as dt
import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.desk.case import Case, CaseState, Officer
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.home import rendering
from bot.handlers.slack.home.content import Asked, Content
from bot.handlers.slack.home.form import Shown
from bot.handlers.slack.moments import moment
from bot.pages import Pages
from bot.people import Asker, Place
from bot.posing import Posed
from bot.question import Reply, Status
from bot.replies import Said
from knowledge.strategies import Strategy
from tests.peers.slack import Slack
from tests.peers.slack.methods.views import checked
from tests.slack.examples import TEXTS, Bot, words
from tests.slack.homes import asked, called, forwarded, opened, read, settled, town

KARI = Officer(id="UKARI", name="Kari Nes")


@pytest.fixture
async def bot(address: str, slack: Slack) -> AsyncIterator[Bot]:
    async with town(address, slack) as bot:
        yield bot


async def test_home_shows_the_strategies_of_all_areas_by_letter_with_links(bot: Bot) -> None:
    home = read(await opened(bot, "UKAFE"))
    for area in ("*Omstillingsdyktig næringsliv*", "*Klima og miljø*"):
        assert area in home
    link = "<https://bot.example.no/kilde/plan/naeringsliv#c1|C1>"
    assert f"{link}  Etablerer attraktive fysiske og digitale møteplasser" in home
    assert (
        "|C1>  Etablerer attraktive fysiske og digitale møteplasser mellom kommune, næringsliv og politikere.\n<"
        in home
    )
    assert "næringsklynger.\n\n<" in home, "another letter begins after a gap"


async def test_home_says_kindly_that_there_is_nothing_yet(bot: Bot) -> None:
    home = read(await opened(bot, "UKAFE"))
    assert TEXTS("nb", "slack.home.questions.empty") in home
    assert TEXTS("nb", "slack.home.queue") not in home


async def test_home_says_how_each_question_stands_and_links_to_its_thread(bot: Bot) -> None:
    await asked(bot, "Kan jeg skjenke <øl> & vin?", ts="1700000000.000100")
    await asked(bot, "Må jeg ha svømmehall?", status=Status.ABSTAINED)
    waiting = await forwarded(bot, await asked(bot, "Hvem tar denne?", status=Status.ABSTAINED))
    done = await forwarded(bot, await asked(bot, "Hvem tok denne?", status=Status.ABSTAINED))
    await bot.desk.answer(done.id, KARI, "Det gjør du.")
    await asked(bot, "Andres spørsmål", user="UOLA")
    await asked(bot, "hei", status=Status.SAID)
    home = read(await opened(bot, "UKAFE"))
    thread = "<https://peer.slack.com/archives/C1/p1700000000000100|Gå til tråden>"
    assert f">Kan jeg skjenke &lt;øl&gt; &amp; vin?\nBesvart av Møteplassen · {thread}" in home
    assert ">Må jeg ha svømmehall?\nIkke funnet i kildene." in home
    assert f"Sendt til saksbehandler, sak {waiting.label}: Venter på saksbehandler" in home
    assert f"Besvart av Kari Nes, saksbehandler (sak {done.label})" in home
    assert home.index("Hvem tok") < home.index("Hvem tar") < home.index("svømmehall") < home.index("skjenke")
    assert "Andres" not in home
    assert ">hei" not in home


async def test_home_shows_the_ten_latest_questions(bot: Bot) -> None:
    for number in range(12):
        await asked(bot, f"Spørsmål nummer {number}?")
    home = read(await opened(bot, "UKAFE"))
    assert [f"nummer {number}?" in home for number in range(12)] == [False, False, *[True] * 10]


async def test_home_is_brought_only_where_it_has_changed(bot: Bot, slack: Slack) -> None:
    await opened(bot, "UKAFE")
    await opened(bot, "UKAFE")
    assert len(slack.called("views.publish")) == 1
    await asked(bot, "Noe nytt?")
    assert "Noe nytt?" in read(await opened(bot, "UKAFE"))
    assert len(slack.called("views.publish")) == 2


@pytest.mark.parametrize(
    ("locale", "heading"), [("en-GB", "Your questions"), ("nn-NO", "Spørsmåla dine"), ("de-DE", "Spørsmålene dine")]
)
async def test_home_is_in_the_language_of_the_readers_slack(bot: Bot, slack: Slack, locale: str, heading: str) -> None:
    slack.people["UKAFE"].locale = locale
    assert heading in read(await opened(bot, "UKAFE"))


async def test_a_question_from_home_is_answered_in_a_direct_message(bot: Bot, slack: Slack) -> None:
    await opened(bot, "UKAFE")
    await slack.click_home("UKAFE", rendering.ASK)
    await called(bot, "views.open")
    assert await slack.submit("UKAFE", question="Kan jeg skjenke øl & <b>vin</b>? Ring 40123456.") == {}
    await settled(bot)
    question = next(message for message in slack.channels["D1"] if "thread_ts" not in message)
    assert "Kan jeg skjenke øl &amp; &lt;b&gt;vin&lt;/b&gt;?" in json.dumps(question, ensure_ascii=False)
    assert "40123456" not in json.dumps(slack.channels["D1"])
    reply = await bot.answer(question, channel="D1")
    assert "Det krever bevilling." in json.dumps(reply, ensure_ascii=False)
    assert bot.librarian.asked[0].text.startswith("Kan jeg skjenke øl & <b>vin</b>?")
    assert "Kan jeg skjenke øl" in read(await opened(bot, "UKAFE"))


@pytest.mark.parametrize(("locale", "language"), [("nb-NO", "nb"), ("en-US", "en")])
async def test_what_is_no_question_is_refused_in_the_form(bot: Bot, slack: Slack, locale: str, language: str) -> None:
    slack.people["UKAFE"].locale = locale
    await opened(bot, "UKAFE")
    await slack.click_home("UKAFE", rendering.ASK)
    await called(bot, "views.open")
    modal = slack.modal("UKAFE")
    assert modal
    assert modal.content["title"]["text"] == TEXTS(language, "slack.home.ask")
    await slack.submit("UKAFE", question="?!")
    assert modal.errors == {"question": TEXTS(language, "reply.refused.unreadable")}
    await settled(bot)
    assert not slack.channels["D1"]
    await slack.submit("UKAFE", question="Kan jeg skjenke øl?")
    assert slack.modal("UKAFE") is None


async def test_a_form_that_does_not_open_breaks_nothing(bot: Bot, slack: Slack) -> None:
    await opened(bot, "UKAFE")
    slack.trouble("views.open", "expired_trigger_id")
    response = await slack.click_home("UKAFE", rendering.ASK)
    await called(bot, "views.open")
    assert response.status_code == 200
    assert slack.modal("UKAFE") is None


async def test_officers_and_nobody_else_see_the_queue(bot: Bot, slack: Slack) -> None:
    case = await forwarded(bot, await asked(bot, "Hvem tar denne?", status=Status.ABSTAINED))
    home = await opened(bot, "UKARI")
    assert f"*{case.label}* · Venter på saksbehandler · Første svar innen {moment(case.due or MOMENT, 'nb')}" in read(
        home
    )
    (card,) = [each for each in slack.channels["GSAKER"] if case.label in words(each)]
    assert f"Sendt {moment(case.opened, 'nb')}" in words(card)
    assert ">Hvem tar denne?" in read(home)
    buttons = [button for block in home.blocks if block["type"] == "actions" for button in block["elements"]]
    assert [button.get("url") for button in buttons] == [None, None, None, f"https://bot.example.no/saker/{case.id}"]
    for other in ("UOLA", "UKAFE", "UGJEST"):
        home = await opened(bot, other)
        assert TEXTS("nb", "slack.home.queue") not in read(home)
        assert all(block["type"] != "actions" or len(block["elements"]) == 1 for block in home.blocks)


async def test_without_a_group_the_staff_in_the_officers_channel_are_officers(address: str, slack: Slack) -> None:
    async with town(address, slack, slack_officers_group="") as bot:
        del slack.channels["GSAKER"].members["UKARI"]
        for user, officer in {"UOLA": True, "UKARI": False, "UGJEST": False}.items():
            assert (TEXTS("nb", "slack.home.queue") in read(await opened(bot, user))) is officer


async def test_an_empty_queue_says_so(bot: Bot) -> None:
    assert TEXTS("nb", "slack.home.queue.empty") in read(await opened(bot, "UKARI"))


async def test_a_long_queue_begins_with_who_has_waited_longest_and_links_to_the_rest(bot: Bot) -> None:
    for number in range(17):
        case = await forwarded(bot, await asked(bot, f"Spørsmål {number}!", status=Status.ABSTAINED))
        if number == 0:
            await bot.desk.claim(case.id, KARI)
    home = read(await opened(bot, "UKARI"))
    assert home.index("Spørsmål 1!") < home.index("Spørsmål 15!")
    assert "Spørsmål 0!" not in home
    assert "Spørsmål 16!" not in home
    assert "<https://bot.example.no/saker|2 til i saksoversikten>" in home


async def test_what_was_asked_in_private_is_not_quoted_in_the_queue(bot: Bot) -> None:
    question = await asked(bot, "Noe fortrolig?", status=Status.ABSTAINED)
    private = question.model_copy(update={"place": question.place.model_copy(update={"private": True})})
    case = await forwarded(bot, private)
    home = read(await opened(bot, "UKARI"))
    assert case.label in home
    assert "fortrolig" not in home


async def test_an_officer_claims_a_case_from_home(bot: Bot, slack: Slack) -> None:
    case = await forwarded(bot, await asked(bot, "Hvem tar denne?", status=Status.ABSTAINED))
    await opened(bot, "UKARI")
    await slack.click_home("UKARI", rendering.CLAIM)
    await settled(bot)
    taken = await bot.desk.get(case.id)
    assert taken.state is CaseState.CLAIMED
    assert taken.officer
    assert (taken.officer.id, taken.officer.name) == ("slack:UKARI", "Kari Nes")
    home = slack.home("UKARI")
    assert home
    assert f"Du har tatt sak {case.label}." in read(home)
    assert "Under arbeid · Kari Nes" in read(home)
    assert "Du har tatt" not in read(await opened(bot, "UKARI"))


async def test_a_case_that_somebody_else_has_is_not_claimed(bot: Bot, slack: Slack) -> None:
    case = await forwarded(bot, await asked(bot, "Hvem tar denne?", status=Status.ABSTAINED))
    await opened(bot, "UKARI")
    await bot.desk.claim(case.id, Officer(id="UPER", name="Per Li"))
    await slack.click_home("UKARI", rendering.CLAIM)
    await settled(bot)
    home = slack.home("UKARI")
    assert home
    assert TEXTS("nb", "desk.refused.taken", name="Per Li", case=case.label) in read(home)


async def test_who_is_no_officer_any_more_claims_nothing(bot: Bot, slack: Slack) -> None:
    case = await forwarded(bot, await asked(bot, "Hvem tar denne?", status=Status.ABSTAINED))
    await opened(bot, "UKARI")
    await slack.change_group("SOFFICERS", ["UOLA"])
    await slack.click_home("UKARI", rendering.CLAIM)
    await settled(bot)
    assert (await bot.desk.get(case.id)).state is CaseState.FORWARDED
    home = slack.home("UKARI")
    assert home
    assert TEXTS("nb", "slack.home.officers_only") in read(home)
    assert case.label not in read(home)


@pytest.mark.parametrize("kinds", [("500",), ("429",), ("internal_error",)])
async def test_home_comes_when_slack_is_back(bot: Bot, slack: Slack, kinds: tuple[str, ...]) -> None:
    slack.trouble("views.publish", *kinds)
    assert TEXTS("nb", "slack.home.welcome") in read(await opened(bot, "UKAFE"))


async def test_a_slack_without_home_tabs_gets_none(bot: Bot, slack: Slack) -> None:
    slack.trouble("views.publish", "not_enabled")
    await slack.open_home("UKAFE")
    await settled(bot)
    assert slack.home("UKAFE") is None
    assert len(slack.called("views.publish")) == 1
    assert await bot.outbox.failed() == []


WILD = st.builds(
    lambda piece, times: piece * times,
    st.text(max_size=20) | st.sampled_from(["&", "<", "\n", "𝔘", "*_~`", "<!channel>", " ", "a b", "’"]),
    st.sampled_from([1, 30, 1_000]),
)
WHERE = Place(platform=PLATFORM, workspace="T1", channel="C1", thread="1.5")
MOMENT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


@given(
    wild=WILD,
    code=st.sampled_from("AÆ&"),
    cases=st.integers(0, 15),
    questions=st.integers(0, 10),
    count=st.integers(0, 300),
)
@settings(max_examples=25, deadline=None)
def test_home_stays_within_what_slack_takes(wild: str, code: str, cases: int, questions: int, count: int) -> None:
    asker = Asker(id="UKAFE", name=wild)
    case = Case(
        id="1" * 32,
        number=1,
        opened=MOMENT,
        reply_id="r",
        question=wild,
        language="nb",
        asker=asker,
        place=WHERE.model_copy(update={"outsiders": True}),
        officer=Officer(id="U", name=wild),
        answer=wild,
    )
    said = Said(
        question=Posed(text=wild, asker=asker, place=WHERE), reply=Reply(id="r", status=Status.ANSWERED, language="nb")
    )
    strategies = [
        Strategy(code=f"{code}{number}", area="a", area_title=wild, text=wild, document=wild, anchor=wild)
        for number in range(count)
    ]
    content = Content(
        language="nb",
        questions=(Asked(said=said, case=case, address="https://peer.slack.com/archives/C1/p15"),) * questions,
        strategies=tuple(strategies),
        queue=(case,) * cases,
        waiting=cases + 1,
        now=MOMENT,
        note=wild,
    )
    blocks = rendering.home(content, Pages("https://bot.example.no"), TEXTS)
    view = View(type="home", blocks=blocks, private_metadata=Shown(digest=rendering.digest(blocks)).model_dump_json())
    shown = checked(json.loads(json.dumps(view.to_dict())), "home")
    assert len(json.dumps(shown).encode()) <= 250_000
    assert "<!channel>" not in json.dumps(shown)
