from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience
from knowledge.retriever import Retriever
from knowledge.snapshots import Copies, Manifest, NoSnapshot, Publisher, Refused, SnapshotStore, StoreError
from knowledge.snapshots.manifest import FORMAT, read_manifest
from tests.knowledge.examples import found, guide, split
from tests.peers.s3 import s3

PUBLIC, INTERNAL = Audience.PUBLIC, Audience.INTERNAL
_EPOCH = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
SKILT = guide("guides/skilt", "Skilt på fasaden må omsøkes.")
ROUTINE = guide("routines/kontroll", "Kontrollen kommer på torsdag.", audience=INTERNAL)


class Sides:
    """One side makes the library and publishes it, the other reads it from a folder of its own."""

    def __init__(self, folder: Path, address: str, library: Library, embeddings: CachedEmbeddings) -> None:
        self.folder, self.address, self.library, self.embeddings = folder, address, library, embeddings
        self.store = SnapshotStore(address)
        self.publisher = Publisher(self.store, library.folder, kept=2)
        self.copies = Copies(self.store, folder / "copies")

    async def publish(self) -> Manifest | None:
        def publish() -> Manifest | None:
            with self.library.hold() as shelves:
                return self.publisher.publish(shelves, {})

        return await asyncio.to_thread(publish)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Library]:
        with contextlib.closing(Library(self.copies.fetch(), self.embeddings, warm=False, frozen=True)) as library:
            yield library


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of an object store that speaks S3, over HTTP."""
    with s3() as address:
        yield address


@pytest.fixture(params=["folder", "file", "memory", "s3"])
def sides(request: pytest.FixtureRequest, shelf: Library, embeddings: CachedEmbeddings, tmp_path: Path) -> Sides:
    shared, name = tmp_path / "shared", uuid.uuid4().hex
    addresses = {"folder": str(shared), "file": shared.as_uri(), "memory": f"memory://{name}"}
    if request.param == "s3":
        addresses["s3"] = f"{request.getfixturevalue('bucket')}/{name}"
    return Sides(tmp_path, addresses[request.param], shelf, embeddings)


@pytest.fixture
def across(shelf: Library, embeddings: CachedEmbeddings, tmp_path: Path) -> Sides:
    """Both sides, with a shared folder between them."""
    return Sides(tmp_path, str(tmp_path / "shared"), shelf, embeddings)


async def test_what_one_side_publishes_the_other_finds_by_words_and_by_meaning(sides: Sides) -> None:
    with pytest.raises(NoSnapshot, match="nothing was published yet"):
        sides.copies.fetch()
    await sides.library.put_all([split(SKILT), split(ROUTINE)])
    published = await sides.publish()
    assert published
    with sides.reading() as reading:
        assert sides.copies.fetch().name.startswith(published.version)
        assert await found(reading, sides.embeddings, "skilt") == ["Skilt på fasaden må omsøkes."]
        vector = sides.embeddings.embed_query("skilt")
        scores = await asyncio.to_thread(reading.reader(INTERNAL).search, "skilt", vector, 5)
        assert len(scores.words) == 1
        assert len(scores.meaning) == 2
        assert await reading.reader(PUBLIC).document(ROUTINE.id) is None
        assert await reading.reader(INTERNAL).document(ROUTINE.id) == ROUTINE


async def test_nothing_is_published_twice_and_only_what_changed_is_sent(sides: Sides) -> None:
    await sides.library.put_all([split(SKILT), split(ROUTINE)])
    first = await sides.publish()
    assert await sides.publish() is None
    await sides.library.put(*split(guide("guides/torg", "Torgplass koster 500 kroner.")))
    second = await sides.publish()
    assert first
    assert second
    assert second.version > first.version
    assert second.parts["internal"] == first.parts["internal"]
    assert second.parts["public"] != first.parts["public"]


async def test_who_reads_while_another_version_comes_reads_the_old_one_to_the_end(sides: Sides) -> None:
    await sides.library.put(*split(SKILT))
    await sides.publish()
    with sides.reading() as reading:
        retriever = Retriever(reader=reading.reader(PUBLIC), embeddings=sides.embeddings)
        with retriever.hold() as held:
            await sides.library.put(*split(guide("guides/skilt", "Plakater på fasaden må omsøkes.")))
            await sides.publish()
            assert sides.copies.changed()
            await asyncio.to_thread(reading.turn_to, sides.copies.fetch())
            assert not sides.copies.changed()
            old = await held.find("fasaden")
            assert [each.passage.text for each in old.found] == ["Skilt på fasaden må omsøkes."]
            assert held.reader.section(old.found[0].passage)
        new = await retriever.find("fasaden")
        assert [each.passage.text for each in new.found] == ["Plakater på fasaden må omsøkes."]


async def test_an_object_store_that_is_away_is_said_so_and_what_was_fetched_is_read(
    shelf: Library, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    with s3() as bucket:
        sides = Sides(tmp_path, f"{bucket}/library", shelf, embeddings)
        await sides.library.put(*split(SKILT))
        await sides.publish()
        fetched = sides.copies.fetch()
    with pytest.raises(StoreError, match=r"snapshots at s3://moteplassen/library can't be used"):
        sides.copies.changed()
    assert sides.copies.latest() == fetched


async def test_what_is_read_from_a_snapshot_can_not_be_written(across: Sides) -> None:
    await across.library.put(*split(SKILT))
    await across.publish()
    with across.reading() as reading, pytest.raises(Exception, match="readonly"):
        await reading.put(*split(ROUTINE))


async def test_old_versions_are_taken_away_and_what_the_kept_ones_have_stays(across: Sides) -> None:
    moments = iter(range(100))
    across.publisher = Publisher(
        across.store, across.library.folder, kept=2, clock=lambda: _EPOCH + dt.timedelta(hours=next(moments))
    )
    made = []
    for text in ("Skilt må omsøkes.", "Skilt kan settes opp.", "Skilt er forbudt."):
        await across.library.put(*split(guide("guides/skilt", text)))
        made.append(await across.publish())
    assert across.store.versions() == [each.version for each in made[1:] if each]
    objects = {path.name for path in (across.folder / "shared" / "objects").iterdir()}
    assert objects == set().union(*(each.contents for each in made[1:] if each))


async def test_going_back_to_an_older_version_holds_until_something_changes(across: Sides) -> None:
    await across.library.put(*split(SKILT))
    first = await across.publish()
    await across.library.put(*split(guide("guides/skilt", "Skilt er forbudt.")))
    await across.publish()
    assert first
    across.store.point_to(first)
    assert await across.publish() is None
    with across.reading() as reading:
        assert await found(reading, across.embeddings, "skilt") == ["Skilt på fasaden må omsøkes."]


def _catalogue(shared: Path) -> Path:
    """Where the content lies that the newest version has and the one before has not."""
    files = json.loads((shared / "current").read_text(encoding="utf-8"))["parts"]["public"]["files"]
    return shared / "objects" / str(files["public/catalogue.db"]["sha256"])


def _cut_off(shared: Path) -> None:
    _catalogue(shared).write_bytes(_catalogue(shared).read_bytes()[:-1])


def _change(shared: Path) -> None:
    content = bytearray(_catalogue(shared).read_bytes())
    content[len(content) // 2] ^= 1
    _catalogue(shared).write_bytes(content)


def _lose(shared: Path) -> None:
    _catalogue(shared).unlink()


def _cut_pointer(shared: Path) -> None:
    pointer = shared / "current"
    pointer.write_bytes(pointer.read_bytes()[:-100])


def _rewrite(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def rewrite(shared: Path) -> None:
        manifest = json.loads((shared / "current").read_text(encoding="utf-8"))
        manifest["version"] = manifest["version"][:-1] + "x"
        change(manifest)
        (shared / "current").write_text(json.dumps(manifest), encoding="utf-8")

    return rewrite


def _climb(manifest: dict[str, Any]) -> None:
    files = manifest["parts"]["public"]["files"]
    files["public/../../../climbed"] = next(iter(files.values()))


def _swell(manifest: dict[str, Any]) -> None:
    for content in manifest["parts"]["public"]["files"].values():
        content["size"] = 1 << 60


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        pytest.param(_cut_off, "is damaged", id="a content cut off"),
        pytest.param(_change, "is damaged", id="a content changed"),
        pytest.param(_lose, "is not there", id="a content lost"),
        pytest.param(_cut_pointer, "can't be read", id="half a pointer"),
        pytest.param(_rewrite(_climb), "no name of a file inside", id="a file outside"),
        pytest.param(_rewrite(lambda manifest: manifest.update(version="../x")), "version", id="a version outside"),
        pytest.param(_rewrite(lambda manifest: manifest.update(format=99)), "format 99", id="another format"),
        pytest.param(_rewrite(_swell), "MiB free", id="more than there is room for"),
    ],
)
async def test_a_broken_or_hostile_snapshot_is_refused_and_the_old_one_stays(
    across: Sides, damage: Callable[[Path], None], why: str
) -> None:
    await across.library.put(*split(SKILT))
    await across.publish()
    before = across.copies.fetch()
    await across.library.put(*split(guide("guides/skilt", "Skilt er forbudt.")))
    await across.publish()
    damage(across.folder / "shared")
    with pytest.raises(Refused, match=why):
        across.copies.fetch()
    assert across.copies.latest() == before
    assert [path.name for path in across.copies.folder.iterdir() if path.is_dir()] == [before.name]
    assert not list(across.folder.rglob("climbed"))


async def test_a_copy_of_an_earlier_format_is_not_read(across: Sides) -> None:
    await across.library.put(*split(SKILT))
    await across.publish()
    copy = across.copies.fetch() / "manifest.json"
    for manifest in (copy, across.folder / "shared" / "current"):
        manifest.write_text(json.dumps(json.loads(manifest.read_bytes()) | {"format": FORMAT - 1}), encoding="utf-8")
    with pytest.raises(NoSnapshot, match=f"has format {FORMAT - 1}, and this version reads {FORMAT}"):
        across.copies.latest()
    shutil.rmtree(across.folder / "shared")
    with pytest.raises(NoSnapshot):
        across.copies.latest()


async def test_a_copy_that_was_damaged_here_is_fetched_anew(across: Sides) -> None:
    await across.library.put(*split(SKILT))
    await across.publish()
    for name in ("public/catalogue.db", "public/lexical/meta.json"):
        folder = across.copies.fetch()
        (folder / name).unlink()
        (folder / name).write_bytes(b"?")
        with across.reading() as reading:
            assert await found(reading, across.embeddings, "skilt") == ["Skilt på fasaden må omsøkes."]


async def test_where_the_store_is_away_the_latest_version_that_is_here_is_read(across: Sides) -> None:
    await across.library.put(*split(SKILT))
    await across.publish()
    folder = across.copies.fetch()
    (across.folder / "shared").rename(across.folder / "away")
    (across.folder / "shared").write_text("no folder", encoding="utf-8")
    with pytest.raises(StoreError, match="can't be used"):
        across.copies.fetch()
    assert across.copies.latest() == folder


@given(
    path=st.lists(st.sampled_from(["..", ".", "", "a", "C:", "~", "\\", "\0", "/", "public"]), max_size=4).map("/".join)
)
def test_no_name_of_a_file_leads_out_of_a_snapshot(path: str) -> None:
    content = {"sha256": "0" * 64, "size": 0}
    manifest = {"format": 2, "version": "1", "made": "2026-11-26T12:00:00Z"}
    text = json.dumps(manifest | {"parts": {"public": {"stamp": "", "files": {path: content}}}})
    folder = Path("/somewhere/version")
    try:
        (name,) = read_manifest(text.encode()).files
    except Refused:
        return
    assert (folder / name).resolve().is_relative_to(folder)
    assert ".." not in Path(name).parts
