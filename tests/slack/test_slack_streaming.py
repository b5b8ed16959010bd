"""Replies appear as they come about, and are there once and whole whatever happens on the way."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from slack_sdk.errors import SlackApiError

from bot.question import Listener, Question, Reply, Status
from knowledge.model import Claim
from tests.desk.examples import eventually
from tests.peers.slack import Slack
from tests.slack.examples import ALCOHOL, QUESTION, TEXTS, Librarian, started, words
from tests.slack.narrating import CLAIMS, STREAM, TEXT, Narrator, delivery, done, over, said, whole
from tests.slack.staff import STAFF, settle


async def test_claims_appear_one_by_one_and_sources_and_buttons_with_the_end(address: str, slack: Slack) -> None:
    async with started(address, slack, librarian=Narrator(slack)) as bot:
        message = await done(bot, await slack.ask("C1", "UKAFE", QUESTION))
    assert whole(message)
    assert TEXTS("nb", "reply.written") in words(message)
    assert [len(slack.called(method)) for method in STREAM] == [1, 2, 1]
    start = slack.called("chat.startStream")[0]
    assert (start["recipient_team_id"], start["recipient_user_id"]) == ("T1", "UKAFE")
    assert start["chunks"][0]["text"] == TEXT.partition("\n\nPåstand 2")[0]
    assert not slack.called("chat.update")
    assert not slack.called("chat.postMessage")


@pytest.mark.parametrize("kind", ["lost", "gone", "500", "429:60"])
@pytest.mark.parametrize("method", STREAM)
async def test_a_reply_is_there_once_and_whole_whatever_slack_does(
    address: str, slack: Slack, method: str, kind: str
) -> None:
    slack.trouble(method, kind)
    async with started(address, slack, librarian=Narrator(slack)) as bot:
        assert whole(await done(bot, await slack.ask("C1", "UKAFE", QUESTION)))
        assert len(bot.librarian.asked) == 1


@pytest.mark.parametrize(
    "error", ["unknown_method", "channel_type_not_supported", "user_not_in_channel", "ratelimited"]
)
async def test_where_nothing_can_be_streamed_the_reply_is_posted(address: str, slack: Slack, error: str) -> None:
    slack.trouble("chat.startStream", error)
    async with started(address, slack, librarian=Narrator(slack)) as bot:
        assert whole(await done(bot, await slack.ask("C1", "UKAFE", QUESTION)))
    assert len(slack.called("chat.postMessage")) == 1
    # It is known that nothing is there: nobody looks.
    assert not slack.called("conversations.replies")


@pytest.mark.parametrize("error", ["message_not_in_streaming_state", "stream_mode_mismatch"])
async def test_a_stream_that_somebody_stopped_is_finished(address: str, slack: Slack, error: str) -> None:
    slack.trouble("chat.appendStream", error)
    async with started(address, slack, librarian=Narrator(slack)) as bot:
        assert whole(await done(bot, await slack.ask("C1", "UKAFE", QUESTION)))
    assert len(slack.called("chat.update")) == 1


async def test_a_stream_that_slack_ended_is_finished(address: str, slack: Slack) -> None:
    slack.stream_lifetime = 0.0
    async with started(address, slack, librarian=Narrator(slack)) as bot:
        assert whole(await done(bot, await slack.ask("C1", "UKAFE", QUESTION)))


async def test_a_claim_that_does_not_stand_in_the_end_is_gone(address: str, slack: Slack) -> None:
    async with started(address, slack, librarian=Narrator(slack, final=CLAIMS[1:])) as bot:
        message = await done(bot, await slack.ask("C1", "UKAFE", QUESTION))
    assert "Påstand 1" not in words(message)
    assert "Påstand 2 \\*er\\* &lt;@U1&gt;. [1]" in words(message)
    assert len(slack.called("chat.update")) == 1


async def test_people_of_other_companies_are_streamed_to_as_members_of_theirs(address: str, slack: Slack) -> None:
    settle(slack)
    shared = slack.channels["C1"]
    shared.is_ext_shared, shared.teams, shared.members["UCONNECT"] = True, ("T1", "T2"), None
    async with started(address, slack, librarian=Narrator(slack)) as bot:
        asked = await slack.say("C1", "UCONNECT", f"<@UBOT> {QUESTION}")
        assert whole(await done(bot, asked))
    assert slack.called("chat.startStream")[0]["recipient_team_id"] == "T2"


class Verbose(Librarian):
    """Says more than a message holds."""

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        self.asked.append(question)
        claims = tuple(Claim(text=f"Ledd {n}: " + "ord " * 200, citation=ALCOHOL) for n in range(12))
        return Reply(id="r", status=Status.ANSWERED, language="nb", lead="Her:", claims=claims)


async def test_a_long_reply_goes_on_in_other_messages_each_of_them_once(address: str, slack: Slack) -> None:
    slack.trouble("chat.postMessage", "500", "lost")
    async with started(address, slack, librarian=Verbose()) as bot:
        asked = await slack.ask("C1", "UKAFE", QUESTION)
        last = await bot.answer(asked, 2)
        await over(bot)
        told = [words(message) for message in said(slack, asked)]
    assert len(told) == 2
    assert [number for number in range(12) if f"Ledd {number}:" in "".join(told)] == list(range(12))
    assert [block["type"] for block in last["blocks"]][-1] == "actions"


async def test_a_half_said_reply_that_was_taken_away_is_apologised_for(address: str, slack: Slack) -> None:
    slack.trouble("chat.stopStream", "message_not_found", "message_not_found")
    async with started(address, slack, librarian=Narrator(slack)):
        asked = await slack.ask("C1", "UKAFE", QUESTION)
        await eventually(lambda: any("Jeg fikk ikke" in each["text"] for each in said(slack, asked)))


async def test_what_a_killed_process_left_half_said_is_finished_by_another(address: str, slack: Slack) -> None:
    killed = Narrator(slack)
    killed.stops_after = 2
    async with started(address, slack, delivers=False, librarian=killed) as bot:
        asked = await slack.ask("C1", "UKAFE", QUESTION)
        owed = await delivery(bot)
        dying = asyncio.create_task(bot.deliver(owed))
        await killed.stuck.wait()
        assert "Påstand 2" in said(slack, asked)[0]["text"]
        async with started(address, slack, delivers=False, librarian=Narrator(slack)) as other:
            await other.deliver(owed)
            await other.deliver(owed)
            (message,) = said(slack, asked)
            assert whole(message)
        dying.cancel()
    assert len(slack.called("chat.startStream")) == 1


@pytest.mark.parametrize("kind", ["lost", "gone"])
async def test_a_stream_whose_begin_nobody_heard_of_is_found_after_a_kill(
    address: str, slack: Slack, kind: str
) -> None:
    slack.trouble("chat.startStream", kind)
    killed = Narrator(slack)
    killed.stops_after = 1
    async with started(address, slack, delivers=False, librarian=killed) as bot:
        asked = await slack.ask("C1", "UKAFE", QUESTION)
        await slack.bot_says("C1", "Jeg er en annen bot", thread=asked["ts"])
        owed = await delivery(bot)
        dying = asyncio.create_task(bot.deliver(owed))
        await killed.stuck.wait()
        async with started(address, slack, delivers=False, librarian=Narrator(slack)) as other:
            await other.deliver(owed)
        dying.cancel()
    (message,) = said(slack, asked)
    assert whole(message)


@pytest.mark.parametrize("kind", ["", "lost"])
async def test_a_reply_that_is_given_up_half_said_says_so(address: str, slack: Slack, kind: str) -> None:
    slack.trouble("chat.startStream", kind)

    class Fainting(Narrator):
        async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
            await super().reply(question, listener)
            raise ConnectionError("the chat model is away")

    async with started(address, slack, librarian=Fainting(slack, patience=0.05)) as bot:
        asked = await slack.ask("C1", "UKAFE", QUESTION)

        async def given_up() -> bool:
            return bool(await bot.outbox.failed())

        await eventually(given_up)
    (message,) = said(slack, asked)
    assert words(message).startswith("Jeg fikk ikke til å svare på spørsmålet.")
    assert "Påstand" not in words(message)


class Keeper(Narrator):
    """Answers staff from internal sources, and lets a guest in while it does, if it is told to."""

    guest_comes = ""

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        reply = await super().reply(question, listener if question.audience == "internal" else None)
        if question.audience == "internal" and self.guest_comes:
            await self._slack.join(STAFF, "UGUEST")
        claims = tuple(Claim(text=f"{question.audience} {each.text}", citation=each.citation) for each in CLAIMS)
        return reply.model_copy(update={"claims": claims})


@pytest.mark.parametrize("comes", ["", "while it thinks"])
async def test_internal_text_does_not_stay_where_outsiders_have_come(address: str, slack: Slack, comes: str) -> None:
    settle(slack)
    keeper = Keeper(slack)
    keeper.guest_comes = comes
    async with started(address, slack, librarian=keeper) as bot:
        asked = await slack.ask(STAFF, "UOLA", QUESTION)
        message = await done(bot, asked, STAFF)
    assert ("internal" in words(message)) is not bool(comes)
    assert [question.audience for question in keeper.asked] == ["internal", *(["public"] if comes else [])]


async def test_an_internal_reply_that_was_kept_is_not_posted_after_outsiders_have_come(
    address: str, slack: Slack
) -> None:
    settle(slack)
    slack.trouble("chat.startStream", "unknown_method")
    slack.trouble("chat.postMessage", "500")
    keeper = Keeper(slack)
    async with started(address, slack, delivers=False, librarian=keeper) as bot:
        asked = await slack.ask(STAFF, "UOLA", QUESTION)
        owed = await delivery(bot)
        with contextlib.suppress(Exception):
            await bot.deliver(owed)
        assert not said(slack, asked, STAFF)
        await slack.join(STAFF, "UGUEST")
        await bot.deliver(owed)
        await bot.deliver(owed)
    (message,) = said(slack, asked, STAFF)
    assert "public" in words(message)
    assert len(keeper.asked) == 2


class Thorough(Librarian):
    """Says much to staff, and little to others."""

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        self.asked.append(question)
        texts = [f"{question.audience} " + "ord " * 200] * (12 if question.audience == "internal" else 1)
        claims = tuple(Claim(text=text, citation=ALCOHOL) for text in texts)
        return Reply(id=question.audience, status=Status.ANSWERED, language="nb", lead="Her:", claims=claims)


@pytest.mark.parametrize("trouble", [[], ["internal_error"]], ids=["at once", "at the second attempt"])
async def test_nothing_internal_stays_of_a_reply_in_several_messages(
    address: str, slack: Slack, trouble: list[str]
) -> None:
    settle(slack)
    async with started(address, slack, delivers=False, librarian=Thorough()) as bot:
        asked = await slack.ask(STAFF, "UOLA", QUESTION)
        owed = await delivery(bot)
        await bot.deliver(owed)
        assert ["internal" in words(message) for message in said(slack, asked, STAFF)] == [True, True]
        await slack.join(STAFF, "UGUEST")
        slack.trouble("chat.update", *trouble)
        for _ in trouble:
            with pytest.raises(SlackApiError):
                await bot.deliver(owed)
        await bot.deliver(owed)
    first, second = map(words, said(slack, asked, STAFF))
    assert "public" in first
    assert second == TEXTS("nb", "slack.withdrawn")
    assert "internal" not in first


async def test_every_question_has_one_whole_reply_though_much_goes_wrong(address: str, slack: Slack) -> None:
    slack.faults.share(0.1, ["500", "lost", "gone", "internal_error", "429"], (), seed=7)
    async with (
        started(address, slack, librarian=Narrator(slack, patience=0.0)) as bot,
        started(address, slack, librarian=Narrator(slack, patience=0.0)),
    ):
        asked = [await slack.ask("C1", "UKAFE", QUESTION) for _ in range(20)]
        await over(bot)
    for each in asked:
        (message,) = said(slack, each)
        assert whole(message)
