from __future__ import annotations

import pytest

from knowledge.conflicts import differing
from knowledge.stances import Stance, stance
from tests.knowledge.test_conflicts import citation, stems


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Det er forbudt å strø fortauet med salt.", Stance.FORBIDS),
        ("Det er forbode å strø fortauet med salt.", Stance.FORBIDS),
        ("Du kan ikke strø fortauet med salt.", Stance.FORBIDS),
        ("Salt på fortauet er ikke tillatt.", Stance.FORBIDS),
        ("You must not put salt on the pavement.", Stance.FORBIDS),
        ("Det er tillatt å strø fortauet med salt.", Stance.ALLOWS),
        ("Det er lov å strø.", Stance.ALLOWS),
        ("You may put salt on the pavement.", Stance.ALLOWS),
        ("Du må ha bevilling.", Stance.REQUIRES),
        ("Kiosken trenger bevilling.", Stance.REQUIRES),
        ("Skilt er søknadspliktig.", Stance.REQUIRES),
        ("You need a licence.", Stance.REQUIRES),
        ("Du trenger ikke bevilling.", Stance.SPARES),
        ("Du treng ikkje løyve.", Stance.SPARES),
        ("Det kreves ikke bevilling.", Stance.SPARES),
        ("Skilt er ikke søknadspliktige.", Stance.SPARES),
        ("You do not need a licence.", Stance.SPARES),
        ("You don't have to apply.", Stance.SPARES),
        ("Bevillingen gjelder ikke for uteservering.", Stance.DENIES),
        ("Bevillingen gjelder for uteservering.", Stance.STATES),
        # not certain
        ("Det er forbudt å servere uten bevilling.", None),
        ("Du må søke hvis du ikke har bevilling.", None),
        ("Du kan bare strø med sand.", None),
        ("Søknaden avslås.", None),
    ],
)
def test_what_a_sentence_says_is_read(sentence: str, said: Stance | None) -> None:
    assert stance(sentence) == said


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("Det er forbudt å strø fortauet med salt.", "Det er tillatt å strø fortauet med salt.", True),
        ("Det er forbudt å strø fortauet med salt.", "Du kan strø salt på fortauet.", True),
        ("Du kan ikke strø salt på fortauet.", "Det er lov å strø fortauet med salt.", True),
        ("Det er forbode å strø fortauet med salt.", "Det er tillate å strø fortauet med salt.", True),
        ("Hunder må holdes i bånd i parken.", "Hunder trenger ikke holdes i bånd i parken.", True),
        ("Du må søke om å sette opp telt på torget.", "Du treng ikke søke om å sette opp telt på torget.", True),
        ("Vi krever bevilling for foodtruck på torget.", "Foodtruck på torget krever ikke bevilling.", True),
        ("Fristen for å klage kan forlenges.", "Fristen for å klage kan ikke forlenges.", True),
        ("Bevillingen gjelder også for uteservering.", "Bevillingen gjelder ikke for uteservering.", True),
        ("You may put salt on the pavement.", "You must not put salt on the pavement.", True),
        ("You need a licence to sell food outdoors.", "You do not need a licence to sell food outdoors.", True),
        # both may be true
        ("Du må søke om telt på torget.", "Du kan søke om telt på torget.", False),
        ("Du trenger ikke søke om telt på torget.", "Du kan søke om telt på torget.", False),
        ("Det er forbudt å strø fortauet med salt.", "Du må ikke strø fortauet med salt.", False),
        # an exception, or something else
        ("Det er forbudt å strø fortauet med salt.", "Det er tillatt å strø fortauet med sand.", False),
        ("Det er forbudt å strø fortauet med salt om natten.", "Det er tillatt å strø fortauet med salt.", False),
        ("Butikken kan ikke selge øl på søndager.", "Butikken kan selge øl på hverdager.", False),
        ("Du kan servere mat på torget uten bevilling.", "Du kan servere mat på torget med bevilling.", False),
        ("Hvis du ikke har bevilling, må du søke om det.", "Hvis du har bevilling, må du søke om det.", False),
        ("Loven gjelder ikke for Svalbard.", "Loven gjelder for Svalbard.", False),
        # about nothing
        ("Du må søke kommunen.", "Du trenger ikke søke kommunen.", False),
        ("Det er tillatt.", "Det er forbudt.", False),
    ],
)  # fmt: skip
def test_sources_differ_where_one_says_the_opposite_of_just_the_same(one: str, other: str, differ: bool) -> None:
    pair = (citation("a", one), citation("b", other))
    assert differing(pair[:1], pair, stems) == (pair if differ else None)
    assert bool(differing(pair[1:], pair, stems)) is differ


@pytest.mark.parametrize(("titles", "differ"), [(("Foodtruck", "En foodtruck"), True), (("Kafé", "Gatemat"), False)])
def test_two_words_are_enough_where_both_documents_are_about_one_of_them(titles: tuple[str, str], differ: bool) -> None:
    quotes = ("Foodtruck trenger serveringsbevilling.", "En foodtruck trenger ikke serveringsbevilling.")
    pair = [citation(title, quote, title=f"{title} – Regler") for title, quote in zip(titles, quotes, strict=True)]
    assert bool(differing(pair[:1], pair, stems)) is differ
