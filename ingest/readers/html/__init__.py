"""Reads web pages: what is their content, and what they say about themselves."""

from ingest.readers.html.reader import read_html

__all__ = ["read_html"]
