from __future__ import annotations

import datetime as dt

import pytest

from ingest.readers.reading import ReadError
from knowledge.model import Audience, LegalReference
from tests.ingest.conftest import Read

LAW = "https://lovdata.no/dokument/NL/lov/1997-06-13-55"
GUIDE = f"""---
title: Serveringsbevilling
language: nn
topic: servering
audience: public
kind: guidance
checked: 2026-11-24
---
# Serveringsbevilling

Rettleiing, kontrollert mot lovteksten 24.11.2026. Lovteksten gjeld framfor rettleiinga.

## Når må du søke?
Den som vil *drive* serveringssted,
må ha bevilling, jf. [serveringsloven § 3]({LAW}/§3). Les [mer](https://k.no).

Søk før du åpner, jf. [serveringsloven § 3]({LAW}/§3).

## Hva må du sende?

- namn og **adresse**
- plan, jf. [plan- og bygningslova § 20-1](https://lovdata.no/dokument/NL/lov/2008-06-27-71/§20-1)
  - for kjøkkenet

1. Først
2. Så

### Unntak
Ingen, jf. [byggesaksforskriften (SAK10) § 4-1](https://lovdata.no/dokument/SF/forskrift/2010-03-26-488/§4-1).

## Når må du søke?
Igjen.
"""


def test_a_guide_is_read_with_its_front_matter(read_file: Read) -> None:
    guide = read_file("serveringsbevilling.md", GUIDE)
    assert (guide.id, guide.title, guide.language) == ("guides/serveringsbevilling", "Serveringsbevilling", "nn")
    assert (guide.kind, guide.audience, guide.topic) == ("guidance", Audience.PUBLIC, "servering")
    assert (guide.checked, guide.source, guide.url) == (dt.date(2026, 11, 24), "Veiledninger", None)


def test_every_heading_is_a_section_and_the_line_about_checking_is_none(read_file: Read) -> None:
    sections = read_file("g.md", GUIDE).sections
    assert [(section.anchor, section.path) for section in sections] == [
        ("nar-ma-du-soke", ()),
        ("hva-ma-du-sende", ()),
        ("unntak", ("Hva må du sende?",)),
        ("nar-ma-du-soke-2", ()),
    ]
    assert sections[0].heading == "Når må du søke?"


def test_text_is_plain(read_file: Read) -> None:
    first, second, *_ = read_file("g.md", GUIDE).sections
    assert first.text == (
        "Den som vil drive serveringssted, må ha bevilling, jf. serveringsloven § 3. Les mer.\n\n"
        "Søk før du åpner, jf. serveringsloven § 3."
    )
    assert second.text == (
        "- namn og adresse\n- plan, jf. plan- og bygningslova § 20-1\n  - for kjøkkenet\n\n- Først\n- Så"
    )


def test_links_to_lovdata_are_references_once_each(read_file: Read) -> None:
    first, second, third, fourth = read_file("g.md", GUIDE).sections
    assert first.rests_on == (
        LegalReference(label="serveringsloven § 3", url=f"{LAW}/§3", key="law:serveringsloven/3"),
    )
    assert [reference.key for reference in second.rests_on] == ["law:plan-og-bygningsloven/20-1"]
    assert [reference.key for reference in third.rests_on] == ["law:byggesaksforskriften/4-1"]
    assert fourth.rests_on == ()


