"""Parts of a paragraph of a law: what a text names beside it ("annet ledd bokstav b"), and their words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from knowledge.model import Part, Passage
from knowledge.sentences import sentences
from knowledge.spelling import ORDINALS

LAST = "siste"

_AND = r"(?:\s*,\s*|\s+(?:og|eller|and|or)\s+)"
_TO = r"(?:\s+(?:til|to)\s+|\s*[–-]\s*)"
_ORDINAL = rf"(?:(?:{'|'.join(ORDINALS)}|siste|last)\b|\d{{1,2}}(?:\.|st\b|nd\b|rd\b|th\b))"
_NUMBER = r"\d{1,2}[a-z]?\b(?!-)"
_LETTER = r"[a-zæøå]\b(?![-.]\w)"


def _several(one: str) -> str:
    return rf"{one}(?:(?:{_AND}|{_TO}){one})*"


_STEP = re.compile(
    rf"(?P<ledd>{_several(_ORDINAL)})\s*(?:ledd(?:et|a|ene)?|avsnitt(?:et)?|(?:sub)?paragraphs?|subsections?)\b"
    rf"|(?:ledd|avsnitt|subsection|paragraph)\s*(?:nr\.?\s*)?\(?(?P<counted>{_NUMBER})\)?"
    rf"|\((?P<bracketed>\d{{1,2}}[a-z]?)\)"
    rf"|(?:bokstav(?:en|ene|ane)?|bokst\.?|litra|lit\.|letters?|points?|items?|punkt|pkt\.?)\s*"
    rf"\(?(?P<letter>{_several(_LETTER)})\)?"
    rf"|\(?(?<![\w-])(?P<lone>[a-zæøå])\)"
    rf"|(?:nr\.?|nummer|no\.|numbers?|points?|items?|punkt|pkt\.?)\s*\(?(?P<nr>{_several(_NUMBER)})\)?"
    rf"|(?P<punktum>{_several(_ORDINAL)})\s*(?:punktum(?:et)?|pkt|setning(?:a|en)?|sentences?)\b",
    re.I,
)
_KINDS = {"ledd": "ledd", "counted": "ledd", "bracketed": "ledd", "letter": "bokstav", "lone": "bokstav", "nr": "nr"}
_BETWEEN = re.compile(r"[\s,]*(?:(?:og|and|i|av|of|in|the|under)\s+)*", re.I)
_GAP = re.compile(r"[\s,]*")
_LEADING = re.compile(r"[\s,]+(?:(?:i|av|of|in|til|etter|på|under|the)\s+)*$", re.I)
_BEHIND = 120
"""Characters in front of a paragraph in which its parts are looked for."""
_MOST = 12
_LINE = re.compile(r"\n(?:-|(?!nr)(?:[a-zæøå]{1,2}|\d{1,2})[.)])?", re.I)
"""Where an item of a list begins, or what follows on one."""

_Steps = list[tuple[str, list[str]]]


def parts_after(text: str, start: int) -> tuple[list[str], int]:
    """The parts that are named there in the text, and where that ends: "annet ledd bokstav b" is "ledd-2-bokstav-b"."""
    steps, end = _steps(text, start)
    return _anchors(steps), end


def parts_before(text: str) -> list[str]:
    """The parts that are named where the text ends: "bokstav b i første ledd av" is "ledd-1-bokstav-b"."""
    tail = text[-_BEHIND:]
    end = _LEADING.search(tail)
    stop = end.start() if end else len(tail)
    for start in (match.start() for match in _STEP.finditer(tail[:stop])):
        steps, reached = _steps(tail[:stop], start)
        if reached == stop:
            return _anchors(steps)
    return []


def _steps(text: str, start: int) -> tuple[_Steps, int]:
    """The steps of a chain that begins there, and where it ends."""
    steps: _Steps = []
    end, gap = start, _GAP.match(text, start)
    while gap and (step := _STEP.match(text, gap.end())):
        name = next(name for name, value in step.groupdict().items() if value)
        steps.append((_KINDS.get(name, name), list(_values(step[name]))))
        end = step.end()
        gap = _BETWEEN.match(text, end)
    return steps, end


def _values(text: str) -> Iterator[str]:
    """The single values of "første, annet og fjerde", "a til c"."""
    for each in re.split(_AND, text.lower()):
        first, *others = (_value(value) for value in re.split(_TO, each))
        last = others[-1] if others else first
        if first.isdigit() and last.isdigit():
            yield from map(str, range(int(first), min(int(last), int(first) + _MOST) + 1))
        elif first != last and len(first) == len(last) == 1:
            yield from map(chr, range(ord(first), min(ord(last), ord(first) + _MOST) + 1))
        else:
            yield first


def _value(text: str) -> str:
    word = re.sub(r"(?<=\d)(?:\.|st|nd|rd|th)$", "", text.strip())
    return LAST if word in {LAST, "last"} else str(ORDINALS.get(word, word))


def _anchors(steps: _Steps) -> list[str]:
    chains: list[_Steps] = []
    for kind, values in steps:
        if not chains or kind in {named for named, _ in chains[-1]}:
            chains.append([])
        chains[-1].append((kind, values))
    found: list[str] = []
    for chain in chains:
        if chain[0][0] == "punktum" or chain[-1][0] == "ledd":  # "bokstav b i første ledd"
            chain.reverse()
        inner = [step for step in chain if step[0] not in {"ledd", "punktum"}]
        # "første punktum bokstav b": the sentence that an item is in says nothing more.
        ordered = [step for step in chain if step[0] == "ledd"] + inner + [s for s in chain[-1:] if s[0] == "punktum"]
        named = ([f"{kind}-{value}" for value in values] for kind, values in ordered)
        found += ["-".join(names) for names in itertools.islice(itertools.product(*named), _MOST) if names]
    return found[:_MOST]


def quotes_of(part: str, passages: Sequence[Passage]) -> list[tuple[Passage, str]]:
    """The words of a part of a paragraph, with the passages of it that they stand in, in reading order.

    Empty where the paragraph has no such part, or several: "bokstav a" where two ledd have one.
    """
    if not part:
        return []
    path, _, sentence = part.partition("punktum-")
    there = list(dict.fromkeys(each.anchor for passage in passages for each in passage.parts))
    anchor = _meant(path.strip("-"), there)
    pieces = [(passage, each) for passage in passages for each in passage.parts if each.anchor == anchor]
    spans = [(passage, each.start, each.end) for passage, each in pieces]
    if sentence:
        spans = _sentence(pieces, sentence)
    return [(passage, words) for passage, start, end in spans if (words := passage.text[start:end].strip())]


def _meant(path: str, there: Sequence[str]) -> str | None:
    ledd = [anchor for anchor in there if re.fullmatch(r"ledd-\w+", anchor)]
    if path.startswith(f"ledd-{LAST}") and ledd:
        path = path.replace(f"ledd-{LAST}", ledd[-1], 1)
    if path in there:
        return path
    if path.startswith("ledd-"):
        return None
    # Nothing is said of the ledd: it has one, or only one has such a part. "§ 4 nr. 2" may be its second ledd, too.
    # Parts of one name are told apart by "~1", which nobody says: of them, none is meant.
    names = [anchor.partition("~")[0].partition("-")[2].partition("-")[2] for anchor in there]
    found = [anchor for anchor, name in zip(there, names, strict=True) if path and name == path]
    if not found and path.startswith("nr-"):
        found = [anchor for anchor in there if anchor == f"ledd-{path.removeprefix('nr-')}"]
    if not path:
        found = ledd
    return found[0] if len(found) == 1 else None


def _sentence(pieces: Sequence[tuple[Passage, Part]], number: str) -> list[tuple[Passage, int, int]]:
    """Where one sentence of a part stands, in each of the passages that it is in."""
    whole = _plain(pieces)
    spans: list[tuple[int, int]] = []
    for sentence in sentences(whole):
        start = whole.index(sentence, spans[-1][1] if spans else 0)
        spans.append((start, start + len(sentence)))
    index = len(spans) - 1 if number == LAST else int(number) - 1 if number.isdigit() else -1
    if not 0 <= index < len(spans):
        return []
    found, offset = [], 0
    for passage, part in pieces:
        start, end = (min(max(place - offset + part.start, part.start), part.end) for place in spans[index])
        found.append((passage, start, end))
        offset += part.end - part.start + 1
    return found


def _plain(pieces: Sequence[tuple[Passage, Part]]) -> str:
    """The words of a part, as long as they are, without what looks like the end of a sentence in a list: that belongs
    to the sentence that leads to it."""
    whole = "\n".join(passage.text[part.start : part.end] for passage, part in pieces)
    items: dict[str, tuple[int, int]] = {}
    offset = 0
    for passage, part in pieces:
        for item in passage.parts:
            if item.anchor.startswith(f"{part.anchor}-"):
                start, end = item.start - part.start + offset, item.end - part.start + offset
                items[item.anchor] = (items.get(item.anchor, (start, end))[0], end)
        offset += part.end - part.start + 1
    for start, end in items.values():
        whole = whole[:start] + re.sub(r"[.!?:;]", ",", whole[start : end - 1]) + whole[end - 1 :]
    return _LINE.sub(lambda line: " " + "x" * (len(line[0]) - 1), whole)
