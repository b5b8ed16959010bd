"""Brings previews of links to the web meeting place: what those may read who see the message, and nothing else."""

from __future__ import annotations

from slack_sdk.models.metadata import EntityMetadata, EventAndEntityMetadata

from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery
from bot.desk.store import CaseNotFound
from bot.handlers.slack.cases.officers import Officers
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.home import previews, work_objects
from bot.handlers.slack.home.content import USUAL
from bot.handlers.slack.home.previews import Preview
from bot.handlers.slack.home.sharing import Shared
from bot.handlers.slack.home.tolerance import tolerated
from bot.library import Library, Strategies
from bot.pages import CaseLink, Pages, SourceLink, StrategiesLink
from bot.people import Asker, Role, audience_of
from bot.texts import Texts
from knowledge.model import Audience
from knowledge.strategies import search


class Unfurling:
    """Carries previews. Bringing one again changes nothing: Slack keeps one a message.

    Cases are shown where the officers meet whose they are.
    """

    def __init__(
        self,
        clients: Clients,
        directory: Directory,
        desk: Desk,
        library: Library,
        officers: Officers,
        pages: Pages,
        texts: Texts,
    ) -> None:
        self._clients = clients
        self._directory = directory
        self._desk = desk
        self._library = library
        self._officers = officers
        self._pages = pages
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Show what there is to show. Raises Undeliverable."""
        shared = Shared.model_validate(delivery.payload)
        person = await self._directory.person(shared.workspace, shared.user)
        audience = await self._audience(shared, person.role)
        language = person.language or USUAL
        unfurls: dict[str, Preview] = {}
        entities: list[EntityMetadata] = []
        for address in shared.links:
            match self._pages.read(address):
                case SourceLink() as link:
                    preview = await self._source(link, audience, language)
                case StrategiesLink() as link:
                    preview = await self._strategies(link, language)
                case CaseLink() as link:
                    preview = None
                    if case := await self._case(link, shared):
                        entities.append(work_objects.card(case, address, language, self._pages, self._texts))
                case _:
                    preview = None
            if preview:
                unfurls[address] = preview
        if unfurls or entities:
            await self._show(shared, unfurls, entities)

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it: a link can be followed as it is."""

    async def _audience(self, shared: Shared, role: Role) -> Audience:
        """Who reads the preview: everybody where the message is, and of what is not sent yet, whoever there may be."""
        if shared.composed:
            return Audience.PUBLIC
        place = await self._directory.place(shared.place, shared.user)
        return audience_of(Asker(id=shared.user, name="", role=role), place)

    async def _source(self, link: SourceLink, audience: Audience, language: str) -> Preview | None:
        document = await self._library.reader(audience).document(link.document)
        return previews.source(document, link, language, self._pages, self._texts) if document else None

    async def _strategies(self, link: StrategiesLink, language: str) -> Preview | None:
        found = search(await Strategies(self._library).all(), link.sought)
        return previews.strategies(found, language, self._pages, self._texts) if found else None

    async def _case(self, link: CaseLink, shared: Shared) -> Case | None:
        if shared.composed:
            return None
        try:
            case = await self._desk.get(link.case)
        except CaseNotFound:
            return None
        channel = await self._officers.channel(case)
        return case if channel and shared.channel == channel.channel else None

    async def _show(self, shared: Shared, unfurls: dict[str, Preview], entities: list[EntityMetadata]) -> None:
        client = await self._clients.of(shared.workspace)
        known = bool(shared.unfurl_id and shared.source)
        with tolerated("unfurl"):
            await client.chat_unfurl(
                channel=None if known else shared.channel,
                ts=None if known else shared.ts,
                source=shared.source if known else None,
                unfurl_id=shared.unfurl_id if known else None,
                unfurls=unfurls or None,
                metadata=EventAndEntityMetadata(entities=[*entities]) if entities else None,
            )
