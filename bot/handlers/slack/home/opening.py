"""Hears that somebody looks at the bot, and what they do on the Home tab."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.behind import Behind
from bot.desk.owing import Owing
from bot.guard import Guard
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.home.content import Queue
from bot.handlers.slack.home.courier import Opened, Wanted, owe_home
from bot.handlers.slack.home.form import QUESTION, SUBMITTED, Shown, form, written
from bot.handlers.slack.home.prompts import Prompts
from bot.handlers.slack.home.rendering import ASK, CLAIM, FILTER, OPEN
from bot.handlers.slack.installed import workspace_of
from bot.handlers.slack.mrkdwn import escape
from bot.handlers.slack.questions.asking import Heard, ask
from bot.handlers.slack.questions.counting import counted
from bot.limits import worded
from bot.texts import Texts

log = structlog.get_logger(__name__)


class Opening:
    """Owes whoever opens the Home tab a fresh one, suggests questions in the agent view, takes those from the form."""

    def __init__(
        self,
        owing: Owing,
        behind: Behind,
        clients: Clients,
        prompts: Prompts,
        texts: Texts,
        tell_language: Callable[[str], str],
    ) -> None:
        self._owing = owing
        self._behind = behind
        self._clients = clients
        self._prompts = prompts
        self._texts = texts
        self._tell_language = tell_language
        self._guard = Guard()

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what this hears."""
        app.event("app_home_opened")(self._open)
        app.event("app_context_changed")(self._look_elsewhere)
        app.action(ASK)(self._begin)
        app.action(CLAIM)(self._claim)
        app.action(OPEN)(self._follow)
        app.action(FILTER)(self._filter)
        app.view(SUBMITTED)(self._submit)

    async def _open(self, body: dict[str, Any]) -> None:
        event = body["event"]
        workspace, user, channel = workspace_of(body), event["user"], event.get("channel") or ""
        if event.get("tab") == "messages":
            # Only for show: no message is sent that nobody asked for.
            self._behind.start(self._prompts.suggest(workspace, user, channel))
        elif event.get("tab") == "home":
            shown = Shown.of(event.get("view"))
            opened = Opened(workspace=workspace, user=user, channel=channel, shown=shown.digest, queue=shown.queue)
            await owe_home(self._owing, opened, body["event_id"])

    async def _look_elsewhere(self, body: dict[str, Any]) -> None:
        """What somebody looks at beside the bot is of no use to it, and so it keeps nothing of that."""
        log.debug("slack.context_changed")

    async def _begin(self, body: dict[str, Any], ack: Ack) -> None:
        self._behind.start(self._show_form(workspace_of(body), body["trigger_id"], Shown.of(body.get("view"))))
        await ack()

    async def _show_form(self, workspace: str, trigger: str, shown: Shown) -> None:
        client = await self._clients.of(workspace)
        await client.views_open(trigger_id=trigger, view=form(shown, self._texts))

    async def _claim(self, body: dict[str, Any], ack: Ack) -> None:
        action, user, shown = body["actions"][0], body["user"], Shown.of(body.get("view"))
        opened = Opened(
            workspace=workspace_of(body),
            user=user["id"],
            channel=shown.channel,
            claim=action["value"],
            handle=user.get("name") or user["id"],
            queue=shown.queue,
        )
        await owe_home(self._owing, opened, f"{action['value']}:{action.get('action_ts', '')}")
        await ack()

    async def _filter(self, body: dict[str, Any], ack: Ack) -> None:
        action, shown = body["actions"][0], Shown.of(body.get("view"))
        wanted = Queue(action["selected_option"]["value"])
        opened = Opened(workspace=workspace_of(body), user=body["user"]["id"], channel=shown.channel, queue=wanted)
        await owe_home(self._owing, opened, f"{wanted}:{action.get('action_ts', '')}")
        await ack()

    async def _follow(self, ack: Ack) -> None:
        await ack()  # the browser has opened the page

    async def _submit(self, body: dict[str, Any], ack: Ack) -> None:
        view, user = body["view"], body["user"]
        shown, workspace = Shown.of(view), workspace_of(body)
        heard = Heard(
            workspace=workspace,
            team=user.get("team_id") or workspace,
            # Slack takes a person for the direct messages with them.
            channel=shown.channel or user["id"],
            kind="im",
            ts="",
            thread="",
            user=user["id"],
            text=escape(written(view)),
        )
        # In a thread: to tell a language can take a while.
        asked = await asyncio.to_thread(ask, heard, self._guard, self._tell_language)
        if asked.refused:
            problem = self._texts(shown.language, asked.refused.key, **asked.refused.values)
            await ack(response_action="errors", errors={QUESTION: problem})
            return
        wanted = Wanted(asked=asked, language=shown.language)
        key = f"home.asked:{workspace}:{view['id']}"
        payload, counts = wanted.model_dump(mode="json"), counted(workspace, heard.channel, heard.user)
        if limited := await self._owing.owe("home.asked", key, f"home/{workspace}/{heard.user}", payload, counts):
            problem = worded(limited, shown.language, self._texts)
            await ack(response_action="errors", errors={QUESTION: problem})
            return
        await ack()
