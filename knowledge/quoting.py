"""What is quoted of a paragraph of a law: its main rule, and the subsections that answer, with their lists; of other
sections their first sentence and those that answer, with their rule and other cases of what they count, or all of a
short one; the one that answers best comes first.

A sentence of a law seldom stands alone. Its paragraph begins with the rule and goes on with what is special: an
exception without the rule before it, or an item without what it is an item of, is a wrong answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.facts import OTHER, facts
from knowledge.model import Passage
from knowledge.sentences import sentences

WHOLE = 350
"""Characters: a paragraph up to this length is quoted as it is."""
SUBSECTION = 500
"""Characters: a longer subsection is quoted by its sentences that answer. On the questions of `questions-dev` that are
answered from the right paragraph, the words that an answer must hold are then quoted for .84 rather than .69, in 404
characters rather than 226; with whole paragraphs for all, in 1,011."""

SECTION = 700
"""Characters: of anything else, a section up to this length is quoted as it is: to leave out the one sentence that
decides is worse than to show two that don't (decision 0021)."""

LEFT_OUT = 300
"""Characters: where no more would be left out of what answers best, it is quoted whole, for the same reason. Of seven
answers that independent judges found to lack the sentence that decides, five lacked that one alone (decision 0026)."""

AHEAD = 0.05
"""How much nearer to the question (cosine) than the sentence that the quotes begin with the best one must be to be put
before it: who reads one sentence reads that (decision 0026)."""

CASES = 8
"""Sentences that count in one unit: more are no cases of one rule, but a list."""

LEAD = 0.3
"""How much less near to the question (cosine) than what is quoted a section's first sentence may be and still be quoted
before it. Of 108 answers to our own questions over the guides that left it out, some twenty misled without it ("Hvor
lenge er klagefristen?": two special cases, and not the three weeks). In those it was nearer than this; where it has
nothing to do with the question ("Hva koster serviceskilt?": who puts them up) it is mostly farther away. Read with the
vectors of E5 as it ships, of which .05 left as many out as .3 does now."""

RULE = 250
"""Characters: of a paragraph that is quoted in part, the first subsection is quoted whole up to this length; of a
longer one, its first sentence."""
LONGEST_LIST = 2_000
"""Characters: of a longer list the first items are quoted."""
_ENDED = re.compile(r"[.!?][\"»”)]*$")
_ONE = re.compile(r"\b(?:én|éin|éi|ett|eitt|one)\b", re.I)
"""Is a number, where the article is written otherwise."""
RESTRICTS = re.compile(
    r"^(?:(?:men|unntak\w*|unntatt|likevel|but|however|except)\b"
    r"|[^,.]{0,80}\bgjeld(?:er)? (?:likevel )?(?:ikke|ikkje)\b|[^,.]{0,80}\bdo(?:es)? not apply\b)",
    re.I,
)
"""What restricts the sentence before it is quoted along with it: half a rule is a wrong answer."""
_LEANS = re.compile(
    r"(?:d(?:ette|isse|enne|ei?|a|er|erfor|eretter|essuten)|den (?!som\b)|slike?|her|ellers|samme|han|h[ou]n?"
    r"|this|these|those|such|they|it|then|there|otherwise|therefore"
    r"|(?:\S+ ){0,4}(?:også|òg|heller|likevel|also|either|nevertheless))\b",
    re.I,
)
"""Begins as what leans on the sentence before it does."""
_BREAK = re.compile(r"\n\s*\n")
_ITEM = re.compile(r"(?:[-•–]|[a-zæøå]\)|\d+[.)])\s", re.I)

Quoted = tuple[Passage, str]


def law_quotes(paragraph: Sequence[Passage], chosen: Sequence[Quoted]) -> list[Quoted]:
    """What to quote, in reading order, each verbatim in its passage.

    `paragraph` are all its passages in order, `chosen` the sentences that answer, each with the passage it stands in.
    """
    if sum(len(passage.text) for passage in paragraph) <= WHOLE:
        return [(passage, passage.text) for passage in paragraph]
    quotes: list[Quoted] = []
    for place, passage in enumerate(paragraph):
        of_it = [sentence for each, sentence in chosen if each == passage]
        found = [(passage, quote) for block in _subsections(passage.text) for quote in _of_one(block, of_it)]
        if found and _ITEM.match(found[0][1]):  # its list began in a passage before
            before = ((each, text) for each in reversed(paragraph[:place]) for text in reversed(sentences(each.text)))
            introduction = [quoted for quoted in before if quoted[1].endswith(":")][:1]
            quotes += [each for each in introduction if not quotes or not quotes[-1][1].endswith(each[1])]
        quotes += found
    rule = next(_subsections(paragraph[0].text), "")
    rule = rule if len(rule) <= RULE else sentences(rule)[0]
    if rule and not any(passage.id == paragraph[0].id and rule in quote for passage, quote in quotes):
        quotes.insert(0, (paragraph[0], rule))
    following = [*(quote for _, quote in quotes[1:]), ""]
    return [
        each
        for quoted, after in zip(quotes, following, strict=True)
        for each in ([quoted] if _ITEM.match(after) else _with_items(paragraph, *quoted))
    ]


def with_like_figures(every: Sequence[Quoted], chosen: Sequence[Quoted], telling: Sequence[Quoted]) -> list[Quoted]:
    """The chosen ones of a section's sentences, in reading order, and those that count what one of the `telling` does:
    whoever is told of one month's notice must be told of the two months after five years. In a list of prices each row
    is a case of its own."""

    def units(quoted: Quoted) -> set[str]:
        passage, text = quoted
        return {unit for _, unit in facts(_ONE.sub("1", text), passage.language).amounts} - {"", OTHER}

    counted = set().union(*map(units, telling))
    if not counted:
        return list(chosen)
    found = [quoted for quoted in every if quoted in chosen or units(quoted) & counted]
    return found if len(found) <= CASES else list(chosen)


