"""What is shown of a document where somebody puts a link to it, or the document itself, into a chat. Pure."""

from __future__ import annotations

from babel.dates import format_date
from pydantic import BaseModel, ConfigDict

from bot.pages import SourceLink
from bot.texts import LOCALES, Texts
from knowledge.model import Audience, Document, Section

_PRODUCT = "Møteplassen"
_KINDS = frozenset({"plan", "guidance", "law", "routine", "page", "answer"})


class Preview(BaseModel):
    """A document, or a section of it: what it is called, its own words, and what is to be known about it."""

    model_config = ConfigDict(frozen=True)

    title: str
    anchor: str
    heading: str
    words: str
    about: str


def preview(document: Document, asked: SourceLink, language: str, texts: Texts) -> Preview:
    """What the link leads to: the section that it names, where there is such a one, else where the document begins."""
    section = document.section(asked.section) or next((each for each in document.sections if each.text.strip()), None)
    heading = section.heading if section and section.heading != document.title else ""
    return Preview(
        title=document.title,
        anchor=section.anchor if section and section.anchor == asked.section else "",
        heading=heading,
        words=_words(section, asked.words) if section else "",
        about=" · ".join(_about(document, language, texts)),
    )


def _about(document: Document, language: str, texts: Texts) -> list[str]:
    about = [texts(language, f"reply.preview.kind.{document.kind}")] if document.kind in _KINDS else []
    if document.audience is Audience.INTERNAL:
        about.append(texts(language, "reply.preview.internal"))
    if date := document.checked or document.changed or document.published:
        about.append(format_date(date, "long", locale=LOCALES[language]))
    return about or [document.source.strip() or _PRODUCT]


def _words(section: Section, words: str) -> str:
    """The words that the link marks, where they stand in the section; else the section from its beginning."""
    wanted = " ".join(words.split())
    return wanted if wanted and wanted in " ".join(section.text.split()) else section.text