@pytest.mark.parametrize(
    ("link", "key"),
    [
        (f"[§ 15]({LAW}/§15)", "law:1997-06-13-55/15"),
        (f"[serveringsloven § 27 a]({LAW}/§27a)", "law:serveringsloven/27a"),
        (f"[avfallsforskriften § 10a-8]({LAW}/§10a-8)", "law:avfallsforskriften/10a-8"),
        (f"[forurensningsforskriften § 15A-4]({LAW}/§15A-4)", "law:forurensningsforskriften/15a-4"),
        (f"[plan- og bygningsloven § 12 A-4]({LAW}/§12A-4)", "law:plan-og-bygningsloven/12a-4"),
        (f"[forurensningsforskriften]({LAW}/§15A-4)", "law:forurensningsforskriften/15a-4"),
        (f"[veglova § 27A]({LAW}/§27A)", "law:vegloven/27a"),
        (f"[serveringslovens §§ 3 og 4]({LAW}/§3)", "law:serveringsloven/3"),
        (f"[serveringsloven\u00a0§\u00a03]({LAW}/%C2%A73)", "law:serveringsloven/3"),
        (f"[serveringsloven]({LAW})", "law:serveringsloven"),
        ("[serveringsloven § 3](https://lovdata.no.k.no/§3)", None),
        ("[serveringsloven § 3](https://k.no/lovdata.no)", None),
    ],
)
def test_what_a_link_refers_to(read_file: Read, link: str, key: str | None) -> None:
    (section,) = read_file("g.md", f"# T\n\n## A\n\nSe {link}.").sections
    assert [reference.key for reference in section.rests_on] == ([key] if key else [])


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("a\\\nb", "a\nb"),
        ("a<!-- x --> <b>b</b>", "a b"),
        ("<div>a <script>x()</script>b</div>", "a b"),
        ("> a\n>\n> b", "a\n\nb"),
        ("```\nkode  her\n```", "kode  her"),
        ("| a | b |\n|---|---|\n| 1 | **2** |", "a | b\n1 | 2"),
        ("![et kart](kart.png)", "et kart"),
        ("a\u00a0b &amp; c", "a b & c"),
        ("*   a\n\n    b\n\n*   c", "- a\n  b\n- c"),
        ("a\n\n---\n\nb\n\n---\n\nc", "a\n\nb\n\nc"),
    ],
)
def test_formatting_becomes_plain_text(read_file: Read, body: str, text: str) -> None:
    assert read_file("g.md", f"# T\n\n{body}").sections[0].text == text


def test_without_front_matter_the_source_and_the_first_heading_speak(read_file: Read) -> None:
    document = read_file(
        "g.md", "# Skilt\n\nInnledning.\n\n## Om\n\nTekst.", topic="skilt", area="Handel", public_url="https://k.no"
    )
    assert (document.title, document.topic, document.area, document.url) == ("Skilt", "skilt", "Handel", "https://k.no")
    assert [(section.heading, section.text) for section in document.sections] == [
        ("Skilt", "Innledning."),
        ("Om", "Tekst."),
    ]


def test_a_document_may_narrow_its_audience_but_not_widen_it(read_file: Read) -> None:
    internal = "---\naudience: internal\n---\n# T\n\nx"
    assert read_file("g.md", internal).audience is Audience.INTERNAL
    assert read_file("g.md", internal, audience="internal").audience is Audience.INTERNAL
    with pytest.raises(ReadError, match="is marked public but source 'Veiledninger' is internal; mark it internal"):
        read_file("g.md", internal.replace("internal", "public"), audience="internal")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("# Bare en tittel", "has no text"),
        ("---\ntitle: T\n---\n", "has no text"),
        ("---\ntitle: T\n\n# T\n\nx", "front matter has no end"),
        ("---\ntitle: [\n---\nx", "front matter is not YAML"),
        ("---\naudience: hemmelig\n---\nx", "front matter, audience: .*'public' or 'internal'"),
        ("---\naudiense: internal\n---\nx", "front matter, audiense: extra inputs"),
        ("---\nlanguage: no\n---\nx", "front matter, language: "),
        ("---\nchecked: i går\n---\nx", "front matter, checked: "),
        ("---\n- a\n---\nx", "front matter, the whole of it"),
        ("<!DOCTYPE html><html><body>x</body></html>", "is an HTML page"),
        ("\n<!-- saved --><html lang=no>x", "is an HTML page"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"# T\n\n\x00\x01\x02", "holds control characters"),
        ("# T\n\nblåbær".encode() + "gjærbakst".encode("latin-1"), "is not text in an encoding"),
        (b"# T\n\nbl\x81\x8d", "is not text in an encoding"),
    ],
)
def test_a_bad_file_is_told_by_name_with_advice(read_file: Read, content: str | bytes, expected: str) -> None:
    with pytest.raises(ReadError, match=rf"guides/bad\.md: {expected}.*; \w+"):
        read_file("bad.md", content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_norwegian_text_in_common_encodings(read_file: Read, encoding: str) -> None:
    section = read_file("g.md", "# T\r\n\r\nBlåbær og søknad «her» § 3".encode(encoding)).sections[0]
    assert section.text == "Blåbær og søknad «her» § 3"


def test_a_format_that_is_not_read_is_told(read_file: Read) -> None:
    with pytest.raises(ReadError, match=r"is in a format that is not read .*; .*markdown, html, .*pdf, plan"):
        read_file("a.svg", b"<svg/>")
    assert read_file("a.txt", "# T\n\nx", reader="markdown").title == "T"


def test_a_document_without_any_title_is_named_after_its_file(read_file: Read) -> None:
    document = read_file("skilt_i-sentrum.md", "Bare tekst.")
    assert (document.title, document.sections[0].heading) == ("Skilt i sentrum", "Skilt i sentrum")
