"""Reads PDF files by their layout."""

from ingest.readers.pdf.reader import read_pdf
from ingest.readers.pdf.scans import Recognition

__all__ = ["Recognition", "read_pdf"]
