from __future__ import annotations

import datetime as dt

import pytest

from ingest.changes import Kind
from knowledge.model import Document
from tests.ingest.town import SOURCES, Town, counts
from tests.peers.site import Site


async def test_documents_of_all_kinds_come_in_with_their_passages(town: Town) -> None:
    report = await town.run()
    assert counts(report) == (3, 0, 0, 0, 0)
    assert report.passages == 4
    assert report.seconds > 0
    assert [passage.text for passage in town.shelf.held["guides/a"][1]] == ["Skilt må omsøkes.", "Tre uker."]
    assert [told[:2] for told in town.progress] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert {title for _, _, title in town.progress} == {"", "Skilt", "Uteservering", "Torghandel"}


async def test_a_second_run_leaves_everything_alone(town: Town) -> None:
    await town.run()
    town.shelf.puts.clear()
    report = await town.run()
    assert counts(report) == (0, 0, 3, 0, 0)
    assert (report.passages, town.shelf.puts) == (4, [])


async def test_only_what_changed_is_put_again(town: Town) -> None:
    await town.run()
    town.shelf.puts.clear()
    town.write("a.md", "# Skilt\n\nAlt er fritt.")
    town.write("d.md", "# Nytt\n\nHer.")
    report = await town.run()
    assert counts(report) == (1, 1, 2, 0, 0)
    assert sorted(town.shelf.puts) == ["guides/a", "guides/d"]


async def test_a_document_that_vanished_is_marked_kept_for_a_while_and_then_removed(town: Town) -> None:
    await town.run()
    about = {"kind": "answer", "audience": "public", "language": "nb", "sections": ()}
    answer = Document.model_validate({"id": "answers/1", "title": "Svar", **about})
    town.shelf.held[answer.id] = (answer, ())
    (town.folder / "guides" / "a.md").unlink()
    today = town.now.date()
    report = await town.run()
    assert (counts(report), report.missing) == ((0, 0, 2, 0, 0), 1)
    document, passages = town.shelf.held["guides/a"]
    assert document.missing == today
    assert {passage.missing for passage in passages} == {today}
    town.now += dt.timedelta(days=13)
    report = await town.run()
    assert (report.missing, report.changes, town.shelf.held["guides/a"][0].missing) == (1, [], today)
    town.now += dt.timedelta(days=1)
    report = await town.run()
    assert counts(report) == (0, 0, 2, 1, 0)
    assert [(change.kind, change.document) for change in report.changes] == [(Kind.REMOVED, "guides/a")]
    assert set(town.shelf.held) == {"answers/1", "guides/b", "guides/c"}


async def test_a_document_that_comes_back_is_as_it_was(town: Town) -> None:
    await town.run()
    before = town.shelf.held["guides/a"]
    file = town.folder / "guides" / "a.md"
    text = file.read_text()
    file.unlink()
    await town.run()
    file.write_text(text)
    report = await town.run()
    assert [(change.kind, change.document) for change in report.changes] == [(Kind.FOUND, "guides/a")]
    assert town.shelf.held["guides/a"] == before
    assert counts(await town.run()) == (0, 0, 3, 0, 0)


async def test_documents_of_a_source_that_is_no_longer_listed_are_removed_at_once(town: Town) -> None:
    await town.run()
    town.sources = SOURCES.replace("Veiledninger", "Guider").replace("guides/*", "guides/b.html")
    await town.run()
    assert set(town.shelf.held) == {"guides/b"}


async def test_what_is_not_kept_is_removed_at_once(town: Town) -> None:
    await town.run()
    town.sources = SOURCES + "keep = 0\n"
    (town.folder / "guides" / "a.md").unlink()
    assert counts(await town.run()) == (0, 0, 2, 1, 0)


async def test_a_failing_document_stops_nothing_and_stays_as_it_was(town: Town) -> None:
    await town.run()
    before = town.shelf.held["guides/a"]
    town.write("a.md", "")
    town.write("c.pdf", b"%PDF-1.7 broken")
    town.write("d.md", "# Nytt\n\nHer.")
    report = await town.run()
    assert counts(report) == (1, 0, 1, 0, 2)
    failed = {failure.document: failure.reason for failure in report.failed}
    assert failed.keys() == {"guides/a", "guides/c"}
    assert "a.md: is empty; " in failed["guides/a"]
    assert town.ledger.records()["guides/a"].error == failed["guides/a"]
    assert town.shelf.held["guides/a"] == before
    assert town.progress[-1][:2] == (4, 4)
    assert town.shelf.is_complete, "the run has ended, whatever failed"


async def test_a_source_of_which_nothing_can_be_had_is_tried_again_soon(town: Town, site: Site) -> None:
    town.sources += SOURCES.replace('"Veiledninger"', '"Kommunen"').replace(
        'path = "guides/*"', f'url = "{site.url}/skilt.html"'
    )
    await town.run()
    site.failures["/skilt.html"] = [500]
    await town.run()
    record = town.ledger.sources()["Kommunen"]
    assert (record.failures, "answered 500" in record.error) == (1, True)
    assert record.due - town.now < dt.timedelta(minutes=6)
    assert town.ledger.sources()["Veiledninger"].failures == 0


async def test_addresses_come_in_and_stay_when_the_server_is_down(town: Town, site: Site) -> None:
    town.sources += SOURCES.replace('"Veiledninger"', '"Kommunen"').replace(
        'path = "guides/*"', f'url = "{site.url}/skilt.html"'
    )
    assert counts(await town.run()) == (4, 0, 0, 0, 0)
    document, _ = town.shelf.held["kommunen/skilt"]
    assert (document.title, document.url, document.missing) == ("Skilt", f"{site.url}/skilt.html", None)
    site.failures["/skilt.html"] = [500]
    report = await town.run()
    assert counts(report) == (0, 0, 3, 0, 1)
    assert "answered 500" in report.failed[0].reason
    assert town.shelf.held["kommunen/skilt"][0].missing is None


