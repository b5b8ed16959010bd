from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.desk.case import Case, CaseState, Event, Move
from bot.desk.describing_cases import NEWS
from bot.desk.drafting import draft
from bot.desk.merging import fitting
from bot.desk.notices import CaseNotice, deliveries
from bot.desk.team import Team
from bot.handlers.slack.cases import modals, passing_on, telling
from bot.handlers.slack.cases.consenting import consent
from bot.handlers.slack.cases.modals import Meant
from bot.handlers.slack.cases.opening import Pressed
from bot.handlers.slack.cases.quoting import quotation
from bot.handlers.slack.cases.telling import Again
from bot.people import Place
from bot.posing import Posed
from bot.question import Reply, Status
from bot.replies import Said
from bot.texts import LANGUAGES, Texts
from knowledge.model import Audience, Claim
from tests.desk.examples import SOURCE, request
from tests.peers.slack.blocks import validate
from tests.peers.slack.methods.views import checked
from tests.slack.casework import OFFICER, shown
from tests.slack.examples import TEXTS

TEAMS = [Team(id=f"t{number}", name="Næringsavdelingen " * 10, default=number == 0) for number in range(120)]
KINDS: list[Callable[[Case, Meant, Texts], View]] = [
    modals.answering,
    modals.asking_back,
    modals.reassigning,
    lambda case, meant, texts: passing_on.sending_back(case, meant, TEAMS, texts),
    lambda case, meant, texts: passing_on.merging(
        case, meant, fitting(case, [case.model_copy(update={"id": "d" * 32})] * 200, [case]), texts
    ),
]
CASE = Case(**dict(request()), id="c" * 32, number=12345, opened=dt.datetime(2026, 11, 23, tzinfo=dt.UTC))


def meant(language: str) -> Meant:
    return Meant(case=CASE.id, officer=OFFICER, language=language, workspace="T1", note="C1:1.1")


