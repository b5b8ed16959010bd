from __future__ import annotations

import re
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import delete, func, select, update

from bot.database import Base, now
from bot.desk.case import Officer
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.outbox_table import OutboxRow
from bot.handlers.slack.installing import leaving
from bot.handlers.slack.installing.pages import language_of
from bot.handlers.slack.installing.scopes import SCOPES
from bot.handlers.slack.installing.store import BegunRow, InstallationRow
from bot.handlers.slack.store import PostRow, ReplyRow
from tests.desk.examples import eventually
from tests.peers.slack import Slack
from tests.slack.examples import MANIFEST, QUESTION, Bot, words
from tests.slack.installing import PUBLIC, Browser, install, installable, kept, link, until


async def rows(bot: Bot, table: type[Base]) -> int:
    async with bot.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_whoever_installs_the_app_gets_answers(address: str, slack: Slack) -> None:
    async with installable(address, slack) as bot:
        page = await Browser(slack.bot_url).install()
        assert page.status_code == 200
        assert "Møteplassen is now in the workspace Peer." in page.text
        answer = await bot.answer(await slack.ask("C1", "UKAFE", QUESTION))
        assert "bevilling" in words(answer)


async def test_slack_is_asked_for_what_the_manifest_says(address: str, slack: Slack) -> None:
    async with installable(address, slack):
        asked = parse_qs(urlsplit(await Browser(slack.bot_url).begin()).query)
    assert asked["scope"] == [",".join(SCOPES)]
    assert asked["redirect_uri"] == [f"{PUBLIC}/slack/oauth_redirect"]
    assert set(SCOPES) == set(MANIFEST["oauth_config"]["scopes"]["bot"])
    assert MANIFEST["oauth_config"]["redirect_urls"] == ["https://moteplassen.example.no/slack/oauth_redirect"]


async def test_each_workspace_is_answered_with_its_own_token(address: str, slack: Slack) -> None:
    slack.add_team("T2", "Nabokommunen")
    slack.add_channel("C2", teams=["T2"], members=["UKAFE", slack.teams["T2"].bot_user])
    async with installable(address, slack) as bot:
        await install(bot)
        await install(bot, "T2")
        event = slack.event("C2", slack.write("C2", "UKAFE", QUESTION))
        authorization = {"team_id": "T2", "user_id": "UBOTT2", "is_bot": True}
        assert (await slack.send({**event, "team_id": "T2", "authorizations": [authorization]})).status_code == 200
        answer = await bot.answer(event["event"], channel="C2")
        assert answer["user"] == slack.teams["T2"].bot_user


