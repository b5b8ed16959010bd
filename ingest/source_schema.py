"""The JSON schema of sources.toml, for editors that complete and check TOML."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict

from ingest.sources.source import GOES_WITH, PLACES, Entry


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", title="sources.toml")

    source: tuple[Entry, ...]


def json_schema() -> dict[str, Any]:
    """The schema, derived from the model that the file is read by."""
    schema = _File.model_json_schema()
    entry = schema["$defs"]["Entry"]
    for key in entry["properties"].values():
        _write_plainly(key)
    entry["oneOf"] = [{"required": [place]} for place in PLACES]
    entry["allOf"] = [
        {"if": {"required": [key]}, "then": {"anyOf": [{"required": [place]} for place in places]}}
        for key, places in GOES_WITH.items()
    ]
    return {"$schema": "http://json-schema.org/draft-07/schema#", "description": "docs/sources.md", **schema}


def _write_plainly(key: dict[str, Any]) -> None:
    # TOML has no null: that a key may be left out is said by its not being required.
    kinds = key.pop("anyOf", None)
    if kinds:
        key |= next(kind for kind in kinds if kind.get("type") != "null")
    if key.get("default", 0) is None:
        del key["default"]
    key.pop("title", None)


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2))
