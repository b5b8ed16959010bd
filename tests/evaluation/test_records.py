from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path

import pytest

from bot.evaluation.records import KnownQuestion, Query, Record, RecordsError, read_records

TODAY = dt.date(2026, 11, 25)


def write(path: Path, *lines: object) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    content = text.encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["corpus.jsonl", "corpus.jsonl.gz"])
def test_records_are_read_in_order_plain_or_gzipped(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, {"id": "å", "title": "T", "text": "Ære"}, "", {"id": "b", "text": "", "more": [1]})
    assert read_records(path, Record) == [Record(id="å", title="T", text="Ære"), Record(id="b", text="")]


@pytest.mark.parametrize(
    ("gold", "read"), [("a", ("a",)), (["a", "b"], ("a", "b")), (7, ("7",)), ([7, "8"], ("7", "8"))]
)
def test_gold_is_one_id_or_a_list_of_them(tmp_path: Path, gold: object, read: tuple[str, ...]) -> None:
    path = write(tmp_path / "q.jsonl", {"id": 1, "text": "Hva?", "gold": gold})
    assert read_records(path, Query) == [Query(id="1", text="Hva?", gold=read)]


def test_what_a_question_may_leave_out_may_also_be_null(tmp_path: Path) -> None:
    bare = {"id": "1", "text": "Hva?", "answerable": False}
    empty = {"id": "2", "text": "Hva?", "answerable": False, "gold": None, "history": None, "must_contain": None}
    full = {"id": "3", "text": "Og?", "answerable": True, "gold": "a", "history": ["Hva?"], "must_contain": "ja"}
    questions = read_records(write(tmp_path / "q.jsonl", bare, empty, full), KnownQuestion)
    assert [(each.gold, each.history, each.must_contain) for each in questions] == [
        ((), (), ()),
        ((), (), ()),
        (("a",), ("Hva?",), ("ja",)),
    ]


GOOD = {"id": "1", "text": "Hva?", "gold": "a"}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["", GOOD, {"id": "2", "gold": "a"}], "line 3: text: Field required"),
        ([GOOD, {"text": "Hva?", "gold": "a"}], "line 2: id: Field required"),
        ([GOOD, {"id": "", "text": "Hva?", "gold": "a"}], "line 2: id: "),
        ([{"id": "1", "text": "Hva?"}], "line 1: gold: Field required"),
        ([{"id": "1", "text": "Hva?", "gold": []}], "line 1: gold: "),
        ([{"id": "1", "text": "Hva?", "gold": None}], "line 1: gold: "),
        ([{"id": "1", "text": "Hva?", "gold": {"a": 1}}], "line 1: gold.0: "),
        ([{"id": "1", "text": ["Hva?"], "gold": "a"}], "line 1: text: "),
        ([GOOD, '{"id": "2", "text": '], "line 2: Invalid JSON"),
        ([GOOD, "[1, 2]"], "line 2: "),
        ([GOOD, GOOD], "line 2: the id '1' stands there already"),
        ([""], "holds no records"),
    ],
)
@pytest.mark.parametrize("name", ["q.jsonl", "q.jsonl.gz"])
def test_a_wrong_line_is_told_with_file_and_line(tmp_path: Path, name: str, lines: list[object], told: str) -> None:
    path = write(tmp_path / name, *lines)
    with pytest.raises(RecordsError) as error:
        read_records(path, Query)
    assert str(error.value).startswith(str(path))
    assert told in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("q.jsonl.gz", b'{"id": "1"}', "can't be read"),
        ("q.jsonl.gz", gzip.compress(b'{"id": "1"}' * 100, mtime=0)[:-12], "can't be read"),
        ("q.jsonl.gz", gzip.compress(b"\xff\xfe", mtime=0), "is not UTF-8"),
        ("q.jsonl", b"\xff\xfe", "is not UTF-8"),
        ("q.jsonl", None, "can't be read (No such file or directory)"),
    ],
)
def test_a_file_that_is_no_text_is_told(tmp_path: Path, name: str, content: bytes | None, told: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecordsError, match=f"^{path}: "):
        read_records(path, Query)
    with pytest.raises(RecordsError) as error:
        read_records(path, Query)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("in_force", "holds"),
    [
        (True, True),
        (None, True),
        (False, False),
        ("2026-11-25", True),
        ("2026-11-26", False),
        ("1998-01-01, 2027-01-01", True),
        ("Kongen bestemmer", False),
    ],
)
def test_a_law_holds_from_the_day_it_is_in_force(in_force: bool | str | None, holds: bool) -> None:
    assert Record(id="1", text="", in_force=in_force).holds(TODAY) is holds


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Serveringsloven § 15. Åpningstider", "law:serveringsloven/15"),
        ("Serveringsloven §\N{NO-BREAK SPACE}15", "law:serveringsloven/15"),
        ("Plan- og bygningsloven § 20-1. Tiltak", "law:plan-og-bygningsloven/20-1"),
        ("Forvaltningslova § 11 d. Muntlig", "law:forvaltningsloven/11d"),
        ("Servering", None),
    ],
)
def test_a_record_that_is_titled_as_a_paragraph_can_be_asked_for_by_it(title: str, key: str | None) -> None:
    (section,) = Record(id="1", title=title, text="Tekst.").document.sections
    assert section.keys == ((key,) if key else ())


