"""Texts that a municipality says in its own way."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.texts import LANGUAGES, OUR_NAME, Texts
from bot.texts.overlay import TextsError


def overlaid(folder: Path, text: str, name: str = "") -> Texts:
    file = folder / "texts.toml"
    file.write_text(text, "utf-8")
    return Texts(name=name, instead=file)


def test_what_the_file_holds_is_said_instead_and_all_else_as_before(tmp_path: Path) -> None:
    texts = overlaid(tmp_path, '[nb]\n"web.skip" = "Hopp"\n[nn]\nweb.brand = "Torget"\n')
    ours = Texts()
    assert (texts("nb", "web.skip"), texts("nn", "web.brand")) == ("Hopp", "Torget")
    assert (texts("en", "web.skip"), texts("nb", "web.brand")) == (ours("en", "web.skip"), OUR_NAME)
    assert {language: texts.keys(language) for language in LANGUAGES} == {
        language: ours.keys(language) for language in LANGUAGES
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_name_stands_wherever_the_bot_is_named_but_in_slack_and_teams(language: str) -> None:
    ours, texts = Texts(), Texts(name="Liertorget")
    named = {key for key in ours.keys(language) if OUR_NAME in ours(language, key)}
    elsewhere = {key for key in named if key.startswith(("slack.", "teams."))}
    assert named - elsewhere >= {"web.brand"}
    assert {key for key in texts.keys(language) if OUR_NAME in texts(language, key)} == elsewhere
    assert {key for key in texts.keys(language) if "Liertorget" in texts(language, key)} == named - elsewhere


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[se]\n"web.skip" = "x"\n', ":2: key 'se.web.skip' is no language of ours"),
        ('[nb]\n"web.skp" = "x"\n', ":2: key 'nb.web.skp' is no text of ours; did you mean 'web.skip'?"),
        ('[nb]\n\n"web.skip" = " "\n', ":3: key 'nb.web.skip' is not text, or empty"),
        ('[nb]\n"web.skip" = 3\n', ":2: key 'nb.web.skip' is not text, or empty"),
        ('[nb]\n"web.thread" = "Tråd"\n', "lacks {question}, which stands for something"),
        ('[nb]\n"web.thread" = "{question} {svar}"\n', "has {svar}, which stands for nothing"),
        ('[nb]\n"web.thread" = "{quest}"\n', "lacks {question}, which stands for something; put it in and has {quest}"),
        ('[nb]\n"web.skip" = "{"\n', "has a brace that opens or closes nothing"),
        ("nb\n", ":1: is not TOML"),
    ],
    ids=["language", "key", "empty", "number", "lacks", "too many", "another", "brace", "no TOML"],
)
def test_what_would_not_be_understood_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(TextsError) as caught:
        overlaid(tmp_path, text)
    assert told in str(caught.value)


def test_all_that_is_wrong_is_told_at_once_and_a_missing_file_too(tmp_path: Path) -> None:
    with pytest.raises(TextsError) as caught:
        overlaid(tmp_path, '[nb]\n"web.skp" = "x"\n"web.brnd" = "y"\n')
    assert len(str(caught.value).splitlines()) == 2
    with pytest.raises(TextsError, match="cannot be read"):
        Texts(instead=tmp_path / "none.toml")
