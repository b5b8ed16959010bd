from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.wiring import Knowledge
from tests.web.examples import ABSTAINED, ANSWERED, running
from tests.web.windows import NARROW, REPLY, WIDE, ask, forward, window

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_question_is_answered_and_its_citation_opens_the_source_marked(chromium: Browser, demo: str) -> None:
    async with window(chromium, demo) as page:
        await page.goto("/")
        thread = await ask(page, ANSWERED)
        cited = page.locator(f"{thread} .claim a.mark").first
        claim = (await page.locator(f"{thread} .claim").first.inner_text()).removesuffix(await cited.inner_text())
        await cited.click()
        await expect(page).to_have_title("Serveringsbevilling – Møteplassen")
        marked = page.locator("mark")
        await expect(marked).to_have_text(claim.strip())
        await expect(marked).to_be_in_viewport()
        await page.get_by_role("link", name="Tilbake", exact=True).click()
        await expect(page.locator(f"{thread} .claim").first).to_be_visible()


async def test_what_the_bot_cannot_answer_an_officer_answers_live(chromium: Browser, demo: str) -> None:
    async with window(chromium, demo) as asker, window(chromium, demo, "ola") as officer:
        await officer.goto("/saker")
        await asker.goto("/")
        question = "Hvor mange neshorn bor det på Mars?"
        thread = await ask(asker, question)
        await expect(asker.locator(f"{thread} .abstention")).to_contain_text("Det vet jeg ikke")
        await forward(asker, thread)
        await expect(asker.locator(f"{thread} .case-state")).to_contain_text("venter på en saksbehandler")
        await asker.evaluate("window.neverReloaded = true")

        await officer.get_by_role("link", name=question).click()
        await officer.get_by_role("button", name="Ta saken").click()
        await expect(asker.locator(f"{thread} .case-state")).to_contain_text("Ola Lie arbeider med sak")
        await officer.get_by_label("Svar til Amina Yusuf").fill("Ingen.\nHilsen kommunen")
        await officer.get_by_role("button", name="Send svaret").click()
        await expect(officer.locator(".case-bar .state")).to_have_text("Besvart")

        answer = asker.locator(f"{thread} .message.answer")
        await expect(answer.locator(".text")).to_have_text("Ingen.\nHilsen kommunen", use_inner_text=True)
        await expect(answer.locator(".author")).to_have_text("Ola Lie")
        await expect(answer).to_have_count(1)
        await expect(asker.get_by_role("status").first).to_have_text("Svar fra saksbehandler Ola Lie")
        assert await asker.evaluate("window.neverReloaded")


async def test_a_page_that_refused_an_officers_answer_hears_on_and_keeps_what_was_typed(
    chromium: Browser, demo: str
) -> None:
    async with window(chromium, demo) as asker, window(chromium, demo, "ola", refused=409) as late:
        await asker.goto("/")
        question = "Hvor mange flodhester bor det på Mars?"
        thread = await ask(asker, question)
        await forward(asker, thread)
        await expect(asker.locator(f"{thread} .case-state")).to_be_visible()
        await late.goto("/saker")
        await late.get_by_role("link", name=question).click()
        await late.get_by_label("Svar til Amina Yusuf").fill("Ingen, tror jeg.")
        async with window(chromium, demo, "kari") as first:
            await first.goto(late.url)
            await first.get_by_role("button", name="Ta saken").click()
            await late.get_by_role("button", name="Send svaret").click()
            await expect(late.locator(".problem")).to_contain_text("Kari Berg")
            await first.get_by_role("button", name="Legg tilbake i køen").click()
        await expect(late.locator(".case-bar .state")).to_have_text("Venter på saksbehandler")
        await expect(late.locator("#_svar")).to_have_value("Ingen, tror jeg.")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_whoever_asks_sees_the_question_and_the_beginning_of_its_reply(
    chromium: Browser, demo: str, size: tuple[int, int]
) -> None:
    async with window(chromium, demo, "bygg", size) as page:
        await page.goto("/")
        thread = await ask(page, f"{ABSTAINED} Med vindu på {size[0]}?")
        await expect(page.locator(f"{thread} .question .text")).to_be_in_viewport()
        await expect(page.locator(f"{thread} .abstention")).to_be_in_viewport()


