"""Whatever is done in several municipalities, in whatever order: nothing of one is ever seen in another."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.database import Base, Database
from tests.databases import KINDS, Databases
from tests.tenants.acting import Act, act
from tests.tenants.examples import TOKEN, WORDS, Town, towns
from tests.web.examples import Person

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVERYWHERE = (
    *("/", "/ansatte", "/mine", "/strategier", "/kilder", "/saker", "/saker?vis=alle", "/publisert"),
    *("/publisert?vis=publiserte", "/tilbakemeldinger", "/fravaer", "/kilde/guides/gebyr", "/kilde/internal/rutine"),
    *("/metrics", "/health"),
)
ACTS = st.lists(st.tuples(st.sampled_from(tuple(WORDS)), st.sampled_from(Act)), min_size=2, max_size=6)
PERSONAS = ("", "kafe", "ansatt", "kari")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=KINDS)
async def both(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sequence[Town]]:
    async with towns(tmp_path_factory.mktemp("towns"), databases, kind=request.param) as found:
        yield found


@pytest.mark.slow
@pytest.mark.timeout(900)
@given(acts=ACTS)
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_whatever_is_done_nothing_of_one_municipality_is_seen_in_another(
    both: Sequence[Town], acts: list[tuple[str, Act]]
) -> None:
    by_id = {town.id: town for town in both}
    for id_, what in acts:
        await act(by_id[id_], what)
    for town in both:
        others = [other for other in both if other is not town]
        await no_page_shows(town, others, EVERYWHERE, ("", "kari"))
        no_file_holds(town, others)
        await no_row_holds(town, others)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_what_each_act_leaves_is_found_in_its_own_municipality_and_only_there(both: Sequence[Town]) -> None:
    for what in Act:
        for town in both:
            await act(town, what)
    for town in both:
        others = [other for other in both if other is not town]
        paths = {path for each in both for path in each.paths}
        await no_page_shows(town, others, [*EVERYWHERE, *sorted(paths)], PERSONAS)
        no_file_holds(town, others)
        await no_row_holds(town, others)
        seen = await pages(town, sorted(town.paths), "kari")
        shown = {re.match(r"/\w+", path)[0] for path, text in seen.items() if town.word in text}  # type: ignore[index]
        assert shown >= {"/t", "/saker", "/kilde", "/publisert"}
        held = {file.relative_to(town.settings.data_dir).parts[0] for file in files(town) if town.word in read(file)}
        assert "library" in held
        assert {"web_messages", "cases", "published_answers"} <= await tables_with(town.word, town)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_what_is_one_municipality_s_is_unknown_in_another_as_what_never_was(both: Sequence[Town]) -> None:
    for town in both:
        await act(town, Act.PUBLISH)
        await act(town, Act.ASK)
        await act(town, Act.PUT)
    for town, other in (both, both[::-1]):
        async with town.visited("kari") as kari:
            for path in sorted(each for each in other.paths - town.paths if "guides/gebyr" not in each):
                page, invented = await kari.page(path), await kari.page(re.sub(r"[\w-]{8,}", "x" * 22, path))
                assert (path, page.status) == (path, 404)
                assert told(page.response.text) == told(invented.response.text)


@pytest.mark.parametrize("persona", ["kari", "ansatt", "kafe"])
async def test_a_session_of_one_municipality_is_a_stranger_s_in_another(both: Sequence[Town], persona: str) -> None:
    town, other = both
    async with town.visited(persona) as known:
        cookie = known.client.cookies["moteplassen"]
        assert persona == "kafe" or (await known.page("/ansatte")).status == 200
    async with town.visited(moteplassen=cookie) as back, other.visited(moteplassen=cookie) as elsewhere:
        assert await standing(back) == {"kari": (200, 200), "ansatt": (403, 200), "kafe": (403, 404)}[persona]
        assert await standing(elsewhere) == (403, 404)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_pages_of_others_are_posted_to_in_vain(both: Sequence[Town]) -> None:
    for town in both:
        await act(town, Act.ANSWER)
    town, other = both
    async with town.visited("kari") as kari:
        for path in sorted(path for path in other.paths if path.startswith(("/saker", "/m/"))):
            for address in (path, f"{path}/svar", f"{path}/ta", f"{path}/lukk"):
                answer = await kari.post(address, svar=town.word, sporsmal=town.word)
                assert answer.status in {404, 405}, address
    shown = await pages(other, sorted(other.paths), "kari")
    assert [path for path, text in shown.items() if town.word in text] == []


async def standing(person: Person) -> tuple[int, int]:
    """What somebody may see: cases, and what is internal."""
    return (await person.page("/saker")).status, (await person.page("/ansatte")).status


async def no_page_shows(town: Town, others: Sequence[Town], paths: Sequence[str], personas: Sequence[str]) -> None:
    strange = [other.word for other in others]
    for persona in personas:
        for path, text in (await pages(town, paths, persona)).items():
            # What was asked for is named in nothing but the address that was asked for.
            assert [word for word in strange if word in text.replace(path, "")] == [], (town.id, persona, path)


async def pages(town: Town, paths: Sequence[str], persona: str) -> dict[str, str]:
    async with town.visited(persona) as person:
        person.client.headers["Authorization"] = f"Bearer {TOKEN}"
        return {path: (await person.page(path)).response.text for path in paths}


def no_file_holds(town: Town, others: Sequence[Town]) -> None:
    found = files(town)
    assert found
    assert [file for file in found for other in others if other.word in read(file)] == []


async def no_row_holds(town: Town, others: Sequence[Town]) -> None:
    for other in others:
        assert await tables_with(other.word, town) == set()


async def tables_with(word: str, town: Town) -> set[str]:
    """The tables of a municipality's database in which the word stands."""
    database = Database(town.settings.database)
    async with database.reading() as session:
        rows = {name: await session.execute(select(table)) for name, table in Base.metadata.tables.items()}
        found = {name for name, each in rows.items() if any(word in str(row) for row in each)}
    await database.close()
    return found


def files(town: Town) -> list[Path]:
    return [file for file in town.settings.data_dir.rglob("*") if file.is_file()]


def read(file: Path) -> str:
    return file.read_bytes().decode("latin-1")


def told(page: str) -> str:
    """What a page says, but for what is another at each visit."""
    return re.sub(r'(value|data-\w+|content)="[^"]*"|[\w-]{20,}|<time.*?</time>', "", page)
