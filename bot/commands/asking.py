"""`ask` and `strategy`: the bot on the command line."""

from __future__ import annotations

import asyncio
import enum
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from bot.commands.console import REFUSED, err, fail, out, plain_errors, print_json, print_row, verbatim
from bot.commands.options import AsJson, DataDir, settings_of

if TYPE_CHECKING:
    from bot.question import Reply
    from bot.settings import Settings
    from bot.wiring import Knowledge
    from knowledge.model import Citation
    from knowledge.strategies import Strategy


class Readers(enum.StrEnum):
    """Whose eyes the answer is for."""

    PUBLIC = "public"
    INTERNAL = "internal"


Audience = Annotated[Readers, typer.Option("--audience", help="public: what anybody may read; internal: staff.")]


def ask(
    text: Annotated[str, typer.Argument(help="The question; - reads it from standard input.")],
    audience: Audience = Readers.PUBLIC,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Ask a question and get a cited answer, or an honest "I don't know"."""
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from ingest.sources import SourcesError  # noqa: PLC0415
    from knowledge.library import LibraryBusy  # noqa: PLC0415

    with plain_errors(DataDirError, ConfigurationError, SourcesError, LibraryBusy):
        question = sys.stdin.read() if text == "-" else text
        reply = asyncio.run(_ask(settings_of(data_dir), question, audience))
        if as_json:
            print_json(_as_json(reply))
        else:
            _print_reply(reply)
        if reply.status == "refused":
            raise typer.Exit(REFUSED)


def strategy(
    code: Annotated[str, typer.Argument(help="A code such as B3, or the letter of a group such as D.")],
    area: Annotated[str, typer.Option(help="A policy area; without it all areas that have the code.")] = "",
    audience: Audience = Readers.PUBLIC,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Look a strategy of the plan up by its code."""
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from ingest.sources import SourcesError  # noqa: PLC0415
    from knowledge.library import LibraryBusy  # noqa: PLC0415

    with plain_errors(DataDirError, ConfigurationError, SourcesError, LibraryBusy):
        every = asyncio.run(_strategies(settings_of(data_dir), audience))
        found = [s for s in every if s.code.startswith(code.strip().upper()) and _in_area(s, area)]
        exact = [s for s in found if s.code == code.strip().upper()] or found
        if as_json:
            print_json([s.model_dump() for s in exact])
        if not exact:
            raise fail(f"no strategy has the code {code!r}; there are {', '.join(s.code for s in every) or 'none'}")
        if not as_json:
            _print_strategies(exact)


def _in_area(strategy: Strategy, area: str) -> bool:
    return not area or area.casefold() in (strategy.area, strategy.area_title.casefold())


async def _ask(settings: Settings, text: str, audience: str) -> Reply:
    from bot.question import Question  # noqa: PLC0415
    from knowledge.model import Audience as Eyes  # noqa: PLC0415

    knowledge = await _ready(settings)
    try:
        reply = await knowledge.conversation.reply(Question(text=text, audience=Eyes(audience)))
        if reply.lead != knowledge.texts(reply.language, "reply.abstained"):
            return reply
        # Elsewhere a button sends the question to case officers; from here they are reached in the meeting place.
        lead = knowledge.texts(reply.language, "cli.abstained", url=settings.public_url)
        return reply.model_copy(update={"lead": lead})
    finally:
        knowledge.close()


async def _strategies(settings: Settings, audience: str) -> list[Strategy]:
    from knowledge.model import Audience as Eyes  # noqa: PLC0415
    from knowledge.strategies import strategies  # noqa: PLC0415

    knowledge = await _ready(settings)
    try:
        return strategies(await knowledge.library.reader(Eyes(audience)).documents("plan"))
    finally:
        knowledge.close()


async def _ready(settings: Settings) -> Knowledge:
    from bot.commands.documents import fill_if_unfinished  # noqa: PLC0415
    from bot.wiring import open_knowledge  # noqa: PLC0415

    knowledge = open_knowledge(settings)
    try:
        await fill_if_unfinished(settings, knowledge.library)
    except BaseException:
        knowledge.close()
        raise
    return knowledge


def _as_json(reply: Reply) -> dict[str, Any]:
    from bot.citing import numbers  # noqa: PLC0415

    marks = numbers(reply.citations)
    # Others rely on two states; what could not be read at all was not answered either, and says why.
    return {
        "status": "answered" if reply.status == "answered" else "abstained",
        "answer": reply.answer,
        "language": reply.language,
        "citations": [_citation(citation) | {"number": marks[citation]} for citation in reply.citations],
        "nearest": [_citation(citation) for citation in reply.nearest],
        "confidence": reply.confidence,
        "ms": reply.ms,
        "refused": reply.status == "refused",
        "id": reply.id,
    }


def _citation(citation: Citation) -> dict[str, Any]:
    shown = citation.model_dump(mode="json", include={"document", "section", "title", "url", "quote", "date"})
    return shown | {"references": [{"label": basis.label, "url": basis.url} for basis in citation.rests_on]}


def _print_reply(reply: Reply) -> None:
    console = err if reply.status == "refused" else out
    console.print(verbatim(reply.answer))
    if reply.sources:
        out.print()
    for source in reply.sources:
        out.print(verbatim(f"[{source.number}] {_headed(source.citation)}\n    {source.citation.url}"))
    if reply.nearest:
        from bot.texts import Texts  # noqa: PLC0415

        out.print(f"\n{Texts()(reply.language, 'cli.nearest')}")
    for citation in reply.nearest:
        # Not numbered: nothing that was said rests on them.
        quote = " ".join(citation.quote.split())
        out.print(verbatim(f"- {_headed(citation)}\n    «{quote}»\n    {citation.url}"))


def _headed(citation: Citation) -> str:
    return citation.title + (f" ({citation.date:%d.%m.%Y})" if citation.date else "")


def _print_strategies(found: list[Strategy]) -> None:
    if not out.is_terminal:
        for each in found:
            print_row(each.code, each.area_title, each.text)
        return
    table = Table("Code", "Area", "Text")
    for each in found:
        table.add_row(*map(verbatim, (each.code, each.area_title, each.text)))
    out.print(table)
