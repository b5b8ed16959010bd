from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import get_args

import pytest

from bot.desk.calendar import Calendar
from bot.desk.case import Officer
from bot.desk.deadlines import Terms
from bot.desk.team import Language, Team
from bot.desk.teams import Teams
from bot.desk.teams_file import TeamsError
from bot.texts import LANGUAGES

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLE = DOCS / "teams.example.toml"

GOOD = """\
[[team]]
id = "naering"
name = "Næring"
default = true
"""


def mistakes(folder: Path, text: str) -> list[str]:
    """What is told of that teams.toml, without its path."""
    file = folder / "teams.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TeamsError) as raised:
        Teams.load(file)
    lines = str(raised.value).splitlines()
    assert all(line.startswith(f"{file}:") for line in lines)
    return [line.removeprefix(f"{file}:") for line in lines]


def test_the_example_is_what_the_page_shows_and_what_it_says() -> None:
    teams = Teams.load(EXAMPLE)
    assert [team.id for team in teams] == ["naering", "bevilling", "byggesak"]
    assert teams.default.id == "naering"
    assert teams.default.officers[0] == Officer(id="slack:U0OLA00001", name="Ola Lie")
    assert teams.default.leader is not None
    assert teams.default.leader.officer == Officer(id="slack:U0LEDER001", name="Kari Berg")
    assert teams.substitutes == {"slack:U0OLA00001": "slack:U0EVA00001"}
    assert teams.terms("naering") == Terms()
    assert EXAMPLE.read_text(encoding="utf-8") in (DOCS / "officers.md").read_text(encoding="utf-8")


def test_a_team_works_in_its_own_hours_and_promises_what_it_says() -> None:
    terms = Teams.load(EXAMPLE).terms("bevilling")
    morning, afternoon = (dt.time(8), dt.time(11, 30)), (dt.time(12), dt.time(15, 30))
    assert terms.calendar.week == (*((morning, afternoon),) * 4, ((dt.time(8), dt.time(14)),), (), ())
    assert terms.calendar.closed == {"12-24", "12-31", "2027-05-18"}
    assert (terms.reply, terms.answer, terms.reminder) == (0.5, 10, 0.25)


def test_of_a_team_that_is_no_longer_there_the_default_is_asked() -> None:
    teams = Teams.load(EXAMPLE)
    assert teams.get("havn") is None
    assert teams.terms("havn") == teams.default.terms
    assert teams.get("byggesak") in list(teams)
    assert len(teams) == 3


def test_without_a_file_there_is_one_team_for_everything() -> None:
    teams = Teams.single("Servicekontoret", "C0DESK")
    (only,) = teams
    assert (only.name, only.slack_channel, only.topics) == ("Servicekontoret", "C0DESK", ())
    assert teams.default is only
    assert teams.terms(only.id) == Terms(calendar=Calendar())


def test_teams_read_what_the_bot_speaks() -> None:
    assert set(get_args(Language)) == set(LANGUAGES)


