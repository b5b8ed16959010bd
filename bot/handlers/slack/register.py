"""Things of one kind in Slack as they are known: from the cache, or else from Slack, which is asked once for each."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Generic, TypeVar

import structlog
from pydantic import BaseModel

from bot.desk.outbox import Undeliverable
from bot.handlers.slack.known import Known
from bot.handlers.slack.workspace import UNREACHABLE, reason

log = structlog.get_logger(__name__)

UNTOLD = (*UNREACHABLE, Undeliverable, ValueError)
"""What is raised where Slack says no, nothing, or what can't be read, or the app is not installed there."""

_ATTEMPTS = 3
_AT_ONCE = 8
"""How many of one kind are asked for at once."""

Facts = TypeVar("Facts", bound=BaseModel)


class Register(Generic[Facts]):
    """Looks things up. `look_up` asks Slack for one of them, by workspace and id; what it says is good for `life`.

    Where Slack doesn't say it, that is not asked again for `pause` seconds: those who wait then have their answer, if
    a careful one, and Slack is spared.
    """

    def __init__(
        self,
        known: Known,
        facts: type[Facts],
        look_up: Callable[[str, str], Awaitable[Facts]],
        life: dt.timedelta,
        pause: float,
    ) -> None:
        self._known = known
        self._facts = facts
        self._look_up = look_up
        self._life = life
        self._pause = pause
        self._under_way: dict[tuple[str, str], asyncio.Task[dict[str, Facts]]] = {}
        self._failed: dict[tuple[str, str], float] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def known(self, workspace: str, ids: Collection[str]) -> dict[str, Facts]:
        """What the cache holds of these."""
        found = await self._known.get(workspace, ids)
        return {each: self._facts.model_validate(facts) for each, facts in found.items()}

    async def get(self, workspace: str, ids: Collection[str]) -> dict[str, Facts]:
        """What is known of these; without those of which Slack says nothing now."""
        found = await self.known(workspace, ids)
        for task in self._tasks(workspace, [each for each in ids if each not in found]):
            # Others may wait for it too, and who comes next is glad of what it finds: it goes on in any case.
            await asyncio.wait([task])
            found |= {} if task.cancelled() else task.result()
        return {each: facts for each, facts in found.items() if each in ids}

    async def close(self) -> None:
        """End what is under way."""
        tasks = set(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _tasks(self, workspace: str, ids: Sequence[str]) -> list[asyncio.Task[dict[str, Facts]]]:
        moment = asyncio.get_running_loop().time()
        self._failed = {key: until for key, until in self._failed.items() if until > moment}
        wanted = [each for each in ids if (workspace, each) not in self._failed]
        new = [each for each in wanted if (workspace, each) not in self._under_way]
        if new:
            task = asyncio.create_task(self._find(workspace, new))
            self._under_way |= {(workspace, each): task for each in new}
            task.add_done_callback(self._landed)
        return list(dict.fromkeys(self._under_way[workspace, each] for each in wanted))

    def _landed(self, task: asyncio.Task[dict[str, Facts]]) -> None:
        self._under_way = {key: other for key, other in self._under_way.items() if other is not task}
        if not task.cancelled() and (error := task.exception()):
            log.error("slack.lookup_broke", kind=self._facts.__name__, error=type(error).__name__)

    async def _find(self, workspace: str, ids: Sequence[str]) -> dict[str, Facts]:
        # Once more: another look-up may have ended between the first look into the cache and this.
        kept = await self.known(workspace, ids)
        wanted = [each for each in ids if each not in kept]
        for _ in range(_ATTEMPTS):
            if not wanted:
                break
            marks = await self._known.begin(workspace, wanted)
            found = {each: facts for each, facts in await self._ask(workspace, wanted) if facts}
            dumped = {each: facts.model_dump(mode="json") for each, facts in found.items()}
            ids_kept = await self._known.keep(workspace, dumped, marks, self._life)
            kept |= {each: found[each] for each in ids_kept}
            # Of the others an event told while Slack was asked: what it said may be how it was before.
            wanted = [each for each in found if each not in kept]
        return kept

    async def _ask(self, workspace: str, ids: Sequence[str]) -> list[tuple[str, Facts | None]]:
        reasons: set[str] = set()

        async def one(each: str) -> tuple[str, Facts | None]:
            async with self._room:
                try:
                    return each, await self._look_up(workspace, each)
                except UNTOLD as error:
                    reasons.add(reason(error))
                    self._failed[workspace, each] = asyncio.get_running_loop().time() + self._pause
                    return each, None

        answers = await asyncio.gather(*map(one, ids))
        if reasons:
            failed = sum(facts is None for _, facts in answers)
            log.warning("slack.untold", kind=self._facts.__name__, count=failed, errors=sorted(reasons))
        return answers
