"""Brings people their Home tab, and the questions that they ask there to where they are answered."""

from __future__ import annotations

import structlog
from pydantic import BaseModel, ConfigDict
from slack_sdk.models.views import View

from bot.desk.case import IllegalMove
from bot.desk.desk import Desk
from bot.desk.notices import lane_of
from bot.desk.outbox import Delivery
from bot.desk.owing import Owing
from bot.desk.store import CaseNotFound
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import FALLBACK, Message, quoted, sections
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases.officers import Colleague, Officers
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.home import rendering
from bot.handlers.slack.home.content import Gathering, Queue
from bot.handlers.slack.home.form import Shown
from bot.handlers.slack.home.tolerance import tolerated
from bot.handlers.slack.mrkdwn import clip, escape, literal
from bot.handlers.slack.questions.asking import Asked
from bot.handlers.slack.workspace import Workspace
from bot.pages import Pages
from bot.texts import Texts

log = structlog.get_logger(__name__)

_QUESTION = 1_900
"""Characters of a question as it is repeated: less than a section has, for each line gets a mark in front."""


class Opened(BaseModel):
    """Somebody looks at their Home tab: `shown` is the digest of what they see. `claim` is a case that they take there,
    `note` says how something else went that they did there, and `handle` is what they are called where Slack doesn't
    say their name. `queue` is which cases an officer wants to see."""

    model_config = ConfigDict(frozen=True)

    workspace: str
    user: str
    channel: str = ""
    shown: str = ""
    claim: str = ""
    note: str = ""
    handle: str = ""
    queue: Queue = Queue.OPEN


class Wanted(BaseModel):
    """A question from the form. `language` is the form's."""

    model_config = ConfigDict(frozen=True)

    asked: Asked
    language: str


async def owe_home(owing: Owing, opened: Opened, mark: str) -> None:
    """Owe somebody their Home tab as it is to be now, once for each `mark`."""
    key, lane = f"home:{opened.workspace}:{opened.user}:{mark}", f"home/{opened.workspace}/{opened.user}"
    await owing.owe("home", key, lane, opened.model_dump(mode="json"))


class HomeCourier:
    """Carries Home tabs: what a tab shows is found out when it is brought, and brought only where it has changed."""

    def __init__(
        self,
        clients: Clients,
        officers: Officers,
        gathering: Gathering,
        desk: Desk,
        pages: Pages,
        texts: Texts,
    ) -> None:
        self._clients = clients
        self._officers = officers
        self._gathering = gathering
        self._desk = desk
        self._pages = pages
        self._texts = texts
        self._team_urls: dict[str, str] = {}

    async def deliver(self, delivery: Delivery) -> None:
        """Show the tab as it is to be now. Raises Undeliverable."""
        opened = Opened.model_validate(delivery.payload)
        who = await self._officers.colleague(opened.workspace, opened.user, opened.handle)
        note = await self._claim(opened.claim, who) if opened.claim else opened.note
        content = await self._gathering.gather(
            opened.workspace, opened.user, who, await self._team_url(opened.workspace), opened.queue
        )
        blocks = rendering.home(content.model_copy(update={"note": note}), self._pages, self._texts)
        digest = rendering.digest(blocks)
        if digest == opened.shown:
            return
        shown = Shown(digest=digest, language=who.language, channel=opened.channel, queue=opened.queue)
        view = View(type="home", blocks=blocks, private_metadata=shown.model_dump_json())
        client = await self._clients.of(opened.workspace)
        with tolerated("home"):
            await client.views_publish(user_id=opened.user, view=view)

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it: the tab is brought when it is opened the next time."""

    async def _claim(self, case_id: str, who: Colleague) -> str:
        """Take the case, and say how that went."""
        if who.officer is None:
            log.warning("slack.home.not_an_officer")
            return self._texts(who.language, "slack.home.officers_only")
        try:
            case = await self._desk.claim(case_id, who.officer)
        except IllegalMove as refused:
            return self._texts(who.language, refused.key, **refused.values)
        except CaseNotFound:
            return self._texts(who.language, "slack.home.no_case")
        return self._texts(who.language, "slack.home.claimed", case=case.label)

    async def _team_url(self, workspace: str) -> str:
        """Where the workspace is in a browser; empty where Slack doesn't say it."""
        if workspace not in self._team_urls:
            client = await self._clients.of(workspace)
            with tolerated("permalinks"):
                self._team_urls[workspace] = str((await client.auth_test()).get("url") or "")
        return self._team_urls.get(workspace, "")


class WantedCourier:
    """Carries questions from the form: each is put into the asker's direct messages, and answered in a thread there."""

    def __init__(self, workspace: Workspace, owing: Owing, texts: Texts) -> None:
        self._workspace = workspace
        self._owing = owing
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Say what was asked, and owe the reply to it. Raises Undeliverable."""
        wanted = Wanted.model_validate(delivery.payload)
        asked, question = wanted.asked, wanted.asked.question
        lead = escape(self._texts(wanted.language, "slack.home.posed"))
        words = quoted(clip(literal(question.text), _QUESTION))
        message = Message(clip(question.text, FALLBACK), tuple(sections([lead, words])))
        post = await self._workspace.post(delivery.key, question.place, message)
        ts = post.ts or ""
        place = question.place.model_copy(update={"channel": post.channel, "thread": ts})
        owed = asked.model_copy(update={"question": question.model_copy(update={"place": place}), "ts": ts})
        key = f"reply:{PLATFORM}:{post.channel}:{ts}"
        await self._owing.owe("reply", key, lane_of(place), owed.model_dump(mode="json"))

    async def give_up(self, delivery: Delivery) -> None:
        """Say that the question could not be put there."""
        wanted = Wanted.model_validate(delivery.payload)
        text = self._texts(wanted.language, "slack.home.lost")
        await self._workspace.post(f"{delivery.key}#given_up", wanted.asked.question.place, plainly(text))
