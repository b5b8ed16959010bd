"""The real thing: a process of its own in three channels, its log at the lowest level, and what is not in that."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.observing.examples import SECRETS, TOLD, channels, peopled, until
from tests.peers.slack import Slack
from tests.peers.teams import Teams
from tests.town import environment


@contextlib.asynccontextmanager
async def logging_to(file: Path, data: Path, sources: Path, slack: Slack, teams: Teams) -> AsyncIterator[str]:
    """A demo in three channels; hands over its address."""
    told = {name.upper(): _text(value) for name, value in channels(slack, teams).items()}
    env = environment(SOURCES=str(sources), LOG_LEVEL="DEBUG", **told)
    command = [sys.executable, "-m", "bot", "demo", "--port", "0", "--data-dir", str(data)]
    with file.open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=env)  # noqa: ASYNC220
        try:
            out = process.stdout
            assert out
            opened = await asyncio.to_thread(lambda: next(line for line in out if " is open at " in line))
            yield re.sub("localhost", "127.0.0.1", re.findall(r"http://\S+:\d+", opened)[0])
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait)


def _text(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


@pytest.mark.slow
@pytest.mark.timeout(500)
@pytest.mark.asyncio(loop_scope="session")
async def test_the_log_of_a_process_has_the_way_of_each_question_and_none_of_its_words(
    slack_town: Slack, teams_town: Teams, sources: Path, tmp_path: Path
) -> None:
    file = tmp_path / "log"

    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.startswith("{")]

    def ways(event: str, **about: str) -> list[str]:
        return [each["trace"] for each in lines() if each["event"] == event and about.items() <= each.items()]

    async with (
        logging_to(file, tmp_path / "data", sources, slack_town, teams_town) as url,
        peopled(url, slack_town, teams_town) as town,
    ):
        await until(lambda: len(ways("conversation.replied")) >= 2)  # the demo's own, with all that is loaded for them
        for channel in ("web", "slack", "teams"):
            await town.ask(channel, TOLD)
            await town.answer(await town.forward(channel), TOLD)
            await until(lambda at=channel: bool(ways("outbox.delivered", kind="case.answered", platform=at)))  # type: ignore[misc]
    replied = ways("conversation.replied")
    for channel in ("web", "slack", "teams"):
        brought = ways("outbox.delivered", kind="reply", platform=channel)
        assert brought
        assert set(brought) <= set(replied)
    told = file.read_text("utf-8").casefold()
    assert [secret for secret in SECRETS if secret.casefold() in told] == []
