"""Chromium as the tests start it: Debian's, headless, without a word to the outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which

from playwright.sync_api import Browser, Page, Playwright

from tests.support.system import System

ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",
    "--autoplay-policy=no-user-gesture-required",
]
SIZES = {
    "/ed": (1920, 1080),
    "/console": (1920, 1080),
    "/replay": (1920, 1080),
    "/crew": (1280, 800),
    "/devices": (1920, 1080),
}


@contextmanager
def launch(playwright: Playwright) -> Iterator[Browser]:
    """A browser that is closed at the end."""
    path = which("chromium")
    if path is None:
        raise AssertionError("chromium is not installed: run `make test` as root, or install it")
    browser = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
    try:
        yield browser
    finally:
        browser.close()


def sign_in_page(
    browser: Browser, system: System, role: str, scope: str, path: str, language: str = "zh-CN"
) -> Page:
    """A page of its own browser context, signed in and on ``path``."""
    width, height = SIZES.get(path.split("?", maxsplit=1)[0], (1280, 800))
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    page = context.new_page()
    page.goto(f"{system.address}/")
    entry = system.entry(role, scope)
    body = {"login": entry["login"], "password": entry["password"]}
    status = page.evaluate(
        "async (body) => (await fetch('/api/session', {method: 'POST',"
        " body: JSON.stringify(body)})).status",
        body,
    )
    assert status == 200, (role, scope, status)
    page.goto(f"{system.address}{path}")
    return page
