from __future__ import annotations

from pathlib import Path

import pytest

from ingest.sources import SourcesError, load_sources
from knowledge.model import Audience

GUIDES = '[[source]]\nname = "G"\npath = "guides/*.md"\nkind = "guidance"\naudience = "public"\nlanguage = "nb"\n'
PAGE = '[[source]]\nname = "P"\nurl = "https://k.no/a"\nkind = "page"\naudience = "public"\nlanguage = "nb"\n'


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    (tmp_path / "guides").mkdir()
    for name in ("b.md", "a.md", "Søknad om å åpne.md"):
        (tmp_path / "guides" / name).write_text("# x\n\nx")
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


MISTAKES = {
    "unknown key": (GUIDES + 'audiense = "public"\n', "source 'G'", "'audiense'", "did you mean 'audience'?"),
    "strange key": (GUIDES + "zzz = 1\n", "source 'G'", "'zzz'", "known keys are name, path, url"),
    "both places": (GUIDES + 'url = "https://k.no"\n', "source 'G'", "both 'path' and 'url'", "keep one"),
    "no place": (GUIDES.replace("path", "topic"), "source 'G'", "neither 'path' nor 'url'", "say where"),
    "no such file": (GUIDES.replace("guides/*.md", "guides/c.md"), "source 'G'", "'path'", "guides/c.md"),
    "empty glob": (GUIDES.replace("*.md", "*.html"), "source 'G'", "'path'", "no file matches"),
    "a folder": (GUIDES.replace("guides/*.md", "guides"), "source 'G'", "'path'", '"guides/*.md"'),
    "no audience": (GUIDES.replace('audience = "public"\n', ""), "source 'G'", "'audience'", "add it"),
    "unknown audience": (GUIDES.replace('"public"', '"secret"'), "source 'G'", "'audience'", "'public' or 'internal'"),
    "unknown kind": (GUIDES.replace('"guidance"', '"guide"'), "source 'G'", "'kind'", "'plan', 'guidance'"),
    "unknown reader": (GUIDES + 'reader = "word"\n', "source 'G'", "'reader'", "'markdown'"),
    "language": (GUIDES.replace('"nb"', '"Bokmål"'), "source 'G'", "'language'", "nb, nn or en"),
    "a number for text": (GUIDES.replace('name = "G"', "name = 3"), "source number 1", "'name'", "in quotes"),
    "empty name": (GUIDES.replace('"G"', '" "'), "source number 1", "'name'", "write something"),
    "same name twice": (GUIDES + PAGE.replace('"P"', '"G"'), "source 'G'", "'name'", "a name of its own"),
    "same document twice": (GUIDES + GUIDES.replace('"G"', '"H"'), "source 'H'", "'guides/a'", "source 'G'"),
    "script as address": (PAGE + 'public_url = "javascript:alert(1)"\n', "source 'P'", "'public_url'", "https://"),
    "other scheme": (PAGE.replace("https", "ftp"), "source 'P'", "'url'", "https://"),
    "password": (PAGE.replace("https://", "https://me:pw@"), "source 'P'", "'url'", "leave them out"),
    "title for many": (GUIDES + 'title = "T"\n', "source 'G'", "'title'", "3 documents"),
    "not a table": ('source = ["x"]', "source number 1", "dictionary", "correct it"),
    "one bracket": ("[source]\nname = 1", "", "[[source]]", "two brackets"),
    "stray table": ("[setup]\n" + GUIDES, "", "'setup'", "[[source]]"),
    "nothing": ("# empty", "", "no source", "add a [[source]]"),
    "not toml": ("[[source]]\nname = G", "", "is not TOML", "line 2"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_with_file_source_key_and_advice(toml: Path, case: str) -> None:
    content, *expected = MISTAKES[case]
    toml.write_text(content)
    with pytest.raises(SourcesError) as error:
        load_sources(toml)
    assert all(part in str(error.value) for part in (str(toml), *expected)), str(error.value)
    assert "pw@" not in str(error.value)


def test_all_mistakes_are_told_at_once(toml: Path) -> None:
    toml.write_text(GUIDES.replace('"public"', '"x"') + PAGE.replace('"page"', '"y"') + "zzz = 1\n")
    with pytest.raises(SourcesError) as error:
        load_sources(toml)
    assert len(str(error.value).splitlines()) == 3


@pytest.mark.parametrize(("content", "expected"), [(None, "cannot be read"), (b"\xff\xfe\xd8", "save it as UTF-8")])
def test_a_list_that_cannot_be_read_is_said_so(tmp_path: Path, content: bytes | None, expected: str) -> None:
    file = tmp_path / "sources.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SourcesError, match=expected):
        load_sources(file)


def test_two_files_with_the_same_id_in_one_source_are_told(toml: Path) -> None:
    (toml.parent / "guides" / "A.md").write_text("x")
    toml.write_text(GUIDES)
    with pytest.raises(SourcesError, match="would be document 'guides/a'"):
        load_sources(toml)
