"""Fetches one document at a time."""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from time import time

import httpx
import stamina

from ingest.addresses import host_of
from ingest.fetching.connecting import Connector, onward
from ingest.fetching.fetched import Fetched, FetchError, TransientError
from ingest.fetching.pacing import Pace
from ingest.fetching.unpacking import content_of, too_large
from ingest.http_cache import HttpCache, Stored
from ingest.sources import Location

SIZE_LIMIT = 25 * 1024 * 1024
ARCHIVE_LIMIT = 500 * 1024 * 1024
ARCHIVE_TIMEOUT = 900.0
MAX_REDIRECTS = 5
AGENT = "Moteplassen"
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
_OF_HOST = {429, 502, 503, 504}

mimetypes.add_type("text/markdown", ".md")


class Fetcher:
    """Fetches one document at a time.

    `client` (`open_client()`) is used for addresses. `limit` is in bytes, packed or unpacked, `timeout` in seconds for
    a whole document, redirects and retries included. `contact` is how the owners of sites reach whoever runs this: an
    address or an e-mail address. With a `cache`, what did not change is not sent again.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        allow_private: bool = False,
        limit: int = SIZE_LIMIT,
        timeout: float = 30.0,
        attempts: int = 3,
        contact: str = "",
        cache: HttpCache | None = None,
        pace: Pace | None = None,
    ) -> None:
        if not (contact.isascii() and contact.isprintable()):
            raise ValueError(f"contact {contact!r}: holds more than plain letters; write an address or e-mail address")
        agent = f"{AGENT} (+{contact})" if contact else AGENT
        self._connector = Connector(client, agent, allow_private=allow_private)
        self._limit = limit
        self._timeout = timeout
        self._attempts = attempts
        self._cache = cache
        self.pace = pace or Pace()

    async def fetch(self, location: Location) -> Fetched:
        """What stands at a path, or at an http or https address.

        Raises FetchError where there is nothing, where it is refused, too large or too slow.
        """
        if isinstance(location, Path):
            return await asyncio.to_thread(self._open_file, location)
        async with self._asking(location, self._timeout):
            return await self._patiently(location)

    async def download(
        self, location: str, file: Path, known: Stored | None = None, *, limit: int = ARCHIVE_LIMIT
    ) -> Stored | None:
        """Write an archive to a file, and say about it what the next call is to be given as `known`.

        None, and no file, where it is still what is `known`. Raises FetchError as `fetch` does, with larger limits.
        """
        async with self._asking(location, ARCHIVE_TIMEOUT), self._found(location, known) as (_, response, _):
            if response.status_code == httpx.codes.NOT_MODIFIED and known:
                return None
            _refuse_errors(response, location)
            with file.open("wb") as target:
                async for piece in content_of(response, location, limit):
                    await asyncio.to_thread(target.write, piece)
            return _said_of(response, b"")

    @contextlib.asynccontextmanager
    async def _asking(self, location: str, timeout: float) -> AsyncIterator[None]:  # noqa: ASYNC109
        host = host_of(str(onward(httpx.URL(), location, location)))
        async with self.pace.turn(host, location):
            try:
                async with asyncio.timeout(timeout):
                    yield
            except TimeoutError as error:
                self.pace.failed(host)
                raise TransientError(f"{location}: took longer than {timeout:g} s; try again later") from error
            except TransientError as error:
                if error.is_of_host:
                    self.pace.failed(host, error.after)
                raise
            except FetchError:
                self.pace.answered(host)
                raise
            self.pace.answered(host)

    def _open_file(self, path: Path) -> Fetched:
        try:
            if not path.is_file():
                raise FetchError(f"{path}: is not there, or not a file; correct the source's path")
            with path.open("rb") as file:
                content = file.read(self._limit + 1)
            changed = formatdate(path.stat().st_mtime, usegmt=True)
        except OSError as error:
            raise FetchError(f"{path}: cannot be read ({error.strerror}); correct its permissions") from error
        if len(content) > self._limit:
            raise too_large(str(path), self._limit)
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Fetched(path, content, media_type, path.as_uri(), last_modified=changed)

    async def _patiently(self, location: str) -> Fetched:
        retries = stamina.retry_context(
            on=self._wait, attempts=self._attempts, timeout=None, wait_initial=0.2, wait_jitter=0.2
        )
        async for attempt in retries:
            with attempt:
                return await self._follow(location)
        raise AssertionError("a retry either returns or raises")

    def _wait(self, error: Exception) -> bool | float:
        """Whether to try again after an error; in how many seconds, where the server said so."""
        if not isinstance(error, TransientError):
            return False
        return True if error.after is None else error.after < self._timeout and error.after

    async def _follow(self, location: str) -> Fetched:
        async with self._found(location) as (url, response, held):
            if response.status_code == httpx.codes.NOT_MODIFIED and held:
                return _fetched(location, url, held)
            _refuse_errors(response, location)
            content = bytearray()
            async for piece in content_of(response, location, self._limit):
                content += piece
            said = _said_of(response, bytes(content))
        if self._cache and said.validators and "no-store" not in response.headers.get("cache-control", ""):
            await self._cache.put(url, said)
        return _fetched(location, url, said)

    @contextlib.asynccontextmanager
    async def _found(
        self, location: str, known: Stored | None = None
    ) -> AsyncIterator[tuple[str, httpx.Response, Stored | None]]:
        """The address at the end of all redirects, what is answered there, and what is held of it."""
        url = onward(httpx.URL(), location, location)
        for _ in range(MAX_REDIRECTS + 1):
            held = known or (await self._cache.get(str(url)) if self._cache else None)
            async with self._connector.response(url, location, held.validators if held else {}) as response:
                if not response.has_redirect_location:
                    yield str(url), response, held
                    return
                url = onward(url, response.headers["location"], location)
        raise FetchError(f"{location}: redirects more than {MAX_REDIRECTS} times; give the final address")


def _refuse_errors(response: httpx.Response, location: str) -> None:
    status = response.status_code
    if status in _TRANSIENT:
        after = _seconds(response.headers.get("retry-after", ""))
        wait = "later" if after is None else f"in {after:.0f} s"
        message = f"{location}: the server answered {status}; try again {wait}"
        raise TransientError(message, status, after=after, is_of_host=status in _OF_HOST)
    if status != httpx.codes.OK:
        raise FetchError(f"{location}: the server answered {status}; check the address in a browser", status)


def _seconds(retry_after: str) -> float | None:
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time())
    except (ValueError, OverflowError):
        return None


def _said_of(response: httpx.Response, content: bytes) -> Stored:
    kind = EmailMessage()
    kind["content-type"] = response.headers.get("content-type", "application/octet-stream")
    return Stored(
        content,
        kind.get_content_type(),
        charset=kind.get_content_charset(),
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        robots=response.headers.get("x-robots-tag"),
    )


def _fetched(location: str, url: str, said: Stored) -> Fetched:
    return Fetched(
        location,
        said.content,
        said.media_type,
        url,
        etag=said.etag,
        last_modified=said.last_modified,
        charset=said.charset,
        robots=said.robots,
    )
