"""Names of people, known by what stands beside them: a number that was found, "jeg heter", "mvh", "kontaktperson:".

A name that stands by itself is left alone: most are those of streets, firms and places, which a question is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.masking.numbers import NUMBERED
from bot.masking.spans import Kind, Span

_GIVEN = frozenset((Path(__file__).parent / "given_names.txt").read_text(encoding="utf-8").split())
"""Common given names, in lower case."""

# Atomic, and not begun inside a word: what somebody writes must not take longer than its length allows.
_WORD = r"(?>[^\W\d_]\w{0,2}\.(?= [^\W\d_])|[^\W\d_]\w*(?:[-'’][^\W\d_]\w*)*)"
_START = r"(?<![\w'’.-])"
_RUN = re.compile(rf"{_WORD}(?: {{1,3}}{_WORD}){{0,4}}")
_WINDOW = 160
"""So many characters before a number its owner's name is looked for."""
_PARTICLES = frozenset("al bin da de del der di dos el ibn la le van von".split())
_NO_NAMES = frozenset(
    """
    kontakt kontakte ring spør snakk skriv send hei hallo heisann god hilsen helsing mvh vh takk beste vennlig venleg
    vennligst med på fra frå til for av og eller hos ved der her det dette den de jeg eg vi du dere han hun ho er har
    søknaden søker søkjar kunden leietaker utleier eier eigar faktura navn namn telefon tlf mobil mob epost mail konto
    daglig dagleg leder leiar styreleder styreleiar styret innehaver regnskapsfører revisor saksbehandler ansvarlig
    næringssjef rådmann kommunedirektør ordfører sjef norsk norske drammenser
    contact call ask please hi hello dear regards best kind warm thanks thank this my our the name phone email manager
    owner applicant i you we they and or from at on of customer account
    kan hva hvem hvor når hvordan hvorfor skal må vil kva kven kor korleis hvis dersom ikke ja nei om saken
    """.split()
)
"""Words that are no names, though they may stand at the beginning of a sentence; in lower case."""
_FIRMS = re.compile(
    r"as|asa|ans|da|sa|enk|nuf|hf|iks|bl|ba|ks|ltd|inc|gmbh|drammen|bragernes|strømsø|oslo|viken|buskerud|norge|nav"
    r"|statens?|bedrift(?:en)?|firma(?:et)?|municipality|council|kafé|kafe|cafe|restaurant|pub|bar|bank"
    r"|\w*(?:kommune|kommunen|foreningen|forening|forbundet|laget|selskapet|huset|gruppen|teamet|sameiet|borettslag"
    r"|etaten|avdelingen|tilsynet|direktoratet|departementet|styret|rådet|verket|vesenet|vegvesen|kontoret|senteret"
    r"|torget|torg|gate|gata|veien|vei|bakeri|bryggeri|hotell|skole|barnehage|eiendom|bygg)",
    re.I,
)
"""Words that make what they stand in the name of a firm, an office or a place."""

_ANCHOR = f"(?:{'|'.join(re.escape(kind.label) for kind in Kind if kind is not Kind.NAME)})"
_ANCHORS = re.compile(_ANCHOR)
_LINK = (
    r"(?:tlf|telefonnr|telefonnummer|telefon|telefonen|mobilnr|mobilnummer|mobilen|mobil|mob|fnr|f\.nr|d-nr|fødselsnr"
    r"|fødselsnummer|personnummer|født|e-?post(?:adresse)?|e-?mail|mail|kontonr|kontonummer|konto|phone|number|tel|nr"
    r"|nummer|nummeret|account|id|jobb|privat|når du|nås|kan nås"
    r"|treffes|her|min|mitt|mi|er|har|is|has|på|at|on|med|with)"
)
_GAP = rf"[\s,;:(<–—.-]{{1,3}}(?:{_LINK}\b[\s,;:(<.]{{1,2}}){{0,4}}[(<]?"
_BEFORE_ANCHOR = re.compile(rf"{_START}({_WORD}(?: {{1,3}}{_WORD}){{0,4}}){_GAP}\Z", re.I)
_AFTER_ANCHOR = re.compile(
    rf"{_ANCHOR}[>)]?[ ,;:(–—-]{{1,3}}(?:(?:er \w+ til|til|tilhører|tilhøyrer|for|v/|er|belongs to|ask for"
    r"|spør etter|og spør etter)\s+)?",
    re.I,
)

