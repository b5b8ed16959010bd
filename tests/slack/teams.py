"""Three teams of officers in Slack, two of them with channels of their own, and what is asked of them."""

from __future__ import annotations

from typing import Any

from bot.desk.case import Case, Officer
from bot.desk.team import Leader, Member, Team, Topic
from bot.desk.teams import Teams
from tests.peers.slack import Slack
from tests.slack.casework import GUEST, KARI, NORA, SAKER, opened, people
from tests.slack.examples import Bot

BUSINESS, PERMITS, BUILDING = "GNAERING", "GBEVILL", SAKER
TEAMS = Teams(
    [
        Team(id="naering", name="Næringsavdelingen", default=True, slack_channel=BUSINESS),
        Team(
            id="bevilling",
            name="Bevillingskontoret",
            slack_channel=PERMITS,
            topics=(Topic(name="Servering", words=("skjenk*",)),),
            leader=Leader(id="slack:ULEDER", name="Per Moen"),
            members=(Member(id="slack:UINA", name="Ina Vik"),),
        ),
        Team(id="bygg", name="Byggesak", topics=(Topic(name="Skilt", words=("fasade*",)),)),
    ]
)
NORA_VIK = Officer(id="slack:UNORA", name="Nora Vik")
INA = Officer(id="slack:UINA", name="Ina Vik")
NOTHING_FOUND: dict[str, Any] = {"nearest": (), "draft": ()}


def settle(slack: Slack) -> None:
    """Kari is with the business team, Nora with permits, which also has Ina, who is in no channel; UOLA is in none."""
    people(slack)
    slack.add_person("UINA", "Ina Vik")
    slack.add_person("ULEDER", "Per Moen")
    slack.add_channel(BUSINESS, name="naering", members=[KARI, GUEST, "UBOT"], is_private=True)
    slack.add_channel(PERMITS, name="bevilling", members=[NORA, "ULEDER", "UBOT"], is_private=True)
    slack.channels[SAKER].members = {"UBOT": None}


async def about(bot: Bot, question: str, **changes: Any) -> Case:
    """A case of that question, for which the bot had found nothing."""
    _, case = await opened(bot, question=question, **NOTHING_FOUND, **changes)
    return case
