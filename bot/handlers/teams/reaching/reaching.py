"""The other ways to the bot, put together."""

from __future__ import annotations

from collections.abc import Mapping

from microsoft_teams.apps import App

from bot.desk.outbox import Courier
from bot.handlers.teams.questions.asking import Asked
from bot.handlers.teams.reaching import arriving, sending
from bot.handlers.teams.reaching.cards import Cards
from bot.handlers.teams.reaching.looking_up import LookingUp
from bot.handlers.teams.shared import Shared
from bot.library import Findable
from bot.pages import Pages
from bot.texts import Texts
from bot.thinking import Thinking


class Reaching:
    """The part that hears searches, links, messages sent on, and where the bot comes and goes."""

    def __init__(self, shared: Shared, findable: Findable, thinking: Thinking[Asked]) -> None:
        connector, rooms, owing, texts = shared.connector, shared.rooms, shared.owing, shared.texts
        answering = sending.Answering(connector, shared.directory, rooms)
        self._parts = (
            _looking_up(shared.settings.public_url, findable, texts),
            sending.Sending(answering, owing, shared.replies, shared.desk, texts),
            arriving.Arriving(owing, rooms),
        )
        noting = arriving.Noting(rooms, shared.posts, connector, shared.directory, texts)
        self._carriers: Mapping[str, Courier] = {
            sending.KIND: sending.Handing(answering, thinking, owing, connector, texts),
            arriving.MET: noting,
            arriving.LEFT: noting,
        }

    def register(self, app: App) -> None:
        """Let the SDK hand over what is heard."""
        for part in self._parts:
            part.register(app)

    def carriers(self) -> Mapping[str, Courier]:
        """Who carries what is owed because of it, by kind."""
        return self._carriers


def _looking_up(address: str, findable: Findable, texts: Texts) -> LookingUp:
    pages = Pages(address)
    return LookingUp(findable, pages, Cards(pages, texts), texts)
