"""The library, and a conversation over it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from bot.branding import texts_of
from bot.conversation import Conversation, judge
from bot.data_dir import open_data_dir
from bot.freshness import Freshness
from bot.guard import Guard
from bot.indexing.opening import library_folder, open_meanings
from bot.settings import Settings
from bot.texts import Texts
from bot.triage import Triage
from bot.understanding import Understander
from knowledge.answering import ExtractiveAnswerer
from knowledge.chroma_server import ChromaServer
from knowledge.concepts import Concepts
from knowledge.confidence import THRESHOLD
from knowledge.embeddings import BrokenOff, CachedEmbeddings, E5Embeddings
from knowledge.engine import Engine
from knowledge.library import Library
from knowledge.model import Audience, Evidence
from knowledge.remembering import Remembered
from knowledge.retriever import Retriever
from knowledge.shelf import GRACE
from knowledge.typical_questions import TypicalQuestions
from knowledge.vectors import OpenVectors, VectorIndex
from knowledge.verifying import CrossEncoder, Verifier

if TYPE_CHECKING:
    from bot.chat import Chat

_REMEMBERED, _REMEMBERED_OF_EACH = 2048, 64
"""For so many questions a process remembers what was found, and what was made of it: of the only municipality that it
serves, or of each of several. Some 45 kB each where the same passages are found again and again, as in what ships, and
120 where each finds others."""


@dataclass(frozen=True)
class Knowledge:
    """The library and what is wired around it."""

    library: Library
    embeddings: CachedEmbeddings
    verifier: Verifier
    understander: Understander
    retrievers: Mapping[Audience, Retriever]
    conversation: Conversation
    texts: Texts
    chat: Chat | None = None
    chroma: ChromaServer | None = None
    _warming: threading.Lock = field(default_factory=threading.Lock)

    async def is_limited(self) -> bool:
        """Do searches go on without an index, by words alone for instance?"""
        is_away = await asyncio.to_thread(self.chroma.is_away) if self.chroma else False
        return is_away or await self.library.is_limited()

    def long_retriever(self) -> Retriever:
        """What an outsider's questions are looked up with, giving enough passages for ten documents."""
        return self.retrievers[Audience.PUBLIC].model_copy(update={"count": 50})

    def forget_questions(self) -> None:
        """Look the next questions up as if nobody had asked them before: for who measures what a new one takes."""
        self.embeddings.forget_questions()
        self.verifier.forget()
        for retriever in self.retrievers.values():
            retriever.remembered.forget()

    def warm_retrievers(self) -> None:
        """Have ready what is known of the documents that there are. Blocking, until it is closed."""
        with self._warming, contextlib.suppress(BrokenOff):
            for retriever in self.retrievers.values():
                if self.embeddings.is_broken_off:
                    return
                retriever.warm()

    def warm(self, pause: float = 1.0) -> None:
        """Have ready what takes long to load and few questions need. Blocking; `pause` is between the languages."""
        self.warm_retrievers()
        self.understander.warm(pause)

    def close(self) -> None:
        """Give all files back, once nothing is made ready any more. Blocking."""
        self.embeddings.break_off()
        with self._warming:
            self.library.close()
            self.embeddings.close()


@dataclass(frozen=True)
class Shared:
    """What holds nothing of any municipality, and takes long to load: one for all of them."""

    model: E5Embeddings
    encoder: CrossEncoder
    typical: TypicalQuestions
    concepts: Concepts
    understander: Understander

    @classmethod
    def load(cls) -> Shared:
        """Load it. Blocking."""
        concepts = Concepts.load()
        engine = Engine()
        model, encoder = E5Embeddings(engine), CrossEncoder(engine)
        return cls(model, encoder, TypicalQuestions.load(), concepts, Understander(concepts.knows_subject))


def open_library(settings: Settings) -> Library:
    """The library, for bringing documents in. Raises DataDirError, or ConfigurationError where there is none yet."""
    data_dir = open_data_dir(settings)
    opening = _vectors(open_chroma(settings))
    embeddings, typical = _embeddings(data_dir, E5Embeddings()), TypicalQuestions.load()
    folder = library_folder(settings)
    return Library(folder, embeddings.patient, typical, open_vectors=opening, **_kept(settings))


