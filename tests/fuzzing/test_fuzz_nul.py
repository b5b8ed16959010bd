"""The character NUL, which PostgreSQL takes in no text, in each place of each address where somebody could put it.

Drawn at random it comes to where a database would meet with it about once in ten thousand requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from tests.fuzzing.conftest import Site, form
from tests.fuzzing.entries import FIELDS, Entry, Sent, entries
from tests.fuzzing.test_fuzz_entries import assert_well
from tests.web.examples import ANSWERED

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]

PAGES = Path("bot/handlers/web/pages")
NULS = ("\0", "a\0b")
GOOD = {
    "/spor": {"kanal": "naeringsliv", "tekst": ANSWERED},
    "/sprak": {"sprak": "nb"},
    "/m/{message}/tommel": {"verdi": "ned"},
    "/m/{message}/tilbakemelding": {"feil": "wrong", "tekst": "Prisen er en annen."},
    "/m/{message}/saksbehandler": {"sporsmal": ANSWERED},
    "/m/{message}/sak/{move}": {"mangler": "Prisen."},
    "/saker/{case}/{move}": {"svar": "Ja, det må du.", "grunn": "Andre vet det.", "til": "kari"},
    "/saker/{case}/tillegg": {"svar": "Husk gebyret.", "nokkel": "1" * 32, "gjor": "vis"},
    "/saker/{case}/publiser": {"sporsmal": ANSWERED, "svar": "Ja.", "gjor": "vis", "dato": "2030-01-01"},
    "/saker/{case}/sammen": {"inn": "M-1"},
    "/fravaer": {"fra": "2030-01-01", "til": "2030-01-02"},
}
"""What is sent there in earnest, by its path; no page takes more than five fields, or ten."""
MOVES = ("ta", "gi", "ikke-var", "spor", "svar", "folg", "hjalp")
"""In this order a case can be taken through them."""


def places(entry: Entry, site: Site) -> Iterator[str]:
    """The addresses of the entry where something is."""
    thread, _, reply, case, document = site.ids
    known = {"thread": thread, "message": reply, "case": case, "document:path": document}
    path = re.sub(r"\{([^}]*)\}", lambda name: known.get(name[1], name[0]), entry.path)
    for move in MOVES if "{move}" in path else ("",):
        yield re.sub(r"\{[^}]*\}", "x", path.replace("{move}", move))


def with_nul(entry: Entry) -> Iterator[str]:
    """The addresses of the entry with NUL in place of one of its parts."""
    for part in re.findall(r"\{[^}]*\}", entry.path):
        for nul in NULS:
            yield re.sub(r"\{[^}]*\}", "x", entry.path.replace(part, nul))


async def test_no_part_of_an_address_may_hold_it(site: Site) -> None:
    for entry in entries(site.app):
        for path in with_nul(entry):
            for cookie in site.cookies:
                for method in sorted(entry.methods - {"HEAD"}):
                    got = await site.send(Sent(method, path), cookie)
                    assert_well(Sent(method, path), got)
                    assert got.status == 400, (method, path, got)


async def test_no_value_of_a_query_may_hold_it(site: Site) -> None:
    for entry in entries(site.app):
        if "GET" not in entry.methods:
            continue
        for path in places(entry, site):
            for field in FIELDS:
                sent = Sent(
                    "GET", path, query=urlencode({"kanal": "naeringsliv", "etter": "0", field: "a\0b"}).encode()
                )
                got = await site.send(sent, site.cookies[-1])
                assert_well(sent, got)
                assert got.status == 400, (sent, got)


async def test_no_field_of_a_form_breaks_a_page_with_it(site: Site) -> None:
    _, asker, *_, officer = site.cookies
    for entry in entries(site.app):
        if "POST" not in entry.methods or entry.path in {"/ut", "/rolle", "/slack/events", "/teams/messages"}:
            continue
        for path in places(entry, site):
            for cookie in (asker, officer):
                for field in FIELDS:
                    body = urlencode(GOOD.get(entry.path, {}) | {field: "a\0b"})
                    sent = form(path, body, (b"accept", b"application/json"))
                    assert_well(sent, await site.send(sent, cookie))


@pytest.mark.parametrize("field", ["nokkel", "traad", "kanal"])
async def test_a_question_with_it_in_its_key_or_thread_is_refused_in_norwegian(site: Site, field: str) -> None:
    for more in ((b"accept", b"application/json"), (b"accept", b"text/html")):
        got = await site.send(form("/spor", urlencode(GOOD["/spor"] | {field: "a\0b"}), more), site.cookies[1])
        assert got.status == 400
        assert "Det forsto vi ikke" in got.body.decode(), got.body


async def test_an_address_with_it_is_refused_in_norwegian(site: Site) -> None:
    for path, query in (("/t/\0", b""), ("/", b"rett=%00"), ("/", quote("q=\0").encode())):
        got = await site.send(Sent("GET", path, query))
        assert (got.status, "kan ikke leses" in got.body.decode()) == (400, True)


def test_every_page_reads_forms_by_what_leaves_it_out() -> None:
    read = [file.name for file in sorted(PAGES.glob("*.py")) if "request.form(" in file.read_text(encoding="utf-8")]
    assert read == ["requests.py"]
