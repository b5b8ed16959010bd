"""The whole story in Microsoft's own client: an outsider asks, an officer answers, each in a Teams of their own."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from bot.handlers.teams.receiving import PATH
from bot.settings import Settings
from bot.texts import Texts
from bot.wiring import open_knowledge
from tests.knowledge.examples import PLAN, RUTINE, SERVERING, split
from tests.peers.ports import free_port
from tests.teams.playground.cast import ASKER, OFFICER
from tests.teams.playground.running import missing, playground
from tests.teams.playground.settled import settled
from tests.teams.playground.windows import PERSONAL, Window, teams
from tests.web.examples import ABSTAINED, ANSWERED, FEE, running

CHROMIUM = Path("/usr/bin/chromium")
TEXTS = Texts()
CASES = f"{OFFICER.team} - {OFFICER.channel}"
ANSWER = "Ingen, så vidt vi vet."

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(bool(missing()), reason=missing()),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]


@dataclasses.dataclass(frozen=True)
class Two:
    """Two people's Teams, before the same bot."""

    asker: Window
    officer: Window


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    """The bot in the demo, over a small library, and both windows."""
    settings = Settings(_env_file=None, data_dir=tmp_path / "library", openai_api_key=None, openai_base_url=None)
    async with contextlib.AsyncExitStack() as stack:
        knowledge = stack.enter_context(contextlib.closing(open_knowledge(settings, warm=False)))
        await knowledge.library.put_all([split(each) for each in (SERVERING, PLAN, RUTINE)])
        await knowledge.library.end()
        bot = await stack.enter_async_context(running(knowledge, tmp_path / "bot", demo=True, **settled()))
        browsers = (await stack.enter_async_context(async_playwright())).chromium
        chromium = await browsers.launch(executable_path=CHROMIUM)
        stack.push_async_callback(chromium.close)
        windows = []
        for cast in (ASKER, OFFICER):
            url = await stack.enter_async_context(playground(tmp_path / cast.team, cast, f"{bot}{PATH}", free_port()))
            windows.append(await stack.enter_async_context(teams(chromium, url)))
        asker, officer = windows
        yield Two(asker, officer)


def text(key: str) -> str:
    """A text as people read it in bokmål."""
    return TEXTS("nb", key)


async def test_an_answer_is_streamed_and_shows_its_source(two: Two) -> None:
    asker = two.asker
    await asker.go(PERSONAL)
    await asker.write(ANSWERED)
    await expect(asker.says(FEE.removesuffix("."))).to_be_visible()
    shown, address = await asker.cited(1)
    assert "Serveringsbevilling" in shown
    assert "/kilde/guides/servering" in address
    await expect(asker.page.get_by_role("button", name="AI generated").first).to_be_visible()
    # Each line of the log is an activity of the bot: what it is doing, the answer as it grows, the answer.
    sent = re.findall(r"User Application -> .* (typing 20[12]|message 20[0-9])", await asker.exchanged())
    answering = [*itertools.dropwhile(lambda each: each.startswith("message"), sent)]  # before that it says hello
    assert answering[0] == "typing 201"
    assert answering[-1].startswith("message")
    await asker.dislike("Fristen mangler")
    # The playground doesn't say which message a thumb is about, so nothing is kept; but the bot has heard it.
    assert re.search(r"Playground -> User Application invoke 200", await asker.exchanged())


async def test_what_the_bot_cannot_answer_an_officer_answers_from_another_teams(two: Two) -> None:
    asker, officer = two.asker, two.officer
    await officer.go(CASES)
    await asker.go(PERSONAL)
    await asker.write(ABSTAINED)
    await asker.press(text("desk.case.forward"))
    await asker.press(text("desk.case.consent.submit"))

    await expect(officer.says("M-1")).to_be_visible()
    await officer.press(text("desk.case.do.claim"))
    form = (text("desk.case.do.answer"), text("teams.form.answer"))
    await officer.send(*form, ANSWER, text("teams.form.send"))

    await expect(asker.says(ANSWER)).to_be_visible()
    await expect(asker.says(OFFICER.me.name)).to_be_visible()


async def test_a_mention_in_a_channel_is_answered_under_it(two: Two) -> None:
    await two.officer.go(CASES)
    await two.officer.post(ANSWERED)
    await expect(two.officer.says(FEE.removesuffix("."))).to_be_visible()
