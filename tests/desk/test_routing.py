from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.routing import Router, Why, strategy_of
from bot.desk.team import Team
from bot.desk.teams import Teams
from ingest.fetching import Fetched
from ingest.passages import passages_of
from ingest.readers.choice import read
from ingest.sources import load_sources
from knowledge.answering import ExtractiveAnswerer
from knowledge.embeddings import E5Embeddings
from knowledge.model import Citation, Claim, LegalReference
from tests.desk.examples import request

ROOT = Path(__file__).resolve().parents[2]
ROUTER = Router(Teams.load(ROOT / "docs" / "teams.example.toml"))


def cited(
    document: str = "other/page", section: str = "s", *laws: str, kind: str = "guidance", title: str = ""
) -> Citation:
    """A citation that rests on these paragraphs, written "alkoholloven/1-7a"."""
    rests_on = tuple(LegalReference(label=law, url="https://lovdata.no", key=f"law:{law}") for law in laws)
    return Citation(
        document=document, section=section, title=title, url="https://x", quote="q", kind=kind, rests_on=rests_on
    )


def plan(code: str, area: str = "Omstillingsdyktig næringsliv") -> Citation:
    return cited("plan/omstillingsdyktig-naeringsliv", code.lower(), kind="plan", title=f"{area} – {code}")


ALCOHOL = cited("other/a", "a", "alkoholloven/1-7a")
BUILDING = cited("other/b", "b", "plan-og-bygningsloven/20-1")
PURCHASE = cited("guides/faktura-til-kommunen", "c")
NOTHING = cited("other/d", "d", "ukjentloven/1")
BOTH = cited("other/e", "e", "alkoholloven/1", "alkoholloven/2", "plan-og-bygningsloven/1")

SERVING, BUILDINGS, BUYING, BUSINESS = "Servering og skjenking", "Bygg og skilt", "Innkjøp", "Næringsutvikling"


@pytest.mark.parametrize(
    ("draft", "nearest", "topic", "why"),
    [
        ([], [ALCOHOL], SERVING, Why.LAW),
        ([], [PURCHASE], BUYING, Why.SOURCE),
        ([], [plan("B3")], BUSINESS, Why.STRATEGY),
        ([], [plan("A1")], BUSINESS, Why.STRATEGY),
        ([], [NOTHING, PURCHASE], BUYING, Why.SOURCE),
        # the law goes before the document
        ([], [cited("guides/faktura-til-kommunen", "x", "serveringsloven/3")], SERVING, Why.LAW),
        # the nearer counts more, and what would have been answered most
        ([], [ALCOHOL, BUILDING], SERVING, Why.LAW),
        ([], [BUILDING, ALCOHOL], BUILDINGS, Why.LAW),
        ([PURCHASE], [BUILDING], BUYING, Why.SOURCE),
        # two later ones are less than the first, three are more: 1/2 + 1/3 + 1/4
        ([], [PURCHASE, BUILDING, cited("b2", "x", "byggesaksforskriften/1")], BUYING, Why.SOURCE),
        (
            [],
            [PURCHASE, BUILDING, *(cited(f"b{n}", "x", "byggesaksforskriften/1") for n in range(2))],
            BUILDINGS,
            Why.LAW,
        ),
        # a section counts once, where it is first
        ([PURCHASE], [BUILDING, BUILDING, BUILDING, BUILDING], BUYING, Why.SOURCE),
        # two of three paragraphs are of the one law
        ([], [BOTH], SERVING, Why.LAW),
        # 2/3 for the one, 1/3 + 1/2 for the other
        ([], [BOTH, BUILDING], BUILDINGS, Why.LAW),
        # what led there most is the reason
        ([], [cited("guides/uteservering", "x"), ALCOHOL], SERVING, Why.SOURCE),
        (
            [],
            [cited("lover/1989-06-02-27", "1", kind="law", title="Lov om alkohol (alkoholloven) – § 1")],
            SERVING,
            Why.LAW,
        ),
        ([], [cited("lover/serveringsloven", "3", kind="law", title="§ 3")], SERVING, Why.LAW),
        ([], [cited("guides/alkohol-i-parken", "x")], SERVING, Why.SOURCE),
    ],
)
def test_what_was_found_says_the_topic(
    draft: Sequence[Citation], nearest: Sequence[Citation], topic: str, why: Why
) -> None:
    claims = tuple(Claim(text="q", citation=citation) for citation in draft)
    routed = ROUTER.route(request(draft=claims, nearest=tuple(nearest), question="Gjelder dette nabovarsel?"))
    assert (routed.topic, routed.why) == (topic, why)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Hvordan får jeg SKJENKEBEVILLING?", SERVING),
        ("Kan jeg drive uteservering?", SERVING),
        ("Ølsalg?", SERVING),
        ("Må jeg sende nabovarsel?", BUILDINGS),
        ("Finnes det tilskudd til skilt og til bruksendring?", BUILDINGS),
        ("Finnes det tilskudd, eller må jeg ha nabovarsel?", BUSINESS),
    ],
)
def test_where_nothing_found_says_it_the_words_do(question: str, topic: str) -> None:
    routed = ROUTER.route(request(question=question, nearest=(NOTHING,), draft=()))
    assert (routed.topic, routed.why) == (topic, Why.WORDS)


