"""Every way into the app by HTTP, found in its own table of routes, and what may be sent there."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "SPØR")
FIELDS = (
    *("gjor", "tilbake", "svar", "tekst", "sporsmal", "nokkel", "grunn", "dato", "verdi", "til", "team", "sett", "q"),
    *("kilde", "kanal", "inn", "flere", "vis", "viktig", "vikar", "traad", "tema", "sprak", "send", "rolle", "mangler"),
    *("kontakt", "fra", "feil", "erstatter", "behold", "bare", "error", "etter", "for", "rett", "code", "state", "iss"),
)
"""What the pages' forms and addresses call things."""
KNOWN = (
    *("", "0", "1", "-1", "naeringsliv", "ansatte", "mine", "kari", "kafe", "nb", "opp", "ned", "trekk", "gjenapne"),
    *("guides/servering", "2026-13-45", "9" * 30, "1e400", "NaN", "true", "null", "[]", "{}", "'; DROP TABLE cases;--"),
    *("../../etc/passwd", "%2e%2e%2f", "\x00", "a\x00b", "\ud800", "\u202e", "<script>", "{{7*7}}", "%s%n", "\r\nX: y"),
    *("x" * 3_000, "https://evil.example", "//evil.example", "serveringsloven § 27", "ø" * 700),
)
TEXTS = st.one_of(st.sampled_from(KNOWN), st.text(max_size=60))
HEADERS = {
    "accept": ("application/json", "text/html", "*/*", "text/event-stream", "\xff", ""),
    "accept-language": ("nn", "en;q=x", "*" * 2_000, ""),
    "authorization": ("Bearer x", "Bearer ", "Basic \xff", "Bearer a.b.c", "bearer " + "e" * 4_000),
    "content-length": ("0", "-1", "999999999", "x", "1, 2"),
    "cookie": ("moteplassen=e30=.x.y", "moteplassen=\xff", "=;=;;", "a=b; " * 300, 'moteplassen="'),
    "host": ("evil.example", "", "\xff", "a b"),
    "if-none-match": ("*", '"x"'),
    "if-modified-since": ("yesterday", "Thu, 01 Jan 1970 00:00:00 GMT"),
    "last-event-id": ("-1", "x", "9" * 30, "7"),
    "origin": ("null", "https://evil.example", "http://bot", "\xff", "http://[::1"),
    "range": ("bytes=0-", "bytes=-1", "bytes=9-1", "x=1", "bytes=" + "0-1," * 500),
    "referer": ("https://evil.example", ""),
    "sec-fetch-site": ("cross-site", "same-origin", "none", "?"),
    "transfer-encoding": ("chunked", "x"),
    "x-forwarded-for": ("1.2.3.4", "x, y", "," * 500),
    "x-slack-request-timestamp": ("x", "0", "9" * 30),
    "x-slack-signature": ("v0=x", ""),
}
TYPES = (
    *("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-99", "application/json"),
    *("multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=\xff", "text/plain", ""),
)


@dataclasses.dataclass(frozen=True)
class Entry:
    """An address, with what stands in it as `{name}`."""

    path: str
    methods: frozenset[str]


@dataclasses.dataclass(frozen=True)
class Sent:
    """A request, as it comes over the wire."""

    method: str
    path: str
    query: bytes = b""
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: bytes = b""


@dataclasses.dataclass(frozen=True)
class Got:
    """What came of it; `seconds` it took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


def entries(app: Starlette) -> list[Entry]:
    """All of them."""
    return sorted(set(_entries(app.routes, "")), key=lambda entry: (entry.path, sorted(entry.methods)))


def _entries(routes: Sequence[BaseRoute], before: str) -> Iterator[Entry]:
    for route in routes:
        if isinstance(route, Mount):
            inside = list(_entries(route.routes or (), before + route.path))
            yield from inside or [Entry(f"{before}{route.path}/{{file}}", frozenset({"GET", "HEAD"}))]
        elif isinstance(route, Route):
            yield Entry(before + route.path, frozenset(route.methods or ()))
        else:
            raise TypeError(f"nobody knows how to fuzz a {type(route).__name__}")


@st.composite
def requests(draw: st.DrawFn, entry: Entry, ids: Sequence[str]) -> Sent:
    """Something that somebody might send there, most of it by the methods that it knows."""
    values = st.one_of(st.sampled_from(ids), TEXTS) if ids else TEXTS
    method = draw(st.sampled_from([*sorted(entry.methods) * 4, *METHODS]))
    path = "/".join(draw(values) if "{" in part else part for part in entry.path.split("/"))
    pairs = draw(st.lists(st.tuples(st.sampled_from(FIELDS), values), max_size=6))
    query = draw(st.one_of(st.just(b""), st.just(_encoded(pairs)), st.binary(max_size=40)))
    kind = draw(st.sampled_from([TYPES[0]] * 6 + list(TYPES)))
    fields = draw(st.lists(st.tuples(st.sampled_from(FIELDS), values), max_size=6))
    body = draw(st.one_of(st.just(_body(kind, fields)), st.binary(max_size=200)))
    chosen = draw(st.lists(st.sampled_from(sorted(HEADERS)), max_size=4, unique=True))
    headers = [(name.encode(), draw(st.sampled_from(HEADERS[name])).encode("latin-1")) for name in chosen]
    return Sent(method, path, query, [(b"content-type", kind.encode("latin-1")), *headers], body)


def _encoded(pairs: Sequence[tuple[str, str]]) -> bytes:
    return urlencode(pairs, errors="surrogatepass").encode()


def _body(kind: str, fields: Sequence[tuple[str, str]]) -> bytes:
    if "json" in kind:
        return json.dumps(dict(fields)).encode()
    if "boundary=x" in kind:
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode("utf-8", "surrogatepass")
            for name, value in fields
        ]
        return b"".join(parts) + b"--x--\r\n"
    return _encoded(fields)


async def send(app: Starlette, sent: Sent, cookie: str = "", patience: float = 30.0) -> Got:
    """Send it to the app as a server would, and hang up once an answer that never ends has begun."""
    begun, messages = time.perf_counter(), list[dict[str, Any]]()
    hung_up, body = asyncio.Event(), [sent.body]
    raw = quote(sent.path, safe="/%{}", errors="surrogatepass").encode()
    usual = [(b"host", b"bot"), *([(b"cookie", cookie.encode())] if cookie else [])]
    names = {name for name, _ in sent.headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": sent.method,
        "scheme": "http",
        # As uvicorn does: what is no text is replaced.
        "path": sent.path.encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        "raw_path": raw,
        "root_path": "",
        "query_string": sent.query,
        "headers": [*(each for each in usual if each[0] not in names), *sent.headers],
        "client": ("192.0.2.1", 5_000),
        "server": ("bot", 80),
    }

    async def receive() -> dict[str, Any]:
        if body:
            return {"type": "http.request", "body": body.pop(), "more_body": False}
        await hung_up.wait()
        return {"type": "http.disconnect"}

    async def answer(message: Any) -> None:
        messages.append(message)
        kinds = [value for name, value in message.get("headers", ()) if name.lower() == b"content-type"]
        if any(b"event-stream" in kind for kind in kinds):
            hung_up.set()

    async with asyncio.timeout(patience):
        await app(scope, receive, answer)
    return _got(messages, time.perf_counter() - begun)


def _got(messages: Sequence[Mapping[str, Any]], seconds: float) -> Got:
    start = next(each for each in messages if each["type"] == "http.response.start")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    content = b"".join(each.get("body", b"") for each in messages if each["type"] == "http.response.body")
    return Got(start["status"], headers, content, seconds)
