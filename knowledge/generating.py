"""Answers in a chat model's words, from the found passages only; every claim is checked against its quote."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.answering import Cite
from knowledge.calling import BrokenOff, Caller
from knowledge.calls import Call, Note, Outcome, Purpose
from knowledge.checking import Checker, Fault, whole
from knowledge.model import Claim, Evidence, Passage
from knowledge.prompting import Messages, Prompts

_PASSAGES = 6
_CLAIMS = 6
_LONGEST_LINE = 10_000
"""Characters: what is longer will never be a claim."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: str
    source: int
    quote: str


class Manuscript:
    """An answer while it is written: the claims that hold, and the lines that don't, each with its fault.

    `faults` counts them, since it was written or last given back to be mended.
    """

    def __init__(self, evidence: Evidence, language: str, note: Note) -> None:
        self.evidence = evidence
        self.language = language
        self.note = note
        self.told: dict[Claim, None] = {}
        self.rejected: list[tuple[str, Fault]] = []
        self.faults: Counter[str] = Counter()

    def reject(self, line: str, fault: Fault) -> None:
        """Remember what is to be mended; of more than anybody reads, the rest is dropped at once."""
        self.faults[fault] += 1
        if len(self.rejected) < _CLAIMS:
            self.rejected.append((line, fault))

    @property
    def full(self) -> bool:
        """There are as many claims as anybody reads."""
        return len(self.told) >= _CLAIMS


def _unheard(call: Call) -> None:
    """Note nothing."""


class Writer:
    """Has a chat model write an answer, claim by claim, and once more what did not hold."""

    def __init__(self, caller: Caller, cite: Cite, checker: Checker, prompts: Prompts) -> None:
        self._caller = caller
        self._cite = cite
        self._checker = checker
        self._prompts = prompts

    def draft(self, evidence: Evidence, language: str, note: Note = _unheard) -> Manuscript:
        """An empty answer to be written from the evidence, in that language; `note` hears of the calls."""
        return Manuscript(evidence, language, note)

    async def write(self, draft: Manuscript) -> AsyncGenerator[Claim]:
        """The claims that hold, as they come; the lines that don't are the draft's `rejected`.

        Raises BrokenOff where the model did not finish, TooLong, and whatever the model's client raises.
        """
        passages = self._fitting(draft)
        async with contextlib.aclosing(
            self._checked(Purpose.WRITE, self._asked(draft, passages), passages, draft)
        ) as it:
            async for claim in it:
                yield claim

    async def mend(self, draft: Manuscript) -> AsyncGenerator[Claim]:
        """The claims that hold of what the model makes of the draft's rejected lines, told what was wrong with each.

        Raises as `write` does. What doesn't hold now either is dropped.
        """
        rejected, draft.rejected = draft.rejected, []
        draft.faults.clear()
        passages = self._fitting(draft)
        asked = self._prompts.mend(self._asked(draft, passages), rejected)
        async with contextlib.aclosing(self._checked(Purpose.MEND, asked, passages, draft)) as it:
            async for claim in it:
                yield claim

    def _fitting(self, draft: Manuscript) -> Sequence[Passage]:
        """The first passages and what stands around the best one, as many as a call may hold beside our own words and
        those that are to be mended."""
        first = (found.passage for found in draft.evidence.found[:_PASSAGES])
        passages = list({each.id: each for each in (*first, *draft.evidence.beside)}.values())
        room = self._caller.characters // 2
        while len(passages) > 1 and sum(len(message.text) for message in self._asked(draft, passages)) > room:
            passages.pop()
        return passages

    def _asked(self, draft: Manuscript, passages: Sequence[Passage]) -> Messages:
        return self._prompts.answer(draft.evidence.query, passages, draft.language)

    async def _checked(
        self, purpose: Purpose, asked: Messages, passages: Sequence[Passage], draft: Manuscript
    ) -> AsyncGenerator[Claim]:
        async with contextlib.aclosing(self._lines(purpose, asked, draft.note)) as lines:
            async for line in lines:
                if not line.strip().startswith("{"):
                    continue
                claim = await asyncio.to_thread(self._claim, line, passages, draft.language)
                if isinstance(claim, Fault):
                    draft.reject(line, claim)
                elif claim not in draft.told:
                    draft.told[claim] = None
                    yield claim
                if draft.full:
                    break

    async def _lines(self, purpose: Purpose, asked: Messages, note: Note) -> AsyncGenerator[str]:
        rest = ""
        async with contextlib.aclosing(self._caller.stream(purpose, asked, note)) as pieces:
            async for piece in pieces:
                *lines, rest = (rest + piece).split("\n")
                for line in lines:
                    yield line
                if len(rest) > _LONGEST_LINE:
                    raise BrokenOff(Outcome.UNFIT)
        yield rest

    def _claim(self, line: str, passages: Sequence[Passage], language: str) -> Claim | Fault:
        try:
            said = _Line.model_validate_json(line)
        except ValidationError:
            return Fault.UNREADABLE
        if not 1 <= said.source <= len(passages):
            return Fault.SOURCE
        passage = passages[said.source - 1]
        quote = whole(said.quote, passage.text)
        if quote is None:
            return Fault.QUOTE
        fault = self._checker.check(said.text, quote, passage, language)
        return fault or Claim(text=said.text.strip(), citation=self._cite(passage, quote))
