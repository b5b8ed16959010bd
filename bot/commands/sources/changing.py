"""`sources changes`: what has changed in the documents, section by section and word by word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from bot.commands.cases.shared import utc
from bot.commands.console import out, plain_errors, print_json, verbatim
from bot.commands.options import AsJson, DataDir, settings_of

if TYPE_CHECKING:
    from ingest.changes import SectionChange
    from ingest.ledger import Noted

_STYLES = {"-": "red strike", "+": "green underline", " ": ""}
_MARKS = {"-": ("[-", "-]"), "+": ("{+", "+}"), " ": ("", "")}


def changes(
    last: Annotated[int, typer.Option("--last", min=1, help="So many of them.")] = 20,
    document: Annotated[
        str | None, typer.Option("--document", help="The id of a document: only its changes.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show what has changed, the latest first: sections that came, went, or read otherwise now, word by word.

    What went is in red or [-so-], what came in green or {+so+}. Changes are kept for a year.
    """
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415

    with plain_errors(DataDirError, ConfigurationError):
        found = _changes(data_dir, last, document)
        if as_json:
            print_json([each.model_dump(mode="json") for each in found])
            return
        if not found:
            out.print(verbatim("No changes" + (f" of a document {document!r}." if document else " yet.")))
        for each in found:
            _print(each)


def _changes(data_dir: Path | None, last: int, document: str | None) -> Sequence[Noted]:
    from bot.sourcing.ledger import open_ledger  # noqa: PLC0415

    with open_ledger(settings_of(data_dir)) as ledger:
        return ledger.last_changes(last, document)


def _print(noted: Noted) -> None:
    change = noted.change
    out.print(
        Text.assemble(
            (f"{utc(noted.at)} UTC  {change.kind}  ", "bold"),
            verbatim(change.title, "bold"),
            verbatim(f"  {change.document}, from {change.source}", "dim"),
        )
    )
    for section in change.sections:
        out.print(Text.assemble(f"  {section.kind}: ", verbatim(section.heading or section.anchor, "italic")))
        out.print(_words(section))


def _words(section: SectionChange) -> Text:
    from bot.sourcing.excerpting import excerpt  # noqa: PLC0415
    from ingest.changes import diff  # noqa: PLC0415

    told = Text("    ")
    for sign, words in excerpt(diff(section.before, section.after)):
        before, after = ("", "") if out.is_terminal else _MARKS[sign]
        told.append_text(verbatim(before + words.replace("\n", "\n    ") + after, _STYLES[sign]))
    return told
