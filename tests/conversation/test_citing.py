"""Citations as people read them: numbered by section."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.citing import numbers, sources
from knowledge.model import Audience, Citation
from tests.knowledge.examples import basis

citations = st.builds(
    Citation,
    document=st.sampled_from("de"),
    section=st.sampled_from("st"),
    title=st.just("Tittel"),
    url=st.just("https://x.no"),
    quote=st.sampled_from(["En.", "To.", "Tre."]),
    audience=st.sampled_from(Audience),
    rests_on=st.sampled_from([(), (basis("serveringsloven", "3"),), (basis("serveringsloven", "27"),)]),
)


@given(st.lists(citations, max_size=12))
def test_one_section_has_one_number_and_another_has_another(cited: list[Citation]) -> None:
    sections = [*dict.fromkeys((each.document, each.section, each.audience) for each in cited)]
    assert numbers(cited) == {each: sections.index((each.document, each.section, each.audience)) + 1 for each in cited}
    found = sources(cited)
    assert [each.number for each in found] == [*range(1, len(sections) + 1)]
    assert {each: source.number for source in found for each in source.citations} == numbers(cited)


@given(st.lists(citations, max_size=12), citations)
def test_what_is_cited_later_changes_no_number(cited: list[Citation], later: Citation) -> None:
    assert numbers(cited).items() <= numbers([*cited, later]).items()


@given(st.lists(citations, min_size=1, max_size=12))
def test_a_source_has_all_quotes_and_laws_of_its_section_each_once(cited: list[Citation]) -> None:
    for source in sources(cited):
        there = [each for each in cited if numbers(cited)[each] == source.number]
        assert list(source.quotes) == [*dict.fromkeys(each.quote for each in there)]
        assert list(source.rests_on) == [*dict.fromkeys(law for each in there for law in each.rests_on)]