_SAID = re.compile(
    r"\b(?:(?:jeg|han|hun|kona|mannen|mor|far|revisor|vår \w+|min \w+|og) heter"
    r"|(?:eg|han|ho) heiter"
    r"|mitt na[vm]n er|na[vm]net (?:mitt )?er|my name(?:'s| is)|undertegnede|undertegna"
    r"|the undersigned|his name is|her name is)[:,]? ",
    re.I,
)
_TITLED = re.compile(
    r"\b(?:daglig leder|dagleg leiar|styrele(?:der|iar)|innehaver|eier|kontaktperson(?:en)?|saksbehandler"
    r"|regnskapsfører|leietaker|kollega(?:en)?|colleague|nabo(?:en)?|sjef(?:en)?|kona|mann(?:en)?|wife|husband|manager|kunden|ansatt"
    r"|søker|partner(?:en)?|ektefelle|spør etter|ask for|snakke(?:t)? med|ta kontakt med|kontakt|contact|call|ring)"
    r"(?: min| mi| vår)?(?: er| is|:|,)? ",
    re.I,
)
_LABELLED = re.compile(
    r"(?:^|(?<=[\s,;(]))(?:fullt |full |søkers )?(?:navn|namn|name|fornavn|etternavn|first name|last name|surname"
    r"|kontaktperson|kontakt|contact|søker|søkjar|eier|eigar|innehaver|styreleder|daglig leder|ansvarlig"
    r"|regnskapsfører|applicant|owner|from|fra)\s?[:=]\s?",
    re.I,
)
_SIGNED = re.compile(
    r"\b(?:mvh|m\.v\.h|vh|hilsen|helsing|(?:best|kind|warm)? ?regards|(?:yours )?sincerely|cheers"
    r"|takk på forhånd|på forhånd takk|takk for svar|thanks|best)(?:\.|,|!)?\s{1,3}",
    re.I,
)
_PRESENTED = re.compile(r"\b(?:jeg er|eg er|jeg,|eg,|i am|i'm) ", re.I)
_NAMED = re.compile(r"\b(?:heter|heiter|this is|dette er|det er|er det|hei[,!]|hei hei[,!]?|hi[,!]) ", re.I)
"""What is followed by other things than names, too: only a common given name is taken for one."""
_HERE = re.compile(rf"{_START}({_WORD}(?: {{1,3}}{_WORD}){{0,3}}) her(?: fra\b|[,.])", re.I)
_BORN = re.compile(
    rf"{_START}({_WORD}(?: {{1,3}}{_WORD}){{0,4}})[ ,(]{{1,3}}(?:(?:som )?er )?(?:født|fødd|f\.|born)(?: den| on)? \d",
    re.I,
)
_AND = re.compile(r" (?:og|and|&) ")


def names(text: str) -> Iterator[Span]:
    """Names of people in a text whose other personal data is replaced by its labels already."""
    yield from _before(text)
    for cue in (_SAID, _LABELLED, _SIGNED):
        for found in cue.finditer(text):
            yield from _at(text, found.end(), sure=True)
    for cue in (_AFTER_ANCHOR, _TITLED, _PRESENTED, _NAMED):
        for found in cue.finditer(text):
            for span in _at(text, found.end(), sure=False):
                if cue is not _NAMED or _first(text, span) in _GIVEN:
                    yield span


def _before(text: str) -> Iterator[Span]:
    """Names that stand before what tells that they are there."""
    for anchor in _ANCHORS.finditer(text):
        if found := _BEFORE_ANCHOR.search(text, max(0, anchor.start() - _WINDOW), anchor.start()):
            yield from _last_in(text, found.start(1), found.end(1))
    for cue in (_HERE, _BORN):
        for found in cue.finditer(text):
            yield from _last_in(text, found.start(1), found.end(1))


def _at(text: str, start: int, *, sure: bool) -> Iterator[Span]:
    """The name that begins there, and those that are joined to it."""
    span = _name(text, start, sure=sure)
    while span:
        yield span
        joined = _AND.match(text, span.end)
        span = _name(text, joined.end(), sure=False) if joined else None


def _name(text: str, start: int, *, sure: bool) -> Span | None:
    run = _RUN.match(text, start)
    words = list(re.finditer(_WORD, run[0])) if run else []
    if not run or not words:
        return None
    length = 0
    for word in words:
        if not _may_be(word[0], [each[0] for each in words[:length]]):
            break
        length += 1
    taken = [word[0] for word in words[:length]]
    following = words[length][0] if length < len(words) else ""
    if not _is_name(taken, sure=sure) or _FIRMS.fullmatch(following.rstrip(".")):
        return None
    return Span(start, start + words[length - 1].end())


def _last_in(text: str, start: int, end: int) -> Iterator[Span]:
    """The name that ends there, where one does; it may begin after words that are none."""
    words = list(re.finditer(_WORD, text[start:end]))
    for skipped in range(len(words)):
        rest = [word[0] for word in words[skipped:]]
        whole = all(_may_be(word, rest[:index]) for index, word in enumerate(rest))
        if whole and _is_name(rest, sure=False):
            yield Span(start + words[skipped].start(), end)
            return


def _may_be(word: str, before: Sequence[str]) -> bool:
    """May the word be part of a name, after these parts of it?"""
    low = word.rstrip(".").lower()
    if low in _NO_NAMES or _FIRMS.fullmatch(low) or NUMBERED.fullmatch(low):
        return False
    written_small = bool(before) and before[0].islower()
    return word[0].isupper() or low in _GIVEN or (bool(before) and (low in _PARTICLES or written_small))


def _is_name(words: Sequence[str], *, sure: bool) -> bool:
    """Are these words a name? `sure`: what stands beside them says that one is there."""
    if not words or words[-1].lower() in _PARTICLES:
        return False
    if words[0].lower() in _GIVEN:
        return True
    return words[0][0].isupper() and (sure or len(words) > 1)


def _first(text: str, span: Span) -> str:
    return text[span.start : span.end].split(" ", maxsplit=1)[0].lower()
