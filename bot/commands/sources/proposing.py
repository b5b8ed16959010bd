"""`sources typical`: a file of typical questions to begin with."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import err, fail, plain_errors, progress_bar, verbatim, warn
from bot.commands.options import DataDir, settings_of

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.model import Document, Section

_ID = 'The id of a document, as in the address of a citation: "guides/skjenkebevilling".'


def typical(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help=_ID, show_default=False)],
    *,
    propose: Annotated[bool, typer.Option(help="Have the chat model propose questions; read them before use.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Print a file for typical questions to a document (docs/sources.md): those of its sections that have none yet.

    It is filled in by hand, or with --propose by the chat model and then read by somebody who knows the document.
    """
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from ingest.sources import SourcesError, load_sources  # noqa: PLC0415
    from ingest.sources.typical import written  # noqa: PLC0415

    with plain_errors(DataDirError, ConfigurationError, SourcesError):
        settings = settings_of(data_dir)
        if propose and not settings.has_chat_model:
            raise ConfigurationError("there is no chat model to propose anything; set OPENAI_API_KEY, or leave it out")
        found = asyncio.run(_document(settings, document))
        if found is None:
            listed = "`moteplassen sources show NAME` lists those of a source"
            raise fail(f"the library has no document {document!r}; {listed}")
        there = {anchor for source in load_sources(settings.sources) for anchor in source.questions.get(document, {})}
        sections = [section for section in _with_text(found) if section.anchor not in there]
        if not sections:
            err.print(verbatim(f"All sections of {document} have a place for typical questions."))
            return
        proposed = asyncio.run(_proposed(settings, found, sections)) if propose else {}
        sys.stdout.write(written(document, sections, proposed, more=bool(there)))
        if propose and not proposed:
            raise fail("nothing was proposed; the sections are there to be filled in")


def _with_text(document: Document) -> list[Section]:
    """The sections that say something, but for paragraphs of laws that have typical questions of ours."""
    from knowledge.typical_questions import TypicalQuestions  # noqa: PLC0415

    known = TypicalQuestions.load().keys
    return [section for section in document.sections if section.text.strip() and known.isdisjoint(section.keys)]


async def _document(settings: Settings, id_: str) -> Document | None:
    from bot.wiring import open_library  # noqa: PLC0415

    with contextlib.closing(open_library(settings)) as library:
        return await library.document(id_)


async def _proposed(
    settings: Settings, document: Document, sections: Sequence[Section]
) -> dict[str, dict[str, list[str]]]:
    """What the chat model proposes, by anchor and language. A section that it has nothing for is told and left open."""
    from bot.chat import open_proposer  # noqa: PLC0415
    from bot.chat_accounts import Accounts  # noqa: PLC0415
    from knowledge.calling import outcome_of  # noqa: PLC0415
    from knowledge.calls import Outcome  # noqa: PLC0415
    from knowledge.consulting import Useless  # noqa: PLC0415

    proposer, proposed = open_proposer(settings), dict[str, dict[str, list[str]]]()
    bill = Accounts(settings.chat_price_in, settings.chat_price_out).bill(f"typical:{document.id}")
    with progress_bar() as bar:
        task = bar.add_task("Proposing", total=len(sections), title="")
        for done, section in enumerate(sections):
            bar.update(task, completed=done, title=verbatim(section.heading).plain)
            try:
                proposed[section.anchor] = await proposer.propose(document, section, bill.note)
            except Exception as error:  # noqa: BLE001 - a client may raise anything, and what it says may hold secrets
                why = Outcome.UNFIT if isinstance(error, Useless) else outcome_of(error)
                warn(f"#{section.anchor}", f"the chat model proposes nothing ({why}); the section is left open")
                if why in {Outcome.DENIED, Outcome.AWAY}:
                    break  # so would it be of all others
    return proposed
