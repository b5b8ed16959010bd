from __future__ import annotations

import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from bot.evaluation.report import PICTURES, escaped, write_report
from bot.evaluation.results import FILE, Result, Shown, read_run
from bot.evaluation.scores import MEASURES
from tests.evaluation.test_comparison import run
from tests.evaluation.test_scores import UNANSWERED, nothing, result

HOSTILE = "Hva | er <script>alert(1)</script> `kode` [lenke](http://x) *nå*?\n\n# Nei ![bilde](x)"


def report(folder: Path, *results: Result) -> str:
    write_report(run(*results), folder)
    return (folder / "report.md").read_text("utf-8")


def test_a_report_has_all_measures_by_language_and_kind_and_pictures(tmp_path: Path) -> None:
    done = run(result(language="nb", kind="plain"), nothing(language="en", kind="plain"), model="none")
    assert write_report(done, tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    text = (folder / "report.md").read_text("utf-8")
    assert read_run(folder / FILE) == done
    assert all(f"| {measure.name} | " in text for measure in MEASURES)
    assert [line for line in text.splitlines() if line.startswith("## By")] == ["## By language", "## By kind"]
    assert "| nb | 1 | 1.000 |" in text
    assert "| plain | 2 | 1.000 |" in text
    for name in PICTURES:
        assert f"]({name})" in text
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
    assert "| model | none |" in text


def test_without_matplotlib_the_report_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report(tmp_path, result())
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "bot.evaluation.plot", raising=False)
    assert not write_report(run(result()), tmp_path)
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "matplotlib is missing" in text
    assert "](" not in text
    assert {path.name for path in tmp_path.iterdir()} == {"report.md", FILE}


def test_the_worst_come_first_and_twenty_at_most(tmp_path: Path) -> None:
    good = [result(text="Bra?"), nothing(text="Bra?")]
    wrong = [result(text=f"Feil {sure}?", right=False, confidence=sure) for sure in (0.7, 0.95)]
    silent = [result(text=f"Taus {number}?", **UNANSWERED, confidence=number / 100) for number in range(25)]
    text = report(tmp_path, *good, *silent, *wrong)
    told = [line.partition(": ")[2] for line in text.splitlines() if line.startswith("### ")]
    assert told == ["Feil 0.95?", "Feil 0.7?", *(f"Taus {number}?" for number in range(18))]
    assert "## The worst 20 of 27" in text


def test_what_was_shown_stands_with_the_question(tmp_path: Path) -> None:
    shown = Shown(document="guides/skilt", section="farger", title="Skilt", quote="Skilt må omsøkes.")
    text = report(tmp_path, result(right=False, rank=4, gold=("guides/skilt#hvor",), confidence=0.83, shown=(shown,)))
    section = text.partition("### ")[2].partition("## Made")[0]
    assert "answered, confidence 0.83" in section
    assert "right: guides/skilt\\#hvor; found at place 4" in section
    assert "guides/skilt\\#farger (Skilt): «Skilt må omsøkes.»" in section


def test_words_of_others_are_text_in_the_report_and_nothing_else(tmp_path: Path) -> None:
    shown = Shown(document=HOSTILE, section=HOSTILE, title=HOSTILE, quote=HOSTILE)
    hostile = result(id=HOSTILE, text=HOSTILE, kind=HOSTILE, language=HOSTILE, right=False, shown=(shown,))
    plain = result(kind="k", language="l", right=False, shown=(shown.model_copy(update={"quote": "a"}),))
    before, after = (rendered(report(tmp_path, each)) for each in (plain, hostile))
    assert after.count("<h2>") == before.count("<h2>") == after.count("</h2>")
    assert after.count("<img") == len(PICTURES)
    assert not any(mark in after for mark in ("<script", "<a ", "<em>", "<code>kode"))


def rendered(text: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(text))


def test_a_long_text_is_cut_before_it_is_escaped() -> None:
    assert not escaped("a* " * 1000).removesuffix(" …").endswith("\\")


def test_a_folder_that_can_not_be_written_is_an_error_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        write_report(run(result()), tmp_path / "file")
