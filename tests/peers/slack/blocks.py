"""What Slack refuses of messages and of the blocks in them and in views."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.peers.slack import elements
from tests.peers.slack.refusal import Refused, refused_with

MOST = {"message": 50, "view": 100}
LONGEST_TEXT = 40_000
LONGEST_MARKDOWN = 12_000
LONGEST_IN_BLOCKS = 12_000
_LOOSE = {"rich_text", "divider", "file", "video", "table", "task_card", "plan", "call"}
"""Blocks of which only the kind is looked at."""
_ROWS = {"actions": (25, elements.ACTIONS), "context_actions": (5, elements.SMALL)}


def validate(message: Mapping[str, Any]) -> None:
    """Refuse what Slack refuses of a message."""
    blocks = message.get("blocks") or []
    markdown = message.get("markdown_text")
    if markdown and (message.get("text") or blocks):
        raise Refused("markdown_text_conflict")
    if not any((message.get("text"), blocks, markdown, message.get("attachments"))):
        raise Refused("no_text")
    if len(message.get("text") or "") > LONGEST_TEXT or len(markdown or "") > LONGEST_MARKDOWN:
        raise Refused("msg_too_long")
    validate_blocks(blocks)
    if sum(len(text) for block in blocks for text in texts(block)) > LONGEST_IN_BLOCKS:
        raise Refused("msg_blocks_too_long")
    validate_metadata(message.get("metadata"))


def validate_blocks(blocks: Any) -> None:
    """Refuse what Slack refuses of a message's blocks."""
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if found := list(problems(blocks, "/blocks", "message")):
        raise refused_with("invalid_blocks", found)


def validate_metadata(metadata: Any) -> None:
    """Refuse what Slack refuses of a message's metadata."""
    if metadata is None:
        return
    if not isinstance(metadata, Mapping) or not metadata:
        raise Refused("invalid_metadata_format")
    event = {"event_type", "event_payload"} & set(metadata)
    if set(metadata) - {"event_type", "event_payload", "entities"} or len(event) == 1:
        raise Refused("invalid_metadata_format")
    if event and not isinstance(metadata["event_payload"], Mapping):
        raise Refused("invalid_metadata_format")
    if found := list(entity_problems(metadata.get("entities", ()))):
        raise refused_with("invalid_metadata_format", found)


