from __future__ import annotations

import pytest

from bot.smalltalk import Smalltalk
from bot.understanding import Understander
from knowledge.concepts import Concepts

CAFE = "Når må jeg ha serveringsbevilling for en kafé i sentrum?"
ENGLISH = "Do I need a licence to open a café?"
NYNORSK = "Korleis søkjer eg om skjenkeløyve?"


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "nb",
            ["Trenger jeg bevilling?", "skjenkebevilling", "serveringsloven § 15", "og i helgene?", "B3", "hei", "§"],
        ),
        ("nb", ["hva sier strategi C1", "alle strategier om grønt næringsliv", "uteservering fortau søknad"]),
        ("nb", ["Behöver jag tillstånd för att servera alkohol?", "Har jeg brug for en tilladelse?"]),
        ("nn", ["Kva kostar det?", "Må eg ha løyve?", "Korleis søkjer eg?", "Kva seier B3?"]),
        ("nb", ["Er det lov med happy hour?", "Er take away lov?", "Er drive-in lov?", "Er catering lov?"]),
        ("nb", ["overføre transportløyve til nytt aksjeselskap"]),
        ("nn", ["Alle strategiar om grønt næringsliv"]),
        ("nn", ["Kan kommunen trekke inn løyvet mitt?", "Er reglane strenge?", "Når opnar kontoret?", "skjenkeløyvet"]),
        ("en", ["Do I need a licence?", "What does B3 say?", "the D strategies", "alcohol licence", "How much?"]),
        ("en", ["Is happy hour legal?", "food truck permit", "all rules about happy hour"]),
        ("en", ["Do I need a serveringsbevilling?", "all strategies about green business", "Thanks!", "Hello"]),
        ("en", ["Brauche ich eine Genehmigung für ein Café?", "Czy potrzebuję pozwolenia na kawiarnię?"]),
        ("en", ["Quelles sont les règles et conditions pour ouvrir un restaurant ?", "Ar man reikia leidimo?"]),
        ("en", ["Чи потрібен мені дозвіл на кафе?", "هل أحتاج إلى رخصة؟", "我需要许可证吗?", "ต้องมีใบอนุญาตไหม"]),
    ],
)
def test_people_are_answered_in_a_language_they_read(
    understander: Understander, language: str, texts: list[str]
) -> None:
    assert {text: understander.understand(text, ()).language for text in texts} == dict.fromkeys(texts, language)


@pytest.mark.parametrize(
    ("history", "text", "language"),
    [
        ([ENGLISH], "B3", "en"),
        ([NYNORSK], "Og vin?", "nn"),
        ([CAFE], "parking?", "nb"),
        ([ENGLISH], "Hva sier B3?", "nb"),
    ],
)
def test_what_is_too_short_to_tell_is_in_the_language_of_its_thread(
    understander: Understander, history: list[str], text: str, language: str
) -> None:
    assert understander.understand(text, history).language == language


def test_a_language_that_is_chosen_is_used(understander: Understander) -> None:
    assert understander.understand(ENGLISH, (), "nn").language == "nn"


@pytest.mark.parametrize(
    ("history", "text", "query"),
    [
        ([CAFE], "og i helgene?", f"{CAFE} og i helgene?"),
        ([CAFE], "Gjelder det også ute?", f"{CAFE} Gjelder det også ute?"),
        ([ENGLISH], "What about weekends?", f"{ENGLISH} What about weekends?"),
        ([NYNORSK], "Kva med vin?", f"{NYNORSK} Kva med vin?"),
        ([CAFE], "Gebyr?", f"{CAFE} Gebyr?"),
        ([CAFE, "og i helgene?"], "og om natta?", f"{CAFE} og i helgene? og om natta?"),
        ([CAFE, "Takk!"], "og i helgene?", f"{CAFE} og i helgene?"),
        ([CAFE], "Hvilke krav stiller kommunen til skilt på fasaden av butikken?", None),
        ([CAFE], "Hvem eier gatene i sentrum?", None),
        (["Hva sier B3?"], "og C1?", None),
        (["Hva sier B3?"], "serveringsloven § 15", None),
        (["Hva sier B3?"], "§ 15 i serveringsloven", None),
        ([CAFE], "og i 14 dager?", f"{CAFE} og i 14 dager?"),
        ([], "og i helgene?", None),
    ],
)
def test_a_follow_up_is_searched_for_with_what_it_leaves_out(
    understander: Understander, history: list[str], text: str, query: str | None
) -> None:
    assert understander.understand(text, history).query == (query or text)


def test_a_long_thread_makes_no_long_query_and_is_still_about_the_same(understander: Understander) -> None:
    query = understander.understand("og nå?", ["Hva sier B3?", CAFE, *["og da?"] * 50]).query
    assert query == f"{CAFE} og da? og da? og nå?"


def test_small_talk_is_understood_as_such(understander: Understander) -> None:
    assert understander.understand("Takk!", [CAFE]).smalltalk is Smalltalk.THANKS
    assert understander.understand(CAFE, ["Takk!"]).smalltalk is None


def test_a_question_is_not_lost_behind_small_talk(understander: Understander) -> None:
    understood = understander.understand(f"Hei, hvordan har du det? {CAFE}", ())
    assert (understood.smalltalk, understood.query) == (None, CAFE)


@pytest.mark.parametrize(
    ("text", "leaves_out"),
    [
        ("Hvor mange poeng trengs?", True),
        ("Og hvis vi ikke rekker å sende inn alt sammen før dere går hjem for dagen?", True),
        ("Hvor sent kan vi servere øl på fredager?", False),
        ("Hvor mange poeng trengs for å komme inn på den skolen som søsteren min går på nå?", False),
        ("Hva sier serveringsloven § 15?", False),
    ],
)
def test_a_question_that_does_not_say_what_it_is_about_is_about_what_was_asked_before(
    text: str, leaves_out: bool
) -> None:
    understander = Understander(Concepts.load().knows_subject)
    assert understander.understand(text, [CAFE], "nb").query == (f"{CAFE} {text}" if leaves_out else text)
