"""No page asks any host but the server it came from; the schematic county says that it is one.

The whole system as `make run` starts it, with the county moving, so that the pages draw all they
have: maps, fonts, layers, ways. Every request of every page is noted, sockets too.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.browser import SIZES, launch
from tests.support.system import System, running_system

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOCAL = ("data", "blob")  # made by the page itself
SOON_MS = 30_000
DRAWN = "[data-map=idle]"
PAGES = (
    ("dispatcher", "", "/console", DRAWN),
    ("crew", "N01", "/crew", "main"),
    ("hospital", "H1", "/ed", "main"),
    ("dispatcher", "", "/replay", "main"),
    ("admin", "", "/", "main"),
    ("admin", "", "/devices", "main"),
)
SCENE = {"lon": 112.41, "lat": 29.37, "address": "幸福路1号"}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("own") / "data", "--no-drive") as running:
        desk = running.sign_in("dispatcher")
        made = desk.must("open-incident", place=SCENE, priority="P1", complaint="胸痛")["made"]
        send = {"incident_id": made["incident_id"], "unit_id": "N01", "override_reason": "test"}
        desk.must("send-unit", **send)
        yield running


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, launch(playwright) as chrome:
        yield chrome


def opened(
    browser: Browser, system: System, role: str, scope: str, path: str
) -> tuple[Page, set[str]]:
    """A signed-in page on ``path``, and every address that anything of it asks, from the first."""
    width, height = SIZES.get(path, (1280, 800))
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US")
    asked: set[str] = set()
    context.on("request", lambda request: asked.add(request.url))
    page = context.new_page()
    page.on("websocket", lambda line: asked.add(line.url))
    page.goto(f"{system.address}/")
    status = page.evaluate(
        "async (body) => (await fetch('/api/session', {method: 'POST',"
        " body: JSON.stringify(body)})).status",
        {key: system.entry(role, scope)[key] for key in ("login", "password")},
    )
    assert status == 200
    page.goto(f"{system.address}{path}")
    return page, asked


def foreign(asked: set[str], system: System) -> list[str]:
    own = urlsplit(system.address).netloc
    parts = [(url, urlsplit(url)) for url in asked]
    return sorted(url for url, part in parts if part.scheme not in LOCAL and part.netloc != own)


@pytest.mark.parametrize(("role", "scope", "path", "drawn"), PAGES)
def test_a_page_asks_nobody_else(
    system: System, browser: Browser, role: str, scope: str, path: str, drawn: str
) -> None:
    page, asked = opened(browser, system, role, scope, path)
    page.locator(drawn).first.wait_for(timeout=SOON_MS)
    page.wait_for_load_state("networkidle") if path == "/" else page.wait_for_load_state("load")
    assert any(urlsplit(url).path == path for url in asked), "the page itself was noted"
    assert foreign(asked, system) == []


def test_the_consoles_map_with_every_layer_asks_nobody_else_and_says_schematic(
    system: System, browser: Browser
) -> None:
    page, asked = opened(browser, system, "dispatcher", "", "/console")
    page.locator(DRAWN).first.wait_for(timeout=SOON_MS)
    expect(page.get_by_text("Schematic", exact=True).first).to_be_visible()
    with page.expect_response(lambda answer: "/api/coverage/isochrones" in answer.url) as reach:
        page.keyboard.press("Shift+Digit6")
    assert reach.value.status == 200
    page.keyboard.press("Shift+Digit4")
    key = page.get_by_label("Cover and demand")
    expect(key.get_by_text("straight-line estimate").first).to_be_visible(timeout=SOON_MS)
    expect(key.get_by_text("too few to rely on")).to_be_visible(timeout=SOON_MS)
    kinds = {urlsplit(url).path for url in asked}
    assert {"/api/coverage/cells", "/api/coverage/isochrones"} <= kinds
    assert any(url.startswith("ws") for url in asked), "the socket was noted"
    assert foreign(asked, system) == []


def test_esc_while_a_closure_is_drawn_ends_the_drawing_and_nothing_else(
    system: System, browser: Browser
) -> None:
    page, _asked = opened(browser, system, "dispatcher", "", "/console")
    page.locator(DRAWN).first.wait_for(timeout=SOON_MS)
    note = page.get_by_text("Nothing is unassigned.")
    form = page.get_by_role("form", name="Draw an area")
    page.keyboard.press("u")
    expect(note).to_be_visible()
    page.get_by_role("button", name="Draw an area").click()
    expect(form).to_be_visible()
    page.keyboard.press("Enter")
    expect(form).to_be_visible()
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(note).to_be_visible()
    page.keyboard.press("Escape")
    expect(note).to_have_count(0)