async def test_a_page_that_its_server_says_is_gone_has_vanished(town: Town, site: Site) -> None:
    town.sources += SOURCES.replace('"Veiledninger"', '"Kommunen"').replace(
        'path = "guides/*"', f'url = "{site.url}/skilt.html"'
    )
    await town.run()
    site.failures["/skilt.html"] = [404]
    report = await town.run()
    assert (len(report.failed), report.missing) == (1, 1)
    assert town.shelf.held["kommunen/skilt"][0].missing == town.now.date()


async def test_a_source_that_cannot_be_looked_through_keeps_all_it_has(town: Town) -> None:
    await town.run()
    town.listing_fails = True
    report = await town.run()
    assert [(failure.source, failure.document) for failure in report.failed] == [("Veiledninger", "")]
    assert (report.missing, report.removed, len(town.shelf.held)) == (0, 0, 3)
    record = town.ledger.sources()["Veiledninger"]
    assert (record.failures, record.error) == (1, report.failed[0].reason)
    assert record.due - town.now < dt.timedelta(minutes=6), "it is tried again soon"
    town.listing_fails = False
    await town.run()
    record = town.ledger.sources()["Veiledninger"]
    assert (record.failures, record.error, record.succeeded) == (0, "", town.now)
    assert record.due - town.now > dt.timedelta(hours=21)


async def test_what_changed_is_told_section_by_section_and_written_down(town: Town) -> None:
    await town.run()
    town.write("a.md", "# Skilt\n\n## Krav\n\nSkilt må ikke omsøkes.\n\n## Gebyr\n\nGratis.")
    report = await town.run()
    (change,) = report.changes
    assert (change.kind, change.document, change.source) == (Kind.CHANGED, "guides/a", "Veiledninger")
    assert [(each.kind, each.heading, each.before, each.after) for each in change.sections] == [
        (Kind.CHANGED, "Krav", "Skilt må omsøkes.", "Skilt må ikke omsøkes."),
        (Kind.ADDED, "Gebyr", "", "Gratis."),
        (Kind.REMOVED, "Frist", "Tre uker.", ""),
    ]
    assert town.ledger.last_changes(1)[0].change == change
    assert len(town.ledger.changes()) == 4, "three documents came in before"


async def test_only_the_sources_that_are_named_are_looked_at(town: Town) -> None:
    town.sources += SOURCES.replace('"Veiledninger"', '"Mer"').replace("guides/*", "more/*.md")
    (town.folder / "more").mkdir()
    (town.folder / "more" / "x.md").write_text("# Nytt\n\nHer.")
    assert counts(await town.run(only={"Mer"})) == (1, 0, 0, 0, 0)
    assert set(town.shelf.held) == {"more/x"}
    assert counts(await town.run(only={"Veiledninger"})) == (3, 0, 0, 0, 0)
    assert len(town.shelf.held) == 4


@pytest.mark.parametrize("puts", range(4))
async def test_a_run_that_is_broken_off_is_ended_by_the_next_one(town: Town, puts: int) -> None:
    """Wherever it is: before the first document is in, between any two, and after the last."""
    await town.run()
    for name in ("a.md", "b.html", "d.md"):
        town.write(name, "<h1>Om</h1><p>Noe nytt." if name == "b.html" else "# Om\n\nNoe nytt.")
    town.shelf.breaks_after = len(town.shelf.puts) + puts
    if puts < 3:
        with pytest.raises(ExceptionGroup):
            await town.run()
    town.shelf.breaks_after = None
    await town.run()
    texts = {id_: passages[0].text for id_, (_, passages) in town.shelf.held.items()}
    new = dict.fromkeys(("guides/a", "guides/b", "guides/d"), "Noe nytt.")
    assert texts == new | {"guides/c": "Torghandel krever leie."}
    assert counts(await town.run()) == (0, 0, 4, 0, 0)
    told = [(noted.change.document, noted.change.kind) for noted in town.ledger.changes()][3:]
    assert sorted(told) == [("guides/a", Kind.CHANGED), ("guides/b", Kind.CHANGED), ("guides/d", Kind.ADDED)]


async def test_a_reader_that_breaks_fails_its_document_only(town: Town) -> None:
    def breaking(fetched: object, source: object) -> Document:
        raise RecursionError("too deep")

    town.readers = {"markdown": breaking}
    report = await town.run()
    assert counts(report) == (0, 0, 0, 0, 3)
    assert any("cannot be read (RecursionError: too deep); it may be damaged" in each.reason for each in report.failed)


async def test_a_fault_of_ours_in_one_document_ends_nothing_else(town: Town) -> None:
    town.breaks_on = "b.html"
    report = await town.run()
    assert counts(report) == (2, 0, 0, 0, 1)
    assert "b.html: cannot be brought in (LookupError: nobody foresaw this); report this" in report.failed[0].reason
    town.breaks_on = ""
    assert counts(await town.run()) == (1, 0, 2, 0, 0)


async def test_what_was_missing_is_so_from_the_same_day_without_the_ledger_too(town: Town) -> None:
    await town.run()
    (town.folder / "guides" / "a.md").unlink()
    await town.run()
    first = town.now.date()
    town.forget_all()
    town.now += dt.timedelta(days=10)
    report = await town.run()
    assert (report.missing, report.changes) == (1, [])
    assert town.shelf.held["guides/a"][0].missing == first
    town.now += dt.timedelta(days=4)
    assert (await town.run()).removed == 1