def test_a_day_may_end_at_midnight(tmp_path: Path) -> None:
    file = tmp_path / "teams.toml"
    file.write_text(GOOD + 'hours = { mon-sun = "00:00-24:00" }\n', encoding="utf-8")
    calendar = Teams.load(file).default.terms.calendar
    assert calendar.after(dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC), 2) == dt.datetime(
        2026, 11, 30, 12, tzinfo=dt.UTC
    )


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ('langages = ["nb"]', "5: key 'team.langages' is unknown; did you mean 'languages'?"),
        ('languages = [\n  "nb",\n  "no",\n]', "7: key 'team.languages' holds 'no', which is not known; write 'nb', "),
        ("languages = []", "5: key 'team.languages' is empty; add one or leave the key out"),
        ('group = ""', "5: key 'team.group' is empty; write something or leave the key out"),
        ("group = 7", "5: key 'team.group' is not text; write it in quotes"),
        (
            'slack_channel = "#naering"',
            "5: key 'team.slack_channel' holds '#naering', which does not fit; write the id",
        ),
        ('reply_days = "1"', "5: key 'team.reply_days' is no number; write it without quotes"),
        ("answer_days = 0", "5: key 'team.answer_days' is too small; write a number above 0"),
        ("answer_days = 999", "5: key 'team.answer_days' is too large; write at most 250 working days"),
        ("answer_days = 0.5", "1: key 'team' needs reminder_days below reply_days, and answer_days not below it"),
        ("reminder_days = 1", "1: key 'team' needs reminder_days below reply_days, and answer_days not below it"),
        ("hours = {}", "1: key 'team' has no days in 'hours'; write some, or leave it out for office hours"),
        ('hours = "8-15"', "5: key 'team.hours' is no table; write its days in braces: { mon-thu = "),
        ('hours = { man = "08:00-15:00" }', "5: key 'team.hours.man' is no day; write mon, tue, wed, thu, fri, sat"),
        ('hours = { fri-mon = "08:00-15:00" }', "5: key 'team.hours.fri-mon' is no day; write mon, tue, wed, thu"),
        ('[team.hours]\nmon = "08:00-15:00"\nfri = "8-15"', "7: key 'team.hours.fri' holds '8-15', which are no hours"),
        ('hours = { fri = "25:00-26:00" }', "5: key 'team.hours.fri' holds '25:00-26:00', which are no hours; write"),
        ("hours = { fri = 08:00:00 }", "5: key 'team.hours.fri' holds datetime.time(8, 0), which are no hours; write"),
        ('hours = { fri = "15:00-08:00" }', "5: key 'team.hours.fri' holds '15:00-08:00', which are not in order; "),
        ('hours = { fri = "08:00-12:00, 11:00-15:00" }', "5: key 'team.hours.fri' holds '08:00-12:00, 11:00-15:00', "),
        ('hours = { mon-wed = "08:00-12:00", tue = "09:00-12:00" }', "1: key 'team' says tue twice in 'hours'; keep"),
        ('closed = ["24.12"]', "5: key 'team.closed' holds '24.12', which is no date; write \"12-24\" for every year"),
        ('closed = ["02-30"]', "5: key 'team.closed' holds '02-30', which is no date; write"),
        ("closed = [2026-05-15]", "5: key 'team.closed' is not text; write it in quotes"),
        ('leader = { id = "kari", nmae = "Kari" }', "5: key 'team.leader.nmae' is unknown; did you mean 'name'?"),
        ('leader = { id = "kari", name = "Kari", web = "" }', "5: key 'team.leader.web' is empty; write something"),
        ('leader = { id = "kari" }', "5: key 'team.leader.name' is missing; add it"),
        ('leader = "kari"', "5: key 'team.leader' is no table; write its keys in braces: { key = \"…\" }"),
        ('topic = { name = "Skilt" }', "5: key 'team.topic' is one table; write [[team.topic]] with two brackets"),
        ('[[team.topic]]\nname = "Skilt"', "5: key 'team.topic' leads no question here; add laws, strategies, sources"),
        (
            '[[team.topic]]\nname = "Skilt"\nwords = "skilt"',
            "7: key 'team.topic.words' is no list; write it in brackets",
        ),
        ('[[team.topic]]\nname = "Skilt"\nwords = ["*"]', "7: key 'team.topic.words' holds '*', which is no word to"),
        ('[[team.topic]]\nname = "Plan"\nstrategies = ["b3"]', "7: key 'team.topic.strategies' holds 'b3', which does"),
        ('[[team.member]]\nname = "Ola"', "5: key 'team.member.id' is missing; add it"),
        ('[[team]]\nid = "Havn"\nname = "Havn"', "6: key 'team.id' holds 'Havn', which does not fit; write lower case"),
        ('[[team]]\nid = "naering"\nname = "N"', "6: key 'team.id' holds 'naering', which names two teams; give each"),
        ('[[team]]\nid = "havn"\nname = "H"\ndefault = true', "8: key 'team.default' is true for two teams; keep it"),
        ('[[teams]]\nid = "havn"', "5: key 'teams' is unknown; did you mean 'team'?"),
        ("id = 'x'", "5: is not TOML: Cannot overwrite a value (at line 5, column 9); correct it there"),
        ("group = 'x", "5: is not TOML: "),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_do(tmp_path: Path, added: str, expected: str) -> None:
    told = mistakes(tmp_path, f"{GOOD}{added}\n")
    assert any(line.startswith(expected) for line in told), told


