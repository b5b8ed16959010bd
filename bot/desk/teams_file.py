"""teams.toml, read and checked: each mistake is told with its line, and all of them at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from bot.desk.team import Leader, Member, Team, Topic
from ingest.toml_lines import Path as Keys
from ingest.toml_lines import TomlLines, read_toml
from knowledge.references import law_key


class TeamsError(ValueError):
    """The list of teams has mistakes. The message has a line for each: file, line, key and what to do."""


class _Mistake(NamedTuple):
    """What is wrong with what stands there. `value` is what is written, where one of several is meant."""

    keys: Keys
    told: str
    value: object = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    team: Annotated[tuple[Team, ...], Field(min_length=1)]


_MODELS: dict[Keys, type[BaseModel]] = {
    (): _File,
    ("team",): Team,
    ("team", "leader"): Leader,
    ("team", "member"): Member,
    ("team", "topic"): Topic,
}
_PATTERNS = {
    "id": "lower case letters, digits and hyphens",
    "strategies": "the code, or area and code: B3, omstillingsdyktig-naeringsliv/B3",
    "slack_channel": "the id from the channel's details in Slack: C…",
    "teams_channel": "the id in the channel's link in Teams: 19:…@thread.tacv2",
}
_ADVICE = {
    "missing": "is missing; add it",
    "string_type": "is not text; write it in quotes",
    "string_too_short": "is empty; write something or leave the key out",
    "too_short": "is empty; add one or leave the key out",
    "bool_type": "is neither true nor false; write one of them, without quotes",
    "float_type": "is no number; write it without quotes, such as 1 or 0.5",
    "greater_than": "is too small; write a number above 0",
    "less_than_equal": "is too large; write at most 250 working days",
    "model_type": 'is no table; write its keys in braces: {{ key = "…" }}',
    "dict_type": 'is no table; write its days in braces: {{ mon-thu = "08:00-15:30" }}',
    "literal_error": "holds {written!r}, which is not known; write {expected}",
    "string_pattern_mismatch": "holds {written!r}, which does not fit; write {pattern}",
    "hours": "holds {written!r}, which {msg}",
    "closed": "holds {written!r}, which {msg}",
    "word": "holds {written!r}, which {msg}",
    "days": "{msg}",
    "senseless": "{msg}",
}
"""What is said of each kind of error that pydantic tells or `team` raises."""


def read_teams(file: Path) -> tuple[Team, ...]:
    """The teams that the file lists, in its order.

    Raises TeamsError, with every mistake found, where it is missing or malformed.
    """
    text, content = read_toml(file, "teams.toml", TeamsError)
    mistakes = list(_clashes(content))
    try:
        teams = _File.model_validate(content).team
    except ValidationError as error:
        # A list of which nothing can be read is told as empty, too.
        mistakes += [_explain(each) for each in error.errors() if each["type"] != "too_short" or not each["input"]]
    if mistakes:
        raise TeamsError("\n".join(_told(file, TomlLines(text), mistakes)))
    return teams


def _told(file: Path, lines: TomlLines, mistakes: Iterable[_Mistake]) -> list[str]:
    numbered = sorted(((lines.line(each.keys, each.value), each) for each in mistakes), key=lambda pair: pair[0])
    told = [(f"{file}:{line}:", f"key '{_name(each.keys)}'" if each.keys else "", each.told) for line, each in numbered]
    return list(dict.fromkeys(" ".join(filter(None, parts)) for parts in told))


def _name(keys: Keys) -> str:
    return ".".join(key for key in keys if isinstance(key, str))


def _explain(detail: ErrorDetails) -> _Mistake:
    # Of a key of `hours`, pydantic says in the last place that it is the key that is wrong.
    keys = tuple(key for key in detail["loc"] if key != "[key]")
    return _Mistake(keys, _advice(detail, [key for key in keys if isinstance(key, str)]), detail["input"])


def _advice(detail: ErrorDetails, names: list[str]) -> str:
    written = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            known = _MODELS[tuple(names[:-1])].model_fields
            return f"is unknown; {_near(names[-1], [field.alias or name for name, field in known.items()])}"
        case "missing" if names == ["team"]:
            return "is missing; add a [[team]] table with id, name and default = true"
        case "tuple_type" if isinstance(written, dict):
            return f"is one table; write [[{'.'.join(names)}]] with two brackets"
        case "tuple_type":
            return f"is no list; write it in brackets: [{written!r}]"
        case other:
            said = _ADVICE.get(other, "is not right: {msg}; correct it")
            context = detail.get("ctx", {}) | {"pattern": _PATTERNS.get(names[-1])}
            return said.format(**context, written=written, msg=detail["msg"])


def _near(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known) or 'none'}"


_CLAIMS: dict[str, Callable[[str], str]] = {
    "laws": lambda law: law_key(law, ""),
    "strategies": str,
    "sources": str.strip,
}
"""What only one topic can have, and how two ways to write the same are told."""


def _clashes(content: dict[str, Any]) -> Iterator[_Mistake]:
    """What is wrong between entries, as far as they can be read: an entry's own mistakes don't hide these."""
    yield from _defaults(content)
    yield from _twice(_found(content, "team", "*", "id"), "names two teams; give each an id of its own")
    for team, _ in _found(content, "team", "*"):
        of_team = [(keys, value) for keys, value in _found(content, *team, "member", "*", "id")]
        yield from _twice(of_team, "names two members; keep one")
        yield from _twice(_found(content, *team, "topic", "*", "name"), "names two topics; make one of them")
        yield from _substitutes(content, team, {str(value) for _, value in of_team})
    for claim, told in _CLAIMS.items():
        found = _found(content, "team", "*", "topic", "*", claim, "*")
        yield from _twice(found, "is claimed by two topics; keep it with one", told)


def _defaults(content: dict[str, Any]) -> Iterator[_Mistake]:
    teams = list(_found(content, "team", "*"))
    defaults = [keys for keys, value in _found(content, "team", "*", "default") if value is True]
    if teams and not defaults:
        yield _Mistake(teams[0][0], "has no default; add default = true to the team that gets what fits no other")
    for keys in defaults[1:]:
        yield _Mistake(keys, "is true for two teams; keep it with the one that gets what fits no other")


def _substitutes(content: dict[str, Any], team: Keys, members: set[str]) -> Iterator[_Mistake]:
    for keys, value in _found(content, *team, "member", "*", "substitute"):
        own = next((id_ for _, id_ in _found(content, *keys[:-1], "id")), None)
        others = sorted(members - {str(own)})
        if value not in others:
            yield _Mistake(keys, f"holds {value!r}, who is no other member of the team; {_near(str(value), others)}")


def _twice(found: Iterable[tuple[Keys, object]], told: str, same: Callable[[str], str] = str) -> Iterator[_Mistake]:
    first: dict[str, Keys] = {}
    for keys, value in found:
        if isinstance(value, str) and first.setdefault(same(value), keys) != keys:
            yield _Mistake(keys, f"holds {value!r}, which {told}", value)


def _found(content: Any, *keys: str | int) -> Iterator[tuple[Keys, Any]]:
    """Everything that stands there, with the keys that lead to it; "*" is for each of a list."""
    if not keys:
        yield (), content
        return
    step, rest = keys[0], keys[1:]
    if step == "*":
        steps: Iterable[str | int] = range(len(content)) if isinstance(content, list) else ()
    else:
        steps = [step] if isinstance(content, list) or (isinstance(content, dict) and step in content) else ()
    for each in steps:
        yield from (((each, *path), value) for path, value in _found(content[each], *rest))
