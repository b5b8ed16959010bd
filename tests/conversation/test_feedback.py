from __future__ import annotations

import pytest

from bot.feedback import Fault, Importance
from bot.texts import LANGUAGES
from tests.conversation.examples import TEXTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_can_be_wrong_has_words_of_its_own(language: str) -> None:
    told = [TEXTS(language, each.key) for each in (*Fault, *Importance)]
    assert len(set(told)) == len(told)
