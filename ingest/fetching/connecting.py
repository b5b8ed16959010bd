"""Requests to addresses that were checked: none inside a private network, no cookies, no passwords."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from ingest.fetching.fetched import FetchError, TransientError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out so far: the rest holds old and local ways to write addresses, also of IPv4."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def open_client() -> httpx.AsyncClient:
    """A client for a Fetcher.

    Proxies named in the environment are not used: they would resolve names anew, behind the check of addresses.
    """
    return httpx.AsyncClient(trust_env=False)


class Connector:
    """Sends requests to hosts outside of private networks.

    Names are resolved here and the address that was checked is the one that is connected to, so that a name cannot
    point elsewhere a moment later. Of `client`, redirects, cookies and passwords are not used.
    """

    def __init__(self, client: httpx.AsyncClient, user_agent: str, *, allow_private: bool) -> None:
        client.cookies.jar = CookieJar(DefaultCookiePolicy(allowed_domains=()))
        self._client = client
        self._allow_private = allow_private
        # What isn't asked for here is not unpacked either.
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate", "Connection": "close"}

    @contextlib.asynccontextmanager
    async def response(
        self, url: httpx.URL, location: str, headers: Mapping[str, str]
    ) -> AsyncIterator[httpx.Response]:
        """What the server answers, its content not read yet. Raises FetchError naming the location."""
        hosts = await self._resolve(url, location)
        try:
            response = await self._send(url, location, hosts, headers)
            try:
                yield response
            finally:
                await response.aclose()
        except httpx.RequestError as error:
            what = str(error) or type(error).__name__
            raise TransientError(f"{location}: cannot be fetched ({what}); check the address, or try later") from error

    async def _send(
        self, url: httpx.URL, location: str, hosts: Sequence[Address], headers: Mapping[str, str]
    ) -> httpx.Response:
        for number, host in enumerate(hosts, start=1):
            # A connection kept open would serve any name at this address, whichever its certificate was checked for.
            request = self._client.build_request(
                "GET",
                url.copy_with(host=str(host), userinfo=b""),
                headers={**self._headers, **headers, "Host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )
            try:
                return await self._client.send(request, stream=True, follow_redirects=False, auth=None)
            except httpx.ConnectError:
                if number == len(hosts):
                    raise
            except ValueError as error:
                # The client looks at where redirects lead to, also where they are not followed.
                raise FetchError(f"{location}: redirects to an invalid address ({error})") from error
        raise AssertionError("a name that resolves has an address")

    async def _resolve(self, url: httpx.URL, location: str) -> list[Address]:
        try:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(url.raw_host.decode("ascii"), url.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise TransientError(f"{location}: there is no host {url.host}; check the address") from error
        hosts = [ipaddress.ip_address(entry[4][0]) for entry in found]
        if not self._allow_private and not all(map(_is_public, hosts)):
            raise FetchError(
                f"{location}: {url.host} is inside a private network, which is not fetched from; "
                "set allow_private if it should be"
            )
        return hosts


def onward(base: httpx.URL, text: str, location: str) -> httpx.URL:
    """Where an address or a redirect leads to. Raises FetchError where that is not on the web."""
    try:
        url = base.join(text).copy_with(fragment=None)
        host = url.host  # Only now is it found out whether "xn--..." stands for anything.
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"{location}: leads to an invalid address ({error}); correct it") from error
    if url.scheme not in {"http", "https"} or not host:
        raise FetchError(f"{location}: leads to {text}; only http and https addresses are fetched")
    if base.scheme == "https" and url.scheme == "http":
        raise FetchError(f"{location}: redirects from https to http; give the address it should lead to")
    return url


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside:
            return _is_public(inside)
        if address not in _GIVEN_OUT:
            return False
    return address.is_global and not address.is_multicast
