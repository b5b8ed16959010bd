"""Numbers and addresses that lead to a person: national identity numbers, bank accounts, e-mail addresses, phones.

Those that have check digits are known by them, phones by the numbering plans of the library `phonenumbers`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import phonenumbers
from stdnum import iban
from stdnum.no import fodselsnummer, kontonr

from bot.masking.spans import Span

# Grouped as people write them: 01017012345, 010170 12345, 01.01.70-12345, 010170 123 45.
_NATIONAL_ID = re.compile(r"(?<!\d)\d\d[ .]?\d\d[ .]?\d\d[ .-]?\d{3}[ .]?\d\d(?!\d)")
# 12345678903, 1234.56.78903, 1234 56 78903, 1234-56-78903. What a payment is told apart by looks the same, and is
# nobody's.
_ACCOUNT = re.compile(r"(?<![\d.-])(?<!kid )(?<!kid: )\d{4}([ .-]?)\d\d\1\d{5}(?!\d|[.-]\d)", re.I)
# NO9386011117947, NO93 8601 1117 947, no93-8601-1117-947; and perhaps words after it that might be part of one.
_IBAN = re.compile(r"\b[a-z]{2}\d\d(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,3})?\b", re.I)
# Not begun inside itself: a long text without an @ would be read once for each of its characters.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Hidden from machines: kari (at) example.no, kari [at] example [dot] no. Without brackets "at" is a word.
_AT = r"(?: ?[\[({] ?(?:at|@|krøllalfa|alfakrøll) ?[\])}] ?| (?:krøllalfa|alfakrøll) )"
_DOT = r"(?:\.| ?[\[({] ?(?:dot|punktum|\.) ?[\])}] ?| (?:dot|punktum) )"
_SPELT = re.compile(rf"(?<![\w.+-])(?P<who>[\w.+-]+){_AT}(?P<where>[\w-]+(?:{_DOT}[\w-]+)+)", re.I)
_OFFICE = re.compile(
    r"(?:post|postmottak|kommunepost|firmapost|info|kontakt|servicetorg|servicetorget|byggesak|naring|naering|faktura"
    r"|support|booking|personvernombud)@(?:[\w-]+\.)*(?:kommune|fylkeskommune|dep|nav|skatteetaten|brreg|altinn|digdir"
    r"|mattilsynet|arbeidstilsynet|datatilsynet|vegvesen|statsforvalteren)\.no",
    re.I,
)
"""The mailboxes of public offices: nobody's own."""

_EIGHT = r"(?:[2-9]\d{7}|[2-9]\d(?: \d\d){3}|[489]\d\d[ -]\d\d[ -]\d\d\d|[489]\d\d\d \d{4})"
_PARTED = (
    r"(?:[2-9]\d(?P<by>[.-])\d\d(?P=by)\d\d(?P=by)\d\d|[489]\d\d(?P<between>[.-])\d\d(?P=between)\d{3}"
    r"|[489]\d{3} \d\d \d\d)"
)
_CALLED = re.compile(
    r"\b(?:tlf|telefon|(?:telefon|tlf|mobil)nr|telefonnummer(?:et)?|mobil(?:en|nummer|nummeret)?|mob|phone|tel|ring|call"
    r"|sms til|whatsapp)\b"
    rf"(?: min| mi| my| er| is| meg| me| på| on| at|[.: ]nr\b|[.: ])*(?P<number>{_PARTED}|{_EIGHT})(?!\d)",
    re.I,
)
"""What is called a phone is one, whether or not the number has been given out yet, and whatever parts it."""
_OR = re.compile(rf" ?/ ?(?P<number>{_EIGHT})(?!\d)")
"""Another one, beside one that was called so."""
_HOME = re.compile(rf"(?<!\d){_EIGHT}(?!\d)")
_ABROAD = re.compile(r"(?:\+|\b00)\d(?:[ -]?\d){7,13}(?!\d)")
_LABELS, _ENDINGS = "nr|ref|sak|kid|kode|versjon|no", "nummer|nummeret|referanse"
NUMBERED = re.compile(rf"kr|nok|{_LABELS}|\w*(?:{_ENDINGS})", re.I)
"""A word that says of the number after it that it is no phone's, and so belongs to no name before it."""
_BEFORE = re.compile(
    rf"(?:[\d§.,-]|(?<!\])/|\bkr\.? ?|\bnok ?|\b(?:{_LABELS})[.:]? ?|(?:{_ENDINGS})(?: er| is|:)? )\Z", re.I
)
"""What stands before a number that is no phone's; also at the end of a word: "fakturanummer 30012345"."""
_OWN = re.compile(r"(?:\btlf\.?|telefon|mobil)(?:nr\.?|nummer(?:et)?)?:? \Z|(?:nummer(?:et)?|nr\.?) mitt er \Z", re.I)
_AFTER = re.compile(r"\d|[.,/-]\d|,-| ?(?:kr|kroner|nok|mill|kwh|kvm|personer)\b| ?%", re.I)


def national_ids(text: str) -> Iterator[Span]:
    """National identity numbers. Whether anybody is born on that day says nothing: D-, H- and FH-numbers count too."""
    for found in _NATIONAL_ID.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if digits[9:] == fodselsnummer.calc_check_digit1(digits) + fodselsnummer.calc_check_digit2(digits):
            yield Span(*found.span())


def accounts(text: str) -> Iterator[Span]:
    """Numbers of bank accounts, in Norway and as IBAN."""
    for found in _ACCOUNT.finditer(text):
        if kontonr.is_valid(found[0]):
            yield Span(*found.span())
    for found in _IBAN.finditer(text):
        ends = [found.end(), *(found.start() + parted.start() for parted in re.finditer(r"[ -]", found[0]))]
        if whole := [end for end in ends if iban.is_valid(text[found.start() : end])]:
            yield Span(found.start(), whole[0])


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses, but not those of public offices."""
    for found in _EMAIL.finditer(text):
        if not _OFFICE.fullmatch(found[0]):
            yield Span(*found.span())
    for found in _SPELT.finditer(text):
        if not _OFFICE.fullmatch(f"{found['who']}@{re.sub(_DOT, '.', found['where'], flags=re.I)}"):
            yield Span(*found.span())


def phones(text: str) -> Iterator[Span]:
    """Phone numbers that people may have: those that are called so, those with a country's code, and those that can
    have been given out in Norway, where nothing says that they are money, dates or another kind of number."""
    for found in _CALLED.finditer(text):
        last: re.Match[str] | None = found
        while last and ((other := _OR.match(text, last.end())) or not _AFTER.match(text, last.end())):
            yield Span(*last.span("number"))
            last = other
    for found in _ABROAD.finditer(text):
        yield Span(*found.span())
    for found in _HOME.finditer(text):
        if _is_given_out(found[0]) and not _is_other(text, found):
            yield Span(*found.span())


def _is_given_out(number: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(number, "NO"))


def _is_other(text: str, number: re.Match[str]) -> bool:
    """Does what stands beside it say that it is no phone number?"""
    if _AFTER.match(text, number.end()):
        return True
    before = text[max(0, number.start() - 40) : number.start()]
    return not _OWN.search(before) and bool(_BEFORE.search(before) or _is_date(number[0]))


def _is_date(raw: str) -> bool:
    try:
        return 1900 <= dt.datetime.strptime(raw, "%d%m%Y").replace(tzinfo=dt.UTC).year <= 2099
    except ValueError:
        return False
