"""What askers do with their cases: they take them back, say whether the answer helped, have them looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict
from slack_bolt.async_app import AsyncApp

from bot.behind import Behind
from bot.desk.asking_again import ask_again
from bot.desk.case import Case, IllegalMove
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.owing import Owing
from bot.desk.store import CaseNotFound
from bot.error_ids import new_error_id
from bot.guard import mask
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.blocks import Message, marked
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases.opening import Pressed, pressed
from bot.handlers.slack.cases.telling import HELPED, MISSING, NOT_HELPED, REOPEN, WITHDRAW, Again, reopening
from bot.handlers.slack.cases.whispering import Whispers
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.home.courier import Opened, owe_home
from bot.handlers.slack.home.form import Shown
from bot.handlers.slack.moments import dated
from bot.handlers.slack.store import Posts
from bot.handlers.slack.workspace import UNREACHABLE, Workspace, reason
from bot.people import Asker
from bot.texts import Texts

log = structlog.get_logger(__name__)

KIND = "asker.pressed"
"""The kind of the deliveries that the asker's buttons owe."""
_TOLD = {WITHDRAW: "desk.asker.withdrawn", HELPED: "desk.asker.helped", REOPEN: "desk.asker.reopened"}
"""What the asker is told; the last of these has been done when their modal was closed."""
_LOST = "desk.case.card.gone"


class AskerPress(BaseModel):
    """A button that somebody pressed about a case: in the message `ts`, or on their Home tab, whose direct messages
    `home` are (empty, where they are not known)."""

    model_config = ConfigDict(frozen=True)

    action: str
    case: str
    who: Pressed
    ts: str = ""
    home: str | None = None


class Askers:
    """Hears the asker's buttons, and the modal in which they say what is missing."""

    def __init__(
        self, owing: Owing, behind: Behind, clients: Clients, whispers: Whispers, desk: Desk, texts: Texts
    ) -> None:
        self._owing = owing
        self._behind = behind
        self._clients = clients
        self._whispers = whispers
        self._desk = desk
        self._texts = texts

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what they press and fill in."""
        for action in (WITHDRAW, HELPED):
            app.action(action)(self._press)
        for action in (NOT_HELPED, REOPEN):
            app.action(action)(self._open)
        app.view(REOPEN)(self._reopen)

    async def _press(self, body: dict[str, Any], ack: Ack) -> None:
        await self._owe(_press_of(body), body["actions"][0]["action_ts"])
        await ack()

    async def _open(self, body: dict[str, Any], ack: Ack) -> None:
        await ack()
        self._behind.start(self._show(_press_of(body), body["trigger_id"]))

    async def _show(self, press: AskerPress, trigger: str) -> None:
        try:
            case = await self._desk.get(press.case)
        except CaseNotFound:
            # A case is never taken away: what names none has been made up.
            log.warning("slack.no_such_case", action=press.action)
            return
        if press.who.user != case.asker.id:
            return await self._tell(press.who, case, "desk.refused.asker")
        again = Again(case=case.id, language=case.language, who=press.who, ts=press.ts, home=press.home)
        client = await self._clients.of(press.who.workspace)
        try:
            await client.views_open(trigger_id=trigger, view=reopening(case, again, self._texts))
        except UNREACHABLE as error:
            error_id = new_error_id()
            log.warning("slack.modal_not_opened", error_id=error_id, error=reason(error))
            await self._tell(press.who, case, "slack.casework.trouble", id=error_id)

    async def _reopen(self, body: dict[str, Any], ack: Ack) -> None:
        view = body["view"]
        again = Again.model_validate_json(view["private_metadata"])
        written = mask(str(view["state"]["values"][MISSING][MISSING].get("value") or ""))
        try:
            case = await self._desk.get(again.case)
            await ask_again(self._desk, case, _asker(case, again.who), written, view["id"])
        except (IllegalMove, CaseNotFound) as error:
            key, values = (error.key, error.values) if isinstance(error, IllegalMove) else (_LOST, {})
            await ack(response_action="errors", errors={MISSING: self._texts(again.language, key, **values)})
            return
        press = AskerPress(action=REOPEN, case=again.case, who=again.who, ts=again.ts, home=again.home)
        await self._owe(press, view["id"])
        await ack()

    async def _owe(self, press: AskerPress, mark: str) -> None:
        key = f"{KIND}:{press.action}:{press.case}:{press.who.user}:{mark}"
        await self._owing.owe(KIND, key, f"case/{press.case}", press.model_dump(mode="json"))

    async def _tell(self, who: Pressed, case: Case, key: str, **values: object) -> None:
        told = self._texts(case.language, key, **{"case": case.label, **values})
        await self._whispers.tell(who.place, who.user, plainly(told))


class AskerCourier:
    """Makes the moves that the asker's buttons owe, and says so where they pressed."""

    def __init__(
        self, owing: Owing, workspace: Workspace, whispers: Whispers, posts: Posts, desk: Desk, texts: Texts
    ) -> None:
        self._owing = owing
        self._workspace = workspace
        self._whispers = whispers
        self._posts = posts
        self._desk = desk
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Make the move, or tell whoever pressed why it can't be made. Raises Undeliverable."""
        press = AskerPress.model_validate(delivery.payload)
        try:
            case = await self._desk.get(press.case)
            if move := {WITHDRAW: self._desk.withdraw, HELPED: self._desk.helped}.get(press.action):
                await move(press.case, _asker(case, press.who))
        except CaseNotFound as error:
            raise Undeliverable(str(error)) from error
        except IllegalMove as refused:
            told = self._texts(case.language, refused.key, **refused.values)
            return await self._tell(press, told, delivery.key, made=False)
        told = self._texts(case.language, _TOLD[press.action], case=case.label)
        if press.action == REOPEN and press.home is None and case.due:
            due = dated(self._texts, case.language, "desk.case.reopened.due", case.due, case=case.label)
            return await self._say(press, marked(due))
        await self._tell(press, told, delivery.key)

    async def give_up(self, delivery: Delivery) -> None:
        """Nothing: hours later nobody waits for what a button does; it is still there to be pressed."""

    async def _tell(self, press: AskerPress, told: str, mark: str, *, made: bool = True) -> None:
        """Say it in place of the buttons; where the move was not made, to whoever pressed and nobody else."""
        who = press.who
        if press.home is not None:
            opened = Opened(workspace=who.workspace, user=who.user, channel=press.home, note=told)
            return await owe_home(self._owing, opened, mark)
        await self._say(press, plainly(told), made=made)

    async def _say(self, press: AskerPress, told: Message, *, made: bool = True) -> None:
        who = press.who
        post = await self._posts.at(who.channel, press.ts) if made else None
        if post is None:
            return await self._whispers.tell(who.place, who.user, told)
        await self._workspace.change(post, told)


def _press_of(body: Mapping[str, Any]) -> AskerPress:
    action, message = body["actions"][0], body.get("message") or {}
    at_home = (body.get("view") or {}).get("type") == "home"
    return AskerPress(
        action=action["action_id"],
        case=action["value"],
        who=pressed(body, message.get("thread_ts") or ""),
        ts=message.get("ts") or "",
        home=Shown.of(body.get("view")).channel if at_home else None,
    )


def _asker(case: Case, who: Pressed) -> Asker:
    """Whoever pressed, as the case knows them: by their name, where they are the one who asked."""
    return case.asker if case.asker.id == who.user else Asker(id=who.user, name=who.handle or who.user)