def cited(sentence: str, passage: Passage) -> set[str]:
    """The keys of the paragraphs that a sentence cites; of two that begin alike ("§ 1", "§ 1 a") the longer one."""
    labels = sorted(passage.rests_on, key=lambda basis: -len(basis.label))
    keys = {basis.label: basis.key for basis in labels}
    pattern = "|".join(re.escape(label) for label in keys)
    return {keys[found] for found in re.findall(rf"(?:{pattern})(?![\d-])", sentence)} if keys else set()


def with_the_rule(every: Sequence[Quoted], chosen: Sequence[Quoted], best: Quoted) -> list[Quoted]:
    """The chosen ones of a section's sentences, in reading order, with all that it says by a paragraph that the best of
    them cites and, by others that are cited, the sentence that cites it first. That has the rule, and what comes after
    it is what is to be kept to and what is excepted: whoever is told of the one without the other may act wrongly."""
    about = [cited(text, passage) for passage, text in every]
    own = about[every.index(best)]
    others = set().union(*(keys for quoted, keys in zip(every, about, strict=True) if quoted in chosen)) - own
    first = {next(place for place, keys in enumerate(about) if key in keys) for key in others}
    return [quoted for place, quoted in enumerate(every) if quoted in chosen or place in first or about[place] & own]


def guide_quotes(
    every: Sequence[Quoted],
    chosen: Sequence[Quoted],
    best: Quoted,
    near: Sequence[float],
    telling: Sequence[Quoted] = (),
    *,
    answers_best: bool = True,
) -> list[Quoted]:
    """What to quote of anything but a law, each verbatim in its passage.

    `every` are all sentences of its section in order, `near` how near (cosine) each is to the question; `chosen` are
    those that answer, of which `best` does best. They come with the rule that they are about, and with other cases of
    what the `telling` ones count, in reading order. Of the section that `answers_best` a short one is quoted whole, and
    the best sentence comes first.
    """
    if answers_best and sum(len(text) for _, text in every) <= SECTION:
        return _best_first(every, best, every, near)
    quotes = with_like_figures(every, with_the_rule(every, chosen, best), telling)
    nearest = max(score for quoted, score in zip(every, near, strict=True) if quoted in quotes)
    if every[0] not in quotes and near[0] >= nearest - LEAD:
        quotes.insert(0, every[0])
    if not answers_best:
        return quotes
    left_out = sum(len(quoted[1]) for quoted in every if quoted not in quotes)
    return _best_first(every if left_out <= LEFT_OUT else quotes, best, every, near)


def _best_first(quotes: Sequence[Quoted], best: Quoted, every: Sequence[Quoted], near: Sequence[float]) -> list[Quoted]:
    """The quotes, with the best one before the others where it is nearer than the first and can stand by itself. What
    has items stays as it is."""
    has_items = any(_ITEM.match(text) or text.endswith(":") for _, text in quotes)
    is_nearer = near[every.index(best)] >= near[every.index(quotes[0])] + AHEAD
    if has_items or not is_nearer or RESTRICTS.match(best[1]) or _LEANS.match(best[1]):
        return list(quotes)
    return [best, *(quoted for quoted in quotes if quoted != best)]


def _of_one(subsection: str, chosen: Sequence[str]) -> list[str]:
    """What of a subsection is quoted: all of it, or the chosen sentences, items after what introduces them."""
    there = [sentence for sentence in chosen if sentence in subsection]
    if not there or len(subsection) <= SUBSECTION:
        return [subsection] if there else []
    every = sentences(subsection)
    quoted: list[str] = []
    introduction = ""
    for sentence in every:
        is_item = bool(_ITEM.match(sentence))
        if sentence.endswith(":") and not is_item:
            introduction = sentence
        if sentence in there:
            quoted += [introduction, sentence] if introduction and is_item else [sentence]
    return list(dict.fromkeys(quoted))


def _with_items(paragraph: Sequence[Passage], passage: Passage, quote: str) -> list[Quoted]:
    """The quote with the items behind it, where it ends as what introduces a list does; they may stand in the next
    passage."""
    if _ENDED.search(quote) or _ITEM.match(quote.rpartition("\n")[2]):
        return [(passage, quote)]
    begin = passage.text.index(quote)
    end = _end_of_items(passage.text, begin + len(quote))
    quotes = [(passage, passage.text[begin:end])]
    place = next((index for index, each in enumerate(paragraph) if each == passage), len(paragraph))
    if not passage.text[end:].strip() and paragraph[place + 1 :]:
        following = paragraph[place + 1]
        if end := _end_of_items(following.text, 0):
            quotes.append((following, following.text[:end]))
    return quotes


def _end_of_items(text: str, end: int) -> int:
    """Where the items of a list end that go on there."""
    begin = end
    for item in sentences(text[end:]):
        stop = text.index(item, end) + len(item)
        if not _ITEM.match(item) or stop - begin > LONGEST_LIST:
            break
        end = stop
    return end


def _subsections(text: str) -> Iterator[str]:
    """The parts between empty lines, lists together with what introduces them; each verbatim in the text."""
    start = end = 0
    for piece in _pieces(text):
        begins = text.index(piece, end)
        introduced = text[start:end].rstrip().endswith(":") or _ITEM.match(text[start:end].rpartition("\n")[2].strip())
        if end and not (_ITEM.match(piece) and introduced):
            yield text[start:end]
            start = begins
        end = begins + len(piece)
    yield text[start:end]


def _pieces(text: str) -> Iterator[str]:
    return (piece.strip() for piece in _BREAK.split(text) if piece.strip())