MEMBERS = """
[[team.member]]
id = "slack:U0OLA"
name = "Ola"
substitute = "slack:U0EWA"

[[team.member]]
id = "slack:U0EVA"
name = "Eva"
substitute = "slack:U0EVA"

[[team.member]]
id = "slack:U0OLA"
name = "Ola igjen"
"""


def test_a_substitute_is_another_member(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD + MEMBERS) == [
        "9: key 'team.member.substitute' holds 'slack:U0EWA', who is no other member of the team;"
        " did you mean 'slack:U0EVA'?",
        "14: key 'team.member.substitute' holds 'slack:U0EVA', who is no other member of the team;"
        " did you mean 'slack:U0OLA'?",
        "17: key 'team.member.id' holds 'slack:U0OLA', which names two members; keep one",
    ]


def test_a_list_of_which_nothing_can_be_read_is_not_called_empty(tmp_path: Path) -> None:
    (told,) = mistakes(tmp_path, f'{GOOD}languages = ["no"]')
    assert told == "5: key 'team.languages' holds 'no', which is not known; write 'nb', 'nn' or 'en'"


def test_who_is_in_two_teams_has_the_substitute_of_the_first() -> None:
    ola, eva, per = ({"id": name, "name": name.title()} for name in ("ola", "eva", "per"))
    first = {"id": "a", "name": "A", "default": True, "member": [ola | {"substitute": "eva"}, eva]}
    second = {"id": "b", "name": "B", "member": [ola | {"substitute": "per"}, per | {"substitute": "ola"}]}
    teams = Teams([Team.model_validate(first), Team.model_validate(second)])
    assert teams.substitutes == {"ola": "eva", "per": "ola"}


TOPICS = """
[[team.topic]]
name = "Alkohol"
laws = ["alkoholloven"]
strategies = ["B3", "naering/B4"]
sources = ["guides/*"]

[[team]]
id = "annet"
name = "Annet"

[[team.topic]]
name = "Alkohol"
laws = [
    "serveringsloven",
    "Alkohollova",
]
strategies = ["naering/B3", "B4", "B3"]
sources = ["guides/skilt", "guides/*"]
"""


def test_one_topic_only_claims_a_law_a_strategy_or_a_source(tmp_path: Path) -> None:
    told = "which is claimed by two topics; keep it with one"
    assert mistakes(tmp_path, GOOD + TOPICS) == [
        f"20: key 'team.topic.laws' holds 'Alkohollova', {told}",
        f"22: key 'team.topic.strategies' holds 'B3', {told}",
        f"23: key 'team.topic.sources' holds 'guides/*', {told}",
    ]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    told = mistakes(tmp_path, GOOD.replace("true", '"yes"').replace("Næring", "") + MEMBERS + TOPICS)
    numbers = [int(line.partition(":")[0]) for line in told]
    assert numbers == sorted(numbers)
    assert {1, 3, 4, 9, 14, 17} < set(numbers)
    assert len(told) == 9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1: key 'team' is missing; add a [[team]] table with id, name and default = true"),
        ("team = []", "1: key 'team' is empty; add one or leave the key out"),
        ('[team]\nid = "x"', "1: key 'team' is one table; write [[team]] with two brackets"),
        ('\n[[team]]\nid = "x"\nname = "x"', "2: key 'team' has no default; add default = true to the team that gets"),
    ],
)
def test_a_file_without_a_usable_team_says_what_to_add(tmp_path: Path, text: str, expected: str) -> None:
    (told,) = mistakes(tmp_path, text)
    assert told.startswith(expected)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(TeamsError, match=r"none\.toml: cannot be read \(No such file or directory\); give the path"):
        Teams.load(tmp_path / "none.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes('name = "Næring"'.encode("latin-1"))
    with pytest.raises(TeamsError, match=re.escape(f"{latin}: is not UTF-8 text; save it as UTF-8")):
        Teams.load(latin)


def test_a_leader_is_known_by_either_id() -> None:
    teams = Teams.load(EXAMPLE)
    assert teams.led_by("slack:U0LEDER001") == teams.led_by("kari.berg") == {"naering"}
    assert teams.led_by("slack:U0LEDER002") == {"bevilling"}
    assert not teams.led_by("slack:U0OLA00001")
    assert teams.default.named == {"slack:U0LEDER001", "kari.berg", "slack:U0OLA00001", "slack:U0EVA00001"}
