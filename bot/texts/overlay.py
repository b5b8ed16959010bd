"""Texts that a municipality says in its own way: a TOML file with a table for each language, read and checked."""

from __future__ import annotations

import difflib
import string
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from ingest.toml_lines import Path as Keys
from ingest.toml_lines import TomlLines, read_toml

Overlay = Mapping[str, Mapping[str, str]]
"""By language and id: what is said instead of what the catalogues hold."""


class TextsError(ValueError):
    """The file has mistakes. The message has a line for each: file, line, key and what to do."""


def read_overlay(file: Path, known: Mapping[str, Mapping[str, str]]) -> Overlay:
    """The texts of the file, each in place of a `known` one with the same id and the same placeholders.

    Raises TextsError, with every mistake found, where it is missing or malformed.
    """
    text, content = read_toml(file, "texts.toml", TextsError)
    found = [(keys, *told) for keys, told in _entries(content)]
    lines = TomlLines(text)
    mistakes = [
        f"{file}:{lines.line(keys)}: key '{'.'.join(filter(None, (language, id_)))}' {fault}"
        for keys, language, id_, said in found
        if (fault := _fault(language, id_, said, known))
    ]
    if mistakes:
        raise TextsError("\n".join(mistakes))
    overlay: dict[str, dict[str, str]] = {}
    for _, language, id_, said in found:
        overlay.setdefault(language, {})[id_] = said
    return overlay


def _entries(content: Mapping[str, Any]) -> Iterator[tuple[Keys, tuple[str, str, Any]]]:
    """Each text with the keys that lead to it, its language and its id; `web.brand` may be one key or two."""
    for language, table in content.items():
        for keys, said in _leaves(table):
            yield (language, *keys), (language, ".".join(keys), said)


def _leaves(table: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not isinstance(table, dict):
        yield (), table
        return
    for key, value in table.items():
        yield from (((key, *keys), said) for keys, said in _leaves(value))


def _fault(language: str, id_: str, said: Any, known: Mapping[str, Mapping[str, str]]) -> str:
    if language not in known:
        return f"is no language of ours; {_near(language, known)}"
    if id_ not in known[language]:
        return f"is no text of ours; {_near(id_, known[language])}"
    if not isinstance(said, str) or not said.strip():
        return "is not text, or empty; write it in quotes, or take the key away"
    try:
        written = placeholders(said)
    except ValueError:
        return "has a brace that opens or closes nothing; take it away"
    if faults := list(_compared(written, placeholders(known[language][id_]))):
        return " and ".join(faults)
    return ""


def _compared(written: Collection[str], wanted: Collection[str]) -> Iterator[str]:
    named: list[tuple[Callable[[str], str], set[str]]] = [
        (lambda names: f"lacks {names}, which stands for something; put it in", set(wanted) - set(written)),
        (lambda names: f"has {names}, which stands for nothing; take it away", set(written) - set(wanted)),
    ]
    for told, names in named:
        if names:
            yield told(", ".join(f"{{{name}}}" for name in sorted(names)))


def placeholders(text: str) -> set[str]:
    """The names that something is put in the place of. Raises ValueError for a brace without its other."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{near[0]}'?" if near else f"they are listed in {Path(__file__).parent}"
