"""All that is kept of somebody, to be handed to them: as values for programs, and as a text to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import inspect

from bot.database import Base
from bot.privacy.person import Person
from bot.privacy.traces import Traces

_KINDS = {
    "cases": "Saker hos saksbehandler (cases)",
    "events": "Det som har skjedd i sakene (events)",
    "messages": "Spørsmål og svar i møteplassen på nettet (messages)",
    "letters": "Det saksbehandlere har skrevet til deg (letters)",
    "replies": "Spørsmål og svar i Slack eller Teams (replies)",
    "feedback": "Tilbakemeldinger på svar (feedback)",
    "posts": "Meldinger som roboten har lagt ut til deg eller om sakene dine (posts)",
    "known": "Det plattformen har sagt om deg (known)",
    "settings": "Kanaler som du har stilt inn (settings)",
    "deliveries": "Det som er eller skal bli levert (deliveries)",
    "outcomes": "Hvordan spørsmål endte (outcomes)",
    "audit": "Det som står om deg i revisjonsloggen (audit)",
}
_JSON: TypeAdapter[Any] = TypeAdapter(Any)


def record(person: Person, found: Traces, moment: dt.datetime) -> dict[str, Any]:
    """Everything as JSON has it, by kind, each row by the names of its columns."""
    about = {"platform": person.platform, "id": person.id, "names": sorted(person.names)}
    about |= {"contacts": sorted(person.contacts)}
    kept = {kind: [_values(row) for row in getattr(found, kind)] for kind in _KINDS}
    return {"person": about, "exported": moment.isoformat(), "kept": kept}


def text(record: Mapping[str, Any]) -> str:
    """The record as somebody reads it, in Norwegian."""
    person = record["person"]
    lines = [f"Innsyn: {person['platform']}:{person['id']}", f"Hentet ut: {record['exported']}"]
    lines += [f"Navn: {', '.join(person['names']) or '-'}", f"Kontakt: {', '.join(person['contacts']) or '-'}"]
    for kind, title in _KINDS.items():
        rows: Sequence[Mapping[str, Any]] = record["kept"][kind]
        lines += ["", f"{title}: {len(rows)}", "-" * len(title)]
        for row in rows:
            lines += [*_read(row), ""]
    return "\n".join(lines).rstrip() + "\n"


def _read(value: Mapping[str, Any], indent: str = "  ") -> Iterator[str]:
    for name, each in value.items():
        if isinstance(each, Mapping) and each:
            yield f"{indent}{name}:"
            yield from _read(each, f"{indent}  ")
        elif each not in (None, "", [], {}):
            yield f"{indent}{name}: {each}"


def _values(row: Base) -> dict[str, Any]:
    columns = [each.key for each in inspect(type(row)).column_attrs]
    values: dict[str, Any] = _JSON.dump_python({name: getattr(row, name) for name in columns}, mode="json")
    return values
