"""A municipality's name, colour and logo on the pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.colours import LEAST, contrast, legible, shades
from bot.handlers.web.brand import Brand
from bot.settings import ConfigurationError, Settings
from bot.wiring import Knowledge
from tests.web.conftest import Visit
from tests.web.examples import running

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
SOFT = ("#c9dbe6", "#b9ccd8")
"""The dimmer texts of the frame, on light and on dark pages."""


@pytest.mark.asyncio(loop_scope="session")
async def test_the_pages_show_the_name_the_colour_and_the_logo(
    knowledge: Knowledge, visit: Visit, tmp_path: Path
) -> None:
    logo = tmp_path / "Logo.SVG"
    logo.write_text(SVG, "utf-8")
    async with running(knowledge, tmp_path, demo=True, accent="#7B2A4B", logo=logo) as url:
        person = await visit("kafe", url)
        page = await person.page("/")
        icon = page.node(".brand img").attrs["src"] or ""
        assert page.node("link[rel=icon]").attrs["href"] == icon
        shown = await person.client.get(icon)
        assert (shown.text, shown.headers["content-type"]) == (SVG, "image/svg+xml")
        sheet = await person.client.get(page.node("link[href^='/merke/farger']").attrs["href"] or "")
        assert "--accent: #7b2a4b" in sheet.text
        assert sheet.headers["content-type"].startswith("text/css")
        assert "immutable" in sheet.headers["cache-control"]


@pytest.mark.asyncio(loop_scope="session")
async def test_without_a_colour_and_a_logo_the_pages_are_ours(visit: Visit) -> None:
    person = await visit()
    page = await person.page("/")
    assert (page.node(".brand img").attrs["src"] or "").startswith("/static/icon.svg?")
    assert not page.has("link[href^='/merke']")
    assert [(await person.page(path)).status for path in ("/merke/farger", "/merke/logo")] == [404, 404]


@given(colour=COLOURS)
def test_of_a_colour_that_is_taken_every_text_is_legible(colour: str) -> None:
    if contrast(colour, "#ffffff") < LEAST:
        with pytest.raises(ValueError, match="choose a darker colour"):
            legible(colour)
        return
    made = shades(legible(colour))
    pairs = [(made.light, "#ffffff"), (made.dark, "#161b1f"), (made.dark, "#0c1c28")]
    pairs += [(ground, text) for ground in (made.side, made.chosen) for text in ("#ffffff", *SOFT)]
    assert [pair for pair in pairs if contrast(*pair) < LEAST] == []


@pytest.mark.parametrize(
    ("one", "other", "told"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0a558c", "#0a558c", 1.0)]
)
def test_contrast_is_what_the_guidelines_say(one: str, other: str, told: float) -> None:
    assert contrast(one, other) == pytest.approx(told, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("logo.gif", b"x", "is no SVG or PNG"),
        ("none.svg", None, "can't be read"),
        ("logo.png", b"", "has 0 bytes"),
        ("logo.png", b"x" * 200_001, "has 200001 bytes"),
    ],
    ids=["another kind", "missing", "empty", "too large"],
)
def test_a_logo_that_cannot_be_shown_is_told(tmp_path: Path, name: str, content: bytes | None, told: str) -> None:
    logo = tmp_path / name
    if content is not None:
        logo.write_bytes(content)
    with pytest.raises(ConfigurationError, match=told):
        Brand(Settings(_env_file=None, logo=logo))
