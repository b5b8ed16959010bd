from __future__ import annotations

import pytest

from bot.handlers.web.pages.forwarding import is_contact


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("navn@eksempel.no", True),
        ("fornavn.etternavn+x@post.eksempel.no", True),
        ("99 88 77 66", True),
        ("+47 99887766", True),
        ("0047 99 88 77 66", True),
        ("+1 (212) 555-0100", True),
        ("navn@eksempel", False),
        ("navn eksempel.no", False),
        ("1234", False),
        ("ring 99887766", False),
        ("a" * 120 + "@eksempel.no", False),
    ],
)
def test_a_contact_is_an_address_or_a_number(text: str, *, is_one: bool) -> None:
    assert is_contact(text) is is_one
