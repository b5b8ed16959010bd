from __future__ import annotations

from tests.peers.slack import Slack
from tests.privacy.telling import MASKED, TOLD, kept
from tests.privacy.world import dump
from tests.slack.examples import Bot


async def test_of_what_is_told_in_slack_no_table_holds_personal_data(bot: Bot, slack: Slack) -> None:
    asked = await slack.ask("C1", "UKAFE", TOLD)
    await bot.send_on("C1", await bot.answer(asked))
    await bot.answer(asked, 2)
    assert bot.librarian.asked[0].text == MASKED
    assert [case.question for case in await bot.desk.list()] == [MASKED]
    assert kept(await dump(bot.database)) == []
