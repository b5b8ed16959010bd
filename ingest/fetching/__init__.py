"""Gets files and web pages: politely, within limits, and never from inside the network it runs in unless told to."""

from ingest.fetching.connecting import open_client
from ingest.fetching.fetched import Fetched, FetchError
from ingest.fetching.fetcher import Fetcher
from ingest.fetching.pacing import Pace

__all__ = ["FetchError", "Fetched", "Fetcher", "Pace", "open_client"]
