"""A Chroma server that is stopped and started again: the numbers say so, to who watches over the bot."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.question import Question
from bot.settings import Settings
from bot.wiring import Knowledge, open_knowledge
from knowledge.chroma_server import ChromaServer
from knowledge.vectors import VectorsAway
from tests.knowledge.examples import SERVERING, split
from tests.peers.chroma import chroma
from tests.peers.ports import free_port
from tests.web.examples import running

ASKED = "Hvor lenge kan jeg servere øl om kvelden?"
LIMITED = "begrenset"


async def limited(client: httpx.AsyncClient) -> float:
    """What Prometheus is told."""
    told = await client.get("/metrics", headers={"Authorization": "Bearer hush"})
    families = text_string_to_metric_families(told.text)
    (sample,) = next(each.samples for each in families if each.name == "moteplassen_library_limited")
    return sample.value


async def note(knowledge: Knowledge) -> str:
    """What is said under a reply, as if nobody had asked before: what was found then would be found again."""
    knowledge.forget_questions()
    return (await knowledge.conversation.reply(Question(text=ASKED))).note


async def test_who_watches_sees_that_questions_are_answered_by_words_alone(tmp_path: Path) -> None:
    port = free_port()
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", chroma_url=f"http://127.0.0.1:{port}")
    with contextlib.ExitStack() as server:
        server.enter_context(chroma(tmp_path / "chroma", port))
        with contextlib.closing(open_knowledge(settings, warm=False)) as knowledge:
            await knowledge.library.put(*split(SERVERING))
            await knowledge.library.end()
            async with (
                running(knowledge, tmp_path, metrics_token="hush", demo=True) as url,
                httpx.AsyncClient(base_url=url, timeout=30) as client,
            ):
                assert LIMITED not in await note(knowledge)
                assert await limited(client) == 0
                await asyncio.to_thread(server.close)
                assert await limited(client) == 1, "before anybody has asked"
                assert LIMITED in await note(knowledge)
                assert await limited(client) == 1
                await asyncio.to_thread(server.enter_context, chroma(tmp_path / "chroma", port))
                async with asyncio.timeout(60):
                    while LIMITED in await note(knowledge):
                        await asyncio.sleep(0.2)
                assert await limited(client) == 0


def test_a_server_that_answers_heartbeats_and_no_question_is_away(server: ChromaServer) -> None:
    assert not server.is_away()

    def refused(_: object) -> int:
        raise httpx.ReadTimeout("too late")

    with pytest.raises(VectorsAway):
        server.ask(f"{server.prefix}-public", refused)
    server.try_it()
    assert server.is_away()
