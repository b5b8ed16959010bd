"""Finds what a source consists of."""

from ingest.finding.finder import Finder
from ingest.finding.place import Place

__all__ = ["Finder", "Place"]
