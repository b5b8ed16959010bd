"""What the chat model does for the search, where it is switched on: within limits, and never in the way."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from bot.chat import open_chat
from bot.question import Status
from bot.settings import Settings
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience
from tests.conversation.examples import ALWAYS, TEXTS, Bot
from tests.knowledge.examples import LOV, ROYK, RUTINE, SERVERING, TERRASSE, guide, split
from tests.peers.openai import KEY, MODEL, Asked, OpenAI

PLAIN = "Hva må til for å åpne kafé?"
BETTER = "Hvem må ha serveringsbevilling fra kommunen for å drive serveringssted?"
MANY = [guide(f"guides/fisk{number}", f"Fisk nummer {number} svømmer i elva.") for number in range(55)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(embeddings: CachedEmbeddings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Library]:
    library = Library(tmp_path_factory.mktemp("consulting"), embeddings, warm=False)
    await library.put_all([split(each) for each in (SERVERING, TERRASSE, ROYK, LOV, RUTINE, *MANY)])
    yield library
    library.close()


@pytest.fixture
def aided(bot: Bot, town: Library, openai: OpenAI) -> Bot:
    """Has a model that is asked about everything and writes nothing by itself."""
    return bot.but(library=town, openai=openai, threshold=ALWAYS, rewrites=True, ranks=True)


def purpose(asked: Asked) -> str:
    words = asked[0]["content"]
    return "rewrite" if "search query" in words else "rank" if "You order passages" in words else "write"


def answering(openai: OpenAI, **answers: str | Callable[[Asked], str]) -> None:
    """Let the model answer each kind of call with this."""

    def write(asked: Asked) -> str:
        answer = answers.get(purpose(asked), "")
        return answer if isinstance(answer, str) else answer(asked)

    openai.writes = write


def query(text: str) -> str:
    return json.dumps({"query": text}, ensure_ascii=False)


def order(*places: int) -> str:
    return json.dumps({"order": places})


def shown(openai: OpenAI) -> list[str]:
    """The passages that the model was to order the last time."""
    asked = [request["messages"] for request in openai.requests if purpose(request["messages"]) == "rank"][-1]
    return [each["text"] for each in map(json.loads, asked[1]["content"].splitlines()) if "passage" in each]


async def test_the_search_goes_by_what_the_model_makes_of_the_question(aided: Bot, openai: OpenAI) -> None:
    answering(openai, rewrite=query(BETTER))
    reply = await aided.but(ranks=False).asked(PLAIN)
    assert reply.ranking == (await aided.but(openai=None, rewrites=False, ranks=False).asked(BETTER)).ranking
    assert [call.purpose for call in reply.calls] == ["rewrite", "write"]


async def test_the_model_is_told_the_thread_without_personal_data(aided: Bot, openai: OpenAI) -> None:
    answering(openai, rewrite=query(BETTER))
    await aided.asked("og gebyret?", f"{PLAIN} Ring 98765432.")
    given = [json.loads(line) for line in openai.requests[0]["messages"][1]["content"].splitlines()]
    assert given == [{"earlier": f"{PLAIN} Ring [telefonnummer]."}, {"question": "og gebyret?"}]


@pytest.mark.parametrize(
    "answer",
    [
        *("", "Hvem må ha bevilling?", "{}", query(""), query("x" * 400), '{"query": 3}', '{"query": "Hvem'),
        query("Hva sier serveringsloven § 15?"),
        query("Hva koster 5 000 bevillinger?"),
    ],
)
async def test_a_query_that_is_none_or_names_other_things_is_not_searched_for(
    aided: Bot, openai: OpenAI, answer: str
) -> None:
    answering(openai, rewrite=answer)
    without = await aided.but(openai=None, rewrites=False, ranks=False).asked(PLAIN)
    assert (await aided.but(ranks=False).asked(PLAIN)).ranking == without.ranking


@pytest.mark.parametrize("text", ["serveringsloven § 15", "Hei!", ""])
async def test_what_is_named_and_what_is_no_question_is_not_rewritten(aided: Bot, openai: OpenAI, text: str) -> None:
    await aided.asked(text)
    assert openai.requests == []


async def test_what_the_model_puts_first_comes_first_and_the_rest_as_it_was(aided: Bot, openai: OpenAI) -> None:
    before = await aided.but(openai=None, rewrites=False).asked(PLAIN)
    answering(openai, rank=order(30, 3, 30, 999, 0, -1))
    reply = await aided.but(rewrites=False).asked(PLAIN)
    assert len(shown(openai)) == 50
    first = [before.ranking[29], before.ranking[2]]
    assert list(reply.ranking) == [*first, *(each for each in before.ranking if each not in first)][:10]
    assert reply.status is Status.ANSWERED
    assert (reply.claims[0].citation.document, reply.claims[0].citation.section) == first[0]


async def test_the_model_orders_nothing_that_the_asker_may_not_read(aided: Bot, openai: OpenAI) -> None:
    answering(openai, rank=order(1))
    await aided.asked("Hvordan kontrolleres skjenkesteder, og kommer kontrollørene uanmeldt?")
    assert not any("kanarifugl" in text for text in shown(openai))
    await aided.asked("Hvordan kontrolleres skjenkesteder, og kommer de uanmeldt?", audience=Audience.INTERNAL)
    assert any("kanarifugl" in text for text in shown(openai))


@pytest.mark.parametrize("answer", ["", "1, 2, 3", "{}", order(), order(999), '{"order": "1"}', '{"order": [1, "x"]}'])
async def test_an_order_that_is_none_changes_nothing(aided: Bot, openai: OpenAI, answer: str) -> None:
    answering(openai, rank=answer)
    before = await aided.but(openai=None, rewrites=False, ranks=False).asked(PLAIN)
    reply = await aided.but(rewrites=False).asked(PLAIN)
    assert reply.ranking == before.ranking
    assert reply.claims == before.claims


@pytest.mark.parametrize(
    "trouble", ["401", "429", "500", "hang", "stall", "cut", "drop", "garbage", "refusal", "length"]
)
async def test_if_the_model_fails_the_search_goes_on_without_it_in_time(
    aided: Bot, openai: OpenAI, trouble: str
) -> None:
    answering(openai, rewrite=query(BETTER), rank=order(40))
    before = await aided.but(openai=None, rewrites=False, ranks=False).asked(PLAIN)
    openai.trouble(trouble, trouble)
    start = time.monotonic()
    reply = await aided.but(seconds=0.5).asked(PLAIN)
    assert time.monotonic() - start < 5
    assert reply.ranking == before.ranking
    assert [call.purpose for call in reply.calls] == ["rewrite", "rank", "write"]


async def test_a_call_holds_no_more_than_it_may_cost(aided: Bot, openai: OpenAI) -> None:
    answering(openai, rank=order(1))
    for tokens in (5_000, 8_000):
        openai.requests.clear()
        await aided.but(tokens=tokens, rewrites=False).asked(PLAIN)
        read = [message["content"] for request in openai.requests[:1] for message in request["messages"]]
        assert sum(map(len, read)) <= 3 * tokens
        assert len(shown(openai)) == 50


async def test_with_too_little_room_for_fifty_passages_the_model_is_not_asked(aided: Bot, openai: OpenAI) -> None:
    reply = await aided.but(tokens=1_000, rewrites=False).asked(PLAIN)
    assert [call.purpose for call in reply.calls] == ["write"]


@pytest.mark.parametrize("switched", [True, False])
async def test_settings_switch_it_on_and_say_how_much_a_call_may_write(
    bot: Bot, openai: OpenAI, switched: bool
) -> None:
    settings = Settings(
        openai_api_key=SecretStr(KEY),
        openai_base_url=openai.url,
        chat_model=MODEL,
        chat_rewrite=switched,
        chat_rerank=switched,
        chat_tokens_out=700,
        chat_price_in=1.0,
        chat_price_out=2.0,
    )
    answering(openai, rewrite=query(BETTER))
    chat = open_chat(settings, bot.answerer, bot.embeddings)
    aid = chat.begin("reply")
    assert await aid.rewrite(PLAIN, PLAIN, ()) == (BETTER if switched else PLAIN)
    assert (chat.ranker is not None) == switched
    for request, call in zip(openai.requests, aid.calls, strict=True):
        assert request["max_completion_tokens"] == 700
        assert not call.estimated
        assert call.cost == pytest.approx((call.tokens_in + 2 * call.tokens_out) / 1e6)


async def test_nothing_of_this_is_on_by_default() -> None:
    assert (Settings().chat_rewrite, Settings().chat_rerank, Settings().chat_price_in) == (False, False, None)


async def test_switched_off_the_model_only_writes(aided: Bot, openai: OpenAI) -> None:
    reply = await aided.but(rewrites=False, ranks=False).asked(PLAIN)
    assert [call.purpose for call in reply.calls] == ["write"]


async def test_it_is_counted_what_the_model_is_asked_and_how_that_ends(aided: Bot, openai: OpenAI) -> None:
    registry = CollectorRegistry()
    chat = aided.but(prices=(1.0, 1.0)).chat(openai)
    chat.accounts.register(registry)
    aid = chat.begin("reply")
    openai.trouble("429")
    assert await aid.rewrite(PLAIN, PLAIN, ()) == PLAIN
    answering(openai, rewrite=query(BETTER))
    assert await aid.rewrite(PLAIN, PLAIN, ()) == BETTER
    counted = {
        (sample.name.removeprefix("moteplassen_chat_"), *sample.labels.values()): sample.value
        for metric in registry.collect()
        for sample in metric.samples
    }
    assert counted["calls_total", "rewrite", "busy"] == 1
    assert counted["calls_total", "rewrite", "ok"] == 1
    assert counted["fallbacks_total", "rewrite", "busy"] == 1
    assert counted["seconds_count", "rewrite"] == 2
    tokens = counted["tokens_total", "rewrite", "in"] + counted["tokens_total", "rewrite", "out"]
    assert counted["cost_total", "rewrite"] == pytest.approx(tokens / 1e6)
    assert tokens == sum(call.tokens_in + call.tokens_out for call in aid.calls)


async def test_the_answer_says_so_where_the_model_wrote_nothing(aided: Bot, openai: OpenAI) -> None:
    answering(openai, rewrite=query(BETTER), rank=order(1))
    reply = await aided.asked(PLAIN)
    assert reply.lead == TEXTS("nb", "reply.lead.similar")
