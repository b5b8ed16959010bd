from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import ingest
from ingest.source_schema import json_schema
from ingest.sources import Entry, SourcesError, load_sources
from knowledge.model import Audience

CORPUS = Path(ingest.__file__).parent / "corpus"
GUIDES = '[[source]]\nname = "G"\npath = "guides/*.md"\nkind = "guidance"\naudience = "public"\nlanguage = "nb"\n'
PAGE = '[[source]]\nname = "P"\nurl = "https://k.no/a"\nkind = "page"\naudience = "public"\nlanguage = "nb"\n'


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    (tmp_path / "guides").mkdir()
    for name in ("b.md", "a.md", "Søknad om å åpne.md"):
        (tmp_path / "guides" / name).write_text("# x\n\nx")
    (tmp_path / "guides" / "none").mkdir()
    (tmp_path / "answer").mkdir()
    (tmp_path / "answer" / "1.md").write_text("# x\n\nx")
    (tmp_path / "lone.pdf").write_bytes(b"%PDF-")
    return tmp_path / "sources.toml"


def test_sources_are_read_with_their_files_in_order(toml: Path) -> None:
    toml.write_text(
        GUIDES + PAGE + 'title = "Side"\narea = "A"\ntopic = "t"\npublic_url = "https://k.no"\nreader = "html"\n'
    )
    guides, page = load_sources(toml)
    assert [path.name for path in guides.files] == ["Søknad om å åpne.md", "a.md", "b.md"]
    assert (guides.name, guides.kind, guides.audience, guides.language) == ("G", "guidance", Audience.PUBLIC, "nb")
    assert page.locations == ("https://k.no/a",)
    assert (page.title, page.area, page.topic, page.public_url, page.reader) == (
        "Side",
        "A",
        "t",
        "https://k.no",
        "html",
    )


def test_a_document_id_is_made_of_the_folder_or_the_source_and_the_name(toml: Path) -> None:
    toml.write_text(GUIDES + PAGE + GUIDES.replace('"G"', '"Ett dokument"').replace("guides/*.md", "lone.pdf"))
    guides, page, lone = load_sources(toml)
    ids = [source.document_id(location) for source in (guides, page, lone) for location in source.locations]
    assert ids == ["guides/soknad-om-a-apne", "guides/a", "guides/b", "p/a", "ett-dokument/lone"]


def test_a_file_outside_the_folder_of_the_list_has_its_own_folder_in_the_id(toml: Path) -> None:
    inner = toml.parent / "lists" / "sources.toml"
    inner.parent.mkdir()
    inner.write_text(
        GUIDES.replace("guides/*.md", "../guides/a.md")
        + GUIDES.replace('"G"', '"H"').replace("guides/*.md", str(toml.parent / "guides" / "b*"))
    )
    relative, absolute = load_sources(inner)
    assert relative.document_id(relative.files[0]) == "guides/a"
    assert absolute.document_id(absolute.files[0]) == "guides/b"


def found(place: str, *more: str) -> str:
    return "\n".join(['[[source]]\nname = "F"', place, *more, 'kind = "page"\naudience = "public"\nlanguage = "nb"\n'])


SITE = found('site = "https://k.no/naering/"')
LAWS = found('lovdata = ["LOV-1997-06-13-44"]')

