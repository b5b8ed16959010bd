from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.addresses import host_of, key_of, normal

SAME = [
    ("https://k.no/a", "https://k.no/a#del"),
    ("https://k.no/a", "HTTPS://K.NO:443/a"),
    ("https://k.no/a", "https://k.no/b/../a"),
    ("https://k.no/a", " https://k.no/a\n"),
    ("https://k.no/", "https://k.no"),
    ("https://k.no/a", "https://k.no/a?utm_source=x&UTM_medium=y&fbclid=z"),
    ("https://k.no/a?id=1", "https://k.no/a?utm_source=x&id=1&"),
    ("https://k.no/s%C3%B8k", "https://k.no/søk"),
    ("https://k.no/s%C3%B8k", "https://k.no/s%c3%b8k"),
    ("https://k.no/~a-b", "https://k.no/%7Ea%2Db"),
    ("https://xn--bod-2na.no/", "https://bodø.no/"),
]
DIFFERENT = [
    ("https://k.no/a", "https://k.no/A"),
    ("https://k.no/a", "https://k.no/a?id=1"),
    ("https://k.no/a?id=1", "https://k.no/a?id=2"),
    ("https://k.no/a/b", "https://k.no/a%2Fb"),
    ("https://k.no/a", "https://l.no/a"),
    ("https://k.no/a", "https://k.no:8443/a"),
    ("https://k.no/a", "https://sub.k.no/a"),
]
SAME_DOCUMENT = [
    ("https://k.no/a", "http://www.k.no/a/"),
    ("https://k.no/?b=2&a=1", "https://k.no/?a=1&b=2"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_write_an_address_are_the_same(one: str, other: str) -> None:
    assert normal(other) == one


@pytest.mark.parametrize(("one", "other"), [*SAME, *SAME_DOCUMENT])
def test_two_addresses_of_a_document_are_told_to_be_one(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_addresses_of_two_documents_are_told_apart(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("c", "https://k.no/a/c"),
        ("/c", "https://k.no/c"),
        ("?d=1", "https://k.no/a/b?d=1"),
        ("../c", "https://k.no/c"),
        ("//l.no/c", "https://l.no/c"),
        ("", "https://k.no/a/b"),
        ("mailto:post@k.no", None),
        ("javascript:alert(1)", None),
        ("tel:32040000", None),
        ("data:text/html,x", None),
        ("ftp://k.no/", None),
        ("https://me:pw@k.no/", None),
        ("https://k.no:port/", None),
        ("https://xn--a/x", None),
        ("/" + "x" * 3000, None),
    ],
)
def test_a_link_leads_from_where_it_stands(link: str, expected: str | None) -> None:
    assert normal(link, "https://k.no/a/b") == expected


PATHS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=4).map(
    lambda parts: "/".join(quote(part, safe="") for part in parts)
)
QUERIES = st.dictionaries(st.text("abcæ ", min_size=1, max_size=4), st.text("1&=%ø", max_size=4), max_size=3).map(
    lambda values: "&".join(f"{quote(key)}={quote(value)}" for key, value in values.items())
)
ADDRESSES = st.builds("https://k.no/{}?{}".format, PATHS, QUERIES)


@given(ADDRESSES)
def test_a_normal_address_stays_as_it_is(address: str) -> None:
    written = normal(address)
    assert written is not None
    assert normal(written) == written
    assert key_of(written) == key_of(address)
    assert host_of(written) == "k.no"


@given(st.text(max_size=60), st.sampled_from(["https://k.no/a/b?c", ""]))
def test_nothing_that_stands_in_a_link_breaks_it(link: str, base: str) -> None:
    written = normal(link, base)
    assert written is None or written.startswith(("http://", "https://"))
