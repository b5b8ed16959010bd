"""Unpacks what comes packed, never more than the limit: a small file may unpack to all the memory there is."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator

import httpx

from ingest.fetching.fetched import FetchError, TransientError

_PIECE = 64 * 1024
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


async def content_of(response: httpx.Response, location: str, limit: int) -> AsyncIterator[bytes]:
    """The content of a response, unpacked, in pieces.

    Raises FetchError where it is larger than the limit, packed or not, or packed in a way that was not asked for.
    """
    unpacker = _unpacker(response, location)
    packed = unpacked = 0
    async for raw in response.aiter_raw(_PIECE):
        packed += len(raw)
        for piece in unpacker.pieces(raw) if unpacker else (raw,):
            unpacked += len(piece)
            if max(packed, unpacked) > limit:
                raise too_large(location, limit)
            yield piece
        if packed > limit:
            raise too_large(location, limit)
    if unpacker and packed:
        unpacker.end()


def gunzip(content: bytes, location: str, limit: int) -> bytes:
    """The content, unpacked where it is gzip. Raises FetchError where that is broken or larger than the limit."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    unpacker = _Unpacker(location)
    unpacked = bytearray()
    for piece in unpacker.pieces(content):
        unpacked += piece
        if len(unpacked) > limit:
            raise too_large(location, limit)
    unpacker.end()
    return bytes(unpacked)


def too_large(name: str, limit: int) -> FetchError:
    """What to raise where something is larger than the limit."""
    return FetchError(f"{name}: is larger than {limit / 1024 / 1024:g} MB; bring in a smaller version, or split it")


class _Unpacker:
    def __init__(self, location: str) -> None:
        self._location = location
        self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._is_fresh = True

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        while not self._inflater.eof:
            piece = self._inflate(packed)
            packed = self._inflater.unconsumed_tail
            if piece:
                yield piece
            if not packed and len(piece) < _PIECE and not self._inflater.eof:
                return
        if (self._inflater.unused_data + packed).strip(b"\0"):
            raise FetchError(f"{self._location}: goes on after the end of what is packed; save it anew")

    def _inflate(self, packed: bytes) -> bytes:
        is_first, self._is_fresh = self._is_fresh, False
        try:
            return self._inflater.decompress(packed, _PIECE)
        except zlib.error as error:
            if not is_first:
                raise TransientError(f"{self._location}: is packed wrongly ({error}); try again later") from error
        # Some servers leave out the header of what they call deflate.
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        return self._inflate(packed)

    def end(self) -> None:
        if not self._inflater.eof:
            raise TransientError(f"{self._location}: ends in the middle of what is packed; try again later")


def _unpacker(response: httpx.Response, location: str) -> _Unpacker | None:
    encodings = [each.strip().lower() for each in response.headers.get("content-encoding", "").split(",")]
    packings = [each for each in encodings if each not in {"", "identity"}]
    if not packings:
        return None
    if packings[0] not in {"gzip", "x-gzip", "deflate"} or len(packings) > 1:
        raise FetchError(f"{location}: comes packed as {', '.join(packings)[:40]}, which was not asked for")
    return _Unpacker(location)
