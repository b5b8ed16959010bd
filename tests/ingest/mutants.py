"""Documents as nobody should make them: bits flipped, parts cut, doubled, nested and swapped, by seed."""

from __future__ import annotations

import copy
import io
import random
import re
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import tostring

from defusedxml.ElementTree import fromstring

from tests.ingest import docx, paper
from tests.lovdata import law

SHARED = Path(__file__).parents[3] / "shared" / "data"
SUFFIXES = ("pdf", "html", "xml", "docx")
_MOST = 4_000_000
"""Bytes that a mutant grows to at most."""

_TOKENS: dict[str, tuple[bytes, ...]] = {
    suffix: tuple(token.encode() for token in tokens)
    for suffix, tokens in tomllib.loads(Path(__file__).with_name("dangerous.toml").read_text(encoding="utf-8")).items()
}

Mutation = Callable[[random.Random, bytes, str], bytes]


@dataclass(frozen=True)
class Mutant:
    """A broken document. `name` says how to make it again: the seed and its number."""

    name: str
    content: bytes


def mutant(seed: int, number: int, *, real: bool = False) -> Mutant:
    """The document of that number: of each format in turn. With `real`, of the files in ../shared/data too."""
    chance = random.Random(f"{seed}/{number}")
    suffix = SUFFIXES[number % len(SUFFIXES)]
    content = chance.choice(_originals(real)[suffix])
    is_packed = suffix == "docx" and chance.random() < 0.8
    mutate = _mutate_part if is_packed else _mutate
    return Mutant(f"{seed}-{number}.{suffix}", mutate(chance, content, suffix)[:_MOST])


@cache
def _originals(real: bool) -> dict[str, tuple[bytes, ...]]:
    pages = sorted((Path(__file__).parent / "pages").glob("*.html"))
    laws = sorted((SHARED / "laws" / "lovdata-xml").glob("*.xml")) if real else []
    papers = sorted((SHARED / "pdf").glob("*.pdf")) if real else []
    return {
        "pdf": (*_papers(), *(file.read_bytes() for file in papers)),
        "html": tuple(file.read_bytes() for file in pages),
        "xml": (law().encode(), *(file.read_bytes() for file in laws)),
        "docx": (_word(),),
    }


def _papers() -> tuple[bytes, ...]:
    head = paper.Text("1 Uteservering", size=16, bold=True)
    words = paper.lines(["Det må søkes om uteservering hvert år, og det skal leies", "plass av kommunen."], y=90)
    rows = paper.table([("Hva", "Frist"), ("Tegning", "1. mai")], (60, 200, 340), y=200)
    ruled = paper.drawn([head, *words, *rows], [*words], bookmarks=[("1 Uteservering", 1)], title="Uteservering")
    return paper.pdf(["Torghandel krever leie."], ["Side to."]), ruled, paper.pdf(["Låst."], owner="eier")


def _word() -> bytes:
    chapters = [
        part
        for number in range(1, 6)
        for part in (
            docx.paragraph(f"{number} Søknad", "Overskrift1"),
            docx.paragraph("Fristen er åtte uker."),
            docx.paragraph("tegning", bullet=0),
            docx.paragraph("<w:r><w:t>Gebyr</w:t></w:r><w:r><w:footnoteReference w:id='1'/></w:r>"),
            docx.table(("Hva", "Frist"), ("Tegning", "1. mai")),
        )
    ]
    return docx.docx(
        docx.paragraph("Retningslinjer", "Title"), *chapters, title="Retningslinjer",
        parts={"word/footnotes.xml": docx.footnotes("Etter regulativet.")},
    )  # fmt: skip


def _mutate(chance: random.Random, content: bytes, suffix: str) -> bytes:
    if suffix in {"xml", "docx"} and content.startswith(b"<") and chance.random() < 0.6:
        return _rearrange(chance, content)
    for _ in range(chance.randint(1, 4)):
        content = chance.choice(_MUTATIONS)(chance, content, suffix) or b" "
    return content


def _rearrange(chance: random.Random, content: bytes) -> bytes:
    """XML that is well-formed still: elements moved, doubled, emptied and nested, attributes changed."""
    root = fromstring(content)
    for _ in range(chance.choice((1, 5, 40))):
        elements = list(root.iter())
        one, other = chance.choice(elements), chance.choice(elements)
        match chance.randrange(6):
            case 0:
                one.attrib.update(other.attrib)
            case 1 if one.attrib:
                one.set(chance.choice(list(one.attrib)), chance.choice(("", "-1", "x", "9" * 30, "\u00ad", "r1")))
            case 2:
                one[:] = []
            case 3 if len(list(other.iter())) < 500:
                one.insert(chance.randrange(len(one) + 1), copy.deepcopy(other))
            case 4:
                one.tag = other.tag
            case _:
                one.text, other.tail = other.tail, one.text
    return bytes(tostring(root))


def _mutate_part(chance: random.Random, content: bytes, suffix: str) -> bytes:
    """The archive with one of its parts mutated, and whole again."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = chance.choice([*old.namelist(), *["word/document.xml"] * 6])
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, _mutate(chance, part, suffix)[:_MOST] if name == chosen else part)
    return file.getvalue()


def _flip(chance: random.Random, content: bytes, suffix: str) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 4, 64))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut_off(chance: random.Random, content: bytes, suffix: str) -> bytes:
    return content[: chance.randrange(len(content))]


def _slice(chance: random.Random, content: bytes) -> tuple[int, int]:
    start = chance.randrange(len(content))
    return start, min(len(content), start + chance.choice((8, 200, 5000)))


def _cut_out(chance: random.Random, content: bytes, suffix: str) -> bytes:
    start, end = _slice(chance, content)
    return content[:start] + content[end:]


def _double(chance: random.Random, content: bytes, suffix: str) -> bytes:
    start, end = _slice(chance, content)
    return content[:end] + content[start:end] * chance.choice((1, 3, 300)) + content[end:]


def _insert(chance: random.Random, content: bytes, suffix: str) -> bytes:
    for _ in range(chance.choice((1, 3, 30))):
        at = chance.randrange(len(content))
        content = content[:at] + chance.choice(_TOKENS[suffix]) + content[at:]
    return content


def _swap(chance: random.Random, content: bytes, suffix: str) -> bytes:
    """One of the words, tags or names that the file has, everywhere in it, for a dangerous one."""
    words = re.findall(rb"<[^<>]{1,60}>|/[A-Z]\w+|[\w:]{3,}", content)
    if not words:
        return content
    return content.replace(chance.choice(words), chance.choice(_TOKENS[suffix]), chance.choice((1, 5, -1)))


def _nest(chance: random.Random, content: bytes, suffix: str) -> bytes:
    """A bomb: a token so often that whoever goes down into it goes very deep."""
    token = chance.choice(_TOKENS[suffix])
    at = chance.randrange(len(content))
    return content[:at] + token * min(chance.choice((90, 2_000, 60_000)), _MOST // len(token)) + content[at:]


_MUTATIONS: tuple[Mutation, ...] = (_flip, _cut_off, _cut_out, _double, _insert, _insert, _swap, _swap, _nest)
