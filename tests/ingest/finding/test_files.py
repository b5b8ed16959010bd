from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest

from ingest.fetching import Fetcher, FetchError
from ingest.finding import Finder
from ingest.schedule import entry_of
from ingest.sources import Source, load_sources

OTHER = '[[source]]\nname = "P"\nurl = "https://k.no/a"\nkind = "page"\naudience = "public"\nlanguage = "nb"\n'


def write(file: Path, text: str = "# x") -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("guides/a.md", "guides/dypt/b.md", "outside/c.md"):
        write(tmp_path / name, f"# {name}")
    (tmp_path / "none").mkdir()
    return tmp_path


def listed(folder: Path, path: str) -> Source:
    entry = f'[[source]]\nname = "G"\npath = "{path}"\nkind = "guidance"\naudience = "public"\nlanguage = "nb"\n'
    (folder / "sources.toml").write_text(entry + OTHER)
    return load_sources(folder / "sources.toml")[0]


async def found(source: Source, client: httpx.AsyncClient) -> dict[str, str]:
    """What is in each document of the source, or why it can't be had."""
    told = {}
    async for place in Finder(Fetcher(client), source.folder).find(source):
        id_ = source.document_id(place.location)
        assert id_ not in told
        assert str(place.location).encode()
        try:
            told[id_] = (await place.fetch()).content.decode()
        except FetchError as error:
            told[id_] = str(error)
    return told


@pytest.mark.parametrize("path", ["none", "guides/borte.md", "guides/*.html", "borte", "borte/**/*.md"])
async def test_a_source_without_files_fails_alone(folder: Path, client: httpx.AsyncClient, path: str) -> None:
    source = listed(folder, path)
    with pytest.raises(FetchError, match="there is no file there that is read; correct the path") as error:
        await found(source, client)
    assert str(folder / path) in str(error.value)


@pytest.mark.parametrize("path", ["guides", "guides/**/*.md", "./guides/**/*.md", "../{name}/guides/**/*.md"])
async def test_what_links_lead_to_outside_of_a_source_is_left_out_and_told(
    folder: Path, client: httpx.AsyncClient, path: str
) -> None:
    (folder / "guides" / "ut.md").symlink_to(folder / "outside" / "c.md")
    (folder / "guides" / "inn.md").symlink_to("dypt/b.md")
    (folder / "guides" / "ring.md").symlink_to("ring.md")
    told = await found(listed(folder, path.format(name=folder.name)), client)
    reason = next(told.pop(id_) for id_ in list(told) if id_.startswith("guides/ut-"))
    assert f"{folder / 'guides' / 'ut.md'}: leads out of {folder / 'guides'}" in reason
    assert told == {"guides/a": "# guides/a.md", "guides/dypt/b": "# guides/dypt/b.md"}


async def test_a_folder_that_a_link_leads_to_is_not_looked_through(folder: Path, client: httpx.AsyncClient) -> None:
    (folder / "guides" / "mappe").symlink_to(folder / "outside")
    told = await found(listed(folder, "guides/**/*.md"), client)
    assert [id_ for id_, text in told.items() if text.startswith("#")] == ["guides/a", "guides/dypt/b"]


async def test_a_source_may_itself_be_a_link(folder: Path, client: httpx.AsyncClient) -> None:
    (folder / "lenke").symlink_to("outside")
    (folder / "lenke.md").symlink_to("outside/c.md")
    for path in ("lenke", "lenke/*.md", "lenke.md"):
        assert await found(listed(folder, path), client) == {"outside/c": "# outside/c.md"}


@pytest.mark.parametrize("path", ["guides", "guides/**/*.md"])
async def test_only_a_file_whose_name_is_not_utf8_fails(folder: Path, client: httpx.AsyncClient, path: str) -> None:
    for name in (b"s\xf8knad.md", b"s\xe5knad.md"):
        write(folder / "guides" / os.fsdecode(name))
    source = listed(folder, path)
    assert entry_of(source)
    told = await found(source, client)
    reasons = [told.pop(id_) for id_ in list(told) if id_.startswith("guides/s")]
    assert all("knad.md: has a name that is not UTF-8; rename it" in reason for reason in reasons)
    assert len(reasons) == 2
    assert told.keys() == {"guides/a", "guides/dypt/b"}
