from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.outline import Anchors, Outline


def test_anchors_are_slugs_and_repeats_are_numbered() -> None:
    anchors = Anchors()
    headings = [
        "Når må du søke?",
        "§ 1.2 Ærlig talt",
        "Når må du søke",
        "  !! ",
        "når-må-du-søke",
        "Når må du søke 2",
        "?",
    ]
    assert [anchors.name(heading) for heading in headings] == [
        "nar-ma-du-soke",
        "1-2-aerlig-talt",
        "nar-ma-du-soke-2",
        "del",
        "nar-ma-du-soke-3",
        "nar-ma-du-soke-2-2",
        "del-2",
    ]


@given(st.lists(st.sampled_from(["a", "a 2", "a-2", "A!", "a 2 2", "b", ""])))
def test_no_two_anchors_are_equal(headings: list[str]) -> None:
    anchors = Anchors()
    assert len({anchors.name(heading) for heading in headings}) == len(headings)


def test_paths_follow_the_levels_of_headings() -> None:
    outline = Outline("T")
    outline.block("før")
    for level, heading in ((2, "A"), (4, "B"), (3, "C"), (2, "D"), (2, ""), (1, "E")):
        outline.heading(level, heading)
        outline.block(f"under {heading}" if heading else "mer")
    assert [(section.heading, section.path, section.text) for section in outline.sections()] == [
        ("T", (), "før"),
        ("A", (), "under A"),
        ("B", ("A",), "under B"),
        ("C", ("A",), "under C"),
        ("D", (), "under D\n\nmer"),
        ("E", (), "under E"),
    ]
