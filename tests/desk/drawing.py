"""The table of moves as docs/cases.md shows it; `python -m tests.desk.drawing` writes it there anew."""

from __future__ import annotations

from pathlib import Path

from bot.desk.case import CaseState
from bot.desk.moves import RULES, Rule

DOCS = Path(__file__).parents[2] / "docs" / "cases.md"
BEGIN, END = "<!-- the table of bot/desk/moves.py -->", "<!-- end of the table -->"


def table() -> str:
    """Each move, who makes it, and the state that it leads to from each state."""
    head = ["move", "by", *CaseState]
    lines = [head, ["---"] * len(head), *([move, rule.by, *_cells(rule)] for move, rule in RULES.items())]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(rule: Rule) -> list[str]:
    return [f"{rule.to[state]}{'*' if state in rule.mine else ''}" if state in rule.to else "-" for state in CaseState]


def drawn(text: str) -> str:
    """The document with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    DOCS.write_text(drawn(DOCS.read_text()))
