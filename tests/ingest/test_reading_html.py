from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ingest.readers.html.nesting import DEEPEST
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

PAGES = Path(__file__).parent / "pages"
"""Pages in the shapes of the usual Norwegian municipal sites, and what is to be read of each."""


@pytest.mark.parametrize("name", "acos custompublish enonic episerver next unmarked wordpress".split())
def test_a_municipal_page_is_read_as_people_see_it_with_all_unfolded(read_file: Read, name: str) -> None:
    page = read_file(f"{name}.html", (PAGES / f"{name}.html").read_bytes())
    crumbs = page.sections[0].path
    lines = [f"{page.title} | {page.language} | {page.published} | {page.changed} | {' › '.join(crumbs)}".rstrip()]
    for section in page.sections:
        assert section.path[: len(crumbs)] == crumbs
        lines.append(f"# {' › '.join((*section.path[len(crumbs) :], section.heading))} {{{section.anchor}}}")
        lines += section.text.split("\n")
    assert lines == (PAGES / f"{name}.txt").read_text().rstrip().split("\n")


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
        ("hva-kreves", (), "Dette:\n\n- Tegning\n- Foto\n  - av hele fasaden\n\nType | Frist\nSkilt | 3 uker"),
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
        ("<title>Skjenking - Storvik kommune</title><p>x", "Skjenking"),
        ("<title>Storvik kommune | Mat - og drikke</title><p>x", "Mat - og drikke"),
        ("<title>Mat | Servering | Vik kommune</title><p>x", "Mat | Servering"),
        ("<title>Mat | Vi</title><meta property='og:site_name' content='Vi'><p>x", "Mat"),
        ("<title>Storvik kommune</title><p>x", "Storvik kommune"),
        ("<h1>Nærings&shy;plan</h1><p>x", "Næringsplan"),
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


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("nn-NO", "Du må søkje.", "nn"),
        ("nb", "Du må søke.", "nb"),
        ("no", "Du må søke.", "nn"),
        ("en", "You must apply to Åsnes.", "en"),
        ("en", "Du må søke på nytt når året er omme.", "nn"),
        ("pl-PL", "Wniosek", "pl"),
        ("", "Du må søke.", "nn"),
        ("x" * 99, "Du må søke.", "nn"),
    ],
)
def test_the_language_is_the_pages_where_it_says_so(read_file: Read, lang: str, text: str, expected: str) -> None:
    assert read_file("a.html", f"<html lang='{lang}'><p>{text * 9}", language="nn").language == expected


@pytest.mark.parametrize(
    ("line", "published", "changed", "checked"),
    [
        ("Publisert 01.02.2024", "2024-02-01", "None", "None"),
        ("Publisert: 1.2.2024 11:25:40 Sist endret: 03.03.2025 09:58:27", "2024-02-01", "2025-03-03", "None"),
        ("Sist endra måndag 3. mars 2025 kl. 12.00 av Ola Nordmann", "None", "2025-03-03", "None"),
        ("Last updated: 14 February 2025", "None", "2025-02-14", "None"),
        ("Sist oppdatert den 9. des. 2024 | Sist kontrollert 2025-01-31", "None", "2024-12-09", "2025-01-31"),
        ("Tekst av Kari, oppdatert 3/10/24", "None", "2024-10-03", "None"),
    ],
)
def test_the_line_of_dates_is_understood_and_is_no_text(
    read_file: Read, line: str, published: str, changed: str, checked: str
) -> None:
    page = read_file("a.html", f"<main><p>Tekst.</p><p>{line}</p></main>")
    assert (str(page.published), str(page.changed), str(page.checked)) == (published, changed, checked)
    assert page.sections[0].text == "Tekst."


@pytest.mark.parametrize(
    "text", ["Gebyret ble endret 1. mai 2024 og gjelder fra i dag.", "Publisert 41.13.2024", "Publisert"]
)
def test_a_sentence_with_a_date_is_text(read_file: Read, text: str) -> None:
    assert read_file("a.html", f"<main><p>{text}</p></main>").sections[0].text == text


