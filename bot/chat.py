"""The chat model's part in a reply: each step within its time, and without it the reply is what it was before."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from langchain.chat_models import init_chat_model
from langchain_core.embeddings import Embeddings
from pydantic import SecretStr

from bot.chat_accounts import Accounts, Bill
from bot.question import Listener
from bot.settings import Settings
from bot.writing import Writing
from knowledge.answering import ExtractiveAnswerer
from knowledge.calling import Caller, outcome_of
from knowledge.calls import Call, Outcome
from knowledge.checking import Checker
from knowledge.consulting import Proposer, Ranker, Rewriter, Useless, first
from knowledge.facts import facts
from knowledge.generating import Writer
from knowledge.model import Claim, Evidence
from knowledge.prompting import Prompts

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Chat:
    """Rewrites questions, orders what was found, and writes answers: each where it is switched on.

    `step_seconds` is how long each of the first two may take.
    """

    writing: Writing
    accounts: Accounts
    step_seconds: float
    rewriter: Rewriter | None = None
    ranker: Ranker | None = None

    def begin(self, reply_id: str) -> Aid:
        """Its part in the reply of that id."""
        return Aid(self, self.accounts.bill(reply_id))


class Aid:
    """The chat model's part in one reply."""

    def __init__(self, chat: Chat, bill: Bill) -> None:
        self._chat = chat
        self._bill = bill

    @property
    def calls(self) -> tuple[Call, ...]:
        """What it came to so far."""
        return tuple(self._bill.calls)

    async def rewrite(self, query: str, question: str, thread: Sequence[str]) -> str:
        """What to search for instead of `query`; the same where the model fails or is too slow, or where the question
        names what it is about ("§ 15", "B3")."""
        rewriter = self._chat.rewriter
        if rewriter is None or facts(query, "nb").references:
            return query
        return await self._within("rewrite", rewriter.rewrite(question, thread, self._bill.note), query)

    async def rank(self, evidence: Evidence) -> Evidence:
        """The evidence as the model orders it; as it was where the model fails or is too slow, or it is exact."""
        ranker = self._chat.ranker
        if ranker is None or evidence.exact or not evidence.found:
            return evidence
        return await self._within("rank", ranker.rank(evidence, self._bill.note), first(evidence))

    async def write(self, evidence: Evidence, language: str, listener: Listener) -> tuple[Claim, ...]:
        """The claims that hold, told to the listener as they come; none where the model failed or was too slow, or
        where the evidence is exact: what is named is quoted."""
        if evidence.exact:
            return ()
        await listener.step("write")
        return await self._chat.writing.claims(evidence, language, listener, self._bill)

    async def _within(self, step: str, asking: Awaitable[T], otherwise: T) -> T:
        try:
            async with asyncio.timeout(self._chat.step_seconds):
                return await asking
        except Exception as error:  # noqa: BLE001 - a client may raise anything, and what it says may hold secrets
            why = Outcome.UNFIT if isinstance(error, Useless) else outcome_of(error)
            self._chat.accounts.fell_back(self._bill.reply, step, why, error)
            return otherwise


def open_chat(settings: Settings, answerer: ExtractiveAnswerer, embeddings: Embeddings) -> Chat:
    """The chat model of the settings, citing as the answerer does."""
    caller, prompts = _caller(settings), Prompts()
    accounts = Accounts(settings.chat_price_in, settings.chat_price_out)
    return Chat(
        writing=Writing(Writer(caller, answerer.cite, Checker(embeddings), prompts), settings.chat_timeout, accounts),
        accounts=accounts,
        rewriter=Rewriter(caller, prompts) if settings.chat_rewrite else None,
        ranker=Ranker(caller, prompts, embeddings) if settings.chat_rerank else None,
        step_seconds=settings.chat_step_timeout,
    )


def open_proposer(settings: Settings) -> Proposer:
    """The chat model of the settings, for proposing typical questions."""
    return Proposer(_caller(settings), Prompts())


def _caller(settings: Settings) -> Caller:
    model = init_chat_model(
        settings.chat_model,
        model_provider="openai",
        api_key=settings.openai_api_key or SecretStr("none"),
        base_url=settings.openai_base_url,
        timeout=settings.chat_timeout,
        max_retries=1,
        max_tokens=settings.chat_tokens_out,
        stream_usage=True,
    )
    return Caller(model, settings.chat_tokens_in)
