from __future__ import annotations

import pytest

from tests.web.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("language", "title", "days"),
    [("nb", "Personvern", "365 dager"), ("nn", "Personvern", "365 dagar"), ("en", "Privacy", "365 days")],
)
async def test_every_page_links_to_a_notice_that_says_how_long_things_are_kept(
    visit: Visit, language: str, title: str, days: str
) -> None:
    person = await visit()
    await person.submit(await person.page("/"), "form[action='/spraak']", sprak=language)
    home = await person.page("/")
    assert home.text(".side-foot .privacy a") == title
    notice = await person.page(home.node(".side-foot .privacy a").attrs["href"] or "")
    assert notice.text("h1") == title
    assert days in notice.text("main")