@pytest.mark.parametrize(
    ("html", "sections"),
    [
        ("<h2>A</h2><details><summary>B</summary>b</details>c", [("B", ("A",), "b"), ("A", (), "c")]),
        ("<details><summary>B</summary><h2>C</h2>c</details>", [("C", ("B",), "c")]),
        ("<button aria-expanded=false>B</button><div hidden>b</div>", [("B", (), "b")]),
        ("<h3>B</h3><div style='display: none'>b</div>", [("B", (), "b")]),
        ("<p>a</p><button aria-expanded=false aria-controls=x>Vis mer</button><p id=x hidden>b", [("T", (), "a\n\nb")]),
        ("<p>a</p><div hidden>b</div><div aria-hidden=true>c</div>", [("T", (), "a")]),
        ("<p>a</p><h2>Les også</h2><ul><li>b</ul><h2>C</h2>c", [("T", (), "a"), ("C", (), "c")]),
        ("<p>a</p><aside><a href=x>Noe annet</a></aside><aside>Fakta: b</aside>", [("T", (), "a\n\nFakta: b")]),
        ("<dl><dt>Gebyr<dd>500 kr<dd>i år<dt>Frist:<dd>1. mai</dl>", [("T", (), "Gebyr: 500 kr\ni år\nFrist: 1. mai")]),
        ("<ol><li>a<li>b<ul><li>c</ul></ol>", [("T", (), "1. a\n2. b\n  - c")]),
        ("<table><tr><td colspan=2>a<td>b<tr><td><p>c<td><ul><li>d</ul><td>e</table>", [("T", (), "a | b\nc | d | e")]),
        ("<table><tr><td rowspan=3>a<td>b<tr><td>c</table>", [("T", (), "a | b\na | c")]),
    ],
)  # fmt: skip
def test_what_pages_are_made_of(read_file: Read, html: str, sections: list[tuple[str, tuple[str, ...], str]]) -> None:
    page = read_file("t.html", f"<main><h1>T</h1>{html}</main>")
    assert [(section.heading, section.path, section.text) for section in page.sections] == sections


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<div id=root></div><script src=app.js></script>", "has no text before scripts have run"),
        ("<h1>Intranett</h1><p>Velkommen</p><form><input type=password></form>", "is a page to sign in"),
        ("<title>404 - Fant ikke siden</title><p>Prøv søket.", r'is a page of an error \("404 - Fant ikke siden"\)'),
        ("<h1>Siden finnes ikke</h1><p>Prøv søket.", "is a page of an error"),
    ],
)
def test_a_page_without_its_content_is_told(read_file: Read, page: str, expected: str) -> None:
    with pytest.raises(ReadError, match=rf"bad\.html: {expected}.*; \w+"):
        read_file("bad.html", page)


@pytest.mark.parametrize(
    "html",
    ["<div>" * 50_000 + "dypt", "<details><summary>a</summary>" * 20_000 + "dypt", "<ul><li>" * 20_000 + "dypt"],
    ids=["divs", "details", "lists"],
)
def test_a_page_nested_beyond_reason_is_read(read_file: Read, html: str) -> None:
    assert read_file("deep.html", html).sections[-1].text.endswith("dypt")


def test_a_page_as_deep_as_browsers_go_keeps_its_headings(read_file: Read) -> None:
    html = "<div>" * (DEEPEST - 1) + "<h2>A</h2><p>a" + "</div>" * (DEEPEST - 1) + "<h2>B</h2>b<script>'<div>'</script>"
    assert [section.heading for section in read_file("deep.html", html).sections] == ["A", "B"]


def test_an_html_page_is_read_from_another_name_where_the_source_says_so(read_file: Read) -> None:
    assert read_file("page.aspx", PAGE, reader="html").title == "Skilt og reklame"
