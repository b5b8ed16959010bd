"""Reads laws and regulations in Lovdata's public format."""

from ingest.readers.lovdata.law import is_lovdata, read_lovdata

__all__ = ["is_lovdata", "read_lovdata"]
