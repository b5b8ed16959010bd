"""/moteplassen: what a channel is set to, who may set it, and who hears of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desk.outbox import Delivery
from bot.handlers.slack.channels import CHANGED, Change, Mode
from bot.handlers.slack.questions import choosing
from bot.handlers.slack.questions.choosing import CHOOSE
from bot.handlers.slack.receiving import PATH
from bot.handlers.slack.workspace import UNREACHABLE
from tests.desk.examples import eventually
from tests.peers.slack import Slack
from tests.slack.examples import MANIFEST, QUESTION, TEXTS, Bot, started, words
from tests.slack.talk import MENTION, settled

COMMAND = "/moteplassen"
STAFF = "UOLA"


@pytest.fixture
async def slack(slack: Slack) -> Slack:
    slack.add_team("T2", "Kafeen")
    slack.add_person("UGJEST", "Gjest Person", is_restricted=True)
    slack.add_person("UANNEN", "Annen Person", team_id="T2", is_stranger=True)
    slack.add_person("UENGELSK", "English Person", locale="en-GB")
    slack.add_person("UNYNORSK", "Nynorsk Person", locale="nn-NO")
    slack.add_channel("C1", name="moteplassen")
    return slack


def said(slack: Slack, channel: str = "C1") -> list[str]:
    return [message["text"] for message in slack.channels[channel] if message.get("bot_id")]


async def call(slack: Slack, text: str = "", user: str = STAFF, channel: str = "C1") -> dict[str, Any]:
    return (await slack.command(user, channel, COMMAND, text)).answer


@pytest.mark.parametrize(
    ("text", "mode", "language"),
    [
        ("spørsmål", "questions", ""),
        (" Spørsmål! ", "questions", ""),
        ("alle spørsmål", "questions", "nb"),
        ("alle spørsmåla", "questions", "nn"),
        ("questions", "questions", "en"),
        ("omtale", "mentions", ""),
        ("nevnt", "mentions", "nb"),
        ("nemnd", "mentions", "nn"),
        ("mentions", "mentions", "en"),
        ("av", "off", ""),
        ("OFF", "off", "en"),
        ("", None, ""),
        ("hjelp", None, ""),
        ("help", None, "en"),
        ("noe annet", None, ""),
    ],
)
def test_the_words_are_in_three_languages(text: str, mode: str | None, language: str) -> None:
    word = choosing.read(text)
    assert (word.mode, word.language) == (mode, language)


async def test_called_alone_it_says_how_it_stands_and_what_the_bot_can_do_and_offers_the_choice(
    bot: Bot, slack: Slack
) -> None:
    answer = await call(slack)
    assert answer["response_type"] == "ephemeral"
    assert "I denne kanalen svarer jeg når jeg blir nevnt" in words(answer)
    assert "Nevn meg med et spørsmål" in words(answer)
    select = answer["blocks"][0]["accessory"]
    assert [option["value"] for option in select["options"]] == ["mentions:nb", "questions:nb", "off:nb"]
    assert select["initial_option"]["value"] == "mentions:nb"
    assert said(slack) == []


async def test_an_unknown_word_is_answered_with_the_known_ones(bot: Bot, slack: Slack) -> None:
    answer = words(await call(slack, "<!channel> *tull*"))
    assert "Det ordet kjenner jeg ikke." in answer
    assert "`omtale`, `spørsmål` eller `av`" in answer
    assert "tull" not in answer


async def test_a_change_is_told_to_the_channel_holds_and_can_be_undone(bot: Bot, slack: Slack) -> None:
    assert "Lagret. Her svarer jeg på alle spørsmål." in words(await call(slack, "spørsmål"))
    await settled(bot)
    assert said(slack)[0].startswith("<@UOLA> har bestemt at jeg her svarer på alle spørsmål")
    assert "\n" not in said(slack)[0]
    question = await slack.say("C1", "UKAFE", QUESTION + " Vi vil søke om det.")
    await bot.answer(question)
    await call(slack, "mentions")
    await settled(bot)
    assert said(slack)[-1].startswith("<@UOLA> has set me to answer here only when I am mentioned.")
    before = len(bot.librarian.asked)
    await slack.say("C1", "UKAFE", QUESTION + " Vi vil søke om det.")
    await settled(bot)
    assert len(bot.librarian.asked) == before


async def test_what_is_so_already_is_not_told_again(bot: Bot, slack: Slack) -> None:
    assert "Det er slik fra før: Her svarer jeg når jeg blir nevnt." in words(await call(slack, "omtale"))
    await call(slack, "av")
    assert "Det er slik fra før: Her svarer jeg aldri." in words(await call(slack, "av"))
    await settled(bot)
    assert len(said(slack)) == 1


async def test_off_is_off_for_follow_ups_too(bot: Bot, slack: Slack) -> None:
    root = await slack.say("C1", "UKAFE", f"{MENTION} {QUESTION}")
    await bot.answer(root)
    await call(slack, "av")
    slack.whispers.clear()
    await slack.say("C1", "UKAFE", "Og vin?", root["ts"])
    await slack.say("C1", "UKAFE", f"{MENTION} og vin?", root["ts"])
    await settled(bot)
    assert len(bot.librarian.asked) == 1
    assert [whisper["user"] for whisper in slack.whispers] == ["UKAFE"]


async def test_each_channel_is_set_by_itself(bot: Bot, slack: Slack) -> None:
    slack.add_channel("C2")
    await call(slack, "av", channel="C2")
    assert "svarer jeg når jeg blir nevnt" in words(await call(slack))
    assert "svarer jeg ikke" in words(await call(slack, channel="C2"))


@pytest.mark.parametrize("user", ["UGJEST", "UANNEN"])
async def test_whoever_is_not_of_the_municipality_sees_and_does_not_set(bot: Bot, slack: Slack, user: str) -> None:
    answer = await call(slack, user=user)
    assert "svarer jeg når jeg blir nevnt" in words(answer)
    assert "accessory" not in answer["blocks"][0]
    assert "Bare ansatte i kommunen kan endre" in words(answer)
    assert "Bare ansatte i kommunen kan endre" in words(await call(slack, "av", user=user))
    assert await settled(bot) == []
    assert "svarer jeg når jeg blir nevnt" in words(await call(slack))


async def test_it_is_chosen_from_the_list_too(bot: Bot, slack: Slack) -> None:
    answer = await call(slack)
    response = await slack.click(STAFF, "C1", slack.whispers[-1], CHOOSE, "off:nb")
    assert response.status_code == 200
    await settled(bot)
    assert said(slack) == ["<@UOLA> har bestemt at jeg ikke svarer her. Det kan endres med `/moteplassen`."]
    assert answer["blocks"][0]["accessory"]["action_id"] == CHOOSE


async def test_a_choice_by_somebody_who_may_not_is_told_to_them_alone(bot: Bot, slack: Slack) -> None:
    await call(slack)
    await slack.click("UGJEST", "C1", slack.whispers[-1], CHOOSE, "off:nb")
    await settled(bot)
    assert said(slack) == []
    assert slack.whispers[-1]["user"] == "UGJEST"
    assert "Bare ansatte" in slack.whispers[-1]["text"]


@pytest.mark.parametrize(
    ("user", "text", "told"),
    [
        (STAFF, "", "I denne kanalen svarer jeg"),
        ("UNYNORSK", "", "I denne kanalen svarer eg"),
        ("UENGELSK", "", "In this channel I answer"),
        (STAFF, "help", "In this channel I answer"),
        ("UNYNORSK", "av", "Lagra. Her svarer eg aldri."),
        ("UENGELSK", "av", "Saved. When I answer here: never."),
        ("UENGELSK", "alle spørsmåla", "Lagra. Her svarer eg på alle spørsmål."),
    ],
)
async def test_it_answers_in_the_language_of_the_word_or_else_of_the_persons_slack(
    bot: Bot, slack: Slack, user: str, text: str, told: str
) -> None:
    assert told in words(await call(slack, text, user=user))


async def test_in_direct_messages_there_is_nothing_to_set(bot: Bot, slack: Slack) -> None:
    assert "Her svarer jeg på alt du skriver." in words(await call(slack, "av", user="UKAFE", channel="D1"))
    assert await settled(bot) == []


async def test_outside_the_allowed_channels_it_says_where_to_ask(address: str, slack: Slack) -> None:
    slack.add_channel("C2")
    async with started(address, slack, slack_allowed_channels="C1") as bot:
        assert "Spør meg i <#C1> eller i en direktemelding" in words(await call(slack, "spørsmål", channel="C2"))
        assert await settled(bot) == []


async def test_where_the_bot_is_not_in_the_channel_whoever_sets_it_hears_so(bot: Bot, slack: Slack) -> None:
    slack.away.add("C1")
    await call(slack, "spørsmål")
    await eventually(lambda: bool(said(slack, slack.dm(STAFF).id)))
    assert "Jeg fikk ikke sagt fra i <#C1>." in said(slack, slack.dm(STAFF).id)[0]


async def test_while_slack_does_not_say_who_somebody_is_nothing_is_set(bot: Bot, slack: Slack) -> None:
    slack.trouble("users.info", *["500"] * 4)
    told = words(await call(slack, "av"))
    assert any(TEXTS("nb", key) in told for key in ("slack.channel.staff", "slack.channel.unknown"))
    assert "svarer jeg når jeg blir nevnt" in words(await call(slack))


def test_the_command_is_in_the_manifest() -> None:
    commands = {each["command"]: each for each in MANIFEST["features"]["slash_commands"]}
    assert commands[COMMAND]["url"].endswith(PATH)
    assert "commands" in MANIFEST["oauth_config"]["scopes"]["bot"]


async def test_whoever_is_told_that_the_channel_was_not_hears_it_once(bot: Bot, slack: Slack) -> None:
    change = Change(workspace="T1", channel="C1", mode=Mode.OFF, user=STAFF, language="nb")
    news = Delivery(kind=CHANGED, platform="slack", key="changed:1", payload=change.model_dump(mode="json"))
    slack.trouble("chat.postMessage", "lost")
    with pytest.raises(UNREACHABLE):
        await bot.handler.courier.give_up(news)
    await bot.handler.courier.give_up(news)
    assert len(said(slack, slack.dm(STAFF).id)) == 1
