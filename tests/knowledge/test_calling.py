"""However a call of the chat model ends, it is noted once, with what it took."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from knowledge.breaker import NotTried
from knowledge.calling import Caller, TooLong, outcome_of
from knowledge.calls import Call, Outcome, Purpose
from tests.peers.openai import KEY, MODEL, OpenAI, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKED = [HumanMessage("Hva er et gjerde?")]
SAID = "Et gjerde er et hinder mellom to hager, og det er sjelden høyere enn en mann er lang."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def openai() -> AsyncIterator[OpenAI]:
    async with running() as openai:
        yield openai


def caller(openai: OpenAI, tokens: int = 1_000, *, counts: bool = True, pause: float = 10.0) -> Caller:
    key = SecretStr(KEY)
    model = ChatOpenAI(model=MODEL, api_key=key, base_url=openai.url, timeout=5, max_retries=0, stream_usage=counts)
    return Caller(model, tokens, pause)


async def noted(openai: OpenAI, trouble: str = "", *, counts: bool = True) -> tuple[Call, BaseException | None]:
    calls: list[Call] = []
    openai.trouble(*[trouble] if trouble else [])
    error: BaseException | None = None
    try:
        async with asyncio.timeout(0.3 if trouble in {"hang", "stall"} else 5):
            await caller(openai, counts=counts).ask(Purpose.WRITE, list(ASKED), calls.append)
    except Exception as raised:  # noqa: BLE001 - whatever the client raises
        error = raised
    (call,) = calls
    return call, error


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    {
        "401": Outcome.DENIED,
        "429": Outcome.BUSY,
        "500": Outcome.FAILED,
        "hang": Outcome.TIMEOUT,
        "stall": Outcome.TIMEOUT,
        "cut": Outcome.CUT,
        "drop": Outcome.CUT,
        "length": Outcome.CUT,
        "content_filter": Outcome.REFUSED,
        "garbage": Outcome.FAILED,
        "error": Outcome.FAILED,
    }.items(),
)
async def test_a_call_that_goes_wrong_is_noted_with_why(openai: OpenAI, trouble: str, outcome: Outcome) -> None:
    openai.say(SAID)
    call, error = await noted(openai, trouble)
    assert error is not None
    assert (call.purpose, call.outcome) == (Purpose.WRITE, outcome)
    assert outcome_of(error) is outcome
    assert call.tokens_in > 0
    assert call.ms > 0


async def test_a_call_is_noted_with_the_tokens_that_the_provider_counted(openai: OpenAI) -> None:
    openai.say(SAID)
    call, error = await noted(openai)
    assert error is None
    assert (call.outcome, call.tokens_in, call.tokens_out, call.estimated) == (Outcome.OK, 4, len(SAID.split()), False)
    assert call.first_ms is not None
    assert call.first_ms <= call.ms


async def test_where_the_provider_does_not_count_tokens_are_estimated_by_length(openai: OpenAI) -> None:
    openai.say(SAID)
    call, _ = await noted(openai, counts=False)
    assert call.estimated
    assert len(SAID) / 4 < call.tokens_out < len(SAID) / 2


@pytest.mark.parametrize(("text", "trouble"), [("", ""), (SAID, "refusal")])
async def test_a_model_that_says_nothing_is_no_failure(openai: OpenAI, text: str, trouble: str) -> None:
    # LangChain drops the field in which OpenAI streams a refusal: what is left of that is an empty answer.
    openai.say(text)
    call, error = await noted(openai, trouble)
    assert (call.outcome, error) == (Outcome.EMPTY, None)


async def test_who_has_heard_enough_ends_the_call(openai: OpenAI) -> None:
    openai.say(SAID)
    openai.trouble("stall")
    calls: list[Call] = []
    stream = caller(openai).stream(Purpose.WRITE, list(ASKED), calls.append)
    assert SAID.startswith(await anext(stream))
    await stream.aclose()
    assert [(call.outcome, call.estimated) for call in calls] == [(Outcome.OK, True)]


async def test_what_is_too_long_is_not_asked(openai: OpenAI) -> None:
    before = len(openai.requests)
    calls: list[Call] = []
    with pytest.raises(TooLong):
        await caller(openai, tokens=2).ask(Purpose.RANK, list(ASKED), calls.append)
    assert [call.outcome for call in calls] == [Outcome.TOO_LONG]
    assert len(openai.requests) == before


async def test_a_model_that_does_not_answer_is_left_alone_for_a_while(openai: OpenAI) -> None:
    openai.say(SAID)
    calls: list[Call] = []
    asking = caller(openai, pause=0.2)

    async def ask() -> Outcome:
        with contextlib.suppress(Exception):
            await asking.ask(Purpose.WRITE, list(ASKED), calls.append)
        return calls[-1].outcome

    openai.trouble("500", "cut", "429", "500", "500")
    ended = [await ask() for _ in range(5)]
    assert ended == [Outcome.FAILED, Outcome.CUT, Outcome.BUSY, Outcome.FAILED, Outcome.AWAY]
    before = len(openai.requests)
    assert [await ask() for _ in range(3)] == [Outcome.AWAY] * 3
    assert len(openai.requests) == before, "it was not asked"
    await asyncio.sleep(0.25)
    assert [await ask() for _ in range(2)] == [Outcome.FAILED, Outcome.AWAY], "one tries whether it is back"
    assert await asking.ask(Purpose.RANK, list(ASKED), calls.append) == SAID, "for something else it still is"
    await asyncio.sleep(0.25)
    assert [await ask() for _ in range(3)] == [Outcome.OK] * 3


async def test_a_model_that_hangs_is_left_alone_though_nobody_waits_so_long(openai: OpenAI) -> None:
    calls: list[Call] = []
    asking = caller(openai)
    openai.trouble("hang", "hang", "hang")
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await asking.ask(Purpose.WRITE, list(ASKED), calls.append)
    with pytest.raises(NotTried):
        await asking.ask(Purpose.WRITE, list(ASKED), calls.append)
    assert [call.outcome for call in calls] == [Outcome.TIMEOUT] * 3 + [Outcome.AWAY]
    openai.trouble()
