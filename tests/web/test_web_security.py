from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.wiring import Knowledge
from tests.web.conftest import Visit
from tests.web.examples import ANSWERED, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

FOREVER = "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "no-store"),
        ("/kilde/guides/servering", "no-store"),
        ("/strategier", "no-store"),
        ("/saker", "no-store"),
        ("/finnes-ikke", "no-store"),
        ("/hendelser?kanal=ansatte&etter=0", "no-store"),
        ("/static/base.css?0123456789", FOREVER),
        ("/static/notices.js", "no-cache"),
    ],
)
async def test_every_response_carries_the_headers_that_protect_it(visit: Visit, path: str, kept: str) -> None:
    headers = (await (await visit()).client.get(path)).headers
    policy = dict(part.partition(" ")[::2] for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["form-action"] == policy["style-src"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == kept


async def test_pages_hold_nothing_that_the_policy_forbids(visit: Visit) -> None:
    person = await visit("kari")
    for path in ("/", "/strategier", "/kilde/guides/servering", "/saker", "/finnes-ikke"):
        page = await person.page(path)
        assert not page.has("style, [style], script:not([src]), iframe, base")
        assert not re.findall(r"\son\w+=", page.response.text)
        assert all((each.attrs["src"] or "").startswith("/static/") for each in page.tree.css("[src]"))


async def test_what_a_page_loads_exists_and_so_do_the_modules_that_this_imports(visit: Visit) -> None:
    person = await visit("kari")
    wanted = set()
    for path in ("/", "/strategier", "/kilde/guides/servering", "/saker"):
        tree = (await person.page(path)).tree
        wanted |= {each.attrs.get("src") or each.attrs.get("href") or "" for each in tree.css("[src], link")}
    for path in wanted:
        response = await person.client.get(path)
        assert (response.status_code, len(response.content) > 0) == (200, True), path
        for name in re.findall(r'from "\./(\w+\.js)"', response.text):
            assert (await person.client.get(f"/static/{name}")).status_code == 200, name


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "SELF"}, 403),
        ({"Origin": "SELF"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 303),
    ],
)
async def test_only_our_own_pages_make_a_browser_change_something(
    visit: Visit, demo: str, headers: dict[str, str], status: int
) -> None:
    person = await visit()
    for name in ("Sec-Fetch-Site", "Origin"):
        del person.client.headers[name]
    sent = {name: value.replace("SELF", demo) for name, value in headers.items()}
    response = await person.client.post("/spraak", data={"sprak": "nb"}, headers=sent, follow_redirects=False)
    assert response.status_code == status
    if status == 403:
        assert "annet nettsted" in response.text


async def test_another_site_may_link_to_us(visit: Visit) -> None:
    response = await (await visit()).client.get("/", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 200


@pytest.mark.parametrize("declares", [True, False], ids=["says how much", "does not say"])
async def test_a_huge_request_is_refused_with_a_page(visit: Visit, declares: bool) -> None:
    person = await visit()
    content = b"tekst=" + b"x" * 400_000
    chunks = (content[start : start + 65_536] for start in range(0, len(content), 65_536))

    async def streamed() -> object:
        for chunk in chunks:
            yield chunk

    response = await person.client.post(
        "/spor",
        content=content if declares else streamed(),  # type: ignore[arg-type]
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert response.status_code == 413
    assert "Teksten er for lang" in response.text


async def test_the_cookie_is_for_this_site_and_no_script(visit: Visit, knowledge: Knowledge, tmp_path: Path) -> None:
    plain = (await (await visit("")).client.get("/")).headers["set-cookie"].lower()
    assert "httponly" in plain
    assert "samesite=lax" in plain
    assert "secure" not in plain
    async with running(knowledge, tmp_path, demo=True, public_url="https://moteplass.example") as url:
        assert "secure" in (await (await visit("", url)).client.get("/")).headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("back", "led"),
    [
        ("/strategier?q=B3", "/strategier?q=B3"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        ("", "/"),
    ],
)
async def test_changing_the_language_leads_back_to_our_pages_only(visit: Visit, back: str, led: str) -> None:
    person = await visit()
    response = await person.client.post("/spraak", data={"sprak": "en", "tilbake": back}, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, led)


async def test_nothing_that_people_write_becomes_markup_in_live_updates(visit: Visit) -> None:
    person = await visit()
    response = await person.posted("/spor", tekst=f"<img src=x onerror=alert(1)> {ANSWERED}", kanal="naeringsliv")
    for update in response.json()["messages"]:
        assert "<img" not in update["html"] + (update["shell"] or "")
