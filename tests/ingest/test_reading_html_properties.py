"""What holds for any page: nothing of the content is lost, doubled or moved, and no page breaks the reader."""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.passages import passages_of
from ingest.readers.reading import ReadError
from tests.ingest.conftest import Read

PAGES = [(Path(__file__).parent / "pages" / f"{name}.html").read_bytes() for name in ("acos", "episerver", "wordpress")]
_QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


# Every heading has text of its own: one without is no section.
_AROUND = {
    "panel": "<h3><button aria-expanded=false aria-controls=p>@</button></h3><div id=p hidden>@ {}</div>",
    "details": "<details><summary>@</summary>@ {}</details>",
    "table": "<table><tr><th>@</th><td>{}</td></tr><tr><td>@</td></tr></table>",
    "list": "<ul><li>@</li><li>{}</li></ul>",
    "terms": "<dl><dt>@</dt><dd>{}</dd></dl>",
    "heading": "<h4>@</h4>@ <div>{}</div>",
    **{tag: f"<{tag}>{{}}</{tag}>" for tag in "div section p aside b blockquote span article".split()},
}
_KINDS = st.sampled_from(list(_AROUND.values()))
_TEXTS = st.sampled_from(["@", "@ <b>@</b>@", "@<br>@", "<p>@<p>@", "@&nbsp;@", "<a href='/x'>@</a> @ @ @ @"])
_HTML = st.recursive(
    _TEXTS,
    lambda inner: st.builds(str.format, _KINDS, inner) | st.lists(inner, min_size=2, max_size=4).map(" ".join),
    max_leaves=12,
)


@_QUIET
@given(_HTML)
def test_every_word_of_the_content_is_in_one_section_in_reading_order(read_file: Read, html: str) -> None:
    count = html.count("@")
    for number in range(count):
        html = html.replace("@", f"ord{number}", 1)
    page = read_file("a.html", f"<nav>meny</nav><main><h1>T</h1>{html}<p>slutt</p></main><footer>bunn</footer>")
    told = " ".join(f"{' '.join(section.path)} {section.heading} {section.text}" for section in page.sections)
    in_texts = re.findall(r"ord\d+|slutt", " ".join(section.text for section in page.sections))
    assert len(set(in_texts)) == len(in_texts)
    assert in_texts == sorted(in_texts, key=lambda word: int(word[3:]) if word != "slutt" else count)
    assert {*re.findall(r"ord\d+", told)} == {f"ord{number}" for number in range(count)}


@pytest.mark.parametrize("page", PAGES, ids=["acos", "episerver", "wordpress"])
def test_a_damaged_page_is_read_or_told(read_file: Read, page: bytes) -> None:
    @_QUIET
    @given(st.lists(st.tuples(st.integers(0, len(page)), st.binary(max_size=6), st.integers(0, 40)), max_size=8))
    def check(changes: list[tuple[int, bytes, int]]) -> None:
        content = page
        for place, put, cut in changes:
            content = content[:place] + put + content[place + cut :]
        reason = ""
        try:
            assert read_file("a.html", content).sections
        except ReadError as error:
            reason = str(error)
        assert "cannot be read" not in reason, "the reader broke"

    check()


_HOSTILE = {
    "end tags of nothing": "<div></x>" * 20_000,
    "end tags in objects": "<div><object></div>" * 20_000,
    "nested in a picture's script": "<svg><script>" + "<g>" * 50_000,
    "nested behind an empty comment": "<!-->" + "<div>" * 50_000,
    "nested behind an attribute": "<p a='<script>'>" + "<div>" * 50_000,
    "attributes": "<p " + " ".join(f"a{number}" for number in range(50_000)) + ">x",
    "roots": "".join(f"<html a{number}>" for number in range(50_000)) + "x",
    "captions": "<figure>" + "<figcaption>x</figcaption>" * 8_000,
    "cells over all rows": ("<tr><td rowspan=100 colspan=100>" + "ord " * 500 + "<tr>" * 99) * 20,
    "white space": "publisert" + " " * 500_000 + "x",
    "laws": "".join(f"<a href='https://lovdata.no/lov/1-1-1/§{n}'>lov&shy;en § {n}</a> og " for n in range(5_000)),
}


@pytest.mark.parametrize("html", _HOSTILE.values(), ids=_HOSTILE)
def test_a_page_made_to_take_long_does_not(read_file: Read, html: str) -> None:
    start = time.process_time()
    with contextlib.suppress(ReadError):
        passages_of(read_file("a.html", f"<html><body><main><h1>T</h1>{html}"))
    assert time.process_time() - start < 2.0


def test_half_a_character_in_what_a_page_tells_machines_is_left_out(read_file: Read) -> None:
    crumbs = '{"@type": "BreadcrumbList", "itemListElement": [{"position": 1, "name": "\\ud800"}]}'
    page = f"<script type='application/ld+json'>{crumbs}</script><main><h1>Skilt</h1><p>Søk."
    document = read_file("a.html", page)
    assert (document.sections[0].path, len(document.digest)) == ((), 64)
