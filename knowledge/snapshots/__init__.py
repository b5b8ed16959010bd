"""Snapshots: versions of the library that one process makes and any number of others, on other machines, read."""

from knowledge.snapshots.fetching import Copies, NoSnapshot, manifest_in
from knowledge.snapshots.manifest import Manifest, Refused, read_manifest
from knowledge.snapshots.meanings import Meanings
from knowledge.snapshots.publishing import Extra, Publisher
from knowledge.snapshots.store import SnapshotStore, StoreError

__all__ = [
    "Copies",
    "Extra",
    "Manifest",
    "Meanings",
    "NoSnapshot",
    "Publisher",
    "Refused",
    "SnapshotStore",
    "StoreError",
    "manifest_in",
    "read_manifest",
]
