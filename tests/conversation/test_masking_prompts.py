from __future__ import annotations

import pytest

from tests.conversation.examples import ALWAYS, Bot
from tests.peers.openai import OpenAI
from tests.privacy.telling import SECRETS, TOLD


async def test_neither_the_chat_model_nor_the_log_hears_personal_data_of_a_question_or_its_history(
    bot: Bot, openai: OpenAI, capfd: pytest.CaptureFixture[str]
) -> None:
    await bot.but(openai=openai, threshold=ALWAYS, rewrites=True, ranks=True).asked(TOLD, TOLD, "Hva koster det?")
    sent = openai.read
    assert "skjenke" in sent
    logged = "".join(capfd.readouterr())
    assert [secret for secret in SECRETS if secret in sent + logged] == []
