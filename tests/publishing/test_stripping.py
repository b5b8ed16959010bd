from __future__ import annotations

import pytest

from bot.publishing.answer import Wording
from bot.publishing.stripping import stripped

NAMES = ("Kari Berg", "Kafé Kringla", "Gjest", "linh")


@pytest.mark.parametrize(
    ("text", "left", "taken"),
    [
        ("Ja, det kan du.", "Ja, det kan du.", ()),
        ("Hilsen Kari Berg", "Hilsen [navn]", ("Kari Berg",)),
        ("hilsen kari   berg", "hilsen [navn]", ("kari   berg",)),
        ("Kari sier det.", "[navn] sier det.", ("Kari",)),
        ("Det er Karis sak.", "Det er [navn] sak.", ("Karis",)),
        ("Spør Berg's kontor", "Spør [navn] kontor", ("Berg's",)),
        ("Hei, Linh!", "Hei, [navn]!", ("Linh",)),
        ("Kafé Kringla kan det.", "[navn] kan det.", ("Kafé Kringla",)),
        ("Kafé er et sted. En kafé kan det.", "Kafé er et sted. En kafé kan det.", ()),
        ("Bergen er en by, og gjester er mange.", "Bergen er en by, og gjester er mange.", ()),
        ("Ring 900 11 223", "Ring [telefonnummer]", ("900 11 223",)),
        ("Skriv til kari@firma.no", "Skriv til [e-postadresse]", ("kari@firma.no",)),
        ("Hun har 01017012387.", "Hun har 01017012387.", ()),
        ("Kari og Kari", "[navn] og [navn]", ("Kari",)),
        ("Ring 32 04 00 00 eller post@by.no", "Ring 32 04 00 00 eller post@by.no", ()),
    ],
)
def test_personal_data_is_taken_out_and_told(text: str, left: str, taken: tuple[str, ...]) -> None:
    keep = ("32 04 00 00", "post@by.no")
    found = stripped(Wording(question="Kan jeg?", answer=text), NAMES, keep)
    assert (found.wording.question, found.wording.answer, found.taken) == ("Kan jeg?", left, taken)


def test_it_is_taken_out_of_the_question_too() -> None:
    found = stripped(Wording(question="Kan Kari hjelpe?", answer="Ja."), NAMES)
    assert (found.wording.question, found.taken) == ("Kan [navn] hjelpe?", ("Kari",))


def test_an_identity_number_is_never_kept() -> None:
    number = "01017000027"
    found = stripped(Wording(question="Hvem?", answer=f"Hun med {number}."), (), (number,))
    assert (found.wording.answer, found.taken) == ("Hun med [fødselsnummer].", (number,))


def test_a_name_that_an_officer_keeps_stays() -> None:
    found = stripped(Wording(question="Hvem?", answer="Spør Kafé Kringla."), NAMES, ("Kafé Kringla",))
    assert found.wording.answer == "Spør Kafé Kringla."