odd = st.text(st.characters(codec="utf-8") | st.sampled_from("<>&*_`|~@#!\n"), max_size=200)
long = st.builds(lambda text, times: text * times, odd, st.sampled_from([1, 40]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    question=long | st.just("a\n" * 3_000),
    name=odd | st.just("<&>" * 400),
    history=st.lists(long, max_size=12) | st.just(["a<" * 400] * 12),
    title=long,
    text=long,
    address=st.sampled_from(["", "https://x.no/" + "a" * 900, "https://x.no/a b|c>"]),
    language=st.sampled_from(LANGUAGES),
    private=st.booleans(),
)
def test_whatever_people_write_slack_takes_the_modals(
    question: str, name: str, history: list[str], title: str, text: str, address: str, language: str, private: bool
) -> None:
    source = SOURCE.model_copy(update={"title": title, "url": address})
    changes = {
        "question": question or "?",
        "asker": CASE.asker.model_copy(update={"name": name}),
        "history": tuple(history),
        "nearest": (source,) * 3,
        "draft": (Claim(text=text or ".", citation=source),) * 2,
        "place": Place(platform="slack", channel="C1", thread="1.1", private=private),
    }
    case = CASE.model_copy(update=changes)
    for make in KINDS:
        checked(make(case, meant(language), TEXTS).to_dict(), "modal")
    said = Said(
        question=Posed(text=question, asker=case.asker, place=case.place, history=tuple(history)),
        reply=Reply(id="r", status=Status.ABSTAINED, language=language, nearest=case.nearest, draft=case.draft),
    )
    checked(consent(said, TEXTS).to_dict(), "modal")
    again = Again(case=case.id, language=language, who=Pressed(workspace="T1", channel="C1", user="U1"))
    checked(telling.reopening(case, again, TEXTS).to_dict(), "modal")
    for state in (CaseState.CLAIMED, CaseState.ANSWERED):
        relayed = case.model_copy(update={"state": state})
        view = modals.relaying(relayed, meant(language), (text or ".")[:3_000], TEXTS, files=True)
        checked(view.to_dict(), "modal")


@settings(max_examples=200, deadline=None)
@given(text=long | st.just("a\n" * 3_000), limit=st.integers(20, 3_000))
def test_a_quotation_keeps_within_its_limit_and_every_line_is_quoted(text: str, limit: int) -> None:
    quotation_ = quotation(text, limit)
    assert len(quotation_) <= limit
    assert all(line.startswith(">") for line in quotation_.split("\n") if quotation_)


@pytest.mark.parametrize("outsiders", [True, False])
def test_what_is_internal_is_left_out_where_outsiders_read_the_answer(outsiders: bool) -> None:
    secret = SOURCE.model_copy(update={"title": "Kontroll", "audience": Audience.INTERNAL, "url": "https://i.no"})
    claims = (Claim(text="Åpent", citation=SOURCE), Claim(text="Hemmelig", citation=secret))
    place = Place(platform="slack", channel="C1", thread="1.1", outsiders=outsiders)
    case = CASE.model_copy(update={"draft": claims, "nearest": (secret,), "place": place})
    told = shown(modals.answering(case, meant("nb"), TEXTS).to_dict())
    assert "Åpent" in told
    assert [word in told for word in ("Hemmelig", "Kontroll", "https://i.no")] == [not outsiders] * 3
    assert ("er utelatt her" in told) is outsiders
    assert ("Noen utenfor kommunen leser det." in told) is outsiders


def test_a_draft_names_each_source_once() -> None:
    other = SOURCE.model_copy(update={"title": "Skilt", "url": "https://example.no/t", "section": "skilt"})
    again = SOURCE.model_copy(update={"quote": "og det haster"})
    claims = (Claim(text="A", citation=SOURCE), Claim(text="B", citation=other), Claim(text="C", citation=again))
    assert draft(CASE.model_copy(update={"draft": claims})) == (
        "A [1]\n\nB [2]\n\nC [1]\n\n[1] Servering https://example.no/s\n[2] Skilt https://example.no/t"
    )
    assert draft(CASE.model_copy(update={"draft": ()})) == ""


@pytest.mark.parametrize(
    ("state", "platform", "ways"),
    [
        (CaseState.FORWARDED, "slack", ["answered", "asked_back"]),
        (CaseState.ASKED, "slack", ["answered", "asked_back"]),
        (CaseState.CLAIMED, "web", ["answered"]),
        (CaseState.ANSWERED, "slack", ["supplemented"]),
    ],
)
def test_a_note_is_sent_as_what_the_case_allows(state: CaseState, platform: str, ways: list[str]) -> None:
    place = Place(platform=platform, channel="C1", thread="1.1")
    case = CASE.model_copy(update={"state": state, "place": place})
    blocks = modals.relaying(case, meant("nb"), "Ja.", TEXTS, files=False).to_dict()["blocks"]
    (element,) = [block["element"] for block in blocks if block.get("block_id") == modals.AS]
    assert [option["value"] for option in element["options"]] == ways
    assert "initial_option" not in element


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", NEWS)
def test_whatever_askers_are_told_slack_takes(kind: str, language: str) -> None:
    case = CASE.model_copy(update={"due_reply": CASE.opened, "language": language})
    move = next((move for move in Move if f"case.{move}" == kind), Move.FOLLOWED_UP)
    event = Event(move=move, actor=OFFICER, moment=CASE.opened, due=CASE.opened)
    notice = next(
        CaseNotice.model_validate(each.payload)
        for each in deliveries(case.model_copy(update={"officer": OFFICER}), event, ["slack"], case)
    )
    for message in (telling.news(notice, case, kind, TEXTS), telling.forwarded(case, TEXTS)):
        validate({"text": message.text, "blocks": [block.to_dict() for block in message.blocks]})
        assert "\0" not in message.text
