"""`sources typical`: a file of typical questions to begin with."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ingest.sources.typical import typical_in
from tests.peers.openai import KEY, MODEL, running
from tests.town import moteplassen, terminal

PROPOSED = {"nb": ['Må jeg søke om "skilt"?'], "nn": ["Må eg søkje?"], "en": ["Do I need a permit?"]}


@pytest.fixture
def town(sources: Path, data_dir: Path, tmp_path: Path) -> Path:
    shutil.copytree(sources.parent, tmp_path / "town")
    shutil.copytree(data_dir, tmp_path / "data")
    return tmp_path


def run(town: Path, *words: str, **changes: str) -> Any:
    return moteplassen(*words, DATA_DIR=str(town / "data"), SOURCES=str(town / "town" / "sources.toml"), **changes)


def test_what_is_printed_and_filled_in_comes_in_and_is_not_asked_for_again(town: Path) -> None:
    blank = run(town, "sources", "typical", "guides/skilt")
    assert blank.exit_code == 0, blank.output
    assert blank.stdout == (
        'document = "guides/skilt"\n\n[sections.nar-ma-skilt-omsokes]  # Når må skilt omsøkes?\n'
        "nb = []\nnn = []\nen = []\n"
    )
    folder = town / "town" / "typical"
    folder.mkdir()
    (folder / "skilt.toml").write_text(blank.stdout.replace("nb = []", 'nb = ["Må jeg søke?"]'), encoding="utf-8")
    listed = (town / "town" / "sources.toml").read_text(encoding="utf-8")
    (town / "town" / "sources.toml").write_text(
        listed.replace('path = "guides/*"', 'path = "guides/*"\ntypical = "typical"'), encoding="utf-8"
    )
    assert run(town, "ingest").exit_code == 0
    again = run(town, "sources", "typical", "guides/skilt")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "All sections of guides/skilt have a place for typical questions." in again.stderr


def test_what_a_file_lacks_can_be_put_behind_it(town: Path) -> None:
    folder = town / "town" / "typical"
    folder.mkdir()
    (folder / "plan.toml").write_text(
        'document = "plan/naeringsliv"\n\n[sections.b1]\nnb = ["Hva med kompetanse?"]\n', encoding="utf-8"
    )
    listed = (town / "town" / "sources.toml").read_text(encoding="utf-8")
    (town / "town" / "sources.toml").write_text(
        listed.replace('path = "plan/*.txt"', 'path = "plan/*.txt"\ntypical = "typical"'), encoding="utf-8"
    )
    more = run(town, "sources", "typical", "plan/naeringsliv")
    assert more.exit_code == 0, more.output
    with (folder / "plan.toml").open("a", encoding="utf-8") as file:
        file.write(more.stdout)
    assert {"b1", "b3", "d1"} <= typical_in(folder)[0]["plan/naeringsliv"].keys()
    assert run(town, "ingest").exit_code == 0


def test_a_document_that_there_is_not_is_said_so(town: Path) -> None:
    result = run(town, "sources", "typical", "guides/ukjent")
    assert result.exit_code == 1
    assert "the library has no document 'guides/ukjent'; `moteplassen sources show NAME` lists" in result.stderr


def test_who_has_no_chat_model_is_told(town: Path) -> None:
    result = run(town, "sources", "typical", "guides/skilt", "--propose")
    assert result.exit_code == 1
    assert "there is no chat model to propose anything; set OPENAI_API_KEY" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("trouble", ["", "401"])
async def test_the_chat_model_proposes_and_what_it_lacks_is_left_open(town: Path, trouble: str) -> None:
    async with running() as openai:
        openai.say(json.dumps(PROPOSED))
        openai.trouble(*[trouble] * bool(trouble))
        about = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": openai.url, "CHAT_MODEL": MODEL}
        words = ("sources", "typical", "guides/skilt", "--propose")
        result = await asyncio.to_thread(run, town, *words, **about)
    assert result.exit_code == bool(trouble), result.output
    assert KEY not in result.output
    (town / "skilt.toml").write_text(result.stdout, encoding="utf-8")
    asked = () if trouble else tuple(text for texts in PROPOSED.values() for text in texts)
    assert typical_in(town)[0] == {"guides/skilt": {"nar-ma-skilt-omsokes": asked}}
    told = "#nar-ma-skilt-omsokes: the chat model proposes nothing (denied); the section is left open"
    assert (told in result.stderr) is bool(trouble)


async def test_how_far_it_is_is_shown_on_a_terminal(town: Path) -> None:
    async with running() as openai:
        openai.say(json.dumps(PROPOSED))
        changes = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": openai.url, "CHAT_MODEL": MODEL}
        words = ("sources", "typical", "guides/skilt", "--propose", "--data-dir", str(town / "data"))
        status, written = await asyncio.to_thread(terminal, *words, **changes)
    assert status == 0, written
    assert "Må eg søkje?" in written
