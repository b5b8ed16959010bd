"""`check`: what is configured, reachable and missing."""

from __future__ import annotations

import asyncio
import contextlib
import enum
from typing import TYPE_CHECKING, NamedTuple

import typer
from rich.table import Table

from bot.commands.console import out, plain_errors, print_json, print_row, verbatim
from bot.commands.options import AsJson, DataDir, settings_of

if TYPE_CHECKING:
    from bot.desk.audit import Verdict
    from bot.desk.lateness import Lateness
    from bot.desk.tally import Tally
    from bot.reaching import Contents
    from bot.settings import Settings
    from knowledge.library import Library

_REACH = 5.0
"""Seconds to wait for an address."""
_NO_LIST = {404, 405, 501}
"""What a server answers that writes, and has no list of its models."""


class State(enum.StrEnum):
    """How it stands with a part: `bad` keeps Møteplassen from working, `off` is not configured."""

    OK = "ok"
    OFF = "off"
    BAD = "bad"


class Finding(NamedTuple):
    """What was found about one part, and what to do about it."""

    part: str
    state: State
    detail: str


def check(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Say what is configured, reachable and missing; exit status 1 where something is bad."""
    with plain_errors():
        findings = asyncio.run(_findings(settings_of(data_dir)))
        if as_json:
            print_json([finding._asdict() for finding in findings])
        else:
            _print(findings)
        if any(finding.state is State.BAD for finding in findings):
            raise typer.Exit(1)


async def _findings(settings: Settings) -> list[Finding]:
    from bot.data_dir import DataDirError, open_data_dir  # noqa: PLC0415

    try:
        folder = open_data_dir(settings)
    except DataDirError as error:
        return [Finding("data directory", State.BAD, str(error))]
    return [
        Finding("data directory", State.OK, str(folder)),
        _sources(settings),
        await _library(settings),
        *await _database(settings),
        *_teams(settings),
        await _chat_model(settings),
        await _sign_in(settings),
        await _slack(settings),
    ]


def _sources(settings: Settings) -> Finding:
    from ingest.sources import SourcesError, load_sources  # noqa: PLC0415

    try:
        return Finding("sources", State.OK, f"{len(load_sources(settings.sources))} in {settings.sources}")
    except SourcesError as error:
        return Finding("sources", State.BAD, str(error))


async def _library(settings: Settings) -> Finding:
    from bot.wiring import open_library  # noqa: PLC0415

    try:
        with contextlib.closing(open_library(settings)) as library:
            return await _held(library)
    except Exception as error:  # noqa: BLE001 - four kinds of files, each with errors of its own when it is damaged
        folder = settings.data_dir.absolute() / "library"
        todo = f"take {folder} away and run `moteplassen ingest`, which makes it anew"
        return Finding("library", State.BAD, f"can't be read ({type(error).__name__}): {todo}")


async def _held(library: Library) -> Finding:
    held = list((await library.holdings()).values())
    complete, under_way = await library.is_complete(), await library.is_under_way()
    if not held and not under_way:
        return Finding("library", State.OFF, "empty; run `moteplassen ingest` (the first question does it too)")
    internal = sum(holding.audience == "internal" for holding in held)
    running = under_way and await _is_locked(library)
    detail = f"{len(held)} documents, {internal} of them internal"
    if running:
        detail += "; indexing is under way"
    elif under_way or not complete:
        detail += "; indexing was interrupted: run `moteplassen ingest`"
    # Of what was never complete nobody knows which part is there; later runs leave each document as it was or new.
    return Finding("library", State.OK if complete or running else State.BAD, detail)


async def _is_locked(library: Library) -> bool:
    from knowledge.library import LibraryBusy  # noqa: PLC0415

    try:
        async with library.lock(patience=0):
            return False
    except LibraryBusy:
        return True


async def _database(settings: Settings) -> list[Finding]:
    """Of the database, and what is in it."""
    from bot.reaching import look_into_database  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415

    try:
        kind, contents = await look_into_database(settings)
    except ConfigurationError as error:
        return [Finding("database", State.BAD, str(error))]
    if contents is None:
        todo = "`serve`, `worker` or `demo` makes or migrates it when it starts"
        return [Finding("database", State.OFF, f"{kind}; the tables of this version are not there: {todo}")]
    return [_outbox(kind, contents), _cases(contents.lateness), _audit(contents.audit)]


def _outbox(kind: str, contents: Contents) -> Finding:
    asked = ", ".join(f"{count} {outcome}" for outcome, count in sorted(contents.questions.items()) if count)
    told = f"; questions in Slack: {asked}" if asked else ""
    detail = f"{kind}; {_owed(contents.deliveries)}"
    if contents.deliveries.failed:
        return Finding("database", State.BAD, f"{detail}: `moteplassen cases outbox` says why and tries again{told}")
    return Finding("database", State.OK, f"{detail}{told}")


def _owed(deliveries: Tally) -> str:
    parts = [f"{deliveries.failed} deliveries were given up"]
    if deliveries.oldest:
        parts.insert(0, f"{deliveries.waiting} wait, the oldest since {deliveries.oldest:%Y-%m-%d %H:%M} (UTC)")
    if deliveries.troubled:
        parts.insert(1, f"{deliveries.troubled} of them after an attempt that failed")
    return ", ".join(parts)


def _cases(lateness: Lateness) -> Finding:
    detail = f"{lateness.late} are late" + (": `moteplassen cases --late` lists them" if lateness.late else "")
    if lateness.untold:
        todo = "let `serve` or `worker` run, which watch the clock"
        return Finding("cases", State.BAD, f"{detail}; of {lateness.untold} neither leader nor asker was told: {todo}")
    return Finding("cases", State.OK, detail)


def _audit(verdict: Verdict) -> Finding:
    if verdict.faults:
        first = verdict.faults[0]
        detail = f"not whole: entry {first.seq}: {first.what}; `moteplassen cases verify` names every fault"
        return Finding("audit log", State.BAD, detail)
    return Finding("audit log", State.OK, f"{verdict.entries} entries, the latest looked through")


def _teams(settings: Settings) -> list[Finding]:
    """Of the teams, and of sources that name others."""
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from bot.staffing import teams_of  # noqa: PLC0415

    if settings.teams is None:
        return [Finding("teams", State.OFF, "one team gets every case; name a teams.toml in MOTEPLASSEN_TEAMS")]
    try:
        ids = [team.id for team in teams_of(settings)]
    except ConfigurationError as error:
        return [Finding("teams", State.BAD, str(error))]
    return [Finding("teams", State.OK, f"{len(ids)} in {settings.teams}: {', '.join(ids)}"), *_strangers(settings, ids)]


def _strangers(settings: Settings, ids: list[str]) -> list[Finding]:
    from ingest.sources import SourcesError, load_sources  # noqa: PLC0415

    with contextlib.suppress(SourcesError):  # which is another finding
        named = [(each.team, each.name) for each in load_sources(settings.sources) if each.team]
        unknown = [f"{team!r} of {source!r}" for team, source in named if team not in ids]
        if unknown:
            detail = (
                f"there is no team {', '.join(unknown)}; correct it in {settings.sources}, it is ignored until then"
            )
            return [Finding("teams of sources", State.OFF, detail)]
    return []


async def _chat_model(settings: Settings) -> Finding:
    if not settings.has_chat_model:
        todo = "set OPENAI_API_KEY or OPENAI_BASE_URL to have them written"
        return Finding("chat model", State.OFF, f"answers are quotes; {todo}")
    try:
        models = await _models(settings)
    except _Unreachable as error:
        return Finding("chat model", State.BAD, str(error))
    if not models:
        return Finding("chat model", State.OK, f"{settings.chat_model}; the server is reachable, lists no models")
    if settings.chat_model in models:
        return Finding("chat model", State.OK, settings.chat_model)
    todo = f"set MOTEPLASSEN_CHAT_MODEL to one of {', '.join(models[:5])}"
    return Finding("chat model", State.BAD, f"the server does not list {settings.chat_model}; {todo}")


class _Unreachable(Exception):
    """No model server answers."""


async def _models(settings: Settings) -> list[str]:
    from openai import APIStatusError, AsyncOpenAI, OpenAIError  # noqa: PLC0415

    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    try:
        async with AsyncOpenAI(api_key=key, base_url=settings.openai_base_url, timeout=_REACH, max_retries=0) as client:
            return [model.id async for model in client.models.list()]
    except APIStatusError as error:
        if error.status_code in _NO_LIST:
            return []
        raise _Unreachable(f"the server answers {error.status_code}; answers stay quotes") from None
    except OpenAIError as error:
        raise _Unreachable(f"{type(error).__name__}: answers stay quotes until it can be reached") from None
    except (AttributeError, TypeError, ValueError):  # whatever comes is read as a list of models
        raise _Unreachable("what answers at OPENAI_BASE_URL is no model server") from None


async def _sign_in(settings: Settings) -> Finding:
    import httpx  # noqa: PLC0415

    if not settings.has_sign_in:
        needs = "MOTEPLASSEN_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET"
        return Finding("sign-in", State.OFF, f"`serve` needs {needs}; `demo` does without")
    address = f"{settings.oidc_issuer}".rstrip("/") + "/.well-known/openid-configuration"
    try:
        async with httpx.AsyncClient(timeout=_REACH) as client:
            (await client.get(address, follow_redirects=True)).raise_for_status()
    except httpx.HTTPError as error:
        return Finding("sign-in", State.BAD, f"{address} can't be read: {type(error).__name__}")
    return Finding("sign-in", State.OK, str(settings.oidc_issuer))


async def _slack(settings: Settings) -> Finding:
    if settings.slack_fault:
        return Finding("Slack", State.BAD, f"{settings.slack_fault} `serve` does not start so")
    if not settings.has_slack:
        return Finding("Slack", State.OFF, "set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET to be there")
    from bot.handlers.slack.installing.trying import fault, officers_channels  # noqa: PLC0415 - slack-sdk takes a while to load

    if found := await fault(settings):
        return Finding("Slack", State.BAD, found)
    channels = [channel for channel, _ in officers_channels(settings)]
    todo = (
        "no officers' channel: set MOTEPLASSEN_SLACK_OFFICERS_CHANNEL, or slack_channel of a team in MOTEPLASSEN_TEAMS"
    )
    return Finding("Slack", State.OK, ", ".join(channels) or todo)


def _print(findings: list[Finding]) -> None:
    if not out.is_terminal:
        for finding in findings:
            print_row(*finding)
        return
    colours = {State.OK: "green", State.OFF: "yellow", State.BAD: "red"}
    table = Table("Part", "State", "What")
    for finding in findings:
        table.add_row(finding.part, verbatim(finding.state, colours[finding.state]), verbatim(finding.detail))
    out.print(table)
