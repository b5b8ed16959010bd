"""tenants.toml, read and checked: each mistake is told with its line, and all of them at once."""

from __future__ import annotations

import difflib
import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot.settings import SECRETS, Settings
from bot.tenants.inheriting import PLACED, PROCESS, resolved, secret_name, settings_of_tenant
from ingest.toml_lines import Path as Keys
from ingest.toml_lines import TomlLines, read_toml

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ONE_TENANT = (
    "shares an app registration that is for one tenant; give the municipality its own with teams_client_id, or set "
    "MOTEPLASSEN_TEAMS_MULTI_TENANT where the registration is for several"
)
_NEEDED = {"id": 'such as id = "drammen"', "public_url": 'such as public_url = "https://drammen.example.no"'}


class TenantsError(ValueError):
    """The list of municipalities has mistakes. The message has a line for each: file, line, key and what to do."""


class _Mistake(NamedTuple):
    keys: Keys
    told: str


class _Entry(NamedTuple):
    """A municipality of the list, and its settings, where they can be read."""

    number: int
    settings: Settings


def read_tenants(file: Path, common: Settings) -> tuple[Settings, ...]:
    """The settings of each municipality that the file lists, in its order.

    Raises TenantsError, with every mistake found, where it is missing or malformed.
    """
    text, content = read_toml(file, "tenants.toml", TenantsError)
    mistakes = [
        _Mistake((key,), "is unknown; write [[tenant]] tables, and nothing else") for key in content if key != "tenant"
    ]
    tables = content.get("tenant", [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables) or not tables:
        mistakes.append(_Mistake(("tenant",), "is to be one or more tables; write [[tenant]] with two brackets"))
        tables = []
    entries: list[_Entry] = []
    for number, table in enumerate(tables):
        faults = list(_faults(number, table))
        if not faults:
            read = _read(file.absolute().parent, number, table, common)
            faults = read if isinstance(read, list) else []
            entries += [] if isinstance(read, list) else [_Entry(number, read)]
        mistakes += faults
    mistakes += _clashes(entries)
    if mistakes:
        raise TenantsError("\n".join(_told(file, TomlLines(text), mistakes)))
    return tuple(entry.settings for entry in entries)


def _told(file: Path, lines: TomlLines, mistakes: Iterable[_Mistake]) -> list[str]:
    numbered = sorted(((lines.line(each.keys), each) for each in mistakes), key=lambda pair: pair[0])
    return [f"{file}:{line}: key '{each.keys[-1]}' {each.told}" for line, each in numbered]


def _faults(number: int, table: Mapping[str, Any]) -> Iterator[_Mistake]:
    """What is wrong with the keys of a table, whatever they hold."""
    at = ("tenant", number)
    for name, example in _NEEDED.items():
        if not isinstance(table.get(name), str):
            yield _Mistake((*at, name), f"is missing, or no text; add it, {example}")
    id_ = table.get("id")
    if isinstance(id_, str) and not _ID.fullmatch(id_):
        yield _Mistake((*at, "id"), f"holds {id_!r}; write small letters (a to z), digits and hyphens between them")
    known = Settings.model_fields.keys() - SECRETS - PROCESS
    for name in table.keys() - {"id"}:
        if name in SECRETS:
            yield _Mistake((*at, name), f"is a secret; set {secret_name(str(id_), name)} in the environment instead")
        elif name in PROCESS:
            yield _Mistake((*at, name), "is set for all municipalities at once, in the environment; take it away")
        elif name not in known:
            yield _Mistake((*at, name), f"is unknown; {_near(name, [*known, 'id'])}")


def _read(folder: Path, number: int, table: Mapping[str, Any], common: Settings) -> Settings | list[_Mistake]:
    given = {name: resolved(folder, name, value) for name, value in table.items() if name != "id"}
    try:
        return settings_of_tenant(common, table["id"], given)
    except ValidationError as error:
        return [
            _Mistake(
                ("tenant", number, str(fault["loc"][0]) if fault["loc"] else "id"), f"is not right: {fault['msg']}"
            )
            for fault in error.errors(include_input=False, include_url=False)
        ]
    except ValueError as error:  # of a file with a secret
        return [_Mistake(("tenant", number, "id"), f"has secrets in files, of which one is not right: {error}")]


def _placed(name: str, settings: Settings) -> list[str]:
    value = getattr(settings, name, "")
    return [str(value)] if value else []


_UNIQUE: Mapping[str, tuple[str, Callable[[Settings], Iterable[str]]]] = {
    "id": ("id", lambda each: [each.tenant]),
    "public_url": ("host name", lambda each: [host_of(each)]),
    "data_dir": ("data directory", lambda each: [str(each.data_dir.absolute())]),
    "database_url": ("database", lambda each: [each.database]),
    **{name: ("place", functools.partial(_placed, name)) for name in PLACED},
    "slack_workspaces": ("workspace in Slack", lambda each: each.slack_homes),
    "teams_tenant_id": ("tenant in Microsoft Teams", lambda each: sorted(each.teams_tenants)),
}
"""What leads to one municipality only: what it is, and where it is read."""


def _clashes(entries: Sequence[_Entry]) -> Iterator[_Mistake]:
    for name, (what, of) in _UNIQUE.items():
        first: dict[str, _Entry] = {}
        for entry in entries:
            for value in of(entry.settings):
                other = first.setdefault(value, entry)
                if other is not entry:
                    # In the address of a database there may be a password.
                    shown = "" if name == "database_url" else f" {value!r}"
                    told = f"names the {what}{shown}, which {other.settings.tenant!r} has already; give each its own"
                    yield _Mistake(("tenant", entry.number, name), told)
    sharing = [entry for entry in entries if entry.settings.teams_client_id and not entry.settings.teams_multi_tenant]
    apps = Counter(entry.settings.teams_client_id for entry in sharing)
    for entry in entries:
        if not host_of(entry.settings):
            yield _Mistake(("tenant", entry.number, "public_url"), f"is no address; write it {_NEEDED['public_url']}")
    for entry in sharing:
        if apps[entry.settings.teams_client_id] > 1:
            yield _Mistake(("tenant", entry.number, "teams_tenant_id"), _ONE_TENANT)


def host_of(settings: Settings) -> str:
    """The host name by which the municipality's pages are found, in small letters."""
    return urlsplit(settings.public_url).hostname or ""


def _near(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{near[0]}'?" if near else "see docs/tenants.md for those that there are"
