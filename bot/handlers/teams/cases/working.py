"""Work on cases, put together: what is heard of it in Teams, and what is carried because of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from microsoft_teams.apps import App

from bot.desk import taking_down
from bot.desk.absences import Absences
from bot.desk.outbox import Courier
from bot.desk.quick import QuickMoves
from bot.desk.surroundings import Surroundings
from bot.handlers.teams.cases import askers, bulletins, courier, publishing, watching, writing
from bot.handlers.teams.cases.acting import Acting
from bot.handlers.teams.cases.channel import OfficersChannel
from bot.handlers.teams.cases.choosing import Choosing
from bot.handlers.teams.cases.dialogs import Dialogs
from bot.handlers.teams.cases.forwarding import Forwarding
from bot.handlers.teams.cases.noting import Notes, Relaying
from bot.handlers.teams.shared import Shared


class Working:
    """Lets officers work on cases in their channel, and askers in their threads. `writing` hears what they write."""

    def __init__(self, shared: Shared) -> None:
        connector, desk, texts, officers = shared.connector, shared.desk, shared.texts, shared.officers
        url, posts, directory = shared.settings.public_url, shared.posts, shared.directory
        home = shared.settings.teams_tenant_id
        absences = Absences(shared.database, desk.teams)
        channel = OfficersChannel(url, connector, posts, officers, Surroundings(desk, absences), texts)
        notes = Notes(shared.behind, connector, posts, officers, desk, texts)
        self.writing = writing.Writing(notes, shared.owing, shared.replies, desk)
        self._parts = (
            Forwarding(shared.owing, shared.replies, desk, texts),
            Acting(officers, channel, QuickMoves(desk, absences), desk, texts),
            Choosing(officers, channel, desk, texts),
            askers.Askers(shared.owing, desk, texts),
            Relaying(officers, directory, desk, texts),
            Dialogs(officers, directory, desk, texts),
        )
        carried = courier.CaseCourier(channel, connector, shared.showing, shared.directory, shared.replies, desk, texts)
        self._carriers: Mapping[str, Courier] = {
            **dict.fromkeys(courier.KINDS, carried),
            **dict.fromkeys((writing.WROTE, writing.REWROTE), writing.WritingCourier(connector, desk, texts)),
            askers.KIND: askers.AskerCourier(connector, posts, desk, texts),
            **dict.fromkeys(publishing.KINDS, publishing.PublishingCourier(url, connector, officers, desk, texts)),
            bulletins.KIND: bulletins.BulletinCourier(
                shared.settings.teams_changes_channel, url, connector, officers, directory, texts
            ),
            taking_down.KIND: taking_down.TakingDown(desk, partial(connector.take_down, home), channel.redraw),
            watching.KIND: watching.WatchCourier(url, home, connector, channel, desk, texts),
        }

    def register(self, app: App) -> None:
        """Let the SDK hand over what is pressed."""
        for part in self._parts:
            part.register(app)

    def carriers(self) -> Mapping[str, Courier]:
        """Who carries what is owed because of cases, by kind."""
        return self._carriers
