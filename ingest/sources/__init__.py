"""Where documents come from: sources.toml, read and checked."""

from ingest.sources.file import SourcesError, load_sources
from ingest.sources.source import Entry, Kind, Language, Location, ReaderName, Source, Text

__all__ = ["Entry", "Kind", "Language", "Location", "ReaderName", "Source", "SourcesError", "Text", "load_sources"]
