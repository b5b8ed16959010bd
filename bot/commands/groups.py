"""Groups of commands."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class ListsByItself(TyperGroup):
    """A group whose name alone, or with options, is its command `list`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words of the command, `list` before them where no command is named."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)
