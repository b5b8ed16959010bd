"""Vectors in a Chroma server, for several processes and machines: what is asked of it never takes long."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpx
import stamina
from chromadb.api.fastapi import FastAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings, System
from chromadb.errors import ChromaError, NotFoundError

from knowledge.breaker import Breaker, NotTried
from knowledge.vectors import BATCH, CONFIGURATION, VectorsAway, as_query, bring_up_to_date, listed, nearest, put, take

_log = logging.getLogger(__name__)

T = TypeVar("T")

_LATELY = 60.0
"""Seconds for which a question that got no answer tells how it is."""
_AWAY = frozenset({401, 403, 429})
"""Answers of a server, or of what stands before it, that keep us out; so do those from 500 on."""


class ChromaServer:
    """Opens vectors that lie in a Chroma server. `url` is http(s)://host:port, without a password in it.

    A question waits `patience` seconds at most for each answer, and not at all where the last one did not come: every
    `pause` seconds one question tries again. Writing waits for `write_patience` seconds, and tries for as long.
    `prefix` begins the names of the collections: libraries that share a server need one each.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        prefix: str = "moteplassen",
        patience: float = 1.0,
        write_patience: float = 20.0,
        pause: float = 5.0,
    ) -> None:
        self.url = url
        self.prefix = prefix
        self._write_patience = write_patience
        self._breaker = Breaker(lambda error: isinstance(error, VectorsAway), self._tell, pause)
        self._quick = _Link(url, token, patience)
        self._patient = _Link(url, token, write_patience)

    def __call__(self, folder: Path, name: str) -> ServedVectors:
        """The vectors of that name. Nothing is asked of the server yet."""
        return ServedVectors(self, f"{self.prefix}-{name}")

    def try_it(self) -> None:
        """Raises VectorsAway where the server does not answer in time."""
        self._reach(self._quick.api.heartbeat)

    def is_away(self) -> bool:
        """Does it not answer now, or has it left a question without an answer within the last minute? Blocking."""
        if self._breaker.was_away(_LATELY):
            return True
        try:
            self.try_it()
        except VectorsAway:
            return True
        return False

    def close(self) -> None:
        """Close all connections; nothing can be asked any longer."""
        for link in (self._quick, self._patient):
            link.api._session.close()

    def ask(self, name: str, work: Callable[[Collection], T]) -> T:
        """What `work` on the collection of that name gives, for a question that waits. Raises VectorsAway."""
        try:
            with self._breaker.attempt():
                return self._reach(lambda: _once_more(lambda: self._quick.on(name, work)))
        except NotTried:
            raise VectorsAway(f"Chroma at {self.url} was away moments ago") from None

    def write(self, name: str, work: Callable[[Collection, int], T]) -> T:
        """What `work` gives, which is told how many entries the server takes at once, and may be done again where the
        connection is lost. Raises VectorsAway."""

        def working(collection: Collection) -> T:
            most = self._patient.api.get_max_batch_size()
            return work(collection, min(BATCH, most) if most > 0 else BATCH)

        def trying() -> T:
            lost, patience = httpx.TransportError, self._write_patience
            for attempt in stamina.retry_context(on=lost, attempts=None, timeout=patience, wait_max=2.0):
                with attempt:
                    return self._patient.on(name, working)
            raise AssertionError("unreachable")

        return self._reach(trying)

    def _reach(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (httpx.HTTPError, json.JSONDecodeError) as error:
            raise self._away(error) from error
        except ChromaError as error:
            if error.code() < 500 and error.code() not in _AWAY:
                raise
            raise self._away(error) from error
        except Exception as error:
            # Its client has no other name for answers that are not of Chroma's, such as a proxy's 502.
            if type(error) is not Exception:
                raise
            raise self._away(error) from error

    def _away(self, error: Exception) -> VectorsAway:
        told = "" if isinstance(error, httpx.HTTPError) else f": {str(error)[:100]}"
        return VectorsAway(f"Chroma at {self.url} is away ({type(error).__name__}{told})")

    def _tell(self, error: BaseException | None) -> None:
        if error:
            _log.warning("%s; questions are answered by words alone", error)
        else:
            _log.warning("Chroma at %s is back", self.url)


class ServedVectors:
    """Vectors of one name in a server. What one process writes the others see: there is nothing to refresh."""

    def __init__(self, server: ChromaServer, name: str) -> None:
        self._server = server
        self._name = name

    def add(self, entries: Sequence[str], vectors: Sequence[Sequence[float]]) -> None:
        """Put these entries in, each with its vector; one that is there already is there once."""
        self._server.write(self._name, lambda collection, most: put(collection, entries, vectors, most))

    def remove(self, entries: Sequence[str]) -> None:
        """Take these entries out."""
        self._server.write(self._name, lambda collection, most: take(collection, entries, most))

    def count(self) -> int:
        """How many entries there are."""
        return self._server.ask(self._name, lambda collection: int(collection.count()))

    def entries(self) -> set[str]:
        """All entries."""
        return self._server.write(self._name, listed)

    def search(self, vector: Sequence[float], count: int) -> dict[str, float]:
        """Cosine similarity (-1..1) of the nearest passages, by entry."""
        wanted = as_query(vector)
        return self._server.ask(self._name, lambda collection: nearest(collection, wanted, count))

    def refresh(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Close the connections to the server, also those of what it was opened with."""
        self._server.close()


class _Link:
    """Connections to a server that wait so many seconds for each answer, and the collections known there."""

    def __init__(self, url: str, token: str | None, patience: float) -> None:
        settings = Settings(
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=url,
            chroma_server_http_port=443 if url.startswith("https") else 80,  # the address itself names it
            chroma_client_auth_provider="chromadb.auth.token_authn.TokenAuthClientProvider" if token else None,
            chroma_client_auth_credentials=token,
            anonymized_telemetry=False,
        )
        # `chromadb.HttpClient` asks the server while it is made, and would wait for one that hangs for ever.
        self.api = System(settings).instance(FastAPI)
        self.api._session.timeout = httpx.Timeout(patience)
        self._turn = threading.Lock()
        self._known: dict[str, Collection] = {}

    def on(self, name: str, work: Callable[[Collection], T]) -> T:
        """What `work` on the collection gives, which is made where there is none."""
        try:
            return work(self._collection(name))
        except NotFoundError:  # made anew since, under another id
            with self._turn:
                self._known.pop(name, None)
            return work(self._collection(name))

    def _collection(self, name: str) -> Collection:
        with self._turn:
            if known := self._known.get(name):
                return known
        model: Any = self.api.get_or_create_collection(name, configuration=CONFIGURATION)
        made = Collection(client=self.api, model=model, embedding_function=None)
        bring_up_to_date(made)
        with self._turn:
            self._known[name] = made
        return made


def _once_more(work: Callable[[], T]) -> T:
    """The connection may be one from before a restart of the server."""
    try:
        return work()
    except httpx.TimeoutException:
        raise
    except httpx.TransportError:
        return work()