@pytest.mark.parametrize(
    "question", ["Hva er tilskuddsordningene?", "Om ølsalget", "Er nabovarselet sendt?", "Ombygge?"]
)
def test_a_word_without_an_asterisk_is_a_whole_one(question: str) -> None:
    assert ROUTER.route(request(question=question, nearest=(), draft=())).why is Why.DEFAULT


def teams(*teams: Team) -> Router:
    return Router(Teams(teams))


def test_words_that_follow_each_other_are_one() -> None:
    topic = {"name": "Nasjonaldagen", "words": ["17 mai*"]}
    router = teams(Team.model_validate({"id": "a", "name": "A", "default": True, "topic": [topic]}))
    for question, why in {
        "Åpent 17. mai?": Why.WORDS,
        "17 maifeiring": Why.WORDS,
        "mai 17": Why.DEFAULT,
        "17": Why.DEFAULT,
    }.items():
        assert router.route(request(question=question, nearest=(), draft=())).why is why


@pytest.mark.parametrize(
    ("found", "team", "topic", "why"),
    [
        ({"team": "byggesak"}, "byggesak", "", Why.SOURCE),
        # which of the team's topics it is, the list of teams says
        ({"team": "bevilling", "document": "guides/alkohol-i-parken"}, "bevilling", SERVING, Why.SOURCE),
        ({"team": "byggesak", "document": "guides/alkohol-i-parken"}, "byggesak", "", Why.SOURCE),
        # a document that the list of teams names is not a matter of its source
        ({"team": "byggesak", "document": "guides/uteservering"}, "bevilling", SERVING, Why.SOURCE),
        # nor is what a law or a strategy says
        ({"team": "byggesak", "rests_on": ALCOHOL.rests_on}, "bevilling", SERVING, Why.LAW),
        ({"team": "finnes-ikke"}, "naering", "", Why.DEFAULT),
        ({"team": ""}, "naering", "", Why.DEFAULT),
    ],
)
def test_a_source_that_names_a_team_speaks_for_it(found: dict[str, Any], team: str, topic: str, why: Why) -> None:
    nearest = cited().model_copy(update=found)
    routed = ROUTER.route(request(question="Hva gjelder?", nearest=(nearest,), draft=()))
    assert (routed.team, routed.topic, routed.why) == (team, topic, why)


def test_a_strategy_with_its_area_and_a_documents_own_id_go_first() -> None:
    router = teams(
        Team.model_validate(
            {
                "id": "a",
                "name": "A",
                "default": True,
                "topic": [
                    {"name": "wide", "strategies": ["B3"], "sources": ["guides/*"]},
                    {"name": "narrow", "strategies": ["gront-naeringsliv/B3"], "sources": ["guides/skilt"]},
                ],
            }
        )
    )
    for citation, topic in [
        (plan("B3"), "wide"),
        (plan("B3", "Grønt næringsliv"), "narrow"),
        (cited("guides/torghandel"), "wide"),
        (cited("guides/skilt"), "narrow"),
    ]:
        assert router.route(request(nearest=(citation,), draft=())).topic == topic


@pytest.mark.parametrize(
    ("default", "language", "team", "why"),
    [
        (["nb", "nn"], "nn", "default", Why.DEFAULT),
        (["nb", "nn"], "en", "second", Why.LANGUAGE),
        (["nb"], "nn", "first", Why.LANGUAGE),
        (["nb"], "pl", "default", Why.DEFAULT),
    ],
)
def test_without_a_topic_somebody_gets_it_who_reads_it(default: list[str], language: str, team: str, why: Why) -> None:
    router = teams(
        Team.model_validate({"id": "first", "name": "A", "languages": ["nb", "nn"]}),
        Team.model_validate({"id": "second", "name": "B"}),
        Team.model_validate({"id": "default", "name": "C", "default": True, "languages": default}),
    )
    routed = router.route(request(nearest=(), draft=(), language=language))
    assert (routed.team, routed.topic, routed.why) == (team, "", why)


