"""Backups: the database and what is set, in one file, and back from it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bot.data_dir import open_data_dir
from bot.database import Database, now
from bot.desk.audit import Audit, Verdict
from bot.desk.case import SYSTEM
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.migrations import current_revision, migrate, revisions
from bot.privacy import dumping
from bot.privacy.dumping import DumpError
from bot.privacy.erasing import Erasing
from bot.privacy.erasures import Erasures, everybody
from bot.settings import Settings

DATABASE = "database"
_MANIFEST = "manifest.json"
_SECRET = "session-secret"  # noqa: S105 - the name of a file
_FORMAT = 1


class BackupError(Exception):
    """A backup can't be made or taken back; the message says why and what to do."""


class Restored(NamedTuple):
    """What came of taking a backup back: the audit log's verdict, and how many people were erased anew."""

    verdict: Verdict
    erased: int


async def back_up(settings: Settings, file: Path) -> Mapping[str, str]:
    """Write a backup, for its owner only, which is there once it is whole and verified; what is in it, with digests.

    Raises BackupError.
    """
    database = Database(settings.database)
    try:
        async with database.engine.connect() as connection:
            revision = await connection.run_sync(current_revision)
    finally:
        await database.close()
    if not revision:
        raise BackupError("there is nothing in the database to keep; `moteplassen serve` makes its tables")
    return await asyncio.to_thread(_write, settings, file, revision)


async def restore(settings: Settings, file: Path, erasures: Erasures, *, replace: bool = False) -> Restored:
    """Take a backup back into the place that the settings name: empty, or to be replaced. No process may be up there.
    Its schema is migrated to the newest, who was erased since is erased again, and the audit log looked through.

    Raises BackupError, DataDirError.
    """
    open_data_dir(settings)
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        kept = await asyncio.to_thread(_read, settings, file, Path(folder))
        if dumping.kind_of(settings.database) == "sqlite":
            # Before anything is lost that can't be brought to the newest schema.
            await _migrated(f"sqlite+aiosqlite:///{kept.folder / DATABASE}")
        await _make_room(settings, replace=replace)
        await asyncio.to_thread(_put, settings, kept)
    database = Database(settings.database)
    try:
        await migrate(database)
        outbox = Outbox(database)
        erasing = Erasing(database, outbox, Desk(database, outbox))
        again = await asyncio.to_thread(erasures.among, await everybody(database))
        for person in again:
            await erasing.erase(person, SYSTEM)
        await database.truncate_log()
        return Restored(await Audit(database).verify(), len(again))
    finally:
        await database.close()


def _write(settings: Settings, file: Path, revision: str) -> Mapping[str, str]:
    try:
        with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=f".{file.name}-") as folder:
            staged = Path(folder)
            dumping.dump(settings.database, staged / DATABASE)
            _gather(settings, staged)
            digests = {each.name: _digest(each) for each in sorted(staged.iterdir())}
            about = {"format": _FORMAT, "made": now().isoformat(), "kind": dumping.kind_of(settings.database)}
            manifest = about | {"revision": revision, "files": digests}
            (staged / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
            packed = staged / "backup.tar"
            with os.fdopen(os.open(packed, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as target:
                with tarfile.open(fileobj=target, mode="w") as tar:
                    for name in (_MANIFEST, *digests):
                        tar.add(staged / name, arcname=name)
                target.flush()
                os.fsync(target.fileno())
            _verify(settings, packed, staged)
            packed.replace(file)
    except DumpError as error:
        raise BackupError(str(error)) from error
    except OSError as error:
        raise BackupError(f"can't write {file}: {error.strerror or error}") from error
    return digests


def _verify(settings: Settings, packed: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as other:
        _read(settings, packed, Path(other))


def _gather(settings: Settings, folder: Path) -> None:
    """What is set in files: without them the restored place is not the same one."""
    for name, path in _files(settings).items():
        if path and path.exists():
            (folder / name).write_bytes(path.read_bytes())


def _files(settings: Settings) -> Mapping[str, Path | None]:
    return {_SECRET: settings.data_dir / _SECRET, "sources.toml": settings.sources, "teams.toml": settings.teams}


class _Kept(NamedTuple):
    folder: Path
    files: Mapping[str, str]


def _read(settings: Settings, file: Path, folder: Path) -> _Kept:
    """Unpack the backup into the folder, and see whether it is whole and can be taken back here."""
    try:
        with tarfile.open(file) as tar:
            for member in tar:
                _unpack(tar, member, folder)
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, tarfile.TarError, ValueError) as error:
        raise BackupError(f"{file} is no backup of Møteplassen's, or not whole ({type(error).__name__})") from error
    for name, digest in manifest["files"].items():
        if not (folder / name).exists() or _digest(folder / name) != digest:
            raise BackupError(f"{file} is damaged: {name} is not what was written; take another backup")
    kind = dumping.kind_of(settings.database)
    if manifest["format"] > _FORMAT or manifest["revision"] not in revisions():
        raise BackupError(f"{file} is from a newer version of Møteplassen; update this one first")
    if manifest["kind"] != kind:
        raise BackupError(
            f"{file} is of {manifest['kind']}, and MOTEPLASSEN_DATABASE_URL names {kind}; they must agree"
        )
    try:
        dumping.check(settings.database, folder / DATABASE)
    except DumpError as error:
        raise BackupError(str(error)) from error
    return _Kept(folder, manifest["files"])


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    # By hand: extractall() knows what not to unpack from Python 3.11.4 on, and Debian 12 has 3.11.2.
    packed = tar.extractfile(member) if member.isreg() else None
    if packed is None or member.name in {"", ".", ".."} or "/" in member.name:
        raise ValueError(member.name)
    with packed, (folder / member.name).open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)


async def _make_room(settings: Settings, *, replace: bool) -> None:
    database = Database(settings.database)
    try:
        if await dumping.is_empty(database):
            return
        if not replace:
            raise BackupError(
                "there is a database already; stop what works in it, and use --replace to lose what is there"
            )
        if database.engine.dialect.name == "postgresql":
            await dumping.clear(database)
    finally:
        await database.close()


async def _migrated(address: str) -> None:
    database = Database(address)
    try:
        await migrate(database)
        await database.truncate_log()
    finally:
        await database.close()


def _put(settings: Settings, kept: _Kept) -> None:
    try:
        dumping.load(settings.database, kept.folder / DATABASE)
    except DumpError as error:
        raise BackupError(str(error)) from error
    # What is set is put beside the data, for whoever restores to compare: it may have been changed on purpose since.
    for name in kept.files:
        target = settings.data_dir / (name if name == _SECRET else f"restored-{name}")
        if name != DATABASE:
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
                written.write((kept.folder / name).read_bytes())


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
