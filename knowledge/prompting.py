"""What a chat model is given to read: our words from prompts.md, and everything else as lines of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from knowledge.model import Document, Evidence, Found, Passage, Section

PROMPTS = Path(__file__).with_name("prompts.md")

Messages = list[BaseMessage]


class Prompts:
    """Our words, read once. A document or a question is always a line of JSON of its own, never part of them."""

    def __init__(self, path: Path = PROMPTS) -> None:
        parts = re.split(r"^## (\w+)\n", path.read_text(encoding="utf-8"), flags=re.M)
        self._parts = {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}
        self._faults = _listed(self._parts["faults"])
        self._languages = _listed(self._parts["languages"])

    def answer(self, question: str, passages: Sequence[Passage], language: str) -> Messages:
        """Asks for claims from the passages, which are numbered from 1."""
        sources = [
            _as_json(source=number, title=passage.context, text=passage.text)
            for number, passage in enumerate(passages, start=1)
        ]
        rules = self._fill("answer", language=self._languages.get(language, self._languages["nb"]))
        return [SystemMessage(rules), HumanMessage("\n".join([*sources, _as_json(question=question)]))]

    def mend(self, asked: Messages, rejected: Sequence[tuple[str, str]]) -> Messages:
        """Asks for (line, fault) of an answer once more."""
        lines = "\n".join(line for line, _ in rejected)
        faults = "\n".join(f"{number}. {self._faults[fault]}" for number, (_, fault) in enumerate(rejected, start=1))
        return [*asked, AIMessage(lines), HumanMessage(self._fill("mend", faults=faults))]

    def rewrite(self, question: str, thread: Sequence[str]) -> Messages:
        """Asks for a search query."""
        said = [_as_json(earlier=earlier) for earlier in thread]
        return [
            SystemMessage(self._fill("rewrite")),
            HumanMessage("\n".join([*said, _as_json(question=question)])),
        ]

    def typical(self, document: Document, section: Section, characters: int) -> Messages:
        """Asks for what people ask that the section answers, of which so many characters are shown."""
        headings = " › ".join((document.title, *section.path, section.heading))
        shown = _as_json(section=headings, text=section.text[:characters])
        return [SystemMessage(self._fill("typical")), HumanMessage(shown)]

    def rank(self, evidence: Evidence, found: Sequence[Found], characters: int) -> Messages:
        """Asks for the order of the passages, of each of which so many characters are shown."""
        shown = [
            _as_json(passage=number, text=f"{each.passage.context}: {each.passage.text}"[:characters])
            for number, each in enumerate(found, start=1)
        ]
        return [
            SystemMessage(self._fill("rank")),
            HumanMessage("\n".join([*shown, _as_json(question=evidence.query)])),
        ]

    def _fill(self, name: str, **values: str) -> str:
        return Template(self._parts[name]).substitute(values)


def _listed(text: str) -> Mapping[str, str]:
    return {name: told for name, _, told in (line.partition(": ") for line in text.splitlines())}


def _as_json(**values: object) -> str:
    return json.dumps(values, ensure_ascii=False)
