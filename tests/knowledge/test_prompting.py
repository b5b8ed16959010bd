"""Our words to the model stand in one file, and nothing that people or documents say stands among them."""

from __future__ import annotations

import ast
import functools
import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ingest.passages import passages_of
from knowledge.checking import Fault
from knowledge.model import Evidence, Found
from knowledge.prompting import PROMPTS, Prompts
from tests.knowledge.examples import SERVERING, guide

ROOT = Path(__file__).resolve().parent.parent.parent
WORDS = PROMPTS.read_text(encoding="utf-8")
LINES = [line for line in WORDS.splitlines() if line and not line.startswith("#")]
LANGUAGES = ("nb", "nn", "en")


@functools.cache
def code() -> dict[str, ast.Module]:
    files = [file for folder in ("bot", "knowledge", "ingest") for file in (ROOT / folder).rglob("*.py")]
    return {str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def test_only_one_module_makes_messages_for_a_model() -> None:
    makers = {
        path
        for path, tree in code().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("langchain_core")
        if {name.name for name in node.names} & {"SystemMessage", "HumanMessage", "AIMessage", "ChatPromptTemplate"}
    }
    assert makers == {"knowledge/prompting.py"}


def test_that_module_has_no_words_of_its_own() -> None:
    tree = code()["knowledge/prompting.py"]
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    docs = {
        id(first.value)
        for node in ast.walk(tree)
        if isinstance(node, documented)
        for first in node.body[:1]
        if isinstance(first, ast.Expr)
    }
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]
    assert [text for text in texts if len(text.split()) > 2] == []


def test_no_line_of_the_prompts_stands_in_the_code_too() -> None:
    there = {
        node.value
        for tree in code().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    told = [part.strip() for line in LINES for part in line.split(". ") if len(part.split()) > 4]
    assert len(told) > 20
    assert [part for part in told for text in there if part in text] == []


def test_every_fault_can_be_said_to_the_model() -> None:
    asked = Prompts().answer("Hva?", (), "nb")
    for fault in Fault:
        told = Prompts().mend(asked, [("{}", fault)])[-1].text
        assert "1. " in told


texts = st.text(max_size=300)


@given(question=texts, thread=st.lists(texts, max_size=3), document=texts, language=st.sampled_from([*LANGUAGES, "xx"]))
def test_whatever_is_asked_and_written_our_words_stay_ours_and_each_text_one_line(
    question: str, thread: list[str], document: str, language: str
) -> None:
    (passage,) = passages_of(guide("guides/om", "Regel."))
    passage = passage.model_copy(update={"text": document})
    evidence = Evidence(question, (Found(passage=passage, score=1.0),))
    prompts = Prompts()
    for messages in (
        prompts.answer(question, [passage], language),
        prompts.rewrite(question, thread),
        prompts.rank(evidence, evidence.found, 10_000),
    ):
        system, data = messages
        rules = [line for line in system.text.split("\n") if "Answer in" not in line]
        assert set(rules) <= set(LINES)
        read = [json.loads(line) for line in data.text.split("\n")]
        assert read[-1] == {"question": question}
        assert all(set(each) & {"source", "passage", "earlier"} for each in read[:-1])


def test_documents_come_with_their_headings() -> None:
    first, *_ = passages_of(SERVERING)
    _, data = Prompts().answer("Hva?", [first], "nb")
    assert json.loads(data.text.split("\n")[0]) == {"source": 1, "title": first.context, "text": first.text}
