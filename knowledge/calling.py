"""Asks a chat model, within limits, and notes what that came to."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
import logging
import math
import time
from collections.abc import AsyncGenerator

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage

from knowledge.breaker import Breaker, NotTried
from knowledge.calls import Call, Note, Outcome, Purpose

_log = logging.getLogger(__name__)

_CHARACTERS = 3
"""A token is at least about so many, in Norwegian too: what is estimated is estimated high."""

_ENDINGS = ("finish_reason", "stop_reason", "done_reason")
"""Where the providers say why a stream ended."""
_BROKEN_OFF = {"length": Outcome.CUT, "max_tokens": Outcome.CUT, "content_filter": Outcome.REFUSED}

_STATUS = {401: Outcome.DENIED, 403: Outcome.DENIED, 408: Outcome.TIMEOUT, 429: Outcome.BUSY, 504: Outcome.TIMEOUT}
_UNANSWERED = frozenset({Outcome.TIMEOUT, Outcome.BUSY, Outcome.DENIED, Outcome.FAILED})
"""How a call ends where nobody is there to answer."""


class BrokenOff(Exception):
    """The model ended before it had said what it had to say: half an answer may lack the exception."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"the model's answer ended early: {outcome}")
        self.outcome = outcome


class TooLong(Exception):
    """What the model was to read is longer than a call may be; it was not asked."""


@dataclasses.dataclass
class _Tally:
    start: float = dataclasses.field(default_factory=time.perf_counter)
    first_ms: float | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    written: int = 0
    ended: bool = False

    @property
    def ms(self) -> float:
        return round((time.perf_counter() - self.start) * 1000, 1)

    def count(self, chunk: AIMessageChunk) -> str:
        """The chunk's text. Raises BrokenOff where it says that the model refuses, or ends early."""
        if usage := chunk.usage_metadata:
            self.tokens_in += usage["input_tokens"]
            self.tokens_out += usage["output_tokens"]
        if chunk.additional_kwargs.get("refusal"):
            raise BrokenOff(Outcome.REFUSED)
        for name in _ENDINGS:
            if reason := chunk.response_metadata.get(name):
                self.ended = True
                if reason in _BROKEN_OFF:
                    raise BrokenOff(_BROKEN_OFF[reason])
        text = chunk.text
        if text and self.first_ms is None:
            self.first_ms = self.ms
        self.written += len(text)
        return text


class Caller:
    """A chat model that is given at most so many tokens to read in a call.

    Where three calls in a row for one purpose were not answered, the others for it go without it at once, and every
    `pause` seconds one tries again: no reply waits in vain for what is known to be away. What is too slow for the
    short time of one purpose may be quick enough for another.
    """

    def __init__(self, model: BaseChatModel, tokens: int, pause: float = 10.0) -> None:
        self._model = model
        self.tokens = tokens
        self._breakers = {
            purpose: Breaker(_is_unanswered, functools.partial(_tell, purpose), pause, after=3) for purpose in Purpose
        }

    @property
    def characters(self) -> int:
        """How much text a call may hold for certain."""
        return self.tokens * _CHARACTERS

    async def stream(self, purpose: Purpose, messages: list[BaseMessage], note: Note) -> AsyncGenerator[str]:
        """What the model writes, piece by piece; however it ends, it is noted once.

        Raises TooLong, NotTried, BrokenOff, and whatever the model's client raises.
        """
        length = sum(len(message.text) for message in messages)
        if length > self.characters:
            note(Call(purpose=purpose, outcome=Outcome.TOO_LONG))
            raise TooLong
        tally, outcome = _Tally(), Outcome.OK
        try:
            with self._breakers[purpose].attempt():
                async with contextlib.aclosing(self._model.astream(messages)) as chunks:  # type: ignore[type-var]
                    async for chunk in chunks:
                        if text := tally.count(chunk):
                            yield text
                if not tally.ended:
                    raise BrokenOff(Outcome.CUT)  # the stream ended, and nobody said that it was to
            outcome = Outcome.OK if tally.written else Outcome.EMPTY
        except (Exception, asyncio.CancelledError) as error:
            outcome = outcome_of(error)
            raise
        finally:
            note(
                Call(purpose=purpose, outcome=outcome)
                if outcome is Outcome.AWAY
                else _noted(purpose, outcome, tally, length)
            )

    async def ask(self, purpose: Purpose, messages: list[BaseMessage], note: Note) -> str:
        """All that the model writes. Raises as `stream` does."""
        return "".join([text async for text in self.stream(purpose, messages, note)])


def _is_unanswered(error: BaseException) -> bool:
    return outcome_of(error) in _UNANSWERED


def _tell(purpose: Purpose, error: BaseException | None) -> None:
    if error is None:
        _log.warning("the chat model answers again (%s)", purpose)
    else:
        _log.warning("the chat model is not asked for a while (%s): %s", purpose, type(error).__name__)


def _noted(purpose: Purpose, outcome: Outcome, tally: _Tally, length: int) -> Call:
    told = bool(tally.tokens_in)
    return Call(
        purpose=purpose,
        outcome=outcome,
        ms=tally.ms,
        first_ms=tally.first_ms,
        tokens_in=tally.tokens_in if told else math.ceil(length / _CHARACTERS),
        tokens_out=tally.tokens_out if told else math.ceil(tally.written / _CHARACTERS),
        estimated=not told,
    )


def outcome_of(error: BaseException) -> Outcome:
    """What an error of a call means, whichever provider's client raised it."""
    if isinstance(error, BrokenOff):
        return error.outcome
    if isinstance(error, TooLong | NotTried):
        return Outcome.TOO_LONG if isinstance(error, TooLong) else Outcome.AWAY
    status = getattr(error, "status_code", None)
    if status in _STATUS:
        return _STATUS[status]
    name = type(error).__name__
    if isinstance(error, TimeoutError | asyncio.CancelledError) or "Timeout" in name:
        return Outcome.TIMEOUT
    if "Protocol" in name or "ReadError" in name:
        return Outcome.CUT
    return Outcome.FAILED
