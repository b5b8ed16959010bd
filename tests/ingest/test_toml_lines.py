from __future__ import annotations

import pytest

from ingest.toml_lines import Path as Keys
from ingest.toml_lines import TomlLines

TOML = '''\
# a comment
top = 1

[[team]]
id = "a"
text = """
id = "not this"
[[team]]
"""
[team.hours]
mon = "x"
leader.name = "K"
[[team]]
words = [
    "one", # "two"
    'two',

    "three",
]
"a.b" = 1
inline = { x = { y = 1 } }
[[team.member]]
[[team.member]]
id = "m"
[team.member.more]
x = 1
'''


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize(
    ("keys", "value", "expected"),
    [
        (("top",), None, 2),
        (("team", 0), None, 4),
        (("team", 0, "id"), None, 5),
        (("team", 0, "text"), None, 6),
        (("team", 0, "hours"), None, 10),
        (("team", 0, "hours", "mon"), None, 11),
        (("team", 0, "hours", "leader", "name"), None, 12),
        (("team", 1), None, 13),
        (("team", 1, "words"), None, 14),
        (("team", 1, "words", 0), "one", 15),
        (("team", 1, "words", 2), "three", 18),
        (("team", 1, "words", 7), "four", 14),
        (("team", 1, "a.b"), None, 20),
        (("team", 1, "inline", "x", "y"), None, 21),
        (("team", 1, "inline", "missing"), None, 21),
        (("team", 1, "member", 1), None, 23),
        (("team", 1, "member", 1, "id"), "m", 24),
        (("team", 1, "member", 1, "more", "x"), None, 26),
        (("team", 1, "member", 1, "name"), None, 23),
        (("nothing",), None, 1),
    ],
)
def test_the_line_of_a_key_is_found_however_it_is_written(
    keys: Keys, value: object, expected: int, newline: str
) -> None:
    assert TomlLines(TOML.replace("\n", newline)).line(keys, value) == expected