async def test_tokens_are_nowhere_readable(address: str, slack: Slack, tmp_path: Path) -> None:
    slack.rotates = True
    async with installable(address, slack) as bot:
        before = set(slack.installations)
        await install(bot)
        (token,) = set(slack.installations) - before
        assert slack.installations[token].refresh
        assert b"T1" in kept(tmp_path)
        for secret in (token, slack.installations[token].refresh):
            assert secret.encode() not in kept(tmp_path)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "nb"),
        ("nn-NO,nn;q=0.9,no;q=0.8", "nn"),
        ("no", "nb"),
        ("de-DE,de;q=0.9,en;q=0.5", "en"),
        ("en;q=0.2,nn;q=0.7,nb;q=0.5", "nn"),
        ("de,fr;q=x", "nb"),
    ],
)
def test_a_page_speaks_the_language_that_the_browser_likes_best(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


@pytest.mark.parametrize(("language", "title"), [("nb", "Legg til i Slack"), ("en", "Add to Slack")])
async def test_the_page_is_in_the_languages_of_people(address: str, slack: Slack, language: str, title: str) -> None:
    async with installable(address, slack):
        page = await Browser(slack.bot_url, language).open("/slack/install")
    assert title in page.text
    assert f'<html lang="{language}">' in page.text


async def failed(bot: Bot, browser: Browser, address: str, said: str) -> None:
    page = await browser.open(address)
    assert page.status_code == 400
    assert said in page.text
    assert re.search(r"Error code: [0-9a-f]{8}", page.text)
    assert link(page) == "/slack/install"
    assert await rows(bot, InstallationRow) == 0


async def test_a_link_is_good_once_and_in_the_browser_that_it_was_begun_in(address: str, slack: Slack) -> None:
    async with installable(address, slack) as bot:
        browser, other = Browser(slack.bot_url), Browser(slack.bot_url)
        back = await browser.consent()
        await other.begin()
        await failed(bot, other, back, "opened in another browser")
        await failed(bot, Browser(slack.bot_url), back, "opened in another browser")
        assert (await browser.open(back)).status_code == 200
        async with bot.database.writing() as session:
            await session.execute(delete(InstallationRow))
        await failed(bot, browser, back, "has been used")
        await failed(bot, browser, re.sub("state=[^&]*", "state=", await browser.consent()), "has been used")


async def test_several_pages_can_be_open_at_once(address: str, slack: Slack) -> None:
    async with installable(address, slack):
        browser = Browser(slack.bot_url)
        first = await browser.consent()
        await browser.begin()
        assert (await browser.open(first)).status_code == 200


async def test_a_link_that_is_too_old_is_refused_and_then_forgotten(address: str, slack: Slack) -> None:
    async with installable(address, slack) as bot:
        browser = Browser(slack.bot_url)
        back = await browser.consent()
        async with bot.database.writing() as session:
            await session.execute(update(BegunRow).values(expires=now()))
        await failed(bot, browser, back, "too old")
        await browser.begin()
        assert await rows(bot, BegunRow) == 1


async def test_who_says_no_has_nothing_installed(address: str, slack: Slack) -> None:
    slack.denies = True
    async with installable(address, slack) as bot:
        page = await Browser(slack.bot_url).install()
        assert page.status_code == 200
        assert "You cancelled" in page.text
        assert await rows(bot, InstallationRow) == 0


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("invalid_code", "Slack did not grant the access"),
        ("bad_client_secret", "SLACK_CLIENT_SECRET"),
        ("500", "Slack does not answer now"),
    ],
)
async def test_what_goes_wrong_at_slack_is_said_with_what_to_do(
    address: str, slack: Slack, trouble: str, said: str
) -> None:
    async with installable(address, slack) as bot:
        browser = Browser(slack.bot_url)
        back = await browser.consent()
        slack.trouble("oauth.v2.access", trouble)
        await failed(bot, browser, back, said)


async def test_what_slack_is_said_to_have_refused_does_not_come_into_the_log(
    address: str, slack: Slack, capfd: pytest.CaptureFixture[str]
) -> None:
    async with installable(address, slack) as bot:
        await failed(bot, Browser(slack.bot_url), "/slack/oauth_redirect?error=%3Cb%3EHemmelig", "did not grant")
    captured = capfd.readouterr()
    assert "Hemmelig" not in captured.out + captured.err


async def test_a_workspace_where_the_app_is_not_installed_gets_nothing(address: str, slack: Slack) -> None:
    async with installable(address, slack) as bot:
        event = slack.event("C1", slack.write("C1", "UKAFE", QUESTION))
        assert (await slack.send(event)).status_code == 200
        await until(bot.outbox.failed)
        assert "not installed there any more" in (await bot.outbox.failed())[0].error
        assert not slack.called("chat.postMessage")


async def forgotten(bot: Bot) -> None:
    async def gone() -> bool:
        return not any([await rows(bot, table) for table in (InstallationRow, ReplyRow, PostRow)])

    await until(gone)


async def test_uninstalling_removes_the_workspace_and_keeps_its_cases(
    address: str, slack: Slack, tmp_path: Path
) -> None:
    async with installable(address, slack) as bot:
        await install(bot)
        asked = await slack.ask("C1", "UKAFE", f"{QUESTION} Jeg er nysgjerrig.")
        await bot.send_on("C1", await bot.answer(asked))
        await bot.answer(asked, 2)
        await slack.uninstall()
        await forgotten(bot)
        assert [case.question for case in await bot.desk.list()] == [f"{QUESTION} Jeg er nysgjerrig."]

        async def nothing() -> bool:
            async with bot.database.reading() as session:
                return not await session.scalar(select(func.count(OutboxRow.id)).where(OutboxRow.kind != leaving.KIND))

        await until(nothing)


