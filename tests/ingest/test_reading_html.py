from __future__ import annotations

import datetime as dt

import pytest

from ingest.readers.reading import ReadError
from tests.ingest.conftest import Read

PAGE = """<!doctype html><html lang="nb"><head><title>Skilt - Kommunen</title>
<meta property="article:published_time" content="2026-03-01T10:00:00+01:00">
<meta name="DCTERMS.modified" content="2026-04-02">
<style>p {color: red}</style></head><body>
<header>Kommunen</header><nav><ul><li>Meny</li></ul></nav><div class="cookie" role="dialog">Godta alle</div>
<main><h1>Skilt og <em>reklame</em></h1>
<p>Skilt må   omsøkes,<br>jf.
<a href="https://lovdata.no/dokument/NL/lov/2008-06-27-71/§30-3">plan- og bygningsloven § 30-3</a>.</p>
<aside>Les også</aside><script>alert("x")</script>
<h2>Hva kreves?</h2><p>Dette:</p><ul><li><p>Tegning</p></li>
<li>Foto<ul><li>av <b>hele</b> fasaden</li></ul></li></ul>
<table><tr><th>Type</th><th>Frist</th></tr><tr><td><p>Skilt</p></td><td>3 uker</td></tr></table>
<h3>Unntak</h3>Små <span>skilt</span><div>Maks 1&nbsp;m²</div>
<h2>Tomt</h2><h2>Hva kreves?</h2><p>Mer</p><form>Søk</form></main>
<footer>Kontakt oss</footer></body></html>"""


def test_the_main_content_becomes_sections(read_file: Read) -> None:
    page = read_file("skilt.html", PAGE)
    assert (page.id, page.title, page.published, page.changed) == (
        "guides/skilt",
        "Skilt og reklame",
        dt.date(2026, 3, 1),
        dt.date(2026, 4, 2),
    )
    assert [(section.anchor, section.path, section.text) for section in page.sections] == [
        ("skilt-og-reklame", (), "Skilt må omsøkes,\njf. plan- og bygningsloven § 30-3."),
        ("hva-kreves", (), "Dette:\n\n- Tegning\n- Foto\n- av hele fasaden\n\nType | Frist\nSkilt | 3 uker"),
        ("unntak", ("Hva kreves?",), "Små skilt\n\nMaks 1 m²"),
        ("hva-kreves-2", (), "Mer"),
    ]
    assert [reference.key for reference in page.sections[0].rests_on] == ["law:plan-og-bygningsloven/30-3"]


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title>Fra hodet</title><p>x", "Fra hodet"),
        ("<title>a</title><meta property='og:title' content='Fra meta'><p>x", "Fra meta"),
        ("<body><header><h1>I toppen</h1></header><main><p>x</main>", "I toppen"),
        ("<p>x", "Min side"),
    ],
)
def test_the_title_is_found_where_it_is(read_file: Read, page: str, title: str) -> None:
    assert read_file("min-side.html", page).title == title


def test_the_source_names_the_page_if_it_wants(read_file: Read) -> None:
    assert read_file("a.html", PAGE, title="Skilting").title == "Skilting"


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("", "utf-8"),
        ("", "latin-1"),
        ('<meta charset="iso-8859-1">', "latin-1"),
        ("<meta charset=windows-1252>", "cp1252"),
    ],
)
def test_the_encoding_is_found(read_file: Read, head: str, encoding: str) -> None:
    assert read_file("a.html", f"{head}<p>Blåbærsøknad".encode(encoding)).sections[0].text == "Blåbærsøknad"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "is empty"),
        ("bare tekst", "has no HTML"),
        ("<html><body><script>app()</script></body></html>", "has no text"),
        ("<html><body><nav>meny</nav></body></html>", "has no text"),
        (b"%PDF-1.4", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n\x00", "holds control characters"),
    ],
)
def test_a_bad_page_is_told(read_file: Read, content: str | bytes, expected: str) -> None:
    with pytest.raises(ReadError, match=rf"bad\.html: {expected}"):
        read_file("bad.html", content)


def test_a_page_nested_beyond_reason_is_read(read_file: Read) -> None:
    assert read_file("deep.html", "<div>" * 20_000 + "dypt").sections[0].text == "dypt"


def test_an_html_page_is_read_from_another_name_where_the_source_says_so(read_file: Read) -> None:
    assert read_file("page.aspx", PAGE, reader="html").title == "Skilt og reklame"
