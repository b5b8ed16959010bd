from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.guard import LONGEST_QUESTION, Guard, Refused

GUARD = Guard()
ID, PHONE, EMAIL = "[fødselsnummer]", "[telefonnummer]", "[e-postadresse]"
ACCOUNT, NAME = "[kontonummer]", "[navn]"


def national_id(nine: str) -> str | None:
    """The number that begins with these nine digits; None where there is none."""
    first = -sum(int(digit) * weight for digit, weight in zip(nine, (3, 7, 6, 1, 8, 9, 4, 5, 2), strict=True)) % 11
    ten = f"{nine}{first}"
    last = -sum(int(digit) * weight for digit, weight in zip(ten, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=False)) % 11
    return f"{ten}{last}" if first < 10 and last < 10 else None


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Jeg heter Ola, 15108695088.", f"Jeg heter {NAME}, {ID}."),
        ("konto 1234.56.78903", f"konto {ACCOUNT}"),
        ("IBAN NO93 8601 1117 947", f"IBAN {ACCOUNT}"),
        ("Ola Nordmann, tlf 98765432", f"{NAME}, tlf {PHONE}"),
        ("Mvh Kari", f"Mvh {NAME}"),
        ("151086 95088 søker", f"{ID} søker"),
        ("fnr:151086-95088", f"fnr:{ID}"),
        ("15.10.86 95088", ID),
        ("151086 950 88", ID),
        ("15108695088 og 15108695088", f"{ID} og {ID}"),
        ("Ring 98765432!", f"Ring {PHONE}!"),
        ("987 65 432", PHONE),
        ("22 33 44 55", PHONE),
        ("+47 987 65 432", PHONE),
        ("+4798765432", PHONE),
        ("0047 22 33 44 55", PHONE),
        ("+46 70-123 45 67", PHONE),
        ("Svar til ola.nordmann+kafe@firma.example.no, takk", f"Svar til {EMAIL}, takk"),
        ("98\u200b765\u00ad432", PHONE),
        ("15108695088 ola@firma.no 98765432", f"{ID} {EMAIL} {PHONE}"),
    ],
)
def test_personal_numbers_and_addresses_are_masked(written: str, kept: str) -> None:
    guarded = GUARD.check(written)
    assert (guarded.text, guarded.masked) == (kept, True)


@pytest.mark.parametrize(
    "text",
    [
        "15108695077 har feil kontrollsiffer",
        "konto 1234.56.78901",
        "organisasjonsnummer 987 654 321",
        "987654321",
        "serveringsloven § 15 og pbl § 20-1",
        "Gjelder det for 2025 2026?",
        "en anskaffelse på 25000000 kroner",
        "kr 25000000 eks. mva.",
        "5 000 000 kroner",
        "fra 24.11.2026 kl. 12.00",
        "2026-11-24",
        "pi er 3,14159265",
        "strategi B3",
        "sak M-12345678",
        "@kommunen",
        "skriv til postmottak@drammen.kommune.no",
        "servicetorget, tlf 02800",
        "Engene 1, 3008 Drammen",
        "Ola Nordmanns gate",
        "Mvh Kafé Kringla AS",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    guarded = GUARD.check(text)
    assert (guarded.text, guarded.masked) == (text, False)


@given(st.from_regex(r"\d{9}", fullmatch=True), st.sampled_from(["", " ", "-", "."]))
@settings(max_examples=50)
def test_no_number_whose_check_digits_fit_is_kept(nine: str, mark: str) -> None:
    number = national_id(nine)
    written = f"{number[:6]}{mark}{number[6:]}" if number else ""
    assert not number or GUARD.check(f"Jeg er {written} og spør").text == f"Jeg er {ID} og spør"


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_what_is_let_through_is_readable_and_would_be_let_through_again(text: str) -> None:
    try:
        guarded = GUARD.check(text)
    except Refused:
        return
    assert not any(unicodedata.category(character)[0] == "C" for character in guarded.text.replace("\n", ""))
    assert GUARD.check(guarded.text).text == guarded.text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("  Hva\tsier \r\n B3?  ", "Hva sier \n B3?"),
        ("Hva\x00 sier\x07 B3?\x1b", "Hva sier B3?"),
        ("serverings\u00adbevilling", "serveringsbevilling"),
        ("\ufeffHva sier B3?", "Hva sier B3?"),
        ("\u202eHva sier B3?\u202c", "Hva sier B3?"),
        ("a\u030apningstid", "åpningstid"),
        ("Hva\N{NO-BREAK SPACE}sier\u2028B3?", "Hva sier B3?"),
        ("<b>B3</b> <script>alert(1)</script>", "<b>B3</b> <script>alert(1)</script>"),
        ("Hva sier \ud800B3?", "Hva sier B3?"),
        ("Czy potrzebuję pozwolenia? ☕", "Czy potrzebuję pozwolenia? ☕"),
    ],
)
def test_a_text_is_cleaned_of_what_nobody_sees(written: str, read: str) -> None:
    assert GUARD.check(written).text == read


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "reply.refused.empty"),
        (" \n\t ", "reply.refused.empty"),
        ("\x00\x01\x1b", "reply.refused.empty"),
        ("\u200b\ufeff", "reply.refused.empty"),
        ("?!...", "reply.refused.unreadable"),
        ("☕🙂", "reply.refused.unreadable"),
        ("x" * (LONGEST_QUESTION + 1), "reply.refused.long"),
        ("bevilling " * 2_000, "reply.refused.long"),
    ],
)
def test_what_is_no_question_is_refused(text: str, key: str) -> None:
    with pytest.raises(Refused) as refused:
        GUARD.check(text)
    assert refused.value.key == key


def test_the_longest_question_is_read_and_blanks_around_it_do_not_count() -> None:
    longest = "x" * LONGEST_QUESTION
    assert GUARD.check(f"{' ' * 20_000}{longest}\n").text == longest


def test_who_writes_too_much_is_told_how_much() -> None:
    with pytest.raises(Refused) as refused:
        GUARD.check("x" * 20_000)
    assert refused.value.values == {"limit": LONGEST_QUESTION, "length": 20_000}


def test_of_a_thread_only_questions_are_recalled_and_these_without_personal_data() -> None:
    assert GUARD.recall(["Jeg er 15108695088", "", "x" * 20_000, "Og B3?"]) == (f"Jeg er {ID}", "Og B3?")
