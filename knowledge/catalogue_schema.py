"""How the catalogue keeps documents and passages in SQLite."""

from __future__ import annotations

import sqlite3
from pathlib import Path

VERSION = 3  # as SCHEMA says
"""Of how it is kept, and of the model that made the vectors beside it; one of another version is made anew."""
SCHEMA = """
PRAGMA journal_mode=WAL;
PRAGMA foreign_keys=ON;
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS passages (
    entry TEXT PRIMARY KEY, document TEXT NOT NULL, position INTEGER NOT NULL, live INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_document ON passages (document, position);
CREATE TABLE IF NOT EXISTS keys (
    key TEXT NOT NULL, entry TEXT NOT NULL REFERENCES passages ON DELETE CASCADE, own INTEGER NOT NULL,
    PRIMARY KEY (key, entry)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS keys_entry ON keys (entry);
CREATE TABLE IF NOT EXISTS loose (entry TEXT PRIMARY KEY, since REAL NOT NULL);
CREATE TABLE IF NOT EXISTS revision (number INTEGER NOT NULL);
INSERT INTO revision SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM revision);
CREATE TABLE IF NOT EXISTS about (id TEXT NOT NULL);
INSERT INTO about SELECT lower(hex(randomblob(16))) WHERE NOT EXISTS (SELECT 1 FROM about);
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY);
PRAGMA user_version=3;
"""


def is_outdated(path: Path) -> bool:
    """Was the catalogue there made by a version of this code that keeps it otherwise?"""
    if not path.exists():
        return False
    with sqlite3.connect(path) as file:
        found = int(file.execute("PRAGMA user_version").fetchone()[0])
    file.close()
    return found != VERSION
