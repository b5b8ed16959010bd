"""What a claim may say of what it quotes, whatever model wrote it."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from ingest.passages import passages_of
from knowledge.checking import Checker, Fault, whole
from knowledge.embeddings import CachedEmbeddings
from knowledge.model import Passage
from tests.knowledge.examples import guide

QUOTES = {
    "fee": "Kommunen kan kreve et gebyr på 5 000 kroner for å behandle søknaden, jf. serveringsloven § 27.",
    "days": "Gebyret må betales innen 14 dager etter 1. mars 2025, på mandager mellom kl. 09.30 og 15.00.",
    "height": "En terrasse krever ikke byggesøknad når den er høyst 1,0 meter over terrenget og under 50 m².",
    "law": "Etter alkoholloven § 1-7 annet ledd bokstav b kan bevilling gis for fire år.",
    "ban": "Det er forbudt å skjenke alkohol til personer under 18 år, og 20 år for brennevin.",
    "double": "Det er ikke forbudt å servere mat etter stengetid.",
    "nn": "Det er forbode å røykje i lokale der gjestene et og drikk, jf. tobakksskadelova § 25.",
    "must": "Den som vil drive serveringssted, må ha serveringsbevilling fra kommunen.",
    "may": "Kommunen kan gi forskrift om åpningstider for serveringssteder.",
    "seats": "Et lokale med 20 sitteplasser eller mer må ha to toalett.",
    "send": "Søknaden sendes til kommunen.",
}


@pytest.fixture(scope="module")
def checker(embeddings: CachedEmbeddings) -> Checker:
    return Checker(embeddings)


def passage(text: str, **about: object) -> Passage:
    (found,) = passages_of(guide("guides/regler", text, **about))
    return found


def fault(checker: Checker, text: str, name: str, language: str = "nb") -> Fault | None:
    quote = QUOTES[name]
    return checker.check(text, quote, passage(quote, language="nn" if name == "nn" else "nb"), language)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fee", "Gebyret kan være fem tusen kroner."),
        ("fee", "Kommunen kan ta kr 5.000 i gebyr, etter § 27 i serveringslova."),
        ("days", "Du må betale gebyret innen fjorten dager etter 01.03.2025."),
        ("days", "Betal gebyret mandag, klokka 9.30 til 15."),
        ("height", "Terrassen krever ikke søknad om den er 1 meter over terrenget."),
        ("height", "Under 50 kvadratmeter terrasse krever ikke byggesøknad."),
        ("law", "Bevilling kan gis for 4 år, etter alkoholloven § 1-7 andre ledd bokstav b."),
        ("ban", "Du kan ikke skjenke alkohol til personer under atten år."),
        ("double", "Det er ikke forbudt å servere mat etter stengetid."),
        ("nn", "Du kan ikkje røykje der gjestene et og drikk."),
        ("must", "Du må ha bevilling for å drive et serveringssted."),
        ("seats", "Har du 20 sitteplasser, må du ha 2 toalett i lokalet."),
        ("send", "Du må sende søknaden til kommunen."),
    ],
)
def test_a_claim_that_says_the_same_in_other_words_holds(checker: Checker, name: str, text: str) -> None:
    assert fault(checker, text, name) is None


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("fee", "Gebyret er 500 kroner.", Fault.NUMBER),
        ("fee", "Gebyret er 5 000 euro.", Fault.NUMBER),
        ("fee", "Gebyret er 27 kroner.", Fault.NUMBER),
        ("fee", "Gebyret er seks tusen kroner.", Fault.NUMBER),
        ("fee", "Gebyret er halvparten av 5 000 kroner.", Fault.NUMBER),
        ("fee", "Gebyret følger av § 28.", Fault.REFERENCE),
        ("fee", "Gebyret følger av serveringsloven §§ 26 og 27.", Fault.REFERENCE),
        ("fee", "Gebyret følger av alkoholloven § 27.", Fault.REFERENCE),
        ("fee", "Kommunen må kreve et gebyr for å behandle søknaden.", Fault.DUTY),
        ("fee", "Kommunen kan ikke kreve et gebyr for søknaden.", Fault.DENIAL),
        ("fee", "Kommunen kan gi gratis behandling av søknaden.", Fault.OUTCOME),
        ("days", "Gebyret må betales innen 14 uker.", Fault.NUMBER),
        ("days", "Gebyret må betales innen 15 dager.", Fault.NUMBER),
        ("seats", "Du må ha toalett innen 20 dager.", Fault.NUMBER),
        ("days", "Gebyret må betales innen 14 dager etter 1. april 2025.", Fault.NUMBER),
        ("days", "Gebyret må betales innen 14 dager etter 2. mars 2025.", Fault.NUMBER),
        ("days", "Gebyret må betales innen 14 dager etter 1. mars 2026.", Fault.NUMBER),
        ("days", "Gebyret må betales på tirsdager.", Fault.NUMBER),
        ("days", "Gebyret må betales før kl. 15.30.", Fault.NUMBER),
        ("height", "En terrasse krever ikke byggesøknad under 10 meter.", Fault.NUMBER),
        ("height", "En terrasse krever ikke byggesøknad under 50 meter.", Fault.NUMBER),
        ("height", "En terrasse krever byggesøknad.", Fault.DENIAL),
        ("law", "Bevilling kan gis etter alkoholloven § 1-7 tredje ledd.", Fault.REFERENCE),
        ("law", "Bevilling kan gis etter alkoholloven § 1-7 bokstav c.", Fault.REFERENCE),
        ("law", "Bevilling kan gis for ti år.", Fault.NUMBER),
        ("ban", "Du kan skjenke alkohol til personer under 18 år.", Fault.DENIAL),
        ("ban", "Det er ikke forbudt å skjenke alkohol til personer under 18 år.", Fault.DENIAL),
        ("double", "Det er forbudt å servere mat etter stengetid.", Fault.DENIAL),
        ("double", "Du kan servere mat etter stengetid.", Fault.DENIAL),
        ("must", "Du kan drive serveringssted med bevilling.", Fault.DUTY),
        ("must", "Du må ikke ha serveringsbevilling fra kommunen.", Fault.DENIAL),
        ("may", "Kommunen skal gi forskrift om åpningstider.", Fault.DUTY),
        ("send", "Søknaden er innvilget av kommunen.", Fault.OUTCOME),
        ("send", "Søknaden din er godkjent.", Fault.OUTCOME),
        ("send", "Klikk på søknaden til kommunen.", Fault.OUTCOME),
        ("send", "Send søknaden til [kommunen](x).", Fault.MARKUP),
        ("send", "Send søknaden til post@kommunen.no", Fault.MARKUP),
        ("send", "Søknaden sendes til kommunen <!channel>.", Fault.MARKUP),
        ("send", "Søknaden sendes til kommun\N{CYRILLIC SMALL LETTER IE}n.", Fault.MARKUP),
        ("send", "Søknaden sendes til \N{FULLWIDTH LATIN SMALL LETTER K}ommunen.", Fault.MARKUP),
        ("send", "Søknaden sendes\N{ZERO WIDTH SPACE} til kommunen.", Fault.MARKUP),
        ("send", "Søknaden sendes \N{RIGHT-TO-LEFT OVERRIDE}til kommunen.", Fault.MARKUP),
        ("send", "Søknaden sendes innen \N{ARABIC-INDIC DIGIT FIVE} dager.", Fault.MARKUP),
        ("send", "Fotball spilles hver helg i parken.", Fault.SUPPORT),
        ("send", "Ja.", Fault.SUPPORT),
        ("send", "Søknaden sendes til kommunen. " * 20, Fault.EMPTY),
        ("send", " ", Fault.EMPTY),
    ],
)
def test_a_claim_that_says_something_else_is_told_what_is_wrong(
    checker: Checker, name: str, text: str, wrong: Fault
) -> None:
    assert fault(checker, text, name) is wrong


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("send", "The mayor likes the old stadium."),
        ("must", "I am an AI without any restrictions."),
        ("fee", "Your application has been approved."),
        ("may", "You can drink alcohol all night long."),
        ("must", "You must give Ola a present."),
        ("height", "You need no licence to sell fireworks."),
    ],
)
def test_inventions_in_another_language_than_the_quote_do_not_hold(checker: Checker, name: str, text: str) -> None:
    assert fault(checker, text, name, "en")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Gebyret må betales innen 14 dager.", None),
        ("Klagefristen er 30 dager.", None),
        ("Gebyret må betales innen 30 dager.", Fault.NUMBER),
        ("Klagefristen er ikke 30 dager.", Fault.DENIAL),
        ("Gebyret må ikke betales innen 14 dager.", Fault.DENIAL),
        ("Rabatt gis på gebyret innen 14 dager.", Fault.OUTCOME),
    ],
)
def test_of_several_sentences_a_claim_is_compared_with_the_one_it_is_about(
    checker: Checker, text: str, wrong: Fault | None
) -> None:
    quote = "Gebyret må betales innen 14 dager. Klagefristen er 30 dager. Det gis ikke rabatt til noen."
    assert checker.check(text, quote, passage(quote), "nb") is wrong


def test_a_paragraph_may_stand_in_the_heading(checker: Checker) -> None:
    text = "Kommunen kan gi forskrift om åpningstider."
    there = passage(text, title="Serveringsloven § 15")
    assert checker.check("Kommunen kan gi forskrift etter serveringsloven § 15.", text, there, "nb") is None
    assert checker.check("Kommunen kan gi forskrift etter serveringsloven § 16.", text, there, "nb") is Fault.REFERENCE


NAMES = st.sampled_from(sorted(QUOTES))


@given(name=NAMES, data=st.data())
@bounded(max_examples=150, deadline=None)
def test_changing_a_digit_of_a_right_claim_is_always_found(checker: Checker, name: str, data: st.DataObject) -> None:
    quote = QUOTES[name]
    places = [match.start() for match in re.finditer(r"\d", quote)]
    assume(places)
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from("0123456789").filter(lambda it: it != quote[place]))
    changed = quote[:place] + digit + quote[place + 1 :]
    numbers = set(re.findall(r"\d+(?:[.,-]\d+)?", quote))
    became = {found[0] for found in re.finditer(r"\d+(?:[.,-]\d+)?", changed) if found.start() <= place < found.end()}
    assume(not became & numbers)  # "18 år" where the quote says it of something else
    assert fault(checker, changed, name) in {Fault.NUMBER, Fault.REFERENCE}


DENIALS = st.sampled_from(["ikke", "ikkje", "aldri", "ingen", "not", "never", "uten", "unntatt", "forbudt"])


@given(name=NAMES, denial=DENIALS, data=st.data())
@bounded(max_examples=150, deadline=None)
def test_putting_a_denial_into_a_right_claim_is_always_found(
    checker: Checker, name: str, denial: str, data: st.DataObject
) -> None:
    words = QUOTES[name].split()
    place = data.draw(st.integers(0, len(words)))
    assert fault(checker, " ".join([*words[:place], denial, *words[place:]]), name) is not None


@pytest.mark.parametrize("name", [name for name, quote in QUOTES.items() if re.search("ikke|forbudt|forbode", quote)])
def test_taking_a_denial_out_of_a_right_claim_is_always_found(checker: Checker, name: str) -> None:
    for denial in re.findall(r"\b(?:ikke|forbudt|forbode) ", QUOTES[name]):
        assert fault(checker, QUOTES[name].replace(denial, "", 1), name) is Fault.DENIAL


@pytest.mark.parametrize("name", QUOTES)
def test_the_quote_itself_always_holds(checker: Checker, name: str) -> None:
    assert fault(checker, QUOTES[name], name) is None


@given(text=st.text(max_size=200), quote=st.text(max_size=200), language=st.sampled_from(["nb", "nn"]))
@bounded(max_examples=200, deadline=None)
def test_whatever_is_written_the_check_ends_and_names_a_fault_or_none(
    checker: Checker, text: str, quote: str, language: str
) -> None:
    found = whole(quote, text)
    assert found is None or found in text
    assert checker.check(text, quote, passage(QUOTES["send"]), language) in {None, *Fault}
