"""`tenants`: the municipalities of one deployment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from bot.commands.console import err, fail, out, plain_errors, print_json, print_row, verbatim
from bot.commands.groups import ListsByItself
from bot.commands.options import AsJson, common_settings_of

if TYPE_CHECKING:
    from bot.settings import Settings

tenants = typer.Typer(
    name="tenants",
    cls=ListsByItself,
    help="The municipalities of one deployment: docs/tenants.md.",
    no_args_is_help=False,
)

File = Annotated[
    Path | None, typer.Argument(help="A tenants.toml; without it, that of MOTEPLASSEN_TENANTS.", show_default=False)
]


@tenants.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the municipalities: where each is found, and where its data is kept."""
    with plain_errors():
        shown = [_shown(each) for each in _read(None)]
        if as_json:
            print_json(shown)
            return
        rows = [[", ".join(cell) if isinstance(cell, list) else cell for cell in each.values()] for each in shown]
        if not out.is_terminal:
            for row in rows:
                print_row(*row)
            return
        table = Table("Id", "Municipality", "Address", "Slack", "Microsoft Teams", "Data")
        for row in rows:
            table.add_row(*map(verbatim, row))
        out.print(table)


@tenants.command()
def check(file: File = None) -> None:
    """Check the list, and what it names of each municipality: sources, teams, texts and logo. Nothing is fetched."""
    with plain_errors():
        listed = _read(file)
        faults = [f"{each.tenant}: {fault}" for each in listed for fault in _faults(each)]
        if faults:
            raise fail("\n".join(faults))
        err.print(f"{len(listed)} municipalities, and nothing wrong with what the list says of them.")


def _read(file: Path | None) -> tuple[Settings, ...]:
    from bot.settings import ConfigurationError  # noqa: PLC0415 - pydantic takes long to load
    from bot.tenants.choosing import tenants_of  # noqa: PLC0415
    from bot.tenants.tenants_file import TenantsError  # noqa: PLC0415

    common = common_settings_of(None, tenants=file)
    if common.tenants is None:
        raise fail("there is one municipality; MOTEPLASSEN_TENANTS names no list of several: docs/tenants.md")
    try:
        return tenants_of(common)
    except (TenantsError, ConfigurationError) as error:
        raise fail(str(error)) from None


def _faults(settings: Settings) -> list[str]:
    """What keeps the municipality from being opened, as far as files and settings tell."""
    from bot.branding import texts_of  # noqa: PLC0415
    from bot.handlers.web.brand import Brand  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from bot.staffing import teams_of  # noqa: PLC0415
    from ingest.sources import SourcesError, load_sources  # noqa: PLC0415

    found = [fault for fault in (settings.slack_fault, settings.teams_fault) if fault]
    if not settings.demo and not settings.has_sign_in:
        found.append("nobody can sign in: oidc_issuer, oidc_client_id, or the secret OIDC_CLIENT_SECRET is missing")
    for read in (texts_of, teams_of, Brand, lambda each: load_sources(each.sources)):
        try:
            read(settings)
        except (ConfigurationError, SourcesError) as error:
            found.append(str(error))
    return found


def _shown(settings: Settings) -> dict[str, Any]:
    return {
        "id": settings.tenant,
        "municipality": settings.municipality,
        "url": settings.public_url,
        "slack_workspaces": list(settings.slack_homes),
        "teams_tenants": sorted(settings.teams_tenants),
        "data_dir": str(settings.data_dir),
    }
