from __future__ import annotations

import re
from string import Formatter

import pytest

from bot.handlers.web.identity import PERSONAS
from bot.handlers.web.rendering import FOLDER
from bot.texts import LANGUAGES, Texts

TEXTS = Texts()


def _blanks(language: str, key: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(TEXTS(language, key)) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages_say_the_same_things_and_leave_the_same_blanks(language: str) -> None:
    keys = {key for key in TEXTS.keys("nb") if key.startswith("web.")}
    assert keys == {key for key in TEXTS.keys(language) if key.startswith("web.")}
    assert [key for key in sorted(keys) if _blanks(language, key) != _blanks("nb", key)] == []


def test_whatever_the_templates_say_has_a_text_and_every_text_is_said() -> None:
    sources = [path.read_text("utf-8") for path in FOLDER.rglob("*") if path.suffix in {".html", ".py"}]
    logged = {name for source in sources for name in re.findall(r'log\.\w+\("(web\.[\w.]+)"', source)}
    named = {name for source in sources for name in re.findall(r'"(web\.[\w.-]+)"', source)} - logged
    begun = {name for source in sources for name in re.findall(r'"(web\.[\w.-]*)(?:" ~|\{)', source)}
    keys = {key for key in TEXTS.keys("nb") if key.startswith("web.")}
    assert {name for name in named - begun if name not in keys} == set()
    assert {key for key in keys if key not in named and not key.startswith(tuple(begun))} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_persona_of_the_demo_is_introduced(language: str) -> None:
    told = [TEXTS(language, f"web.persona.{persona.id}") for persona in PERSONAS]
    assert all(told)
