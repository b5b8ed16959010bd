from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.addresses import key_of
from ingest.sources import Source
from tests.ingest.test_addresses import ADDRESSES

FOLDER = Path("/lists")


def source(**values: Any) -> Source:
    common = {"name": "Næring", "kind": "page", "audience": "public", "language": "nb", "folder": FOLDER}
    return Source.model_validate({**common, **values})


SITE = source(site="https://www.k.no/naering/")
LAWS = source(lovdata=["LOV-*"])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://www.k.no/naering/skjenking", "naering/naering/skjenking"),
        ("http://k.no/naering/skjenking/", "naering/naering/skjenking"),
        ("https://k.no/naering/skjenking?utm_source=x#a", "naering/naering/skjenking"),
        ("https://k.no/", "naering/k-no-[0-9a-f]{8}"),
        ("https://k.no/S%C3%B8k", "naering/sok-[0-9a-f]{8}"),
        ("https://k.no/skjema.pdf", "naering/skjema-pdf-[0-9a-f]{8}"),
        ("https://k.no/vis?id=7", "naering/vis-[0-9a-f]{8}"),
        ("https://nav.no/a", "naering/nav-no/a-[0-9a-f]{8}"),
        ("https://k.no/" + "x" * 500, "naering/x{120}-[0-9a-f]{8}"),
    ],
)
def test_the_id_of_a_found_page_tells_its_path(address: str, expected: str) -> None:
    assert re.fullmatch(expected, SITE.document_id(address))


@given(ADDRESSES, ADDRESSES)
def test_two_pages_have_two_ids_and_one_has_one(one: str, other: str) -> None:
    same = SITE.document_id(one) == SITE.document_id(other)
    assert same == (key_of(one) == key_of(other))


LOOKALIKES = st.lists(st.sampled_from("a A - _ . / %2F å aa ?a ?b ? // ~ a-a".split()), max_size=5).map(
    lambda parts: f"https://k.no/{''.join(parts)}"
)


@given(LOOKALIKES, LOOKALIKES)
def test_pages_whose_names_look_alike_have_two_ids(one: str, other: str) -> None:
    same = SITE.document_id(one) == SITE.document_id(other)
    assert same == (key_of(one) == key_of(other))


@given(ADDRESSES)
def test_an_id_is_made_of_letters_digits_and_hyphens(address: str) -> None:
    assert re.fullmatch(r"naering(/[a-z0-9]+(-[a-z0-9]+)*)+", SITE.document_id(address))


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://api.lovdata.no/v1/x.tar.bz2#nl/nl-19970613-044.xml", "naering/nl-19970613-044"),
        ("file:///data/x.tar#sf/sf-20050608-0538.xml", "naering/sf-20050608-0538"),
        ("file:///data/x.tar#LOV-2005-*", "naering/lov-2005-[0-9a-f]{8}"),
        ("file:///data/x.tar#sf/nl-20050608-0538.xml", "naering/sf-nl-20050608-0538-xml-[0-9a-f]{8}"),
    ],
)
def test_the_id_of_a_law_tells_which_it_is(location: str, expected: str) -> None:
    assert re.fullmatch(expected, LAWS.document_id(location))


def test_files_that_would_have_the_same_id_have_two() -> None:
    files = tuple(FOLDER / "guides" / name for name in ("a.md", "A.md", "a.pdf", "b.md"))
    ids = [source(path="guides", files=files).document_id(file) for file in files]
    assert ids[3] == "guides/b"
    assert len(set(ids)) == 4
    assert all(re.fullmatch("guides/a-[0-9a-f]{8}", id_) for id_ in ids[:3])
