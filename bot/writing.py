"""A chat model's answer within the time a person waits for it, or none."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from langchain.chat_models import init_chat_model
from pydantic import SecretStr

from bot.question import Listener
from bot.settings import Settings
from knowledge.answering import ExtractiveAnswerer
from knowledge.generating import Writer
from knowledge.model import Claim, Evidence

log = structlog.get_logger(__name__)


class Writing:
    """Lets the writer write for at most `seconds`; if it fails, the extractive answer stands."""

    def __init__(self, writer: Writer, seconds: float) -> None:
        self._writer = writer
        self._seconds = seconds

    async def claims(self, reply_id: str, evidence: Evidence, language: str, listener: Listener) -> tuple[Claim, ...]:
        """The claims that hold, told to the listener as they come; none where the model failed or was too slow."""
        claims: list[Claim] = []
        try:
            async with asyncio.timeout(self._seconds):
                async with contextlib.aclosing(self._writer.write(evidence, language)) as written:
                    async for claim in written:
                        claims.append(claim)
                        await listener.claim(claim)
        except Exception as error:  # noqa: BLE001 - a client may raise anything, and what it says may hold secrets
            log.warning("writing.failed", reply=reply_id, error=type(error).__name__, claims=len(claims))
            return ()
        return tuple(claims)


def open_writing(settings: Settings, answerer: ExtractiveAnswerer) -> Writing:
    """What writes with the chat model of the settings, citing as the answerer does."""
    model = init_chat_model(
        settings.chat_model,
        model_provider="openai",
        api_key=settings.openai_api_key or SecretStr("none"),
        base_url=settings.openai_base_url,
        timeout=settings.chat_timeout,
        max_retries=1,
    )
    return Writing(Writer(model, answerer.cite), settings.chat_timeout)
