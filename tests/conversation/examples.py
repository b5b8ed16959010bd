"""The bot as the tests talk with it."""

from __future__ import annotations

import dataclasses
import functools

from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from bot.chat import Chat
from bot.chat_accounts import Accounts
from bot.conversation import Conversation, judge
from bot.freshness import Freshness
from bot.guard import Guard
from bot.question import Listener, Question, Reply
from bot.texts import Texts
from bot.triage import Triage
from bot.understanding import Understander
from bot.writing import Writing
from knowledge.answering import ExtractiveAnswerer
from knowledge.calling import Caller
from knowledge.checking import Checker
from knowledge.concepts import Concepts
from knowledge.consulting import Ranker, Rewriter
from knowledge.embeddings import CachedEmbeddings
from knowledge.generating import Writer
from knowledge.library import Library
from knowledge.model import Audience, Claim
from knowledge.prompting import Prompts
from knowledge.retriever import Retriever
from tests.peers.openai import KEY, MODEL, OpenAI

TEXTS = Texts()
TRIAGE = Triage("Drammen")
CONCEPTS = Concepts.load()
NEVER = 1.1
"""A threshold that only abstains."""
ALWAYS = 0.0
"""A threshold that answers whatever there is an answer to."""


def model(openai: OpenAI, retries: int = 0) -> ChatOpenAI:
    """The peer as LangChain's chat model."""
    return ChatOpenAI(
        model=MODEL,
        api_key=SecretStr(KEY),
        base_url=openai.url,
        timeout=5,
        max_retries=retries,
        stream_usage=True,
    )


class Notebook:
    """Writes down how a reply comes about."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.claims: list[Claim] = []

    async def step(self, name: str) -> None:
        self.steps.append(name)

    async def claim(self, claim: Claim) -> None:
        self.claims.append(claim)


@dataclasses.dataclass(frozen=True)
class Bot:
    """A conversation, and what it is made of."""

    library: Library
    embeddings: CachedEmbeddings
    answerer: ExtractiveAnswerer
    understander: Understander
    threshold: float = 0.5
    openai: OpenAI | None = None
    seconds: float = 5.0
    phone: str = ""
    tokens: int = 8_000
    prices: tuple[float, float] | tuple[()] = ()
    rewrites: bool = False
    ranks: bool = False

    def but(self, **changes: object) -> Bot:
        """The bot with other parts."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    async def asked(self, text: str, *history: str, listener: Listener | None = None, **about: object) -> Reply:
        """What it replies."""
        question = Question.model_validate({"text": text, "history": history, **about})
        return await self._conversation().reply(question, listener)

    def _conversation(self) -> Conversation:
        count = 50 if self.ranks else 10
        readers = {audience: self.library.reader(audience) for audience in Audience}
        return Conversation(
            guard=Guard(),
            triage=TRIAGE,
            understander=self.understander,
            retrievers={
                each: Retriever(reader=readers[each], embeddings=self.embeddings, concepts=CONCEPTS, count=count)
                for each in readers
            },
            answerer=self.answerer,
            judge=functools.partial(judge, threshold=self.threshold),
            texts=TEXTS,
            freshness=Freshness(TEXTS, 18),
            phone=self.phone,
            chat=self.chat(self.openai) if self.openai else None,
        )

    def chat(self, openai: OpenAI) -> Chat:
        """The chat model's part."""
        caller, prompts, accounts = Caller(model(openai), self.tokens), Prompts(), Accounts(*self.prices)
        writer = Writer(caller, self.answerer.cite, Checker(self.embeddings), prompts)
        return Chat(
            writing=Writing(writer, self.seconds, accounts),
            accounts=accounts,
            rewriter=Rewriter(caller, prompts) if self.rewrites else None,
            ranker=Ranker(caller, prompts, self.embeddings) if self.ranks else None,
            step_seconds=self.seconds,
        )
