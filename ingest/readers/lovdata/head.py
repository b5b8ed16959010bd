"""What Lovdata says about a law in front of its text: names, numbers and dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pydantic import BaseModel, ConfigDict

from ingest.readers.lovdata.text import class_of, words_of
from knowledge.model import UNDECIDED

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
_WRITTEN = re.compile(rf"(\d{{1,2}})\.? ({'|'.join(_MONTHS)})[a-zæøå]*\.? (\d{{4}})", re.I)
_TO_DECIDE = re.compile(r"\b(?:bestem|fastset|fastsett|avgj)", re.I)
_NICKNAME = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_NAME_OF_A_LAW = re.compile(r"lov(?:en|a)$", re.I)


class Head(BaseModel):
    """What stands in the header. `id` is Lovdata's ("lov/1999-03-26-17"), `file` where it is kept ("NL/lov/...")."""

    model_config = ConfigDict(frozen=True)

    title: str = ""
    short_title: str = ""
    number: str = ""
    id: str = ""
    file: str = ""
    published: dt.date | None = None
    changed: dt.date | None = None
    in_force: dt.date | None = None
    in_full: dt.date | None = None
    changed_by: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that the law is called: its title, short names, id and number."""
        names = [
            self.title,
            *_nicknames(self.title, self.short_title),
            self.id,
            self.id.rpartition("/")[2],
            self.number,
        ]
        return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def head_of(root: Element) -> Head:
    """The header of a document in Lovdata's format; what it does not say is empty."""
    said = {class_of(entry): entry for entry in root.iter("dd")}
    words = {name: words_of(entry) for name, entry in said.items()}
    days = _force(words.get("dateInForce", ""))
    return Head(
        title=words.get("title", ""),
        short_title=words.get("titleShort", ""),
        number=words.get("legacyID", ""),
        id=words.get("refid", ""),
        file=words.get("dokid", ""),
        published=next(_dates(words.get("dateOfPublication", "")), None),
        changed=next(_dates(words.get("lastChangeInForce", "")), None),
        in_force=min(days, default=None),
        in_full=max(days) if days[1:] else None,
        changed_by=_ids(words.get("lastChangedBy", "")),
        changes=_ids(words.get("changesToDocuments", "")),
    )


def written_date(text: str) -> dt.date | None:
    """The first date written as in "res. 26 mars 1999 nr. 248"; None where there is none."""
    match = _WRITTEN.search(text)
    if not match:
        return None
    try:
        return dt.date(int(match[3]), _MONTHS.index(match[2].lower()) + 1, int(match[1]))
    except ValueError:
        return None


def _force(text: str) -> list[dt.date]:
    """The days from which parts of a law hold: of "2010-01-01, Kongen bestemmer" two, the latter UNDECIDED."""
    days = list(_dates(text))
    return [*days, UNDECIDED] if _TO_DECIDE.search(text) or (text and not days) else days


def _dates(text: str) -> Iterator[dt.date]:
    for found in _ISO.findall(text):
        try:
            yield dt.date.fromisoformat(found)
        except ValueError:
            continue


def _ids(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\b(?:lov|forskrift)/[\d-]+", text))


def _nicknames(title: str, short_title: str) -> Iterator[str]:
    """The names in "Husleieloven – husll" and "Byggteknisk forskrift (TEK17)".

    Those in the title count only where there is no short one: "Forskrift om overgangsregler for lov ... om offentlige
    anskaffelser (anskaffelsesloven)" is not anskaffelsesloven.
    """
    for name in re.split(r"\s[–-]\s", short_title):
        yield _NICKNAME.sub("", name)
        yield from _NICKNAME.findall(name)
    if not short_title:
        is_law = title.lower().startswith("lov")
        yield from (name for name in _NICKNAME.findall(title) if bool(_NAME_OF_A_LAW.search(name)) == is_law)