def open_chroma(settings: Settings) -> ChromaServer | None:
    """The Chroma server that the settings name; nothing is asked of it yet. None where they name none."""
    if not settings.chroma_url:
        return None
    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    return ChromaServer(settings.chroma_url, token, settings.chroma_prefix)


def open_knowledge(
    settings: Settings, folder: Path | None = None, *, warm: bool = True, shared: Shared | None = None
) -> Knowledge:
    """The library (or another folder's) and a conversation over it. Raises DataDirError, or ConfigurationError where
    the library is a snapshot, and there is none yet.

    Without `warm`, vectors of sentences are made when a question needs them rather than when a document comes in. Those
    of another folder lie in it, whatever server is set.
    """
    remembered = Remembered[Evidence](_REMEMBERED_OF_EACH if shared else _REMEMBERED)
    shared = shared or Shared.load()
    data_dir = open_data_dir(settings)
    texts = texts_of(settings)
    embeddings = _embeddings(data_dir, shared.model)
    chroma = None if folder else open_chroma(settings)
    opening = _vectors(chroma)
    about: _Kept = {} if folder else _kept(settings)
    where = folder or library_folder(settings)
    if not folder and not settings.indexing:
        open_meanings(settings).take(where)
    library = Library(where, embeddings.patient, shared.typical, warm=warm, open_vectors=opening, **about)
    verifier = Verifier(shared.encoder, embeddings, shared.typical)
    answerer = ExtractiveAnswerer(embeddings, settings.public_url, verifier)
    chat = _chat(settings, answerer, embeddings)
    retrievers = _retrievers(library, embeddings, shared, remembered, _found(settings))
    conversation = Conversation(
        guard=Guard(),
        triage=Triage(settings.municipality),
        understander=shared.understander,
        retrievers=retrievers,
        answerer=answerer,
        judge=functools.partial(judge, threshold=THRESHOLD),
        texts=texts,
        freshness=Freshness(texts, settings.stale_after_months),
        phone=settings.phone,
        chat=chat,
    )
    return Knowledge(library, embeddings, verifier, shared.understander, retrievers, conversation, texts, chat, chroma)


@contextlib.contextmanager
def open_corpus(settings: Settings, ids: Sequence[str], *, warm: bool) -> Iterator[Knowledge]:
    """Knowledge of a corpus of its own, for measuring; kept in the data directory, one for each list of ids."""
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
    data_dir = open_data_dir(settings)
    with contextlib.closing(open_knowledge(settings, data_dir / "eval" / digest, warm=warm)) as knowledge:
        yield knowledge


class _Kept(TypedDict, total=False):
    grace: float
    frozen: bool


def _kept(settings: Settings) -> _Kept:
    """How the library is kept that the settings name."""
    shares_vectors = bool(settings.chroma_url and settings.snapshots)
    grace = settings.snapshots_grace if shares_vectors else GRACE
    return {"frozen": not settings.indexing, "grace": grace}


def _vectors(chroma: ChromaServer | None) -> OpenVectors:
    return chroma or VectorIndex


def _embeddings(data_dir: Path, model: E5Embeddings) -> CachedEmbeddings:
    return CachedEmbeddings(model, data_dir / "cache" / "vectors.db")


def _retrievers(
    library: Library, embeddings: CachedEmbeddings, shared: Shared, remembered: Remembered[Evidence], count: int
) -> Mapping[Audience, Retriever]:
    about = {"embeddings": embeddings, "remembered": remembered, "count": count}
    about |= {"concepts": shared.concepts, "typical": shared.typical}
    return {each: Retriever.model_validate({"reader": library.reader(each), **about}) for each in Audience}


def _found(settings: Settings) -> int:
    """How many passages a search finds: more where a chat model orders them, of which it leaves as many as usual."""
    return 50 if settings.has_chat_model and settings.chat_rerank else 10


def _chat(settings: Settings, answerer: ExtractiveAnswerer, embeddings: CachedEmbeddings) -> Chat | None:
    if not settings.has_chat_model:
        return None
    # LangChain and openai take two seconds to load, which who has no chat model need not wait for.
    from bot.chat import open_chat  # noqa: PLC0415

    return open_chat(settings, answerer, embeddings)
