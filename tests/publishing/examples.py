"""What the tests of published answers are about: answered cases, what officers propose, and an office to do it in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bot.database import Database
from bot.desk.case import Case, Officer
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery, Outbox
from bot.publishing.answer import Event, NewAnswer, PublishedAnswer, Source
from bot.publishing.courier import LibraryCourier
from bot.publishing.notices import LIBRARY
from bot.publishing.publishing import Publishing
from bot.publishing.sources import Sources
from bot.publishing.upkeep import Upkeep
from bot.texts import Texts
from knowledge.library import Library
from knowledge.model import Audience
from tests.desk.examples import KARI, OLA, request, settled, waiting

TEXTS = Texts()
NOON = dt.datetime(2026, 3, 12, 11, 0, tzinfo=dt.UTC)
NEXT_YEAR = dt.date(2027, 3, 12)
QUESTION = "Kan jeg servere ute til klokka 02 på 17. mai?"
ANSWER = (
    "Ja. På 17. mai kan du servere ute til klokka 02, når du har bevilling for uteserveringen. "
    "Musikken ute må være slått av klokka 23, men det gjelder ikke inne."
)


def proposed(**changes: Any) -> PublishedAnswer:
    """An answer that Kari has proposed."""
    values: dict[str, Any] = {
        "id": "a1",
        "cases": ("c1",),
        "question": QUESTION,
        "answer": ANSWER,
        "language": "nb",
        "audience": Audience.PUBLIC,
        "team": "Næringsavdelingen",
        "sources": (Source(document="guides/ute", title="Uteservering", digest="d1"),),
        "review_on": NEXT_YEAR,
        "proposer": KARI,
        "proposed": NOON,
    }
    return PublishedAnswer(**values | changes)


class Office:
    """An office with everything that publishing takes, and a clock to be set."""

    def __init__(self, database: Database, outbox: Outbox, desk: Desk, library: Library, **options: Any) -> None:
        self.database, self.outbox, self.desk, self.library = database, outbox, desk, library
        self.moment = NOON
        options = {"officer_platforms": ("slack",), **options}
        self.publishing = Publishing(database, outbox, desk, Sources(library), clock=lambda: self.moment, **options)
        self.courier = LibraryCourier(database, library, TEXTS)
        self.upkeep = Upkeep(self.publishing, self.courier, library, clock=lambda: self.moment)

    async def answered(self, reply_id: str = "reply-1", answer: str = ANSWER, **changes: Any) -> Case:
        """A case that Kari has answered."""
        case = await self.desk.open(request(reply_id, **changes))
        return await self.desk.answer(case.id, KARI, answer)

    async def new(self, **changes: Any) -> NewAnswer:
        """What Kari would publish, from a case that she has answered."""
        cases = changes.pop("cases", None) or ((await self.answered(changes.pop("reply_id", "reply-1"))).id,)
        usual = {"question": QUESTION, "answer": ANSWER, "team": "Næringsavdelingen", "review_on": NEXT_YEAR}
        return NewAnswer(cases=cases, **usual | changes)

    async def published(self, approver: Officer = OLA, **changes: Any) -> PublishedAnswer:
        """An answer that Kari has proposed and Ola approved, and that the library holds."""
        proposal = await self.publishing.propose(await self.new(**changes), KARI)
        approval = await self.publishing.approve(proposal.answer.id, approver)
        await self.carry()
        return approval.answer

    async def carry(self) -> list[Delivery]:
        """Bring the library everything that is owed to it."""
        carried = []
        while leases := await waiting(self.outbox, LIBRARY):
            for leased in leases:
                await self.courier.deliver(leased.delivery)
                await self.outbox.done(leased)
                carried.append(leased.delivery)
        return carried

    async def news(self) -> list[Delivery]:
        """What officers have come to hear since the last time."""
        heard = [each.delivery for each in await settled(self.outbox, "slack")]
        return [each for each in heard if each.kind.startswith("answer.")]

    async def held(self, audience: Audience = Audience.PUBLIC) -> list[str]:
        """The texts of the answers that those readers can find."""
        documents = await self.library.reader(audience).documents("answer")
        return [document.sections[0].text for document in documents]

    async def acts(self, answer_id: str) -> list[Event]:
        """What happened to the answer."""
        return list(await self.publishing.events(answer_id))
