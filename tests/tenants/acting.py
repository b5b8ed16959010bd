"""What people do in a municipality, each leaving its word there."""

from __future__ import annotations

import asyncio
import datetime as dt
import enum

from tests.knowledge.examples import guide, split
from tests.tenants.examples import QUESTION, Town
from tests.web.examples import hrefs, message_of, thread_of

_PATIENCE = 120.0


class Act(enum.StrEnum):
    """One of the things that people do."""

    PUT = "put"
    ASK = "ask"
    GUESS = "guess"
    FORWARD = "forward"
    ANSWER = "answer"
    PUBLISH = "publish"
    SPEAK = "speak"


async def act(town: Town, what: Act) -> None:
    """Do it there."""
    match what:
        case Act.PUT:
            id_ = f"guides/{town.word}-{next(town.numbers)}"
            await town.library.put(*split(guide(id_, f"Om {town.word} gjelder egne regler.")))
            town.paths.add(f"/kilde/{id_}")
        case Act.ASK:
            await _ask(town)
        case Act.GUESS:
            async with town.visited("bygg") as person:
                page = await person.ask(f"Hva gjelder for {town.word}?")
                town.paths.add(f"/t/{thread_of(page)}")
        case Act.FORWARD:
            await _forward(town)
        case Act.ANSWER:
            await _answer(town, await _forward(town))
        case Act.PUBLISH:
            await _publish(town, await _answer(town, await _forward(town)))
        case Act.SPEAK:
            async with town.visited("kari") as person:
                await person.post("/spraak", sprak="en", tilbake="/saker")


async def _ask(town: Town) -> None:
    async with town.visited("kafe") as person:
        page = await person.ask(QUESTION)
        assert town.word in page.text(".claim"), "each municipality is answered from its own sources"
        town.paths |= {f"/t/{thread_of(page)}", *(link.partition("#")[0] for link in hrefs(page, ".claim a.mark"))}


async def _forward(town: Town) -> str:
    """The address of a case that somebody has opened."""
    question = f"Hvor mange {town.word} nr. {next(town.numbers)} bor det på Mars?"
    async with town.visited("kafe") as person, town.visited("kari") as kari:
        page = await person.ask(question)
        await person.forward(page)
        town.paths |= {f"/t/{thread_of(page)}", f"/m/{message_of(page)}/saksbehandler"}
        async with asyncio.timeout(_PATIENCE):
            while not (found := [each for each in hrefs(await kari.page("/saker"), "main a") if _is_case(each)]):
                await asyncio.sleep(0.02)
        cases = [path for path in dict.fromkeys(found) if question in (await kari.page(path)).text("main")]
        town.paths.add(cases[0])
        return cases[0]


def _is_case(path: str) -> bool:
    return path.startswith("/saker/") and "?" not in path and path.count("/") == 2 and not path.endswith("til-deg")


async def _answer(town: Town, case: str) -> str:
    async with town.visited("kari") as kari:
        await kari.post(f"{case}/ta")
        page = await kari.submit(await kari.page(case), "form.answering", svar=f"Det bor {town.word} der.")
        assert page.status == 200, page.response.text
    return case


async def _publish(town: Town, case: str) -> None:
    review = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=90)).isoformat()
    answer = {"sporsmal": f"Hvor bor {town.word}?", "svar": f"Det bor {town.word} der."}
    async with town.visited("kari") as kari:
        shown = await kari.submit(
            await kari.page(f"{case}/publiser"), "form.forwarding", **answer, dato=review, gjor="se"
        )
        more = {"flere": "", "behold": "", "dato": review, "gjor": "foresla"}
        proposed = await kari.submit(shown, "form.forwarding", **answer, **more)
        path = proposed.response.url.path
        assert path.startswith("/publisert/"), proposed.response.text
        await kari.submit(await kari.page(path), "form[action$='/godkjenn']", **answer)
        town.paths.add(path)