async def test_the_keyboard_is_enough(chromium: Browser, demo: str) -> None:
    async with window(chromium, demo, "leverandor") as page:
        await page.goto("/strategier")
        await page.keyboard.press("Tab")
        await expect(page.get_by_text("Hopp til innholdet")).to_be_focused()
        await expect(page.get_by_text("Hopp til innholdet")).to_be_in_viewport()
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_be_focused()

        await page.goto("/")
        await tab_to(page, "#_tekst")
        await page.keyboard.type(ABSTAINED)
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("Linje to.")
        await page.keyboard.press("Enter")
        await expect(page.locator("#_tekst")).to_be_focused()
        await expect(page.locator("#_tekst")).to_have_value("")
        reply = page.locator(".thread").last.locator(REPLY)
        await tab_to(page, ".thread:last-child .thumb[value=opp]", "Shift+Tab")
        await page.keyboard.press("Space")
        await expect(reply.locator(".thumb[value=opp]")).to_have_attribute("aria-pressed", "true")
        await expect(reply.locator(".thumb[value=opp]")).to_be_focused()
        await tab_to(page, ".thread:last-child .forward")
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Send til saksbehandler")
        await tab_to(page, ".forwarding button.primary")
        await page.keyboard.press("Enter")
        await expect(reply.locator(".case-state")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("path", ["/", "/saker"])
async def test_what_has_the_keyboard_is_seen_and_stands_out(
    chromium: Browser, knowledge: Knowledge, tmp_path: Path, path: str, size: tuple[int, int]
) -> None:
    # A demo in which nobody else writes: a message that arrives meanwhile may move the page.
    async with running(knowledge, tmp_path, demo=True) as quiet, window(chromium, quiet, "kari", size) as page:
        await page.goto("/")
        await expect(page.locator(REPLY)).to_have_count(2)
        await page.goto(path)
        seen = 0
        while seen < 150:
            await page.keyboard.press("Tab")
            stop = await page.evaluate(FOCUSED)
            if stop is None:
                break
            assert stop["outline"] >= 2, stop
            assert stop["uncovered"], stop
            seen += 1
        assert seen > 10


async def test_what_is_being_typed_stays_while_others_write(chromium: Browser, demo: str) -> None:
    async with window(chromium, demo) as page, window(chromium, demo, "bygg") as other:
        await page.goto("/")
        await page.locator("#_tekst").fill("Et halvt spørsm")
        await other.goto("/")
        await ask(other, "Hva sier D2 til dere andre?")
        await expect(page.get_by_text("Hva sier D2 til dere andre?", exact=True)).to_have_count(1)
        await expect(page.locator("#_tekst")).to_have_value("Et halvt spørsm")
        await expect(page.locator("#_tekst")).to_be_focused()


async def test_what_cannot_be_sent_stays_and_is_sent_later(chromium: Browser, demo: str) -> None:
    async with window(chromium, demo, refused=422) as page:
        await page.goto("/")
        await page.locator("#_tekst").fill("???")
        await page.locator("#_tekst").press("Enter")
        await expect(page.locator("#_tekst-problem")).to_contain_text("Jeg finner ingen ord")
        await expect(page.locator("#_tekst")).to_have_value("???")
        await expect(page.locator("#_tekst")).to_be_focused()
        await ask(page, "Hva sier C2 etterpå?")
        await expect(page.locator("#_tekst-problem")).to_be_hidden()


async def test_a_lost_connection_is_said_and_loses_no_text(chromium: Browser, demo: str) -> None:
    context = await chromium.new_context(base_url=demo)
    page = await context.new_page()
    await page.goto("/")
    await context.set_offline(True)
    await page.locator("#_tekst").fill("Hva sier B3 når nettet er nede?")
    await page.locator("#_tekst").press("Enter")
    await expect(page.get_by_role("alert").filter(has_text="Det gikk ikke")).to_be_visible()
    await expect(page.locator("#_tekst")).to_have_value("Hva sier B3 når nettet er nede?")
    await context.set_offline(False)
    await ask(page, "Hva sier B3 når nettet er nede?")
    await context.close()


async def test_strategies_are_found_while_one_types(chromium: Browser, demo: str) -> None:
    async with window(chromium, demo) as page:
        await page.goto("/strategier")
        await page.get_by_label("Søk etter kode eller ord").press_sequentially("grønt")
        await expect(page.locator("#_treff .code")).to_have_text(["D1"])
        await expect(page.get_by_role("status").first).to_have_text("Én strategi")
        await expect(page).to_have_url(f"{demo}/strategier?q=gr%C3%B8nt")
        await page.get_by_label("Søk etter kode eller ord").fill("")
        await expect(page.locator("#_treff .code")).to_have_count(8)


async def test_without_javascript_everything_is_there_too(chromium: Browser, demo: str) -> None:
    async with window(chromium, demo, java_script_enabled=False) as page:
        await page.goto("/")
        await page.locator("#_tekst").fill("Hva sier C1 uten skript?")
        await page.locator(".composer-bar .composer").get_by_role("button", name="Send").click()
        question = page.locator(".question", has=page.get_by_text("Hva sier C1 uten skript?", exact=True))
        await expect(question).to_be_in_viewport()
        await expect(page.locator(".thread").last.locator(".reply")).not_to_have_attribute("aria-busy", "true")


async def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press the key until that has the keyboard."""
    for _ in range(250):
        if await page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        await page.keyboard.press(key)
    raise AssertionError(f"{selector} can't be reached with {key}")


FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getClientRects()[0];
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const there = document.elementFromPoint(x, y);
  return {
    name: element.outerHTML.slice(0, 120),
    outline: parseFloat(getComputedStyle(element).outlineWidth) || 0,
    uncovered: element.contains(there) || Boolean(there?.contains(element)),
    there: `${there?.outerHTML.slice(0, 120)} at ${x}, ${y}`,
  };
}"""
"""What has the keyboard: how thick its outline is, and whether something lies over it."""
