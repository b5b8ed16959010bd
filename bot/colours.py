"""A municipality's colour: whether it can be read, and the shades that pages are made of. Contrast as in WCAG 2.2."""

from __future__ import annotations

import re
from typing import NamedTuple

LEAST = 4.5
"""The contrast that text must have (WCAG, level AA)."""
_WHITE, _BLACK = "#ffffff", "#000000"
_SOFT = "#b9ccd8"
"""The dimmer text of the frame."""
_NIGHT, _NIGHT_INK = "#161b1f", "#0c1c28"
"""The ground of dark pages, and what is written on the accent there."""
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_STEPS = 20


class Shades(NamedTuple):
    """What a colour is used as: on light pages, on dark ones, and behind the frame, there also for what is chosen."""

    light: str
    dark: str
    side: str
    chosen: str


def legible(colour: str) -> str:
    """The colour in small letters, or nothing where nothing is given.

    Raises ValueError where white text on it, or it on white, would not be legible.
    """
    told = colour.strip().lower()
    if told and not _COLOUR.fullmatch(told):
        raise ValueError("is no colour; write it as #0a558c")
    if told and (found := contrast(told, _WHITE)) < LEAST:
        raise ValueError(f"has a contrast of {found:.1f} to white, and {LEAST} is the least; choose a darker colour")
    return told


def contrast(one: str, other: str) -> float:
    """How well the one is read on the other, from 1 (not at all) to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def shades(colour: str) -> Shades:
    """The shades of a legible colour; every text on them or of them is legible, too."""
    light = next(
        each
        for each in _towards(colour, _WHITE)
        if contrast(each, _NIGHT) >= LEAST and contrast(each, _NIGHT_INK) >= LEAST
    )
    chosen = next(each for each in _towards(colour, _BLACK) if contrast(each, _SOFT) >= LEAST)
    side = _mixed(chosen, _BLACK, 0.35)
    return Shades(light=colour, dark=light, side=side, chosen=chosen)


def _towards(colour: str, end: str) -> list[str]:
    return [_mixed(colour, end, step / _STEPS) for step in range(_STEPS + 1)]


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _parts(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
