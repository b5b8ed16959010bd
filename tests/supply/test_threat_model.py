"""The threat model names code and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")


def rows() -> list[list[str]]:
    """The threats: what each is, what answers it, and what shows that."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in MODEL.splitlines() if "|" in line[:1]]
    return [row for row in cells if re.fullmatch(r"[STRIDE](, [STRIDE])*", row[0])]


def test_every_threat_has_an_answer_and_a_test_that_exist() -> None:
    there = set(re.findall(r"def (test_\w+)", "".join(file.read_text("utf-8") for file in ROOT.glob("tests/**/*.py"))))
    assert len(rows()) > 30
    for _, threat, answer, shown in rows():
        assert answer, threat
        named = set(re.findall(r"`(test_\w+)`", shown))
        assert named, threat
        assert named <= there, (threat, named - there)
        for path in re.findall(r"`((?:bot|knowledge|ingest|\.ci)/[\w./]*)`", answer):
            assert (ROOT / path).exists(), (threat, path)


def test_every_boundary_is_looked_at_from_all_sides_that_matter() -> None:
    sides = {side for row in rows() for side in row[0].split(", ")}
    assert sides == set("STRIDE")
    headings = set(re.findall(r"^## (.+)$", MODEL, re.M))
    assert {"Browser", "Slack", "Microsoft Teams", "OIDC provider", "Model provider", "Sources", "Accepted"} <= headings