async def test_what_is_owed_to_a_workspace_that_left_is_given_up_and_the_officers_hear_of_it(
    address: str, slack: Slack
) -> None:
    async with installable(address, slack) as bot:
        await install(bot)
        asked = await slack.ask("C1", "UKAFE", QUESTION)
        await bot.send_on("C1", await bot.answer(asked))
        await bot.answer(asked, 2)
        await slack.uninstall()
        await forgotten(bot)
        (case,) = await bot.desk.list()
        officer = Officer(id="ola", name="Ola Lie")
        await bot.desk.claim(case.id, officer)
        await bot.desk.answer(case.id, officer, "Ja.")

        async def undelivered() -> bool:
            return "case.answered" in {each.delivery.kind for each in await bot.outbox.failed()}

        await until(undelivered)


async def test_what_is_still_on_its_way_is_removed_when_it_has_ended(address: str, slack: Slack) -> None:
    async with installable(address, slack) as bot:
        await install(bot)
        slack.trouble("chat.postMessage", *["500"] * 3)
        await slack.ask("C1", "UKAFE", QUESTION)
        await slack.uninstall()
        await forgotten(bot)

        async def nothing() -> bool:
            async with bot.database.reading() as session:
                return not await session.scalar(select(func.count(OutboxRow.id)).where(OutboxRow.kind == "reply"))

        await until(nothing)
        await forgotten(bot)


async def test_the_revoking_of_somebodys_own_token_is_not_the_apps(address: str, slack: Slack) -> None:
    async with installable(address, slack) as bot:
        await install(bot)
        await slack.tell({"type": "tokens_revoked", "tokens": {"oauth": ["UKAFE"], "bot": []}})
        assert await rows(bot, OutboxRow) == 0
        assert await rows(bot, InstallationRow) == 1


async def test_old_news_of_leaving_do_not_harm_a_newer_installation(address: str, slack: Slack) -> None:
    async with installable(address, slack) as bot:
        await install(bot)
        await bot.answer(await slack.ask("C1", "UKAFE", QUESTION))
        payload = {"workspace": "T1", "moment": int(time.time()) - 3600}
        await bot.deliver(Delivery(kind=leaving.KIND, platform="slack", key="left:1", payload=payload))
        assert await rows(bot, InstallationRow) == await rows(bot, ReplyRow) == 1


async def test_the_only_workspace_loses_nothing(bot: Bot, slack: Slack, capfd: pytest.CaptureFixture[str]) -> None:
    await bot.answer(await slack.ask("C1", "UKAFE", QUESTION))
    await slack.uninstall()
    output = ""

    async def said() -> bool:
        nonlocal output
        captured = capfd.readouterr()
        output += captured.out + captured.err
        return "slack.uninstalled" in output

    await until(said)
    assert await rows(bot, ReplyRow) == 1


def test_all_that_is_kept_for_slack_names_its_workspace() -> None:
    ours = {name for name in Base.metadata.tables if name.startswith("slack_")}
    installing = {InstallationRow.__tablename__, BegunRow.__tablename__}
    assert {table.name for table in leaving.tables()} == ours - installing


async def test_without_the_settings_for_it_there_is_no_page(bot: Bot, slack: Slack) -> None:
    assert (await Browser(slack.bot_url).open("/slack/install")).status_code == 404


async def test_what_names_no_workspace_is_in_that_of_the_staff(address: str, slack: Slack) -> None:
    async with installable(address, slack) as bot:
        await install(bot)
        asked = await slack.ask("C1", "UKAFE", QUESTION)
        await bot.send_on("C1", await bot.answer(asked))
        await eventually(lambda: bool(slack.channels["GSAKER"]))


async def test_what_names_no_workspace_needs_a_setting(address: str, slack: Slack) -> None:
    async with installable(address, slack, slack_staff_workspace=None, slack_officers_channel=None) as bot:
        with pytest.raises(Undeliverable, match="MOTEPLASSEN_SLACK_STAFF_WORKSPACE"):
            await bot.handler._connection.clients.of("")
