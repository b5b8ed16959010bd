"""The part of the handler for what Slack shows of the bot beside its messages, put together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from slack_bolt.async_app import AsyncApp

from bot.desk.outbox import Courier
from bot.handlers.slack.home.content import Gathering
from bot.handlers.slack.home.courier import HomeCourier, WantedCourier
from bot.handlers.slack.home.details import Details
from bot.handlers.slack.home.opening import Opening
from bot.handlers.slack.home.prompts import Prompts
from bot.handlers.slack.home.sharing import KIND as UNFURL
from bot.handlers.slack.home.sharing import Sharing
from bot.handlers.slack.home.titles import Titling
from bot.handlers.slack.home.unfurling import Unfurling
from bot.handlers.slack.shared import Shared
from bot.library import Strategies
from bot.pages import Pages


@dataclasses.dataclass(frozen=True)
class Home:
    """The Home tab, the agent view and previews of links, over what the rest of the handler is made of."""

    shared: Shared

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what this hears."""
        shared, clients, texts = self.shared, self.shared.clients, self.shared.texts
        pages, prompts = Pages(shared.settings.public_url), Prompts(clients, shared.directory, texts)
        for part in (
            Opening(shared.owing, shared.behind, clients, prompts, texts, shared.tell_language),
            Sharing(shared.owing, pages),
            Details(shared.behind, clients, shared.officers, shared.desk, pages, texts),
        ):
            part.register(app)

    def carriers(self) -> Mapping[str, Courier]:
        """What carries the deliveries that this owes, by kind."""
        shared, clients, desk, texts = self.shared, self.shared.clients, self.shared.desk, self.shared.texts
        pages, officers = Pages(shared.settings.public_url), shared.officers
        gathering = Gathering(desk, officers, shared.replies, Strategies(shared.library))
        return {
            "home": HomeCourier(clients, officers, gathering, desk, pages, texts),
            "home.asked": WantedCourier(shared.workspace, shared.owing, texts),
            UNFURL: Unfurling(clients, shared.directory, desk, shared.library, officers, pages, texts),
        }

    def entitled(self, carrier: Courier) -> Courier:
        """What carries replies, and names the conversations that begin with them."""
        return Titling(carrier, self.shared.behind, self.shared.clients)
