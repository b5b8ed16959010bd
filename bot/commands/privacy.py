"""`privacy`: what people have a right to, and what keeps no longer than it must."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.cases.shared import Who, WhoId, WhoName, officer
from bot.commands.console import fail, out, plain_errors, print_json, print_row, verbatim
from bot.commands.options import AsJson, DataDir, settings_of

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.office import Office
    from bot.privacy.erasing import Erased
    from bot.privacy.person import Person

PersonName = Annotated[
    str,
    typer.Argument(
        metavar="PERSON",
        help="slack:U…, teams:29:…, web:…, the number of a case of theirs (M-17), the e-mail address or phone number "
        "that they left, or their name.",
        show_default=False,
    ),
]


class Chats(enum.StrEnum):
    """The platforms where the bot's messages can be taken down."""

    SLACK = "slack"
    TEAMS = "teams"


privacy = typer.Typer(
    name="privacy", no_args_is_help=True, help="Access, erasure and retention: docs/privacy.md says when to use which."
)


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415

    with plain_errors(DataDirError, ConfigurationError):
        yield


@privacy.command()
def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Take away what has been kept for long enough (MOTEPLASSEN_RETENTION_*), as happens every night by itself."""

    async def purged() -> Mapping[str, int]:
        from bot.office import open_office  # noqa: PLC0415
        from bot.privacy.purge import Purge  # noqa: PLC0415

        settings = settings_of(data_dir)
        async with open_office(settings) as office:
            purge = Purge(office.database, settings.retention)
            return await (purge.due() if dry_run else purge.purge())

    with _plainly():
        gone = asyncio.run(purged())
        if as_json:
            print_json(dict(gone))
            return
        for name, count in gone.items():
            print_row(*name.split(), str(count))


@privacy.command()
def export(
    person: PersonName,
    folder: Annotated[Path, typer.Option("--out", help="The folder for innsyn.json and innsyn.txt.")] = Path(),
    who: WhoId = "",
    name: WhoName = "",
    data_dir: DataDir = None,
) -> None:
    """Write all that is kept of somebody: as JSON for programs, and as a text to read."""

    async def exported() -> dict[str, Any]:
        from bot.database import now  # noqa: PLC0415
        from bot.desk.audit import Entry, append  # noqa: PLC0415
        from bot.office import open_office  # noqa: PLC0415
        from bot.privacy.dossier import record  # noqa: PLC0415
        from bot.privacy.traces import traces  # noqa: PLC0415

        async with open_office(settings_of(data_dir)) as office, office.database.writing() as session:
            found = await _one(session, person)
            kept = record(found, await traces(session, found), now())
            by = officer(office.desk.teams, Who(who, name))
            entry = Entry(moment=now(), actor=by, about="privacy", what="exported", details={"person": found.label})
            await append(session, [entry])
            return kept

    with _plainly():
        from bot.privacy.dossier import text  # noqa: PLC0415

        kept = asyncio.run(exported())
        written = (("innsyn.json", json.dumps(kept, ensure_ascii=False, indent=1)), ("innsyn.txt", text(kept)))
        for file, content in written:
            _write(folder / file, content)
            print_row(str(folder / file))


@privacy.command()
def erase(
    person: PersonName,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    leave: Annotated[
        list[Chats] | None,
        typer.Option(help="Take nothing down there, since the platform is not set up any more.", show_default=False),
    ] = None,
    who: WhoId = "",
    name: WhoName = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Erase somebody from all that is kept, for good; shows first what goes, and asks. What the bot has posted for and
    about them in Slack and Teams is taken down by the processes that deliver there."""

    async def erased() -> tuple[Person, Erased]:
        from bot.office import open_office  # noqa: PLC0415
        from bot.privacy.erasing import counted  # noqa: PLC0415
        from bot.privacy.traces import traces  # noqa: PLC0415

        settings = settings_of(data_dir)
        async with open_office(settings) as office:
            async with office.database.reading() as session:
                found = await _one(session, person)
                counts = counted(await traces(session, found))
            if not yes:
                out.print(verbatim(_told(found, counts)))
                typer.confirm("Erase all of this, for good?", abort=True)
            return found, await _erase(office, settings.data_dir, found, Who(who, name), leave or ())

    with _plainly():
        found, gone = asyncio.run(erased())
        _tell_erased(found, gone, as_json=as_json)


def _tell_erased(person: Person, gone: Erased, *, as_json: bool) -> None:
    if as_json:
        told = {"erased": gone.counts, "taking_down": gone.owed, "left": gone.left}
        print_json({"person": person.label, "pseudonym": gone.pseudonym, **told})
        return
    print_row("erased", person.label, gone.pseudonym)
    for platform, count in gone.owed.items():
        print_row("taking down", platform, str(count))
    for platform, count in gone.left.items():
        print_row("left", platform, str(count), "delete them there")


async def _erase(office: Office, folder: Path, person: Person, who: Who, leave: Sequence[str]) -> Erased:
    from bot.database import now  # noqa: PLC0415
    from bot.privacy.erasing import Erasing  # noqa: PLC0415
    from bot.privacy.erasures import NAME, Erasures  # noqa: PLC0415

    by = officer(office.desk.teams, who)
    await asyncio.to_thread(Erasures(folder / NAME).note, person, now())
    erased = await Erasing(office.database, office.outbox, office.desk, leave).erase(person, by)
    await office.database.truncate_log()
    return erased


async def _one(session: AsyncSession, who: str) -> Person:
    from bot.privacy.person import people  # noqa: PLC0415

    found = await people(session, who)
    if not found:
        raise fail(
            f"nobody is known as {who!r}; give slack:U…, teams:29:…, web:…, M-17, an address, a number or a name"
        )
    if len(found) > 1:
        for each in found:
            print_row(each.label, ", ".join(sorted(each.names)), ", ".join(sorted(each.contacts)))
        raise fail(f"{who!r} may be {len(found)} people; give one of those listed, by what stands first in the row")
    return found[0]


def _told(person: Person, counts: Mapping[str, int]) -> str:
    rows = [f"{count:6} {kind}" for kind, count in counts.items() if count]
    called = ", ".join(sorted(person.names)) or "no name"
    return "\n".join([f"{person.label} ({called})", *(rows or ["     0 of anything"])])


def _write(path: Path, content: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            file.write(content)
    except OSError as error:
        raise fail(f"can't write {path}: {error.strerror or error}") from None
