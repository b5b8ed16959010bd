"""What the parts of the channel share: one of each, made once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Protocol

from bot.behind import Behind
from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.desk.outcomes import Outcomes
from bot.desk.owing import Owing
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.cases.officers import Officers
from bot.handlers.slack.channels import Channels
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.known import Known
from bot.handlers.slack.questions.addresses import Addresses
from bot.handlers.slack.questions.aside import Aside
from bot.handlers.slack.store import Posts, Replies
from bot.handlers.slack.workspace import UNREACHABLE, Workspace, reason
from bot.library import Library
from bot.limits import limiter_of
from bot.settings import Settings
from bot.texts import Texts


class TellLanguage(Protocol):
    """Tells in which language to answer."""

    def __call__(self, text: str, history: Sequence[str] = ()) -> str:
        """The language of the text, or of its thread where the text is too short to tell."""


@dataclasses.dataclass(frozen=True)
class Shared:
    """Handed to what puts a part together, which gives each of its objects the few that it needs."""

    settings: Settings
    database: Database
    desk: Desk
    library: Library
    texts: Texts
    tell_language: TellLanguage
    clients: Clients
    behind: Behind
    owing: Owing
    known: Known
    directory: Directory
    officers: Officers
    channels: Channels
    replies: Replies
    posts: Posts
    workspace: Workspace
    addresses: Addresses
    aside: Aside


def share(
    settings: Settings,
    *,
    database: Database,
    outbox: Outbox,
    desk: Desk,
    library: Library,
    texts: Texts,
    tell_language: TellLanguage,
    clients: Clients,
) -> Shared:
    """One of each, over the database and Slack's API."""
    known, posts = Known(database), Posts(database)
    workspace, addresses = Workspace(clients, posts), Addresses(settings.slack_api_url)
    directory = Directory(clients, known, settings.slack_officers_group)
    return Shared(
        settings=settings,
        database=database,
        desk=desk,
        library=library,
        texts=texts,
        tell_language=tell_language,
        clients=clients,
        behind=Behind(PLATFORM, UNREACHABLE, reason),
        owing=Owing(PLATFORM, database, outbox, limiter_of(settings)),
        known=known,
        directory=directory,
        officers=Officers(
            clients, directory, desk.teams, settings.slack_officers_channel, settings.slack_officers_group
        ),
        channels=Channels(database, outbox, settings.slack_channels),
        replies=Replies(database, Outcomes(desk.teams)),
        posts=posts,
        workspace=workspace,
        addresses=addresses,
        aside=Aside(workspace, clients, addresses),
    )
