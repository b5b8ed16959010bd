"""Reads TOML files, and tells whoever wrote one on which line something stands."""

from __future__ import annotations

import bisect
import pathlib
import re
import tomllib
from typing import Any

Path = tuple[str | int, ...]
"""The keys and indexes that lead to a value: ("team", 0, "member", 1, "name")."""


def read_toml(file: pathlib.Path, name: str, fault: type[ValueError]) -> tuple[str, dict[str, Any]]:
    """The text of a file such as `name`, and what it holds.

    Raises `fault` where it can't be read or isn't TOML: with file, line where there is one, and what to do.
    """
    try:
        text = file.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except OSError as error:
        raise fault(f"{file}: cannot be read ({error.strerror}); give the path of a {name}") from error
    except UnicodeDecodeError as error:
        raise fault(f"{file}: is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"{file}:{line[1] if line else max(1, text.count(chr(10)))}"
        raise fault(f"{place}: is not TOML: {error}; correct it there") from error


class TomlLines:
    """The lines of a text that is TOML.

    The beginnings of the text are read by tomllib itself: what is in the first twelve lines and not in the first
    eleven stands on the twelfth. So every way to write a table is understood.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")

    def line(self, path: Path, value: object = None) -> int:
        """The line, from 1, where that begins, or what is nearest around it if it isn't there.

        Of what is written over several lines, the line that holds the value, where that is text.
        """
        while path and not _holds(self._beginning(len(self._lines))[1], path):
            path = path[:-1]
        if not path:
            return 1
        last = bisect.bisect_left(range(len(self._lines) + 1), True, key=lambda end: self._is_in(end, path))
        first = self._beginning(last - 1)[0] + 1
        quoted = (f'"{value}"', f"'{value}'")
        within = (number for number in range(first, last) if any(each in self._lines[number - 1] for each in quoted))
        return next(within, first)

    def _is_in(self, end: int, path: Path) -> bool:
        return _holds(self._beginning(end)[1], path)

    def _beginning(self, end: int) -> tuple[int, dict[str, Any]]:
        """The most whole statements that the first `end` lines hold, and how many lines those are."""
        while True:
            try:
                return end, tomllib.loads("\n".join((*self._lines[:end], "")))
            except tomllib.TOMLDecodeError:
                # In the middle of what is written over several lines.
                end -= 1


def _holds(content: Any, path: Path) -> bool:
    for step in path:
        try:
            content = content[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True
