"""Work on cases, put together: what is heard of it in Slack, and what is carried because of it."""

from __future__ import annotations

from collections.abc import Mapping

from slack_bolt.async_app import AsyncApp

from bot.desk import taking_down
from bot.desk.absences import Absences
from bot.desk.outbox import Courier
from bot.desk.quick import QuickMoves
from bot.desk.surroundings import Surroundings
from bot.handlers.slack.cases import askers, bulletins, corresponding, courier, pressing, publishing, watching
from bot.handlers.slack.cases.cards import Cards
from bot.handlers.slack.cases.casework import Casework
from bot.handlers.slack.cases.finding import Finding
from bot.handlers.slack.cases.forwarding import Forwarding
from bot.handlers.slack.cases.officers_channel import OfficersChannel
from bot.handlers.slack.cases.opening import Opening
from bot.handlers.slack.cases.relaying import Relaying
from bot.handlers.slack.cases.submitting import Submitting
from bot.handlers.slack.cases.whispering import Whispers
from bot.handlers.slack.shared import Shared


class Working:
    """Lets officers work on cases in their channel, and askers in their threads. `casework` hears what is written."""

    def __init__(self, shared: Shared) -> None:
        settings, clients, desk, texts = shared.settings, shared.clients, shared.desk, shared.texts
        owing, behind, directory, workspace = shared.owing, shared.behind, shared.directory, shared.workspace
        officers, replies, posts, aside = shared.officers, shared.replies, shared.posts, shared.aside
        url, whispers = settings.public_url, Whispers(workspace)
        opening = Opening(clients, whispers, officers, directory, desk, texts)
        cards, absences = Cards(posts), Absences(shared.database, desk.teams)
        self.casework = Casework(owing, cards, Finding(posts, desk))
        self._parts = (
            Forwarding(owing, behind, clients, replies, aside, directory, desk, texts),
            askers.Askers(owing, behind, clients, whispers, desk, texts),
            pressing.Pressing(owing, behind, opening, desk, texts),
            Relaying(behind, clients, cards, opening, desk, texts),
            Submitting(officers, behind, aside, desk, texts),
        )
        channel = OfficersChannel(url, workspace, posts, officers, Surroundings(desk, absences), desk, texts)
        carried = courier.CaseCourier(channel, workspace, whispers, directory, replies, desk, texts)
        corresponded = corresponding.CorrespondenceCourier(workspace, whispers, officers, replies, desk, texts)
        published = publishing.PublishingCourier(url, workspace, officers, desk, texts)
        told = bulletins.BulletinCourier(settings.changes_channel, url, clients, workspace, directory, texts)
        self._carriers: Mapping[str, Courier] = {
            **dict.fromkeys(courier.KINDS, carried),
            **dict.fromkeys(corresponding.KINDS, corresponded),
            **dict.fromkeys(publishing.KINDS, published),
            bulletins.KIND: told,
            askers.KIND: askers.AskerCourier(owing, workspace, whispers, posts, desk, texts),
            taking_down.KIND: taking_down.TakingDown(desk, workspace.take_down, channel.redraw),
            pressing.KIND: pressing.PressCourier(whispers, officers, QuickMoves(desk, absences), texts),
            watching.KIND: watching.WatchCourier(url, clients, workspace, aside, directory, desk.teams, texts),
        }

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what is pressed, called and filled in."""
        for part in self._parts:
            part.register(app)

    def carriers(self) -> Mapping[str, Courier]:
        """Who carries what is owed because of cases, by kind."""
        return self._carriers