def entity_problems(entities: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong with Work Objects."""
    for number, entity in enumerate(entities):
        where = f"/metadata/entities/{number}"
        if not str(entity.get("entity_type", "")).startswith("slack#/entities/"):
            yield f"unsupported entity_type [json-pointer:{where}/entity_type]"
        if not str(entity.get("url", "")).startswith("http"):
            yield f"missing required field: url [json-pointer:{where}]"
        if not entity.get("external_ref", {}).get("id"):
            yield f"missing required field: id [json-pointer:{where}/external_ref]"
        attributes = entity.get("entity_payload", {}).get("attributes", {})
        if not attributes.get("title", {}).get("text"):
            yield f"missing required field: title [json-pointer:{where}/entity_payload/attributes]"


def texts(block: Mapping[str, Any]) -> list[str]:
    """The texts in a block that people read."""
    found: list[Any] = [block.get("text"), *block.get("fields", ())]
    for element in block.get("elements", ()):
        found.append(element["text"] if isinstance(element.get("text"), Mapping) else element)
    return [told for each in found if (told := _told(each))]


def _told(each: Any) -> str:
    if isinstance(each, Mapping):
        each = each.get("text")
    return each if isinstance(each, str) else ""


def problems(blocks: Sequence[Any], pointer: str, surface: str) -> Iterator[str]:
    """All that is wrong with blocks on a surface, a message or a view, with where it is."""
    if len(blocks) > MOST[surface]:
        yield f"no more than {MOST[surface]} items allowed [json-pointer:{pointer}]"
    markdown = sum(len(str(block.get("text"))) for block in blocks if _kind(block) == "markdown")
    if markdown > LONGEST_MARKDOWN:
        yield f"markdown blocks must be less than {LONGEST_MARKDOWN + 1} characters together [json-pointer:{pointer}]"
    ids = collections.Counter(str(block["block_id"]) for block in blocks if _kind(block) and "block_id" in block)
    yield from (f"block_id {each} already exists [json-pointer:{pointer}]" for each, count in ids.items() if count > 1)
    for number, block in enumerate(blocks):
        yield from _block(block, f"{pointer}/{number}", surface)


def _kind(block: Any) -> str:
    return str(block.get("type", "")) if isinstance(block, Mapping) else ""


def _block(block: Any, pointer: str, surface: str) -> Iterator[str]:
    kind = _kind(block)
    if not (kind in _CHECKS or kind in _ROWS or kind in _LOOSE) or (kind == "markdown" and surface == "view"):
        yield f"unsupported type: {kind} [json-pointer:{pointer}/type]"
        return
    yield from elements.too_long(block.get("block_id", ""), 255, f"{pointer}/block_id")
    inner = [each for each in block.get("elements", ()) if isinstance(each, Mapping) and each.get("action_id")]
    repeated = collections.Counter(each["action_id"] for each in inner)
    yield from (
        f"action_id {each} already exists for this block [json-pointer:{pointer}/elements]"
        for each, count in repeated.items()
        if count > 1
    )
    if kind in _ROWS:
        yield from _row(block, pointer)
    elif kind in _CHECKS:
        yield from _CHECKS[kind](block, pointer)
    elif kind == "rich_text" and not isinstance(block.get("elements"), list):
        yield f"missing required field: elements [json-pointer:{pointer}]"


def _row(block: Mapping[str, Any], pointer: str) -> Iterator[str]:
    most, allowed = _ROWS[block["type"]]
    row = block.get("elements") or []
    yield from _count(row, most, f"{pointer}/elements")
    for number, each in enumerate(row):
        yield from elements.element(each, f"{pointer}/elements/{number}", allowed)


def _count(row: Sequence[Any], most: int, pointer: str) -> Iterator[str]:
    if not row:
        yield f"must have at least 1 item [json-pointer:{pointer}]"
    if len(row) > most:
        yield f"no more than {most} items allowed [json-pointer:{pointer}]"


def _section(block: Mapping[str, Any], pointer: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield f"missing required field: text [json-pointer:{pointer}]"
    if "text" in block:
        yield from elements.text(block["text"], 3_000, f"{pointer}/text", plain=False)
    if "fields" in block:
        yield from _count(block["fields"], 10, f"{pointer}/fields")
        for number, field in enumerate(block["fields"]):
            yield from elements.text(field, 2_000, f"{pointer}/fields/{number}", plain=False)
    if "accessory" in block:
        yield from elements.element(block["accessory"], f"{pointer}/accessory", elements.ACCESSORIES)


def _context(block: Mapping[str, Any], pointer: str) -> Iterator[str]:
    row = block.get("elements") or []
    yield from _count(row, 10, f"{pointer}/elements")
    for number, each in enumerate(row):
        where = f"{pointer}/elements/{number}"
        if _kind(each) == "image":
            yield from elements.image(each, where)
        else:
            yield from elements.text(each, 3_000, where, plain=False)


def _header(block: Mapping[str, Any], pointer: str) -> Iterator[str]:
    yield from elements.text(block.get("text"), 150, f"{pointer}/text")


def _markdown(block: Mapping[str, Any], pointer: str) -> Iterator[str]:
    yield from elements.too_long(block.get("text"), LONGEST_MARKDOWN, f"{pointer}/text", least=1)


def _image(block: Mapping[str, Any], pointer: str) -> Iterator[str]:
    yield from elements.image(block, pointer)
    if "title" in block:
        yield from elements.text(block["title"], 2_000, f"{pointer}/title")


def _input(block: Mapping[str, Any], pointer: str) -> Iterator[str]:
    yield from elements.text(block.get("label"), 2_000, f"{pointer}/label")
    if "hint" in block:
        yield from elements.text(block["hint"], 2_000, f"{pointer}/hint")
    yield from elements.element(block.get("element"), f"{pointer}/element", elements.INPUTS)


_CHECKS = {
    "section": _section,
    "context": _context,
    "header": _header,
    "markdown": _markdown,
    "image": _image,
    "input": _input,
}
