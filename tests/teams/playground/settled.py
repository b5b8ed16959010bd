"""The bot's settings for the cast."""

from __future__ import annotations

from tests.teams.playground.cast import MUNICIPALITY, OFFICER


def settled() -> dict[str, str | bool]:
    """Settings of a demo without tokens, where the one cast are officers and the other are outside."""
    return {
        "teams_unauthenticated": True,
        "teams_tenant_id": MUNICIPALITY,
        "teams_officers": OFFICER.me.entra_id,
        "teams_officers_channel": OFFICER.channel_id,
    }
