from __future__ import annotations

import pytest

from tests.knowledge.examples import KLIMA, NAERINGSLIV, SECRET
from tests.web.conftest import Visit
from tests.web.examples import ABSTAINED, FEE, INSIDE, TWICE, words

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_citation_opens_its_section_with_the_quoted_words_marked(visit: Visit) -> None:
    person = await visit()
    reply = await person.ask("Hva sier B3?")
    claims = reply.tree.css(".claim")
    assert len(claims) == 2
    for claim in claims:
        (link,) = claim.css("a.mark")
        address, _, section = (link.attrs["href"] or "").partition("#")
        source = await person.page(address)
        assert source.text("h1") in {NAERINGSLIV, KLIMA}
        assert source.text(f"section#{section} mark") == words(claim).removesuffix(f" {words(link)}")


async def test_a_section_that_is_cited_twice_has_one_number_and_stands_there_once(visit: Visit) -> None:
    person = await visit()
    reply = await person.ask(TWICE)
    claims = reply.tree.css(".claim")
    links = [words(link) for claim in claims for link in claim.css("a.mark")]
    assert (links, reply.all(".source .mark-number")) == (["1", "1"], ["1"])
    assert reply.all(".source .source-title") == ["Tobakk – Gebyr for salg av tobakk"]
    assert reply.all(".source .laws a") == ["tobakksskadeloven § 10"]
    for claim in claims:  # and each number leads to the words that its claim was taken from
        source = await person.page(claim.css("a.mark")[0].attrs["href"] or "")
        assert source.all("mark") == [words(claim).removesuffix(" 1")]


async def test_the_nearest_sources_of_an_abstention_open_marked_too(visit: Visit) -> None:
    person = await visit()
    for link in (await person.ask(ABSTAINED)).tree.css(".nearest .source-title"):
        assert (await person.page(link.attrs["href"] or "")).has("mark")


async def test_a_source_says_what_it_is_how_old_and_what_it_rests_on(visit: Visit) -> None:
    page = await (await visit()).page("/kilde/guides/servering")
    assert page.text(".document-about .badge") == "Veiledning"
    assert "Kontrollert 24. november 2026" in page.text(".document-about")
    assert page.node(".document-about a").attrs["href"] == "https://kommunen.example/servering"
    assert page.all("#krav .laws a") == ["serveringsloven § 3", "serveringsloven § 1-5"]


@pytest.mark.parametrize(
    ("quote", "marked"),
    [
        (FEE, [FEE]),
        (FEE.replace(" ", "  \n"), [FEE]),
        ("gebyr på 5 000 kroner", ["gebyr på 5 000 kroner"]),
        ("(5 000.*", []),
        ("står ikke her", []),
        ("", []),
        (FEE * 100, []),
    ],
    ids=["a sentence", "other white space", "a few words", "no pattern", "not there", "nothing", "very long"],
)
async def test_the_quote_is_found_where_it_stands(visit: Visit, quote: str, marked: list[str]) -> None:
    person = await visit()
    page = await person.page(
        str(person.client.build_request("GET", "/kilde/guides/servering", params={"q": quote}).url)
    )
    assert page.status == 200
    assert page.all("mark") == marked
    assert FEE in page.text("#gebyr")


async def test_html_in_the_quote_is_not_taken_for_html(visit: Visit) -> None:
    page = await (await visit()).page("/kilde/guides/servering?q=<script>alert(1)</script>")
    assert page.status == 200
    assert not page.has("main script")


async def test_the_strategies_are_listed_by_area_and_code(visit: Visit) -> None:
    page = await (await visit()).page("/strategier")
    areas = {words(section.css("h2")[0]): section for section in page.tree.css("#_treff section")}
    assert list(areas) == [KLIMA, NAERINGSLIV]
    assert [words(code) for code in areas[NAERINGSLIV].css(".code")] == ["A4", "B3", "C1", "C2", "D1", "D2"]
    assert page.text(".count") == "8 strategier"


@pytest.mark.parametrize(
    ("sought", "count", "codes"),
    [
        ("B3", "2 strategier", ["B3", "B3"]),
        ("b3", "2 strategier", ["B3", "B3"]),
        ("grønt", "Én strategi", ["D1"]),
        ("<b>&", "Ingen treff", []),
        ("elefant", "Ingen treff", []),
        ("x" * 5000, "Ingen treff", []),
    ],
)
async def test_strategies_are_found_by_code_and_by_word(
    visit: Visit, sought: str, count: str, codes: list[str]
) -> None:
    page = await (await visit()).page(f"/strategier?q={sought.replace('&', '%26')}")
    assert (page.status, page.text(".count"), page.all(".code")) == (200, count, codes)
    assert page.node("#_sok").attrs["value"] == sought[:200]
    assert page.has(".empty") == (not codes)


async def test_a_strategy_opens_the_plan_where_it_stands(visit: Visit) -> None:
    person = await visit()
    page = await person.page("/strategier?q=C1")
    plan = await person.page(page.node(".code").attrs["href"] or "")
    assert plan.text("section#c1 mark") == page.text("#_treff li p")


async def test_internal_text_is_there_for_staff_and_does_not_exist_for_others(visit: Visit) -> None:
    path = "/kilde/internal/skjenkekontroll"
    for insider in ("ansatt", "kari"):
        page = await (await visit(insider)).page(path)
        assert (page.status, page.text(".badge.internal")) == (200, "Internt")
        assert SECRET in page.text("main")
    outsider = await visit()
    hidden, missing = await outsider.page(path), await outsider.page("/kilde/internal/finnes-ikke")
    assert (hidden.status, missing.status) == (404, 404)
    assert hidden.text("main") == missing.text("main")


async def test_staff_hear_of_internal_text_in_their_own_channel_and_nobody_in_the_open_one(visit: Visit) -> None:
    staff = await visit("ansatt")
    inside = await staff.ask(INSIDE, channel="ansatte")
    assert "Kontrollen skjer etter alkoholloven § 1-9." in inside.text(".claim")
    for person in (staff, await visit()):
        page = await person.ask(INSIDE)
        assert "Kontrollen skjer" not in page.text("main")
        assert "/kilde/internal" not in page.response.text
