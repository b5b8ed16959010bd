"""`check`: what is configured, reachable and missing."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from bot.commands.checking_library import of_library
from bot.commands.checking_platforms import of_platforms
from bot.commands.console import out, plain_errors, print_json, print_row, verbatim
from bot.commands.findings import Finding, State
from bot.commands.options import AsJson, DataDir, settings_of
from knowledge.addresses import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.desk.audit import Verdict
    from bot.desk.lateness import Lateness
    from bot.desk.tally import Tally
    from bot.reaching import Contents
    from bot.settings import Settings

_REACH = 5.0
"""Seconds to wait for an address."""
_NO_LIST = {404, 405, 501}
"""What a server answers that writes, and has no list of its models."""


def check(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Say what is configured, reachable and missing; exit status 1 where something is bad."""
    with plain_errors():
        found = asyncio.run(_findings(settings_of(data_dir)))
        findings = [each._replace(detail=plain(each.detail)) for each in found]
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
        *await of_library(settings),
        *await _chroma(settings),
        *await _database(settings),
        *_teams(settings),
        await _chat_model(settings),
        await _sign_in(settings),
        *await of_platforms(settings),
    ]


def _sources(settings: Settings) -> Finding:
    from ingest.sources import SourcesError, load_sources  # noqa: PLC0415

    try:
        return Finding("sources", State.OK, f"{len(load_sources(settings.sources))} in {settings.sources}")
    except SourcesError as error:
        return Finding("sources", State.BAD, str(error))


async def _chroma(settings: Settings) -> list[Finding]:
    from bot.wiring import open_chroma  # noqa: PLC0415

    if not (chroma := open_chroma(settings)):
        return []
    try:
        await asyncio.to_thread(chroma.try_it)
    except OSError as error:
        todo = "start it, or correct MOTEPLASSEN_CHROMA_URL; until then questions are answered by words alone"
        return [Finding("vectors", State.BAD, f"{error}: {todo}")]
    return [Finding("vectors", State.OK, f"in Chroma at {settings.chroma_url}")]


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
    told = "".join(
        f"; questions in {name}: {asked}" for name, each in contents.questions.items() if (asked := _how(each))
    )
    detail = f"{kind}; {_owed(contents.deliveries)}"
    if contents.deliveries.failed:
        return Finding("database", State.BAD, f"{detail}: `moteplassen cases outbox` says why and tries again{told}")
    return Finding("database", State.OK, f"{detail}{told}")


def _how(ended: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(ended.items()) if count)


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
