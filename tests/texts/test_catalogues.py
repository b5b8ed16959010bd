from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.texts import FOLDER, LANGUAGES, Texts
from tests.texts.usage import BOT, PARTS, Use, uses

TEXTS = Texts()
USES = uses()
SCRIPTS = "".join(path.read_text("utf-8") for path in BOT.rglob("*.js"))
SAID_IN_DEMO = "web.demo.question."
"""What somebody has asked before the demo begins stands there in the language it was asked in."""
OTHERS = tuple(language for language in LANGUAGES if language != "nb")


CATALOGUES = (
    *("desk-asking", "desk-case", "desk-casework", "desk-forms", "desk-publishing", "desk-sources"),
    *("reply-feedback", "reply-previews", "reply-prompts", "teams", "teams-installing", "teams-reaching"),
    *("cli", "desk", "reply", "slack", "slack-cases", "slack-channels", "slack-commands", "slack-files", "slack-home"),
    *("limits", "slack-askers", "slack-installing", "slack-replies"),
    *("web", "web-asker", "web-cases", "web-privacy", "web-publishing", "web-queue", "web-reading", "web-sources"),
    *("web-supplement", "web-threads"),
)
"""A part of the product has one catalogue, or one a view where that would be too long to read."""


def messages(language: str, catalogue: str) -> dict[str, str]:
    with (FOLDER / language / f"{catalogue}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


KEYS = {key for catalogue in CATALOGUES for key in messages("nb", catalogue)}


def test_the_parts_are_all_that_there_are() -> None:
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.po")}
    assert found == {f"{language}/{catalogue}.po" for language in LANGUAGES for catalogue in CATALOGUES}
    assert {catalogue.partition("-")[0] for catalogue in CATALOGUES} == set(PARTS)


def test_no_two_catalogues_hold_the_same_message() -> None:
    assert sum(len(messages("nb", catalogue)) for catalogue in CATALOGUES) == len(KEYS)


@pytest.mark.parametrize("catalogue", CATALOGUES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_says_what_it_is_and_holds_its_own_messages_once(language: str, catalogue: str) -> None:
    source = (FOLDER / language / f"{catalogue}.po").read_text("utf-8")
    ids = re.findall(r'^msgid "(.+)"$', source, re.M)
    assert f'"Language: {language}\\n"' in source
    assert len(ids) == len(set(ids))
    assert {key.partition(".")[0] for key in ids} == {catalogue.partition("-")[0]}
    assert "#, fuzzy" not in source


@pytest.mark.parametrize("catalogue", CATALOGUES)
@pytest.mark.parametrize("language", OTHERS)
def test_every_language_says_the_same_with_the_same_values(language: str, catalogue: str) -> None:
    ours, theirs = messages("nb", catalogue), messages(language, catalogue)
    assert ours.keys() == theirs.keys()
    assert {key: placeholders(text) for key, text in ours.items()} == {
        key: placeholders(text) for key, text in theirs.items()
    }


@pytest.mark.parametrize("catalogue", CATALOGUES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_left_empty_or_untidy(language: str, catalogue: str) -> None:
    found = messages(language, catalogue)
    assert [key for key, text in found.items() if not text or text != text.strip() or "  " in text] == []


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_english_is_translated(catalogue: str) -> None:
    ours, theirs = messages("nb", catalogue), messages("en", catalogue)
    alike = [key for key, text in ours.items() if text == theirs[key] and len(text.split()) > 2]
    assert [key for key in alike if not key.startswith(SAID_IN_DEMO)] == []


def test_texts_hold_what_stands_in_the_catalogues() -> None:
    assert {language: TEXTS.keys(language) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, KEYS)


def test_what_is_used_is_there() -> None:
    assert [use for use in USES if not any(use.names(key) for key in KEYS)] == []


def test_what_is_there_is_used() -> None:
    assert [key for key in sorted(KEYS) if not any(use.names(key) for use in USES)] == []


def test_a_message_gets_the_values_that_it_names() -> None:
    filled = [(use, key) for use in USES for key in KEYS if use.pattern == re.escape(key) and use.values is not None]
    missing = [(use, placeholders(TEXTS("nb", key)) - (use.values or set())) for use, key in filled]
    assert filled
    assert [(use.where, names) for use, names in missing if not all(by_script(use, name) for name in names)] == []


def by_script(use: Use, name: str) -> bool:
    """Is that value filled in by a script, on the page?"""
    return use.where.partition(":")[0].endswith(".html") and f'"{{{name}}}"' in SCRIPTS


def test_a_message_is_filled_in_and_an_unknown_language_reads_bokmaal(tmp_path: Path) -> None:
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        (tmp_path / language / "web.po").write_text(f'msgid "web.hi"\nmsgstr "{language}: {{name}}"\n', "utf-8")
    texts = Texts(tmp_path)
    assert [texts(language, "web.hi", name="Ida") for language in ("nb", "nn", "en", "se")] == [
        "nb: Ida",
        "nn: Ida",
        "en: Ida",
        "nb: Ida",
    ]
    assert texts("nb", "web.hi", name="{name}") == "nb: {name}"
    with pytest.raises(KeyError):
        texts("nb", "web.ho")
