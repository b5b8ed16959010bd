"""Finds headings by their bookmarks, their numbers, and how they are set."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.readers.pdf.paragraphs import ENDS, Paragraph, is_bullet, is_item
from ingest.readers.reading import one_line

_PART = re.compile(r"(?:Del|Kapittel|Kap\.|Kapitel|Chapter|Part|Vedlegg)\s+(\d+|[IVX]+|[A-H]\b)", re.I)
_NUMBERED = re.compile(
    r"(?P<sign>§\s*)?(?P<number>\d{1,3}(?:[.-]\d{1,2}){0,4})(?P<dot>\.)?\s+(?P<text>[A-ZÆØÅ].*)", re.S
)
_RUN_IN = re.compile(
    r"(?P<name>§\s*(?P<number>\d{1,3}(?:[.-]\d{1,2}){0,3})\.?(?:\s+[A-ZÆØÅ][^.:;]{1,38}(?=[.:]\s))?)\S?\s+(?=[A-ZÆØÅ])"
)
_LONGEST = 140
_GAP = 3
"""Headings may be missing between two others, but not more than this."""
_ENOUGH = 5
_INDENT = 24.0
_LARGER = 1.08

Number = tuple[int, ...]
Look = tuple[float, bool, bool, bool]
"""Size, whether it is bold, whether it is in capitals, whether it has no bullet: larger ones are above smaller ones."""


@dataclass(frozen=True)
class Bookmark:
    """An entry of the file's own outline. `level` is 1 for the outermost, `page` counts from 1 or is None."""

    title: str
    level: int
    page: int | None


@dataclass
class _Document:
    """What is known of the headings so far."""

    size: float
    is_bold: bool
    last: Number = ()
    has_parts: bool = False
    looks: dict[int, set[Look]] = field(default_factory=lambda: defaultdict(set))
    found: dict[int, Number | None] = field(default_factory=dict)
    """By index; the number is empty for "Kapittel 1", and None where there is none."""


def headings_of(paragraphs: Sequence[Paragraph], bookmarks: Sequence[Bookmark] = ()) -> dict[int, int]:
    """The level of each paragraph that is a heading, by index; 1 is the outermost.

    A number makes a heading where it goes on from the one before, so that lists, which count from one again, do not.
    What is larger or bolder than the text and stands alone is one too. Where bookmarks name the headings, numbers alone
    make none. A paragraph that begins with "§ 3" is the text of a section too: see `run_in`.
    """
    if not paragraphs:
        return {}
    known = _Document(*_usual(paragraphs))
    marked = _marked(paragraphs, bookmarks)
    tells_all = len(marked) >= _ENOUGH and len(marked) > len(bookmarks) / 2
    for index, paragraph in enumerate(paragraphs):
        following = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
        if (number := _number_run_in(paragraph)) and _goes_on(known.last, number):
            known.found[index] = known.last = number
            continue
        if not _may_head(paragraph, following):
            continue
        if tells_all and index not in marked and not _is_emphasised(known, paragraph):
            continue
        if not _number(known, index, paragraph) and _stands_out(known, paragraph, following):
            known.found[index] = None
        elif index in marked:
            known.found.setdefault(index, None)
    return _levels(paragraphs, known, marked)


def run_in(text: str) -> str:
    """The heading that a paragraph begins with: "§ 3. Verkeområde" of "§ 3. Verkeområde. Forskrifta gjeld ...".

    Empty where the text goes no further, or begins with no paragraph sign.
    """
    match = _RUN_IN.match(text)
    return one_line(match["name"]).rstrip(".") if match and text[-1] in ENDS else ""


def first_title(paragraphs: Sequence[Paragraph]) -> str:
    """What the first page sets largest, or begins with."""
    first = [each for each in paragraphs if each.page == paragraphs[0].page and not _NUMBERED.match(each.text)]
    worded = [each for each in first if len(each.text) <= _LONGEST and re.search(r"[^\W\d_]{4}", each.text)]
    size, _ = _usual(paragraphs) if paragraphs else (0.0, False)
    set_large = [each for each in worded if not each.lines[0].row and (each.lines[0].size > size or each.lines[0].bold)]
    if set_large:
        return one_line(max(set_large, key=lambda each: each.lines[0].size).text)
    if first and first[0].lines[0].cells:
        return first[0].lines[0].cells[0]
    return one_line(next((each.text for each in worded), ""))


def _usual(paragraphs: Sequence[Paragraph]) -> tuple[float, bool]:
    sizes, bold = Counter[float](), Counter[bool]()
    for paragraph in paragraphs:
        for line in paragraph.lines:
            sizes[line.size] += len(line.text)
            bold[line.bold] += len(line.text)
    return sizes.most_common(1)[0][0], bold.most_common(1)[0][0]


def _may_head(paragraph: Paragraph, following: Paragraph | None) -> bool:
    text = paragraph.text
    if paragraph.lines[0].row or len(text) > _LONGEST or len(paragraph.lines) > 3 or "\n" in text:
        return False
    return bool(re.search(r"[^\W\d_]{2}|§\s*\d|[^\W\d_]\s*\d", text)) and not (
        following and following.text[:1].islower() and not following.apart
    )


