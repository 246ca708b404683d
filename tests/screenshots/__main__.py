"""`make screenshots`: the four screens in both languages, from a moving county, into docs/images.

The county is driven with a fixed seed; the pictures are of the real system, nothing is staged but
the waiting for a patient who is on the way to a hospital.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import launch, sign_in_page
from tests.support.socket import first_snapshot
from tests.support.system import System, running_system

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
DRIVE = ("--seed", "7", "--speed", "6", "--interval-s", "20", "--ack-rate", "0.6", "--no-dropouts")
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
WAIT_S = 540
BUSY_MIN = 6
INBOUND_MIN = 2


def _inbound(system: System) -> dict[str, str] | None:
    """Who is on the way, with a live feed, to the hospital that expects the most."""
    documents = first_snapshot(system, "dispatcher")
    feeds = {d["id"] for d in documents if d["kind"] == "vitals" and d["feed"] == "live"}
    busy = [d for d in documents if d["kind"] == "incident" and d["state"] != "closed"]
    waiting = ("sent", "delivered", "displayed", "acknowledged")
    alerts = [d for d in documents if d["kind"] == "prealert" and d["state"] in waiting]
    expected = Counter(d["facility_id"] for d in alerts)
    fed = [d for d in alerts if d["unit_id"] in feeds]
    fed.sort(key=lambda d: expected[d["facility_id"]])
    if not fed or len(busy) < BUSY_MIN or expected[fed[-1]["facility_id"]] < INBOUND_MIN:
        return None
    chosen = fed[-1]
    return {
        "unit": chosen["unit_id"],
        "facility": chosen["facility_id"],
        "incident": chosen["patient_id"].partition(".")[0],
    }


def _shoot(page: Page, name: str) -> None:
    page.wait_for_timeout(4000)
    page.screenshot(path=str(IMAGES / f"{name}.png"))
    print(name, flush=True)


def _screens(browser: Browser, system: System, who: dict[str, str], closed: str) -> None:
    for short, language in LANGUAGES.items():
        for role, scope, path, name in (
            ("dispatcher", "", "/console", "console"),
            ("hospital", who["facility"], "/ed", "ed"),
            ("crew", who["unit"], "/crew", "crew"),
            ("dispatcher", "", f"/replay?incident={closed}", "replay"),
        ):
            page = sign_in_page(browser, system, role, scope, path, language)
            if name == "console":
                page.get_by_text(who["incident"]).first.click()
            if name == "replay":
                page.get_by_text(closed).first.wait_for()
                page.wait_for_timeout(4000)  # the film is folded before keys move it
                page.keyboard.press("6")
            _shoot(page, f"{name}.{short}")
            page.context.close()


def main() -> int:
    """Take the pictures; returns the exit code."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_system(Path(folder) / "data", "--no-drive") as system,
        system.driven(*DRIVE),
        sync_playwright() as playwright,
        launch(playwright) as browser,
    ):
        page = browser.new_page()
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            page.wait_for_timeout(15_000)
            who = _inbound(system)
            listed = system.sign_in("dispatcher").get("/api/incidents")
            closed = [row["incident_id"] for row in listed if row["closed_at"]]
            if who is not None and closed:
                _screens(browser, system, who, closed[-1])
                return 0
    print("no patient was on the way in time", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
