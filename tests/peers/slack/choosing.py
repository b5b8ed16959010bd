"""What somebody presses, chooses or types in blocks, as Slack tells of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_OF = {
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_ONE = {"static_select", "external_select", "radio_buttons", "overflow"}
_MANY = {"multi_static_select", "multi_external_select", "checkboxes"}
_INITIAL = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
}


def interactive(blocks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """What can be pressed or filled in, each with the block that it is in."""
    for block in blocks:
        for element in (block.get("accessory"), block.get("element"), *block.get("elements", ())):
            if isinstance(element, Mapping) and "action_id" in element:
                yield block, element


def find(
    blocks: Sequence[Mapping[str, Any]], name: str, block_id: str | None = None
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What has that action_id, in the block of that `block_id` if one is given, or is in the block of that name."""
    there = [pair for pair in interactive(blocks) if block_id in {None, pair[0].get("block_id")}]
    for block, element in there:
        if name in {element["action_id"], block.get("block_id")}:
            return block, element
    raise AssertionError(f"there is no {name} among {[element['action_id'] for _, element in there]}")


def chosen(element: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """What Slack says of an element after somebody chose, typed or pressed that."""
    kind = element["type"]
    if kind in {"button", "icon_button"}:
        return {name: element[name] for name in ("text", "value", "style") if name in element}
    if kind == "feedback_buttons":
        return _feedback(element, value)
    if kind in _OF:
        return {_OF[kind]: value}
    if kind in _ONE:
        return {"selected_option": _option(element, value) if value is not None else None}
    if kind in _MANY:
        wanted = [value] if isinstance(value, str) else value or []
        return {"selected_options": [_option(element, each) for each in wanted]}
    return {"value": value or None}


def initial(element: Mapping[str, Any]) -> dict[str, Any]:
    """What is in an element before anybody did something."""
    if element["type"] in _OF:
        name = _OF[element["type"]]
    elif element["type"] in _MANY:
        name = "selected_options"
    else:
        name = "selected_option" if element["type"] in _ONE else "value"
    return {name: element.get(_INITIAL[name], [] if name.endswith("s") else None)}


def is_empty(answer: Mapping[str, Any]) -> bool:
    """Whether nothing was chosen or typed."""
    return not any(value for name, value in answer.items() if name != "type")


def _feedback(element: Mapping[str, Any], value: Any) -> dict[str, Any]:
    sides = [element["positive_button"], element["negative_button"]]
    for side in sides:
        if value in {None, side["value"]}:
            return {"text": side["text"], "value": side["value"]}
    raise AssertionError(f"there is no {value} among {[side['value'] for side in sides]}")


def _option(element: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    groups = element.get("option_groups") or [{"options": element.get("options", ())}]
    options: list[Mapping[str, Any]] = [option for group in groups for option in group["options"]]
    for option in options:
        if option["value"] == value:
            return option
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": str(value)}, "value": value}
    raise AssertionError(f"there is no {value} among {[option['value'] for option in options]}")
