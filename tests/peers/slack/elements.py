"""What Slack refuses of the elements in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Mapping[str, Any], str], Iterator[str]]

SELECTS = {
    f"{many}{source}_select"
    for many in ("", "multi_")
    for source in ("static", "external", "users", "conversations", "channels")
}
TYPED = {
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "rich_text_input",
    "file_input",
}
CHOSEN = {"radio_buttons", "checkboxes"}
INPUTS = SELECTS | TYPED | CHOSEN
ACTIONS = (SELECTS | CHOSEN | {"button", "overflow", "datepicker", "timepicker", "datetimepicker"}) | {
    "workflow_button"
}
ACCESSORIES = ACTIONS | {"image"}
SMALL = {"feedback_buttons", "icon_button"}
_OPTIONS = {"radio_buttons": 10, "checkboxes": 10, "overflow": 5}
_STYLES = {None, "primary", "danger"}


def too_long(value: Any, limit: int, pointer: str, least: int = 0) -> Iterator[str]:
    """Whether a text has another length than it may have."""
    if not isinstance(value, str):
        yield f"must be a string [json-pointer:{pointer}]"
    elif len(value) > limit:
        yield f"must be less than {limit + 1} characters [json-pointer:{pointer}]"
    elif len(value) < least:
        yield f"must be more than {least - 1} characters [json-pointer:{pointer}]"


def text(value: Any, limit: int, pointer: str, *, plain: bool = True) -> Iterator[str]:
    """What is wrong with a text object; a plain one where nothing else may stand there."""
    kinds = {"plain_text"} if plain else {"plain_text", "mrkdwn"}
    if not isinstance(value, Mapping) or "text" not in value:
        yield f"missing required field: text [json-pointer:{pointer}]"
    elif value.get("type") not in kinds:
        yield f"must be one of {sorted(kinds)} [json-pointer:{pointer}/type]"
    else:
        yield from too_long(value["text"], limit, f"{pointer}/text", least=1)


def element(each: Any, pointer: str, allowed: set[str]) -> Iterator[str]:
    """What is wrong with an element of a block."""
    if not isinstance(each, Mapping) or each.get("type") not in allowed:
        kind = each.get("type") if isinstance(each, Mapping) else each
        yield f"unsupported type: {kind} [json-pointer:{pointer}/type]"
        return
    if "action_id" in each:
        yield from too_long(each["action_id"], 255, f"{pointer}/action_id", least=1)
    if "placeholder" in each:
        yield from text(each["placeholder"], 150, f"{pointer}/placeholder")
    if "confirm" in each:
        yield from _confirm(each["confirm"], f"{pointer}/confirm")
    for check in _checks(each["type"]):
        yield from check(each, pointer)


def _checks(kind: str) -> Iterator[Check]:
    found = {"button": _button, "image": image, "feedback_buttons": _feedback, "icon_button": _icon}.get(kind)
    if found:
        yield found
    if kind in {"static_select", "multi_static_select", "overflow", *CHOSEN}:
        yield _options
    if kind == "plain_text_input":
        yield _typed


def _button(each: Mapping[str, Any], pointer: str) -> Iterator[str]:
    yield from text(each.get("text"), 75, f"{pointer}/text")
    yield from too_long(each.get("value", ""), 2_000, f"{pointer}/value")
    yield from too_long(each.get("url", ""), 3_000, f"{pointer}/url")
    yield from too_long(each.get("accessibility_label", ""), 75, f"{pointer}/accessibility_label")
    if each.get("style") not in _STYLES:
        yield f"must be primary or danger [json-pointer:{pointer}/style]"


def image(each: Mapping[str, Any], pointer: str) -> Iterator[str]:
    """What is wrong with a picture, be it an element or a block."""
    if "slack_file" not in each:
        yield from too_long(each.get("image_url"), 3_000, f"{pointer}/image_url", least=1)
    yield from too_long(each.get("alt_text"), 2_000, f"{pointer}/alt_text", least=1)


def _feedback(each: Mapping[str, Any], pointer: str) -> Iterator[str]:
    for side in ("positive_button", "negative_button"):
        button = each.get(side)
        if not isinstance(button, Mapping):
            yield f"missing required field: {side} [json-pointer:{pointer}]"
            continue
        yield from text(button.get("text"), 75, f"{pointer}/{side}/text")
        yield from too_long(button.get("value"), 2_000, f"{pointer}/{side}/value", least=1)


def _icon(each: Mapping[str, Any], pointer: str) -> Iterator[str]:
    if each.get("icon") != "trash":
        yield f"must be trash [json-pointer:{pointer}/icon]"
    yield from text(each.get("text"), 75, f"{pointer}/text")
    yield from too_long(each.get("value", ""), 2_000, f"{pointer}/value")


def _options(each: Mapping[str, Any], pointer: str) -> Iterator[str]:
    groups = each.get("option_groups")
    if groups is None:
        yield from _some_options(each.get("options"), _OPTIONS.get(each["type"], 100), f"{pointer}/options", each)
        return
    if not 0 < len(groups) <= 100:
        yield f"must have 1 to 100 items [json-pointer:{pointer}/option_groups]"
    for number, group in enumerate(groups):
        where = f"{pointer}/option_groups/{number}"
        yield from text(group.get("label"), 75, f"{where}/label")
        yield from _some_options(group.get("options"), 100, f"{where}/options", each)


def _some_options(options: Any, most: int, pointer: str, each: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(options, list) or not options:
        yield f"missing required field: options [json-pointer:{pointer}]"
        return
    if len(options) > most:
        yield f"no more than {most} items allowed [json-pointer:{pointer}]"
    plain = each["type"] not in CHOSEN
    for number, option in enumerate(options):
        yield from text(option.get("text"), 75, f"{pointer}/{number}/text", plain=plain)
        yield from too_long(option.get("value"), 150, f"{pointer}/{number}/value", least=1)
        if "description" in option:
            yield from text(option["description"], 75, f"{pointer}/{number}/description", plain=plain)
    chosen = [*each.get("initial_options", ()), *([each["initial_option"]] if "initial_option" in each else [])]
    if "option_groups" not in each and any(option not in options for option in chosen):
        yield f"must be one of the provided options [json-pointer:{pointer}]"


def _typed(each: Mapping[str, Any], pointer: str) -> Iterator[str]:
    least, most = each.get("min_length", 0), each.get("max_length", 3_000)
    if not 0 <= least <= 3_000 or not 1 <= most <= 3_000 or least > most:
        yield f"must be between 1 and 3000 [json-pointer:{pointer}/max_length]"
    yield from too_long(each.get("initial_value", ""), most, f"{pointer}/initial_value")


def _confirm(confirm: Any, pointer: str) -> Iterator[str]:
    if not isinstance(confirm, Mapping):
        yield f"must be an object [json-pointer:{pointer}]"
        return
    for name, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from text(confirm.get(name), limit, f"{pointer}/{name}", plain=name != "text")
