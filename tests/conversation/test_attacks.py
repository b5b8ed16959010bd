"""Prompt injection changes nothing, even where the model obeys whoever writes to it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from bot.guard import Guard
from ingest.passages import passages_of
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience, Claim, Evidence, Found
from knowledge.prompting import PROMPTS
from tests.conversation.examples import ALWAYS, Bot, Notebook
from tests.knowledge.attacking import ATTACKS, NAMES, Attack, obeying
from tests.knowledge.examples import RUTINE, SECRET, SERVERING, TERRASSE, guide, split
from tests.peers.openai import OpenAI, claim, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

POISONED = "guides/farlig"
TEXTS = {passage.document: passage.text for each in (SERVERING, TERRASSE) for passage in passages_of(each)}
RULE = "Den som vil drive serveringssted, må ha serveringsbevilling fra kommunen, jf. serveringsloven § 3."
TRUE = claim("Du må ha serveringsbevilling fra kommunen, jf. serveringsloven § 3.", RULE)
every_attack = pytest.mark.parametrize("attack", ATTACKS, ids=NAMES)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[OpenAI]:
    async with running() as openai:
        openai.piece = 2_000
        yield openai


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(embeddings: CachedEmbeddings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Library]:
    """Holds the guides and the secret routine."""
    library = Library(tmp_path_factory.mktemp("town"), embeddings, warm=False)
    await library.put_all([split(SERVERING), split(TERRASSE), split(RUTINE)])
    yield library
    library.close()


def evidence(attack: Attack) -> Evidence:
    """What the model is given to read: the guides, and what the attacker wrote, where they wrote it."""
    question = Guard().check(attack.text).text if attack.within == "question" else "Hva koster bevilling?"
    documents = [SERVERING, TERRASSE]
    if attack.within == "document":
        documents.append(guide(POISONED, f"Om servering i sentrum. {attack.text}"))
    passages = [passage for document in documents for passage in passages_of(document)]
    return Evidence(question, tuple(Found(passage=passage, score=1.0) for passage in passages))


def assert_harmless(attack: Attack, claims: Sequence[Claim]) -> None:
    """What is shown rests on what a source says: of an attack in a document, on nothing but that document itself."""
    assert attack.within == "document" or not claims
    for told in claims:
        assert told.citation.document == POISONED
        assert told.citation.quote in f"Om servering i sentrum. {attack.text}"
    shown = "\n".join(told.text for told in claims)
    assert not re.search(r"evil|https?:|[<>\[\]{}@]", shown)
    assert not any(line in shown for line in PROMPTS.read_text(encoding="utf-8").splitlines() if len(line) > 10)
    assert not any(word in shown for word in re.findall(r"\w{6,}", SECRET))


def test_there_are_enough_attacks_of_every_kind() -> None:
    assert len(ATTACKS) >= 100
    assert len({(each.within, each.text) for each in ATTACKS}) == len(ATTACKS)
    assert {each.within for each in ATTACKS} == {"question", "document"}
    for language in ("nb", "nn", "en"):
        assert sum(each.language == language for each in ATTACKS) >= 10


@every_attack
async def test_what_an_attacker_wishes_is_not_shown_and_what_is_true_beside_it_is(
    bot: Bot, model: OpenAI, attack: Attack
) -> None:
    obeyed = obeying(attack)
    model.writes = lambda asked: f"{obeyed(asked)}\n{TRUE}"
    notebook = Notebook()
    aid = bot.but(openai=model).chat(model).begin("attacked")
    claims = await aid.write(evidence(attack), "nb" if attack.wish == "$data" else attack.language, notebook)
    assert notebook.claims == list(claims)
    *wished, true = claims
    assert true.citation.quote == RULE
    assert_harmless(attack, wished)
    assert [call.purpose for call in aid.calls] == ["write", "mend"]


@pytest.mark.slow
@every_attack
async def test_a_whole_reply_shows_an_outsider_nothing_of_it(
    bot: Bot, town: Library, model: OpenAI, attack: Attack
) -> None:
    model.writes = obeying(attack)
    if attack.within == "document":
        await town.put_all([split(guide(POISONED, f"Om servering og bevilling i sentrum. {attack.text}"))])
    asked = attack.text if attack.within == "question" else "Hva gjelder for servering og bevilling i sentrum?"
    reply = await bot.but(library=town, openai=model, threshold=ALWAYS, rewrites=True, ranks=True).asked(asked)
    assert {cited.audience for cited in (*reply.citations, *reply.nearest)} <= {Audience.PUBLIC}
    assert not any(SECRET in request["messages"][1]["content"] for request in model.requests)
    if attack.within == "question":
        assert reply.claims == reply.draft, "the quotes stand"
        assert not any(attack.wish in told.text for told in reply.claims)