def test_the_only_team_gets_everything() -> None:
    router = Router(Teams.single())
    routed = router.route(request(nearest=(ALCOHOL, plan("C3"))))
    assert (routed.team, routed.topic, routed.why) == (router.teams.default.id, "", Why.DEFAULT)
    assert routed.strategy == "C3"


def test_the_strategy_is_the_nearest_one_of_the_plan() -> None:
    draft = (Claim(text="q", citation=plan("D4")),)
    assert strategy_of(request(nearest=(ALCOHOL, plan("B3"), plan("A1")), draft=())) == "B3"
    assert strategy_of(request(nearest=(plan("B3"),), draft=draft)) == "D4"
    assert strategy_of(request(nearest=(ALCOHOL, cited("guides/x", "b3")), draft=())) == ""
    assert strategy_of(request(nearest=(cited("plan/x", "intro", kind="plan"),), draft=())) == ""


CITATIONS = st.lists(st.sampled_from([ALCOHOL, BUILDING, PURCHASE, NOTHING, BOTH, plan("B3")]), max_size=8).map(tuple)


@settings(deadline=None)
@given(CITATIONS, st.text(max_size=40), st.sampled_from(["nb", "nn", "en", ""]))
def test_every_question_goes_to_a_team_and_always_to_the_same(
    nearest: tuple[Citation, ...], question: str, language: str
) -> None:
    asked = request(nearest=nearest, draft=(), question=question, language=language)
    routed = ROUTER.route(asked)
    team = ROUTER.teams.get(routed.team)
    assert team is not None
    assert routed.topic in {"", *(topic.name for topic in team.topics)}
    assert bool(routed.topic) is (routed.why not in {Why.LANGUAGE, Why.DEFAULT})
    assert Router(Teams.load(ROOT / "docs" / "teams.example.toml")).route(asked) == routed


@pytest.fixture(scope="module")
def shipped() -> dict[str, list[Citation]]:
    """Everything that ships, cited as the bot cites it, by document."""
    answerer = ExtractiveAnswerer(E5Embeddings(), "https://example.no")
    found: dict[str, list[Citation]] = {}
    for source in load_sources(ROOT / "ingest" / "corpus" / "sources.toml"):
        for file in source.files:
            document = read(Fetched(file, file.read_bytes(), "text/plain", file.as_uri()), source)
            found[document.id] = [answerer.cite(passage, passage.text) for passage in passages_of(document)]
    return found


@pytest.mark.parametrize(
    ("document", "team", "why"),
    [
        ("guides/skjenkebevilling", "bevilling", Why.LAW),
        ("guides/serveringsbevilling", "bevilling", Why.LAW),
        ("guides/soknadsplikt-for-byggetiltak", "byggesak", Why.LAW),
        ("guides/skilt-og-reklame", "byggesak", Why.LAW),
        ("guides/selge-til-kommunen-regler-og-terskelverdier", "naering", Why.LAW),
        ("plan/omstillingsdyktig-naeringsliv", "naering", Why.STRATEGY),
        ("guides/drosjeloyve-og-taxi", "naering", Why.DEFAULT),
    ],
)
def test_what_ships_leads_to_the_teams_of_the_example(
    shipped: dict[str, list[Citation]], document: str, team: str, why: Why
) -> None:
    routed = ROUTER.route(request(question="Hei?", nearest=tuple(shipped[document]), draft=()))
    assert (routed.team, routed.why) == (team, why)


def test_the_example_names_only_what_ships(shipped: dict[str, list[Citation]]) -> None:
    citations = [citation for found in shipped.values() for citation in found]
    for topic in (topic for team in ROUTER.teams for topic in team.topics):
        for kind in ("laws", "strategies", "sources"):
            for name in getattr(topic, kind):
                alone = {"name": "alone", kind: [name]}
                router = teams(Team.model_validate({"id": "a", "name": "A", "default": True, "topic": [alone]}))
                led = [router.route(request(question="", nearest=(each,), draft=())).topic for each in citations]
                assert "alone" in led, f"{kind}: nothing that ships leads to {name}"