# The content, the line that the mistake is on, and what is told of it.
MISTAKES: dict[str, tuple[Any, ...]] = {
    "unknown key": (GUIDES + 'audiense = "public"\n', 7, "source 'G'", "'audiense'", "did you mean 'audience'?"),
    "strange key": (GUIDES + "zzz = 1\n", 7, "source 'G'", "'zzz'", "known keys are name, path, url"),
    "robots": (SITE + "ignore_robots = true\n", 7, "source 'F'", "'ignore_robots'", "is unknown"),
    "both places": (GUIDES + 'url = "https://k.no"\n', 1, "source 'G'", "both 'path' and 'url'", "keep one"),
    "no place": (GUIDES.replace("path", "topic"), 1, "source 'G'", "nowhere", "add 'path', 'url', 'site'"),
    "bad glob": (GUIDES.replace("*.md", "\\u0000/*"), 3, "source 'G'", "'path'"),
    "no audience": (GUIDES.replace('audience = "public"\n', ""), 1, "source 'G'", "'audience'", "add it"),
    "unknown audience": (GUIDES.replace("public", "secret"), 5, "source 'G'", "'audience'", "'public' or 'internal'"),
    "unknown kind": (GUIDES.replace('"guidance"', '"guide"'), 4, "source 'G'", "'kind'", "'plan', 'guidance'"),
    "unknown reader": (GUIDES + 'reader = "excel"\n', 7, "source 'G'", "'reader'", "'markdown'"),
    "language": (GUIDES.replace('"nb"', '"Bokmål"'), 6, "source 'G'", "'language'", "nb, nn or en"),
    "a number for text": (GUIDES.replace('name = "G"', "name = 3"), 2, "source number 1", "'name'", "in quotes"),
    "empty name": (GUIDES.replace('"G"', '" "'), 2, "source number 1", "'name'", "write something"),
    "name of signs": (GUIDES.replace('"G"', '"!"'), 2, "source '!'", "'name'", "neither letters nor digits"),
    "same name twice": (GUIDES + PAGE.replace('"P"', '"G"'), 8, "source 'G'", "'name'", "a name of its own"),
    "same name in ids": (PAGE + PAGE.replace('"P"', '"p!"'), 8, "source 'p!'", "'name'", "ids like 'P'"),
    "same document twice": (GUIDES + GUIDES.replace('"G"', '"H"'), 9, "source 'H'", "'guides/a'", "source 'G'"),
    "name of a folder": (GUIDES + SITE.replace('"F"', '"Guides"'), 8, "source 'Guides'", "'name'", "folder 'guides'"),
    "script as address": (PAGE + 'public_url = "javascript:alert(1)"\n', 7, "source 'P'", "'public_url'", "https://"),
    "other scheme": (PAGE.replace("https", "ftp"), 3, "source 'P'", "'url'", "https://"),
    "no address": (PAGE.replace("k.no", "["), 3, "source 'P'", "'url'", "https://"),
    "no host": (PAGE.replace("k.no", "xn--a"), 3, "source 'P'", "'url'", "is not a web address"),
    "long address": (SITE.replace("naering", "x" * 2000), 3, "source 'F'", "'site'", "is not a web address"),
    "a folder of answers": (GUIDES.replace("guides/*.md", "answer"), 3, "source 'G'", "'path'", "published answers"),
    "answers by name": (SITE.replace('"F"', '"Answer"'), 2, "source 'Answer'", "'name'", "published answers"),
    "an address of answers": (PAGE.replace('"P"', '"Answer"'), 2, "source 'Answer'", "'name'", "published answers"),
    "password": (PAGE.replace("https://", "https://me:pw@"), 3, "source 'P'", "'url'", "leave them out"),
    "title for many": (GUIDES + 'title = "T"\n', 7, "source 'G'", "'title'", "3 documents"),
    "title for a site": (SITE + 'title = "T"\n', 7, "source 'F'", "'title'", "all documents the same"),
    "no typical questions": (GUIDES + 'typical = "none"\n', 7, "source 'G'", "'typical'", "no TOML file"),
    "stray depth": (PAGE + "depth = 1\n", 7, "source 'P'", "'depth'", "only about 'site'; take it out"),
    "stray archive": (SITE + 'archive = "x"\n', 7, "source 'F'", "'archive'", "only about 'lovdata'"),
    "too deep": (SITE + "depth = 6\n", 7, "source 'F'", "'depth'", "at most 5"),
    "depth as text": (SITE + 'depth = "2"\n', 7, "source 'F'", "'depth'", "without quotes"),
    "depth as truth": (SITE + "depth = true\n", 7, "source 'F'", "'depth'", "no whole number"),
    "no limit": (SITE + "limit = 0\n", 7, "source 'F'", "'limit'", "at least 1"),
    "one pattern": (SITE + 'include = "/a/*"\n', 7, "source 'F'", "'include'", "['/a/*']"),
    "no pattern": (SITE + "include = []\n", 7, "source 'F'", "'include'", "add one or leave the key out"),
    "truth in quotes": (SITE + 'attachments = "yes"\n', 7, "source 'F'", "'attachments'", "true nor false"),
    "one of many ids": (found('lovdata = [\n"LOV-1",\n"1997-44",\n]'), 5, "'lovdata", "'1997-44'", "LOV-1997-06-13-44"),
    "id as text": (found('lovdata = "LOV-1997-06-13-44"'), 3, "'lovdata'", "in brackets"),
    "interval": (GUIDES + 'every = "daglig"\n', 7, "'every'", "'daglig' is no length of time", '"2 weeks"'),
    "interval as a number": (GUIDES + "every = 3\n", 7, "'every'", "no length of time"),
    "very often": (GUIDES + 'every = "1 minute"\n', 7, "'every'", "5 minutes to 10 years"),
    "hardly ever": (GUIDES + 'review = "99 years"\n', 7, "'review'", "5 minutes to 10 years"),
    "kept in words": (GUIDES + 'keep = "14 days"\n', 7, "'keep'", "write it without quotes, such as 14"),
    "empty owner": (GUIDES + 'owner = ""\n', 7, "'owner'", "write something or leave the key out"),
    "not a table": ('source = ["x"]', 1, "source number 1", "no table", "[[source]]"),
    "one bracket": ("[source]\nname = 1", 1, "", "[[source]]", "two brackets"),
    "stray table": ("[setup]\n" + GUIDES, 1, "", "'setup'", "[[source]]"),
    "nothing": ("# empty", 1, "", "no source", "add a [[source]]"),
    "not toml": ("[[source]]\nname = G", 2, "", "is not TOML", "line 2"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_with_file_line_source_key_and_advice(toml: Path, case: str) -> None:
    content, line, *expected = MISTAKES[case]
    toml.write_text(content)
    with pytest.raises(SourcesError) as error:
        load_sources(toml)
    assert all(part in str(error.value) for part in (f"{toml}:{line}: ", *expected)), str(error.value)
    assert "pw@" not in str(error.value)


def test_all_mistakes_are_told_at_once(toml: Path) -> None:
    toml.write_text(GUIDES.replace('"public"', '"x"') + PAGE.replace('"page"', '"y"') + "zzz = 1\n")
    with pytest.raises(SourcesError) as error:
        load_sources(toml)
    assert len(str(error.value).splitlines()) == 3


STRANGE = [
    "2026-01-01",
    "1.5",
    "inf",
    "-1",
    "99999999999",
    "{a = 1}",
    "[[]]",
    '["", 1]',
    '"{x} {0} %s"',
    '"\\u0000"',
    "true",
]


@pytest.mark.parametrize("key", [key for key in Entry.model_fields if key != "name"])
def test_whatever_stands_for_a_key_is_taken_or_told(toml: Path, key: str) -> None:
    rest = [line for line in GUIDES.splitlines() if not line.startswith(f"{key} =")]
    for value in STRANGE:
        toml.write_text("\n".join([*rest, f"{key} = {value}"]))
        try:
            load_sources(toml)
        except SourcesError as error:
            assert f"source 'G', key '{key}'" in str(error) or "has both" in str(error)  # noqa: PT017


@pytest.mark.parametrize(("content", "expected"), [(None, "cannot be read"), (b"\xff\xfe\xd8", "save it as UTF-8")])
def test_a_list_that_cannot_be_read_is_said_so(tmp_path: Path, content: bytes | None, expected: str) -> None:
    file = tmp_path / "sources.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SourcesError, match=expected):
        load_sources(file)


def test_a_folder_is_all_files_in_it_that_are_read(toml: Path) -> None:
    (toml.parent / "guides" / "dypt" / ".git").mkdir(parents=True)
    for name in ("dypt/c.PDF", "dypt/d.docx", "dypt/e.xlsx", ".skjult.md", "dypt/.git/f.md", "g.txt", "~$h.tmp"):
        (toml.parent / "guides" / name).write_text("x")
    toml.write_text(GUIDES.replace("guides/*.md", "guides"))
    (guides,) = load_sources(toml)
    names = [file.relative_to(toml.parent / "guides").as_posix() for file in guides.files]
    assert names == ["Søknad om å åpne.md", "a.md", "b.md", "dypt/c.PDF", "dypt/d.docx", "g.txt"]
    assert guides.document_id(guides.files[3]) == "guides/dypt/c"


def test_a_source_says_how_often_it_is_looked_at_and_who_answers_for_it(toml: Path) -> None:
    toml.write_text(
        GUIDES + PAGE + 'every = "2 weeks"\nreview = "6 months"\nkeep = 0\nteam = "naering"\nowner = "kari@k.no"\n'
    )
    guides, page = load_sources(toml)
    assert (guides.every, guides.review, guides.keep) == (timedelta(days=1), None, 14)
    assert (page.every, page.review, page.keep) == (timedelta(weeks=2), timedelta(days=180), 0)
    assert (page.team, page.owner) == ("naering", "kari@k.no")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("5 minutes", timedelta(minutes=5)),
        ("1 hour", timedelta(hours=1)),
        ("36 hours", timedelta(hours=36)),
        ("1 day", timedelta(days=1)),
        ("1 month", timedelta(days=30)),
        ("1 year", timedelta(days=365)),
    ],
)
def test_a_length_of_time_is_a_number_and_a_unit(toml: Path, written: str, expected: timedelta) -> None:
    toml.write_text(GUIDES + f'every = "{written}"\n')
    assert load_sources(toml)[0].every == expected


