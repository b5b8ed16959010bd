"""`check`: what sources name that there is not."""

from __future__ import annotations

from pathlib import Path

from tests.commands.offices import TEAMS
from tests.commands.test_checking import check


def test_a_source_s_team_that_there_is_not_is_named(data_dir: Path, tmp_path: Path) -> None:
    teams, sources = tmp_path / "teams.toml", tmp_path / "sources.toml"
    teams.write_text(TEAMS, encoding="utf-8")
    (tmp_path / "a.md").write_text("# A", encoding="utf-8")
    about = 'path = "*.md"\nkind = "guidance"\naudience = "public"\nlanguage = "nb"\n'
    written = {"Guider": "bevillingg", "Planer": "bevilling"}
    named = [f'[[source]]\nname = "{name}"\nteam = "{team}"\n{about}' for name, team in written.items()]
    sources.write_text("\n".join(named), encoding="utf-8")
    status, found = check(data_dir, TEAMS=str(teams), SOURCES=str(sources))
    assert (status, found["teams"][0]) == (0, "ok")
    state, told = found["teams of sources"]
    assert state == "off"
    assert "'bevillingg' of 'Guider'" in told
    assert "Planer" not in told
    assert "teams of sources" not in check(data_dir, SOURCES=str(sources))[1]
