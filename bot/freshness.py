"""What readers are told of the age of sources: that they differ, have vanished, or were not looked at for long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence

from babel.dates import format_date

from bot.texts import LOCALES, Texts
from knowledge.conflicts import differing, newest_first
from knowledge.model import ANSWER, Citation, Claim

_KEPT_UP = {"guidance", "page", "routine", ANSWER}
"""Kinds whose date says when they were last looked at; laws and plans hold until they are changed."""
_DAYS_A_MONTH = 30.44

Terms = Callable[[str], Collection[str]]


class Freshness:
    """Notes on the sources of claims; old are those that were last checked more than `months` ago."""

    def __init__(self, texts: Texts, months: int) -> None:
        self._texts = texts
        self._age = dt.timedelta(days=months * _DAYS_A_MONTH)

    def compare(
        self, claims: Sequence[Claim], nearest: Sequence[Citation], language: str, terms: Terms
    ) -> tuple[tuple[Claim, ...], list[str]]:
        """The claims, with what one of the nearest sources says that contradicts them, and the notes on their sources.
        Blocking."""
        compared = self.contradicted(claims, nearest, terms)
        return compared, [*self.notes(compared, language, terms)]

    def contradicted(self, claims: Sequence[Claim], nearest: Sequence[Citation], terms: Terms) -> tuple[Claim, ...]:
        """The claims, and beside one what another source says that contradicts it, the newer first."""
        pair = differing([claim.citation for claim in claims], nearest, terms)
        if not pair:
            return tuple(claims)
        index = next(index for index, claim in enumerate(claims) if claim.citation == pair[0])
        both = [_claim(citation, claims) for citation in newest_first(*pair)]
        others = [claim for claim in claims if claim.citation not in pair]
        return (*others[:index], *both, *others[index:])

    def notes(self, claims: Sequence[Claim], language: str, terms: Terms) -> Iterator[str]:
        """What there is to say of the sources of these claims, each thing once."""
        citations = tuple(dict.fromkeys(claim.citation for claim in claims))
        if pair := differing(citations, citations, terms):
            newer, older = newest_first(*pair)
            yield self._texts(
                language,
                "reply.note.differ",
                newer=self._titled(newer, language),
                older=self._titled(older, language),
            )
        sources = {citation.document: citation for citation in citations}.values()
        for citation in sources:
            if citation.missing:
                since = self._day(citation.missing, language)
                yield self._texts(language, "reply.note.missing", title=citation.title, since=since)
            elif citation.date and self._is_old(citation.kind, citation.date):
                checked = self._day(citation.date, language)
                yield self._texts(language, "reply.note.old", title=citation.title, checked=checked)

    def _is_old(self, kind: str, date: dt.date) -> bool:
        return kind in _KEPT_UP and date < dt.date.today() - self._age

    def _titled(self, citation: Citation, language: str) -> str:
        day = f", {self._day(citation.date, language)}" if citation.date else ""
        return f"{citation.title}{day}"

    def _day(self, date: dt.date, language: str) -> str:
        return format_date(date, "long", locale=LOCALES[language])


def _claim(citation: Citation, claims: Sequence[Claim]) -> Claim:
    return next((each for each in claims if each.citation == citation), Claim(text=citation.quote, citation=citation))
