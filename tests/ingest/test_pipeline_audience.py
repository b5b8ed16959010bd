from __future__ import annotations

import pytest

from ingest.changes import Kind
from knowledge.model import Audience
from tests.ingest.town import SOURCES, Town, counts


async def test_what_the_source_says_counts_as_a_change(town: Town) -> None:
    await town.run()
    town.sources = SOURCES.replace('"public"', '"internal"')
    assert counts(await town.run()) == (0, 3, 0, 0, 0)
    assert {document.audience for document, _ in town.shelf.held.values()} == {Audience.INTERNAL}


async def test_a_document_that_should_be_internal_now_does_not_stay_public_when_it_fails(town: Town) -> None:
    await town.run()
    town.sources = SOURCES.replace('"public"', '"internal"')
    town.write("a.md", "")
    report = await town.run()
    assert "guides/a" not in town.shelf.held
    assert "its public version was taken out" in report.failed[0].reason


@pytest.mark.parametrize("listing_fails", [True, False])
async def test_what_vanished_or_cannot_be_looked_for_does_not_stay_public_where_its_source_is_internal_now(
    town: Town, listing_fails: bool
) -> None:
    await town.run()
    town.sources = SOURCES.replace('"public"', '"internal"')
    (town.folder / "guides" / "c.pdf").unlink()
    town.listing_fails = listing_fails
    report = await town.run()
    assert {document.audience for document, _ in town.shelf.held.values()} == {Audience.INTERNAL}
    assert report.removed == (2 if listing_fails else 1)


INTERNAL_TOO = SOURCES.replace("guides/*", "guides/b.html") + SOURCES.replace("Veiledninger", "Internt").replace(
    "guides/*", "guides/a.md"
).replace("public", "internal")


@pytest.mark.parametrize("keep", ["", "keep = 0\n"])
async def test_a_document_that_another_source_has_now_is_that_ones_alone(town: Town, keep: str) -> None:
    await town.run()
    town.sources = INTERNAL_TOO + keep
    for _ in range(2):
        await town.run()
        document, _ = town.shelf.held["guides/a"]
        assert (document.source, document.audience, document.missing) == ("Internt", Audience.INTERNAL, None)


async def test_what_is_moved_to_an_internal_folder_is_not_kept_as_public(town: Town) -> None:
    town.sources = SOURCES + SOURCES.replace("Veiledninger", "Internt").replace("guides/*", "secret/*.md").replace(
        "public", "internal"
    )
    (town.folder / "secret").mkdir()
    (town.folder / "secret" / "z.md").write_text("# Annet\n\nNoe annet.")
    await town.run()
    (town.folder / "guides" / "a.md").rename(town.folder / "secret" / "a.md")
    report = await town.run()
    assert (report.missing, report.removed) == (0, 1)
    assert {id_ for id_, (document, _) in town.shelf.held.items() if document.audience is Audience.PUBLIC} == {
        "guides/b",
        "guides/c",
    }


@pytest.mark.parametrize(
    ("head", "stays"),
    [("audience: intern", False), ("audience: internal\nchecked: i dag", False), ("checked: i dag", True)],
)
async def test_where_it_cannot_be_told_who_may_read_a_document_it_is_not_public(
    town: Town, head: str, stays: bool
) -> None:
    await town.run()
    town.write("a.md", f"---\n{head}\n---\n# Skilt\n\nSkilt må omsøkes.")
    report = await town.run()
    assert len(report.failed) == 1
    assert ("guides/a" in town.shelf.held) is stays
    assert [change.kind for change in report.changes] == ([] if stays else [Kind.REMOVED])


async def test_a_document_that_became_internal_is_told_of_though_it_reads_the_same(town: Town) -> None:
    await town.run()
    town.write("a.md", "---\naudience: internal\n---\n# Skilt\n\n## Krav\n\nSkilt må omsøkes.\n\n## Frist\n\nTre uker.")
    (change,) = (await town.run()).changes
    assert (change.kind, change.was, change.audience) == (Kind.CHANGED, Audience.PUBLIC, Audience.INTERNAL)
    assert change.sections == ()
