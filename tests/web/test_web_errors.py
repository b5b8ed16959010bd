from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.database import Database
from bot.texts import LANGUAGES
from bot.wiring import Knowledge
from tests.web.conftest import Visit
from tests.web.examples import running

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/finnes-ikke", 404, "Siden finnes ikke"),
        ("/kilde/finnes-ikke", 404, "Siden finnes ikke"),
        ("/kilde/../../etc/passwd", 404, "Siden finnes ikke"),
        ("/t/finnes-ikke", 404, "Siden finnes ikke"),
        ("/static/finnes-ikke.css", 404, None),
        ("/static/../handler.py", 404, None),
        ("/spor", 405, "Det går ikke her"),
    ],
)
async def test_what_is_not_there_gets_a_friendly_page(visit: Visit, path: str, status: int, title: str | None) -> None:
    page = await (await visit()).page(path)
    assert page.status == status
    if title:
        assert page.text("h1") == title
        assert [link.attrs["href"] for link in page.tree.css("main .choices a")] == ["/", "/strategier"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_pages_and_errors_are_in_the_chosen_language(visit: Visit, language: str) -> None:
    person = await visit()
    back = await person.post("/spraak", sprak=language, tilbake="/strategier")
    assert back.response.url.path == "/strategier"
    assert back.node("html").attrs["lang"] == language
    missing = await person.page("/finnes-ikke")
    titles = {"nb": "Siden finnes ikke", "nn": "Sida finst ikkje", "en": "There is no such page"}
    assert missing.text("h1") == titles[language]
    assert (
        missing.text(".languages [aria-pressed=true]") == {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}[language]
    )


@pytest.mark.parametrize(("path", "field"), [("/spraak", "sprak"), ("/rolle", "rolle")])
async def test_a_choice_that_is_not_on_offer_is_refused(visit: Visit, path: str, field: str) -> None:
    page = await (await visit()).post(path, **{field: "finnes-ikke"})
    assert (page.status, page.text("h1")) == (400, "Det forsto vi ikke")


async def test_our_own_mistakes_get_a_page_with_a_number_that_is_in_the_log(
    visit: Visit, knowledge: Knowledge, tmp_path: Path
) -> None:
    async with running(knowledge, tmp_path, demo=True) as url:
        person = await visit("kafe", url)
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'moteplassen.db'}")
        async with database.writing() as session:
            await session.execute(text("ALTER TABLE web_threads RENAME TO borte"))
        await database.close()
        with capture_logs() as log:
            page = await person.page("/")
            answer = await person.posted("/spor", tekst="Hva sier B3?", kanal="naeringsliv")
    assert (page.status, page.text("h1")) == (500, "Noe gikk galt hos oss")
    numbers = re.findall(r"Feilnummer: (\w+)", page.text(".error-number") + answer.json()["problem"])
    crashes = {line["error_id"]: line for line in log if line["event"] == "web.crashed"}
    assert list(crashes) == numbers
    assert [(line["method"], line["path"]) for line in crashes.values()] == [("GET", "/"), ("POST", "/spor")]
    for shown in (page.response.text, answer.text):
        assert "Traceback" not in shown
        assert "web_threads" not in shown
