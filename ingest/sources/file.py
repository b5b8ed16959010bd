"""sources.toml, read and checked: each mistake is told with its line, and all of them at once."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ingest.sources.files import FilesError, with_files
from ingest.sources.source import Entry, Source
from ingest.toml_lines import Path as Keys
from ingest.toml_lines import TomlLines, read_toml
from knowledge.model import ANSWER, ANSWERS
from knowledge.slugs import slug

_ADVICE = {
    "missing": "is missing; add it",
    "string_too_short": "is empty; write something or leave the key out",
    "string_type": "is not text; write it in quotes",
    "int_type": "is no whole number; write it without quotes, such as 14",
    "int_parsing": "is no whole number; write it without quotes, such as 2",
    "bool_type": "is neither true nor false; write one of them, without quotes",
    "model_type": "is no table; write it as [[source]] with a line for each key",
    "tuple_type": "is no list; write it in brackets: [{written!r}]",
    "too_short": "is empty; add one or leave the key out",
    "literal_error": "{written!r} is not known; write {expected}",
    "enum": "{written!r} is not known; write {expected}",
    "greater_than_equal": "is too small; write at least {ge}",
    "less_than_equal": "is too large; write at most {le}",
    "place": "{msg}",
    "stray": "{msg}",
    "web_address": "{msg}",
    "duration": "{written!r} {msg}",
}
_PATTERNS = {
    "language": "{written!r} is no language code; write nb, nn or en",
    "lovdata": '{written!r} is no id of a law or regulation; write it like "LOV-1997-06-13-44" or "FOR-2005-06-08-538"',
}


class SourcesError(ValueError):
    """The list of sources has mistakes. The message has a line for each: file, line, source, key and what to do."""


class _Mistake(NamedTuple):
    number: int
    key: str
    told: str
    keys: Keys = ()
    value: object = None


def load_sources(file: Path) -> tuple[Source, ...]:
    """The sources that the file lists, in its order.

    Raises SourcesError, with every mistake found, where it is missing or malformed. That a source has no files is none:
    it fails when it is looked through.
    """
    text, entries = _read(file)
    sources: dict[int, Source] = {}
    mistakes: list[_Mistake] = []
    for number, raw in enumerate(entries):
        try:
            entry = Entry.model_validate(raw)
        except ValidationError as error:
            mistakes += [_explain(number, detail) for detail in error.errors()]
            continue
        try:
            sources[number] = with_files(entry, file.resolve().parent)
        except FilesError as error:
            mistakes.append(_Mistake(number, error.key, str(error)))
    mistakes += _clashes(sources)
    if mistakes:
        raise SourcesError("\n".join(_told(file, TomlLines(text), entries, mistakes)))
    return tuple(sources.values())


def _read(file: Path) -> tuple[str, list[Any]]:
    text, content = read_toml(file, "sources.toml", SourcesError)
    lines = TomlLines(text)
    if unknown := next((key for key in content if key != "source"), None):
        where = f"{file}:{lines.line((unknown,))}"
        raise SourcesError(f"{where}: unknown key '{unknown}'; sources are written as [[source]] tables only")
    entries = content.get("source", [])
    if not isinstance(entries, list):
        where = f"{file}:{lines.line(('source',))}"
        raise SourcesError(f"{where}: 'source' is one table; write [[source]] with two brackets")
    if not entries:
        raise SourcesError(f"{file}:1: lists no source; add a [[source]] table with name, path or url, kind, ...")
    return text, entries


def _told(file: Path, lines: TomlLines, entries: Sequence[Any], mistakes: Sequence[_Mistake]) -> list[str]:
    told = []
    for mistake in mistakes:
        line = lines.line(("source", mistake.number, *(mistake.keys or (mistake.key,))), mistake.value)
        of_key = f", key '{mistake.key}': " if mistake.key else ", "
        told.append((line, f"{file}:{line}: {_label(entries[mistake.number], mistake.number)}{of_key}{mistake.told}"))
    return list(dict.fromkeys(text for _, text in sorted(told, key=lambda pair: pair[0])))


def _label(raw: Any, number: int) -> str:
    name = raw.get("name") if isinstance(raw, dict) else None
    return f"source '{name}'" if isinstance(name, str) and name.strip() else f"source number {number + 1}"


def _explain(number: int, detail: ErrorDetails) -> _Mistake:
    keys = detail["loc"]
    key = str(keys[0]) if keys else ""
    context = detail.get("ctx", {}) | {"written": detail["input"], "msg": detail["msg"]}
    match detail["type"]:
        case "extra_forbidden":
            near = difflib.get_close_matches(key, Entry.model_fields, n=1)
            advice = f"did you mean '{near[0]}'?" if near else f"known keys are {', '.join(Entry.model_fields)}"
            return _Mistake(number, key, f"is unknown; {advice}")
        case "string_pattern_mismatch":
            said = _PATTERNS[key]
        case "stray":
            return _Mistake(number, str(context["key"]), detail["msg"])
        case other:
            said = _ADVICE.get(other, "{msg}; correct it")
    return _Mistake(number, key, said.format(**context), keys, detail["input"])


def _clashes(sources: dict[int, Source]) -> Iterator[_Mistake]:
    """What is wrong between sources, as far as they can be read."""
    names: dict[str, Source] = {}
    for number, source in sources.items():
        other = names.setdefault(slug(source.name), source)
        if not slug(source.name):
            yield _Mistake(number, "name", "holds neither letters nor digits, which document ids are made of; add some")
        elif other.name == source.name and other is not source:
            yield _Mistake(number, "name", "is used twice; give each source a name of its own")
        elif other is not source:
            yield _Mistake(number, "name", f"is in document ids like '{other.name}'; give it another name")
    ids = {number: {source.document_id(each): each for each in source.locations} for number, source in sources.items()}
    yield from _taken(sources, ids)
    for number, source in sources.items():
        for other_number, other in sources.items():
            if other_number < number:
                for id_ in sorted(ids[number].keys() & ids[other_number].keys()):
                    told = f"{ids[number][id_]} would be document '{id_}' like one of source '{other.name}'"
                    advice = "rename the file, or narrow one of the paths"
                    yield _Mistake(number, source.place, f"{told}; {advice}")
            prefix = f"{slug(source.name)}/"
            if source.is_found and other is not source and any(id_.startswith(prefix) for id_ in ids[other_number]):
                told = f"begins document ids as the folder '{prefix[:-1]}' of source '{other.name}' does"
                yield _Mistake(number, "name", f"{told}; give it another name")


def _taken(sources: dict[int, Source], ids: Mapping[int, Collection[str]]) -> Iterator[_Mistake]:
    """Sources whose documents would take the place of published answers."""
    told = f"gives document ids that begin with '{ANSWERS}', as only those of published answers do"
    for number, source in sources.items():
        if source.path and any(id_.startswith(ANSWERS) for id_ in ids[number]):
            yield _Mistake(number, "path", f"{told}; give the folder, or the source of a file, another name")
        elif not source.path and slug(source.name) == ANSWER:
            yield _Mistake(number, "name", f"{told}; give it another name")