def _number_run_in(paragraph: Paragraph) -> Number:
    """The number that a paragraph of several lines begins with; none where it does not."""
    text = paragraph.text
    if len(paragraph.lines) == 1 or not paragraph.apart or paragraph.indent > _INDENT or text[-1] not in ENDS:
        return ()
    match = _RUN_IN.match(text)
    return _digits(match["number"]) if match else ()


def _number(known: _Document, index: int, paragraph: Paragraph) -> bool:
    """Take a numbered paragraph as a heading where it is one."""
    text, emphasised = paragraph.text, _is_emphasised(known, paragraph)
    if _PART.match(text) and (emphasised or len(text) < 60) and text[-1] not in ".,;":
        known.last, known.has_parts = (), True
        known.found[index] = ()
        return True
    match = _NUMBERED.fullmatch(text)
    if not match or (paragraph.indent > _INDENT and not _is_larger(known, paragraph)):
        return bool(match)
    number = _digits(match["number"])
    sure = match["sign"] or len(number) > 1
    ends_well = sure or text[-1] not in ".,;:" or emphasised
    again = emphasised and bool(sure) and (number[:-1] == known.last[: len(number) - 1] or not known.last)
    if ends_well and (_goes_on(known.last, number) or again or _is_larger(known, paragraph)):
        known.last = number
        known.found[index] = number
        known.looks[len(number)].add(_look(paragraph))
    return True


def _digits(text: str) -> Number:
    # "1.0 BOLIGFORMÅL" heads what "1.1" is in.
    number = tuple(map(int, re.split(r"[.-]", text)))
    return number[:-1] if len(number) > 1 and number[-1] == 0 else number


def _goes_on(last: Number, number: Number) -> bool:
    if not last:
        return number[-1] <= 1 and len(number) <= 2
    if number[: len(last)] == last:
        return len(number) == len(last) + 1 and number[-1] <= _GAP
    depth = len(number) - 1
    return depth < len(last) and number[:depth] == last[:depth] and 0 < number[depth] - last[depth] <= _GAP


def _stands_out(known: _Document, paragraph: Paragraph, following: Paragraph | None) -> bool:
    text = paragraph.text
    is_sentence = text[-1] in ",;" or (text[-1] == "." and not _is_larger(known, paragraph))
    if not _is_emphasised(known, paragraph) or is_sentence or not text.strip("-• ")[:1].isupper():
        return False
    if is_bullet(paragraph.lines[0]):
        return bool(following and following.page == paragraph.page and not following.lines[0].bold)
    return not is_item(paragraph.lines[0])


def _is_emphasised(known: _Document, paragraph: Paragraph) -> bool:
    bolder = not known.is_bold and all(line.bold for line in paragraph.lines)
    return (bolder and paragraph.lines[0].size >= 0.85 * known.size) or _is_larger(known, paragraph)


def _is_larger(known: _Document, paragraph: Paragraph) -> bool:
    return all(line.size >= _LARGER * known.size for line in paragraph.lines)


def _look(paragraph: Paragraph) -> Look:
    line = paragraph.lines[0]
    return round(line.size * 2) / 2, line.bold, paragraph.text.isupper(), not is_bullet(line)


def _levels(paragraphs: Sequence[Paragraph], known: _Document, marked: Mapping[int, int]) -> dict[int, int]:
    """Numbers and bookmarks say how deep a heading is; the others stand under what is larger."""
    levels: dict[int, int] = {}
    above: list[tuple[Look | None, int]] = []
    for index, number in sorted(known.found.items()):
        look = _look(paragraphs[index])
        if index in marked:
            level = marked[index]
        elif number is not None and not marked:
            level = len(number) + known.has_parts if number else 1
        elif like := _level_of_look(known, look):
            level = like
        else:
            while above and above[-1][0] is not None and above[-1][0] <= look:
                above.pop()
            level = above[-1][1] + 1 if above else 1
            above.append((look, level))
            levels[index] = level
            continue
        above = [(None, level)]
        levels[index] = level
    return levels


def _level_of_look(known: _Document, look: Look) -> int | None:
    """The level of the numbered headings that look like this, where that tells them from the text and the others."""
    alike = [depth for depth, looks in known.looks.items() if look in looks]
    stands_apart = look[0] >= _LARGER * known.size or look[2]
    if len(alike) == 1 and stands_apart:
        return alike[0] + known.has_parts
    larger = known.looks and all(look[0] > other[0] + 0.4 for looks in known.looks.values() for other in looks)
    return 1 if larger else None


def _marked(paragraphs: Sequence[Paragraph], bookmarks: Sequence[Bookmark]) -> dict[int, int]:
    """The level of paragraphs that have a bookmark."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, paragraph in enumerate(paragraphs):
        if len(paragraph.lines) <= 3:
            places[_letters(paragraph.text)].append(index)
    marked: dict[int, int] = {}
    for bookmark in bookmarks:
        near = [
            index
            for index in places.get(_letters(bookmark.title), ())
            if index not in marked and (bookmark.page is None or abs(paragraphs[index].page - bookmark.page) <= 1)
        ]
        if near:
            marked[min(near, key=lambda index: abs(paragraphs[index].page - (bookmark.page or 0)))] = bookmark.level
    return marked


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text).casefold()
