"""Is what lies on the disk whole? Looked at from outside: engines end the whole process over what they don't expect."""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from contextlib import closing
from pathlib import Path

import numpy as np

_TANTIVY_MAGIC = 1337
_TANTIVY_END = struct.Struct("<II")
"""How long the footer before it is, and the magic number."""
_HNSW_HEADER = struct.Struct("<iQQQQQQiIQQQdQ")
_BLOCK = 1 << 20
_GLANCE = "SELECT 'ok' FROM sqlite_schema LIMIT 1"


def database_fault(file: Path, *, thorough: bool) -> str:
    """What is wrong with an SQLite file; empty where nothing is, as where there is none. `thorough` reads all of it.

    Only SQLite itself opens it: a process that closes a file gives up all locks that it has on it (POSIX), also those
    of its other connections, and another process then takes away the log that these write to.
    """
    size = file.stat().st_size if file.exists() else 0
    if not size:
        return ""
    try:
        with _opened(file, "mode=ro&immutable=1") as database:  # without the log
            database.execute(_GLANCE).fetchone()
            (page,) = database.execute("PRAGMA page_size").fetchone()
        if size % page:  # which SQLite takes for a page of zeros
            return f"{file.name} is cut off"
    except sqlite3.OperationalError:
        return ""  # it can't be opened: nobody knows
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_CORRUPT:
            return f"{file.name}: {error}"
        return _told_by_sqlite(file, _GLANCE)  # or it is just growing to what it says already
    return _told_by_sqlite(file, "PRAGMA quick_check(1)") if thorough else ""


def _told_by_sqlite(file: Path, look: str) -> str:
    try:
        with _opened(file, "mode=rw") as database:
            (said,) = database.execute(look).fetchone() or ("ok",)
    except sqlite3.OperationalError:
        return ""  # it is in use, or can't be opened: nobody knows
    except sqlite3.DatabaseError as error:
        return f"{file.name}: {error}"
    return "" if said == "ok" else f"{file.name}: {said}"


def _opened(file: Path, how: str) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True, timeout=30))


def lexical_fault(folder: Path, *, thorough: bool) -> str:
    """What is wrong with an index of tantivy's; `thorough` compares each file with its checksum."""
    try:
        segments = json.loads((folder / "meta.json").read_bytes())["segments"]
        names = [str(segment["segment_id"]).replace("-", "") for segment in segments]
    except FileNotFoundError:
        return "meta.json is gone" if any(folder.glob("*.store")) or not folder.exists() else ""
    except (ValueError, KeyError, TypeError):
        return "meta.json can't be read"
    for name in names:
        files = sorted(folder.glob(f"{name}*.*"))
        if {"idx", "term", "pos", "store", "fieldnorm"} - {file.suffix[1:] for file in files}:
            return f"files of segment {name} are gone"
        for file in files:
            if not _is_tantivys(file, thorough=thorough):
                return f"{file.name} is damaged"
    return ""


def vectors_fault(folder: Path, *, thorough: bool) -> str:
    """What is wrong with an embedded Chroma's files; `thorough` looks at each vector, which has length 1."""
    if not folder.exists():
        return "the folder is gone"
    database = folder / "chroma.sqlite3"
    if fault := database_fault(database, thorough=thorough):
        return fault
    for header in sorted(folder.glob("*/header.bin")):
        try:
            if fault := _hnsw_fault(header, thorough=thorough):
                return f"{header.parent.name}: {fault}"
        except (OSError, struct.error, ValueError) as error:
            return f"{header.parent.name}: {error}"
    try:
        gone = _lost_segments(database)
    except sqlite3.Error:
        return ""  # another version's tables: then Chroma itself must say
    return f"{gone[0]}: its files are gone" if gone else ""


def _is_tantivys(file: Path, *, thorough: bool) -> bool:
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, 2)
            opened.seek(size - _TANTIVY_END.size)
            length, magic = _TANTIVY_END.unpack(opened.read())
            opened.seek(size - _TANTIVY_END.size - length)
            footer = json.loads(opened.read(length))
            if magic != _TANTIVY_MAGIC or not thorough:
                return bool(magic == _TANTIVY_MAGIC)
            opened.seek(0)
            checksum, left = 0, size - _TANTIVY_END.size - length
            while left and (block := opened.read(min(_BLOCK, left))):
                checksum, left = zlib.crc32(block, checksum), left - len(block)
            return bool(checksum == footer["crc"])
    except FileNotFoundError:
        return True  # merged away meanwhile
    except (OSError, ValueError, KeyError, struct.error):
        return False


def _hnsw_fault(header: Path, *, thorough: bool) -> str:
    (_, _, most, count, size, label_at, vector_at, *_) = _HNSW_HEADER.unpack(header.read_bytes())
    level, lengths = header.with_name("data_level0.bin"), header.with_name("length.bin")
    if not vector_at < label_at < size or count > most:
        return "header.bin is damaged"
    if level.stat().st_size < count * size or lengths.stat().st_size < count * 4:
        return "it is cut off"
    if not header.with_name("link_lists.bin").exists():
        return "link_lists.bin is gone"
    if not thorough or not count:
        return ""
    elements = np.memmap(level, np.uint8, "r", shape=(count, size))
    for start in range(0, count, 4096):
        part = np.ascontiguousarray(elements[start : start + 4096])
        links = part[:, :vector_at].copy().view(np.uint32)
        vectors = part[:, vector_at:label_at].copy().view(np.float32)
        with np.errstate(all="ignore"):
            is_whole = np.abs(np.linalg.norm(vectors.astype(np.float64), axis=1) - 1) < 1e-2
        if not is_whole.all() or (links[:, 0] & 0xFFFF).max() >= links.shape[1] or links[:, 1:].max() >= count:
            return "data_level0.bin is damaged"
    return ""


def _lost_segments(database: Path) -> list[str]:
    """The segments that Chroma has written to the disk once, and whose folder is gone."""
    sql = "SELECT s.id FROM segments s JOIN max_seq_id m ON m.segment_id = s.id WHERE s.scope = 'VECTOR'"
    with _opened(database, "mode=ro") as opened:
        written = [str(row[0]) for row in opened.execute(sql)]
    return [segment for segment in written if not (database.parent / segment / "header.bin").exists()]