def test_each_kind_of_place_is_read_with_its_keys(toml: Path) -> None:
    (toml.parent / "lover").mkdir()
    entries = [
        found(
            'site = "https://k.no/"', 'depth = 0\nlimit = 9\ninclude = ["/a/*"]\nexclude = ["/b"]\nattachments = true'
        ),
        found('sitemap = "https://k.no/s.xml"', "limit = 5000\nattachments = true"),
        found('feed = "https://k.no/rss"', 'include = ["/nytt/*"]'),
        found('lovdata = ["LOV-1997-06-13-44", "FOR-2005-*"]'),
        found('lovdata = ["FOR-*"]', 'archive = "lover"'),
        found('lovdata = ["FOR-*"]', 'archive = "https://k.no/lover.tar.gz"'),
    ]
    toml.write_text("".join(entry.replace('"F"', f'"{number}"') for number, entry in enumerate(entries)))
    site, sitemap, feed, laws, local, elsewhere = load_sources(toml)
    assert [each.place for each in (site, sitemap, feed, laws)] == ["site", "sitemap", "feed", "lovdata"]
    assert (site.depth, site.limit, site.include, site.exclude) == (0, 9, ("/a/*",), ("/b",))
    assert (sitemap.attachments, sitemap.depth, feed.include) == (True, 2, ("/nytt/*",))
    assert [str(archive).rpartition("/")[2] for archive in laws.archives] == [
        "gjeldende-lover.tar.bz2",
        "gjeldende-sentrale-forskrifter.tar.bz2",
    ]
    assert local.archives == (toml.parent / "lover",)
    assert elsewhere.archives == ("https://k.no/lover.tar.gz",)


def test_the_schema_beside_the_list_that_ships_is_that_of_the_list() -> None:
    # Written anew by: python -m ingest.source_schema > ingest/corpus/sources.schema.json
    assert json.loads((CORPUS / "sources.schema.json").read_text(encoding="utf-8")) == json_schema()


def test_the_list_that_ships_names_its_schema_for_editors() -> None:
    assert (CORPUS / "sources.toml").read_text(encoding="utf-8").startswith("#:schema sources.schema.json\n")


def test_the_list_in_the_documentation_is_right(toml: Path) -> None:
    text = (Path(ingest.__file__).parent.parent / "docs" / "sources.md").read_text(encoding="utf-8")
    toml.write_text(text.partition("```toml\n")[2].partition("```")[0])
    assert [source.place for source in load_sources(toml)] == ["path", "site", "lovdata"]
