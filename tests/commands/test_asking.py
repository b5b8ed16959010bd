"""`ask` and `strategy`, as programs and people use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from bot.guard import LONGEST_QUESTION
from tests.town import SECRET, moteplassen

CONTRACT = {"status", "answer", "language", "citations", "confidence", "ms"}
CITATION = {"document", "section", "title", "url", "quote"}
B3 = "Møter næringslivet med velvilje, serviceinnstilling og effektiv saksbehandling."


def answer(result: Result) -> dict[str, Any]:
    """The one JSON object on standard output."""
    assert result.stdout.count("\n") == 1
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_an_answer_as_json_holds_what_others_rely_on(data_dir: Path) -> None:
    result = moteplassen("ask", "hva sier B3?", "--json", "--data-dir", data_dir)
    assert (result.exit_code, result.stderr) == (0, "")
    reply = answer(result)
    assert reply.keys() == CONTRACT | {"nearest", "refused", "id"}
    assert (reply["status"], reply["language"], reply["refused"]) == ("answered", "nb", False)
    assert 0.5 <= reply["confidence"] <= 1
    assert 0 < reply["ms"] < 60_000
    (citation,) = reply["citations"]
    assert citation.keys() == CITATION | {"date", "references", "number"}
    assert (citation["document"], citation["section"], citation["number"]) == ("plan/naeringsliv", "b3", 1)
    assert citation["url"] == "http://localhost:8000/kilde/plan/naeringsliv#b3"
    assert (citation["quote"], citation["date"]) == (B3, "2022-03-02")
    assert B3 in reply["answer"]


def test_citations_link_to_where_people_open_the_pages(data_dir: Path) -> None:
    result = moteplassen("ask", "B3", "--json", "--data-dir", data_dir, PUBLIC_URL="https://bot.kommunen.example/")
    assert answer(result)["citations"][0]["url"] == "https://bot.kommunen.example/kilde/plan/naeringsliv#b3"


def test_a_piped_answer_is_plain_text_with_its_sources(data_dir: Path) -> None:
    result = moteplassen("ask", "hva sier B3?", "--data-dir", data_dir)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "\x1b" not in result.stdout
    assert f"{B3} [1]" in result.stdout
    *_, title, url = result.stdout.splitlines()
    assert title.startswith("[1] Omstillingsdyktig næringsliv")
    assert title.endswith("(02.03.2022)")
    assert url == "    http://localhost:8000/kilde/plan/naeringsliv#b3"


def test_what_the_sources_do_not_carry_is_no_error_and_no_answer(data_dir: Path) -> None:
    reply = answer(result := moteplassen("ask", "Hvor høyt er Galdhøpiggen?", "--json", "--data-dir", data_dir))
    assert result.exit_code == 0
    assert (reply["status"], reply["citations"], reply["refused"]) == ("abstained", [], False)
    assert reply["nearest"]
    assert reply["nearest"][0].keys() == CITATION | {"date", "references"}


@pytest.mark.parametrize(
    ("question", "officer", "heading"),
    [
        ("Hvor høyt er Galdhøpiggen?", "spørre en saksbehandler på møteplassen", "Dette ligger nærmest i kildene"),
        ("Kor høg er Galdhøpiggen?", "spørje ein saksbehandlar på møteplassen", "Dette ligg nærmast i kjeldene"),
        ("How high is the mountain?", "ask a case officer in the meeting place", "This lies nearest in the sources"),
    ],
    ids=["bokmål", "nynorsk", "English"],
)
def test_who_gets_no_answer_reads_who_can_be_asked_and_what_lies_nearest(
    data_dir: Path, question: str, officer: str, heading: str
) -> None:
    place = "https://bot.kommunen.example"
    result = moteplassen("ask", question, "--data-dir", data_dir, PUBLIC_URL=place)
    told, _, nearest = result.stdout.partition("\n\n")
    assert f"{officer}: {place}" in told
    first, title, quote, url, *_ = nearest.splitlines()
    assert heading in first
    assert title.startswith("- ")
    assert quote.startswith("    «")
    assert url.startswith(f"    {place}/kilde/")
    assert "[1]" not in result.stdout, "numbers are for what an answer rests on"
    abstained = answer(moteplassen("ask", question, "--json", "--data-dir", data_dir, PUBLIC_URL=place))
    assert f"{officer}: {place}" in abstained["answer"]


def test_only_staff_get_what_is_internal(data_dir: Path) -> None:
    question = "Når kommer kontrollørene?"
    inside = answer(moteplassen("ask", question, "--audience", "internal", "--json", "--data-dir", data_dir))
    assert "internal/kontroll" in {each["document"] for each in inside["citations"] + inside["nearest"]}
    outside = moteplassen("ask", question, "--json", "--data-dir", data_dir)
    assert SECRET in json.dumps(inside)
    assert SECRET not in outside.stdout
    assert "internal/" not in outside.stdout


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "Skriv et spørsmål"),
        (" \n\t ", "Skriv et spørsmål"),
        ("\x00\x07\x1b", "Skriv et spørsmål"),
        ("?!…", "Skriv spørsmålet med bokstaver"),
        ("skilt " * 3334, f"jeg kan lese {LONGEST_QUESTION}"),
    ],
    ids=["nothing", "white space", "control characters", "no words", "20,000 characters"],
)
def test_what_is_no_question_is_refused_with_advice(data_dir: Path, text: str, advice: str) -> None:
    plain = moteplassen("ask", text, "--data-dir", data_dir)
    assert (plain.exit_code, plain.stdout) == (2, "")
    assert advice in plain.stderr
    assert "Traceback" not in plain.stderr
    program = moteplassen("ask", text, "--json", "--data-dir", data_dir)
    assert program.exit_code == 2
    reply = answer(program)
    assert (reply["status"], reply["refused"], reply["citations"]) == ("abstained", True, [])
    assert advice in reply["answer"]


def test_small_talk_is_no_error_and_no_answer(data_dir: Path) -> None:
    plain = moteplassen("ask", "Takk!", "--data-dir", data_dir)
    assert (plain.exit_code, plain.stderr) == (0, "")
    reply = answer(result := moteplassen("ask", "Takk!", "--json", "--data-dir", data_dir))
    assert result.exit_code == 0
    assert (reply["status"], reply["citations"], reply["refused"]) == ("abstained", [], False)
    assert plain.stdout.split() == reply["answer"].split()


@pytest.mark.parametrize(
    ("text", "status", "language"),
    [
        ("<script>alert('hei')</script> hva koster <b>skilt</b>?", "abstained", "nb"),
        ("hva\x00 sier\x1b[31m B3?", "answered", "nb"),
        ("hva sier \udcff B3?", "answered", "nb"),
        ("Kva seier strategi B3?", "answered", "nn"),
        ("What does strategy B3 say?", "answered", "en"),
        ("Ile kosztuje pozwolenie na restaurację?", "abstained", "en"),
    ],
    ids=["HTML", "control characters", "no UTF-8", "nynorsk", "English", "Polish"],
)
def test_odd_questions_are_questions_too(data_dir: Path, text: str, status: str, language: str) -> None:
    result = moteplassen("ask", text, "--json", "--data-dir", data_dir)
    assert result.exit_code == 0
    reply = answer(result)
    assert (reply["status"], reply["language"]) == (status, language)
    assert not {"\x00", "\x1b"} & set(reply["answer"])


def test_a_question_can_come_from_standard_input(data_dir: Path) -> None:
    result = moteplassen("ask", "-", "--data-dir", data_dir, stdin="hva sier B3?\n")
    assert result.exit_code == 0
    assert B3 in result.stdout


def test_the_first_question_brings_the_documents_in(sources: Path, tmp_path: Path) -> None:
    first = moteplassen("ask", "hva sier B3?", "--json", "--data-dir", tmp_path, SOURCES=str(sources))
    assert answer(first)["status"] == "answered"
    assert "First use" in first.stderr
    second = moteplassen("strategy", "B3", "--data-dir", tmp_path, SOURCES="/nowhere.toml")
    assert (second.exit_code, second.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (["B3"], ["B3"]),
        (["b3 "], ["B3"]),
        (["B"], ["B1", "B3"]),
        (["D", "--area", "omstillingsdyktig næringsliv"], ["D1"]),
    ],
    ids=["a code", "typed in a hurry", "a group", "in an area"],
)
def test_strategies_are_looked_up_by_code(data_dir: Path, words: list[str], codes: list[str]) -> None:
    plain = moteplassen("strategy", *words, "--data-dir", data_dir)
    assert plain.exit_code == 0
    rows = [line.split("\t") for line in plain.stdout.splitlines()]
    assert [row[0] for row in rows] == codes
    assert {row[1] for row in rows} == {"Omstillingsdyktig næringsliv"}
    program = moteplassen("strategy", *words, "--json", "--data-dir", data_dir)
    assert [[each["code"], each["area_title"], each["text"]] for each in json.loads(program.stdout)] == rows


@pytest.mark.parametrize("words", [["E9"], ["B3", "--area", "Klima"]], ids=["no such code", "no such area"])
def test_a_strategy_that_does_not_exist_is_an_error_that_names_those_that_do(data_dir: Path, words: list[str]) -> None:
    result = moteplassen("strategy", *words, "--data-dir", data_dir)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "B1, B3, D1" in result.stderr
