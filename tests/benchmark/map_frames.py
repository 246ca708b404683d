"""Frames a second of the map and of the console with 500 moving units in headless Chromium.

`python -m tests.benchmark.map_frames [--units 500] [--shots FOLDER]` builds the bench pages
(frontend/test/map_frames), serves them on a free port of this machine and counts the animation
frames of each while the fixes come in. ``map`` is the map alone; ``console`` is the console's own
page with queue, unit board, ways and clocks, whose socket is replaced inside the page. Headless
Chromium draws WebGL with SwiftShader, on the processor: every map picture is computed by the same
cores that run the page.

Not here: the fleet (frontend/test/map_frames/fleet.ts), how a unit is drawn
(frontend/src/map/units.ts).
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import msgspec
from playwright.sync_api import Browser, Page, sync_playwright

from dispatch.county import read_county
from dispatch.domain.views import CONSOLE, all_keys, render
from maps.basemap import base_map
from tests.support.browser import launch
from tests.support.desk import Desk

ROOT: Final = Path(__file__).resolve().parents[2]
FRONTEND: Final = ROOT / "frontend"
COUNTY: Final = ROOT / "deploy" / "counties" / "nanxian"
PAGES: Final = {"map": "index.html", "console": "console.html"}
SECONDS: Final = 10
WIRE_FRAMES_PER_S: Final = 50  # what a browser sees of 500 fixes a second: several in one frame
READY_MS: Final = 60_000
LONG_MS: Final = 50.0  # three frames: the map was drawn anew in it


class Frames(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted: frames a second, and the length of the frames in milliseconds."""

    page: str
    units: int
    moving: bool
    frames_per_s: float
    p50_ms: float
    p95_ms: float
    max_ms: float
    long_frames: int
    load: float


class _Handler(SimpleHTTPRequestHandler):
    """The built pages, and what they ask a server for: a dispatcher, the county, no tiles."""

    answers: dict[str, bytes] = {}  # noqa: RUF012  (one server at a time, filled before it starts)

    def do_GET(self) -> None:
        """Answer what is known, else a file."""
        path = self.path.partition("?")[0]
        if path in self.answers:
            self._answer(200, self.answers[path])
        elif path.startswith("/api/"):
            self._answer(404, b'{"code": "not_found", "params": {}}')
        else:
            super().do_GET()

    def do_POST(self) -> None:
        """As if it were asked for: a bench page changes nothing."""
        self.do_GET()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Quiet."""


def _answers() -> dict[str, bytes]:
    """What the county's own server would say, from its folder."""
    county = read_county(COUNTY)
    desk = Desk(county.config)
    keys = [key for key in all_keys(desk.world) if key[0] in ("county", "facility")]
    documents = [render(desk.world, desk.people, CONSOLE, key) for key in keys]
    me = {"user_id": "u", "login": "d", "name": "陈晓芳", "role": "dispatcher", "unit_id": None,
          "facility_id": None, "county_id": county.config.county_id}  # fmt: skip
    found = {
        "/api/basemap": base_map(county.geography),
        "/api/map/tiles": {"version": None, "tiles": None, "attribution": None},
        "/api/me": me,
        "/api/ticket": {"ticket": "bench"},
        "/bench.json": {"county": documents[0], "facilities": documents[1:]},
    }
    return {path: msgspec.json.encode(body) for path, body in found.items()}


def build(folder: Path, frontend: Path = FRONTEND) -> None:
    """The bench page into ``folder``; needs frontend/node_modules."""
    config = "test/map_frames/vite.config.ts"
    command = ["node", "node_modules/vite/bin/vite.js", "build", "-c", config, "--outDir"]
    subprocess.run([*command, str(folder)], cwd=frontend, check=True)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the folder's pages."""
    handler = partial(_Handler, directory=str(folder))
    _Handler.answers = _answers()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def measure(page: Page, name: str, units: int, *, moving: bool) -> Frames:
    """Count for ten seconds, after three in which everything settles."""
    page.evaluate("([n, hz]) => window.bench.start(n, hz)", [units, WIRE_FRAMES_PER_S * moving])
    page.evaluate("() => window.bench.count(3)")
    counted = page.evaluate("(seconds) => window.bench.count(seconds)", SECONDS)
    lengths = sorted(counted["lengths"])
    return Frames(
        page=name,
        units=units,
        moving=moving,
        frames_per_s=round(counted["frames"] / counted["seconds"], 1),
        p50_ms=round(statistics.median(lengths), 1),
        p95_ms=round(lengths[int(len(lengths) * 0.95)], 1),
        max_ms=round(lengths[-1], 1),
        long_frames=sum(length > LONG_MS for length in lengths),
        load=round(os.getloadavg()[0], 1),
    )


def run(frontend: Path, pages: list[str], counts: list[int], shots: Path | None) -> list[Frames]:
    """Each page with each number of units, standing and moving, in one browser."""
    found: list[Frames] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        build(Path(folder), frontend)
        with served(Path(folder)) as address, launch(playwright) as browser:
            for name in pages:
                found += _page(browser, f"{address}/{PAGES[name]}", name, counts, shots)
    return found


def _page(
    browser: Browser, address: str, name: str, counts: list[int], shots: Path | None
) -> list[Frames]:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(address)
    page.wait_for_selector("[data-map=idle]", timeout=READY_MS)
    found = [one for units in counts for one in _both(page, name, units, shots)]
    page.close()
    return found


def _both(page: Page, name: str, units: int, shots: Path | None) -> list[Frames]:
    found = [measure(page, name, units, moving=moving) for moving in (False, True)]
    if shots:
        page.screenshot(path=str(shots / f"{name}-{units}.png"))
    return found


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, nargs="+", default=[40, 500])
    parser.add_argument("--pages", nargs="+", default=list(PAGES), choices=list(PAGES))
    parser.add_argument("--shots", type=Path)
    parser.add_argument("--frontend", type=Path, default=FRONTEND)
    given = parser.parse_args()
    for one in run(given.frontend, given.pages, given.units, given.shots):
        print(json.dumps(msgspec.structs.asdict(one)), flush=True)


if __name__ == "__main__":
    main()
