"""A published answer as a document of the library. Pure."""

from __future__ import annotations

from babel.dates import format_date

from bot.publishing.answer import PublishedAnswer
from bot.publishing.rules import day
from bot.texts import LOCALES, Texts
from knowledge.catalogue import Split
from knowledge.model import ANSWER, Document, Passage, Section

_ANSWER, _SOURCES = "svar", "kilder"


def document_of(answer: PublishedAnswer, texts: Texts) -> Split:
    """The document, and its one passage: what was approved is not split, since no half of it was approved.

    The document also names the sources, for whoever opens it. Raises ValueError where the answer was never published.
    """
    if answer.published is None or answer.seen is None:
        raise ValueError(f"answer {answer.id} was never published")
    published, seen = day(answer.published), day(answer.seen)
    date = format_date(published, "short", locale=LOCALES[answer.language])
    about = {
        "title": texts(answer.language, "desk.publishing.title", team=answer.team, date=date),
        "kind": ANSWER,
        "audience": answer.audience,
        "language": answer.language,
    }
    sections = [Section(anchor=_ANSWER, heading=answer.question, text=answer.answer)]
    if answer.sources:
        titles = "\n".join(f"– {title}" for title in dict.fromkeys(source.title for source in answer.sources))
        heading = texts(answer.language, "desk.publishing.sources")
        sections.append(Section(anchor=_SOURCES, heading=heading, text=titles))
    checked = seen if seen != published else None
    document = Document.model_validate(
        {"id": answer.document, "sections": sections, "published": published, "checked": checked, **about}
    )
    passage = Passage.model_validate(
        {
            "id": f"{answer.document}#{_ANSWER}",
            "document": answer.document,
            "section": _ANSWER,
            "heading": answer.question,
            "text": answer.answer,
            "date": seen,
            **about,
        }
    )
    return document, [passage]
