"""What the app asks to be allowed: the bot's scopes in docs/slack/manifest.yaml, which doesn't ship with the code."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

SCOPES: tuple[str, ...] = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "links:read",
    "links:write",
    "metadata.message:read",
    "mpim:history",
    "mpim:read",
    "reactions:read",
    "usergroups:read",
    "users:read",
)


def missing(has: Collection[str] | None) -> Sequence[str]:
    """The scopes that the app lacks, as far as it is known which it has."""
    return [] if has is None else [scope for scope in SCOPES if scope not in has]


def granted(headers: Mapping[str, object]) -> Sequence[str] | None:
    """The scopes that a token has, by the headers of Slack's answer to it; None where they don't say it."""
    told = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    return None if told is None else [scope.strip() for scope in str(told).split(",") if scope.strip()]
