"""Gets files and web pages, within limits, and never from inside the network it runs in unless told to."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import mimetypes
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path

import httpx
import stamina

from ingest.sources import Location

SIZE_LIMIT = 25 * 1024 * 1024
MAX_REDIRECTS = 5
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

mimetypes.add_type("text/markdown", ".md")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchError(RuntimeError):
    """Something could not be fetched. The message names it and says what to do."""


class _TransientError(FetchError):
    """It may work in a moment."""


@dataclass(frozen=True)
class Fetched:
    """What was fetched. `location` is where it was asked for, `url` where it was found in the end."""

    location: Location
    content: bytes
    media_type: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    charset: str | None = None

    @property
    def is_from_web(self) -> bool:
        """Whether it was fetched from an address rather than read from a file."""
        return not isinstance(self.location, Path)


class Fetcher:
    """Fetches one document at a time.

    `client` is used for addresses; its redirect setting is not. `limit` is in bytes, `timeout` in seconds for a whole
    document, redirects and retries included. Names are resolved here and the address that was checked is the one that
    is connected to, so that a name cannot point elsewhere a moment later.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        allow_private: bool = False,
        limit: int = SIZE_LIMIT,
        timeout: float = 30.0,
        attempts: int = 3,
    ) -> None:
        self._client = client
        self._allow_private = allow_private
        self._limit = limit
        self._timeout = timeout
        self._attempts = attempts

    async def fetch(self, location: Location) -> Fetched:
        """What stands at a path, or at an http or https address.

        Raises FetchError where there is nothing, where it is refused, too large or too slow.
        """
        if isinstance(location, Path):
            return await asyncio.to_thread(self._open_file, location)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._patiently(location)
        except TimeoutError as error:
            raise FetchError(f"{location}: took longer than {self._timeout:g} s; try again later") from error

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
            raise FetchError(self._too_large(str(path)))
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Fetched(path, content, media_type, path.as_uri(), last_modified=changed)

    async def _patiently(self, location: str) -> Fetched:
        retries = stamina.retry_context(
            on=_TransientError, attempts=self._attempts, timeout=None, wait_initial=0.2, wait_jitter=0.2
        )
        async for attempt in retries:
            with attempt:
                return await self._follow(location)
        raise AssertionError("a retry either returns or raises")

    async def _follow(self, location: str) -> Fetched:
        url = _address(httpx.URL(), location, location)
        for _ in range(MAX_REDIRECTS + 1):
            async with self._response(url, location) as response:
                if not response.has_redirect_location:
                    return await self._take(response, url, location)
                onward = _address(url, response.headers["location"], location)
            if url.scheme == "https" and onward.scheme == "http":
                raise FetchError(f"{location}: redirects from https to http; give the address it should lead to")
            url = onward
        raise FetchError(f"{location}: redirects more than {MAX_REDIRECTS} times; give the final address")

    @contextlib.asynccontextmanager
    async def _response(self, url: httpx.URL, location: str) -> AsyncIterator[httpx.Response]:
        hosts = await self._resolve(url, location)
        try:
            response = await self._send(url, hosts)
            try:
                yield response
            finally:
                await response.aclose()
        except httpx.RequestError as error:
            what = str(error) or type(error).__name__
            raise _TransientError(f"{location}: cannot be fetched ({what}); check the address, or try later") from error

    async def _send(self, url: httpx.URL, hosts: Sequence[Address]) -> httpx.Response:
        for number, host in enumerate(hosts, start=1):
            # A connection kept open would serve any name at this address, whichever its certificate was checked for.
            request = self._client.build_request(
                "GET",
                url.copy_with(host=str(host)),
                headers={"Host": url.netloc.decode("ascii"), "Connection": "close"},
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )
            try:
                return await self._client.send(request, stream=True, follow_redirects=False)
            except httpx.ConnectError:
                if number == len(hosts):
                    raise
        raise AssertionError("a name that resolves has an address")

    async def _resolve(self, url: httpx.URL, location: str) -> list[Address]:
        try:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(url.raw_host.decode("ascii"), url.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise _TransientError(f"{location}: there is no host {url.host}; check the address") from error
        hosts = [ipaddress.ip_address(entry[4][0]) for entry in found]
        if not self._allow_private and not all(map(_is_public, hosts)):
            raise FetchError(
                f"{location}: {url.host} is inside a private network, which is not fetched from; "
                "set allow_private if it should be"
            )
        return hosts

    async def _take(self, response: httpx.Response, url: httpx.URL, location: str) -> Fetched:
        status = response.status_code
        if status in _TRANSIENT:
            raise _TransientError(f"{location}: the server answered {status}; try again later")
        if status != httpx.codes.OK:
            raise FetchError(f"{location}: the server answered {status}; check the address in a browser")
        content = bytearray()
        async for part in response.aiter_bytes(64 * 1024):
            content += part
            if len(content) > self._limit:
                raise FetchError(self._too_large(location))
        kind = EmailMessage()
        kind["content-type"] = response.headers.get("content-type", "application/octet-stream")
        return Fetched(
            location,
            bytes(content),
            kind.get_content_type(),
            str(url),
            etag=response.headers.get("etag"),
            last_modified=response.headers.get("last-modified"),
            charset=kind.get_content_charset(),
        )

    def _too_large(self, name: str) -> str:
        return f"{name}: is larger than {self._limit / 1024 / 1024:g} MB; bring in a smaller version, or split it"


def _address(base: httpx.URL, text: str, location: str) -> httpx.URL:
    try:
        url = base.join(text).copy_with(fragment=None)
    except httpx.InvalidURL as error:
        raise FetchError(f"{location}: leads to an invalid address ({error}); correct it") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchError(f"{location}: leads to {text}; only http and https addresses are fetched")
    return url


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside:
            return _is_public(inside)
    return address.is_global and not address.is_multicast