@pytest.mark.parametrize(
    ("fields", "title", "heading", "keys"),
    [
        (
            {"law": "Lov om omsetning av alkohol", "short": "Alkoholloven – alkhl", "section": "§ 4-5", "title": "Mål"},
            "Alkoholloven",
            "§ 4-5 Mål",
            ("law:alkoholloven/4-5",),
        ),
        (
            {"title": "Alkoholloven – alkhl § 1-4a Bevillingsplikt"},
            "Alkoholloven",
            "§ 1-4a Bevillingsplikt",
            ("law:alkoholloven/1-4a",),
        ),
        (
            {"law": "Forskrift om varmt vann", "short": "", "section": "§ 9"},
            "Forskrift om varmt vann",
            "§ 9",
            ("law:forskrift-om-varmt-vann/9",),
        ),
        (
            {"short": "Byggteknisk forskrift (TEK17)", "section": "§ 13-5", "title": "Radon"},
            "Byggteknisk forskrift (TEK17)",
            "§ 13-5 Radon",
            ("law:byggteknisk-forskrift/13-5",),
        ),
        (
            {"title": "Tobakksskadeloven – tobskl § 17 Aldersgrense"},
            "Tobakksskadeloven",
            "§ 17 Aldersgrense",
            ("law:tobakksskadeloven/17", "law:tobskl/17"),
        ),
        (
            {"title": "Personopplysningsloven  Artikkel 6. Behandlingens lovlighet"},
            "Personopplysningsloven",
            "Artikkel 6. Behandlingens lovlighet",
            ("law:personvernforordningen/6",),
        ),
        ({"title": "Vedlegg 5 (nevnt i artikkel 6 nr. 3)"}, "Vedlegg 5 (nevnt i artikkel 6 nr. 3)", "", ()),
        ({"short": "Avfallsforskriften", "title": "Til § 11 d"}, "Avfallsforskriften", "Til § 11 d", ()),
        ({"title": "Skilt"}, "Skilt", "", ()),
    ],
)
def test_a_paragraph_says_which_law_it_stands_in(
    fields: dict[str, str], title: str, heading: str, keys: tuple[str, ...]
) -> None:
    document = Record.model_validate({"id": "1", "text": "Tekst.", **fields}).document
    (section,) = document.sections
    assert (document.title, section.heading, section.keys) == (title, heading, keys)


@pytest.mark.parametrize(
    ("text", "ledd"),
    [
        (
            "En.\n\nTo:\n\n- a,\n- b\n\nog slutt.\n\nTre.",
            {"1": "En.", "2": "To:\n\n- a,\n- b\n\nog slutt.", "3": "Tre."},
        ),
        ("(1) En.\n\n(2a) To.", {"1": "(1) En.", "2a": "(2a) To."}),
        ("Innledning.\n\n(1) En.", {}),
        ("En.", {"1": "En."}),
    ],
)
def test_the_ledd_of_a_paragraph_can_be_asked_for(text: str, ledd: dict[str, str]) -> None:
    (section,) = Record(id="1", title="Torgloven § 4", text=text).document.sections
    assert {part.anchor.removeprefix("ledd-"): text[part.start : part.end] for part in section.parts} == ledd


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Serveringsloven § 3 Bevilling", "law"),
        ("Avfallsforskriften  Vedlegg 3. Krav", "law"),
        ("Byggesaksforskriften (SAK 10)  Kapittel 9. Foretak", "law"),
        ("Anskaffelsesforskriften – FOA  Vedlegg 2. Tjenester", "law"),
        ("Forskrift om miljørettet helsevern  Til kapittel 3", "law"),
        ("Serveringsloven i praksis", "page"),
        ("Grunnloven", "page"),
        ("Uteservering", "page"),
    ],
)
def test_what_is_of_a_law_is_known_by_its_title(title: str, kind: str) -> None:
    assert Record(id="x", title=title, text="Noe.").document.kind == kind
