"""`make soak MINUTES=10`: the county moves, four screens watch, and everything is checked.

Every five seconds: health (the online check of the invariants included), resident memory of each
process, errors in the log, errors in the browsers' consoles. At the end a verdict; exit code 1 when
anything was wrong or memory grew by more than the allowance after the warm-up.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil
from playwright.sync_api import ConsoleMessage, Page, sync_playwright

from tests.support.browser import launch, sign_in_page
from tests.support.system import System, running_system

PERIOD_S = 5
WARM_UP_PART = 0.4
GROWTH_MB_PER_HOUR_MAX = 60  # beyond the warm-up: caches of a growing day, not a leak


def _resident_mb(system: System) -> float:
    assert system.process is not None
    return psutil.Process(system.process.pid).memory_info().rss / 1e6


def _watched(page: Page, name: str, found: list[str]) -> Page:
    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(f"{name}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: found.append(f"{name}: {error}"))
    return page


def _slope_mb_per_hour(points: list[tuple[float, float]]) -> float:
    """Theil–Sen: the median of all pairwise slopes."""
    slopes = [
        (b[1] - a[1]) / (b[0] - a[0]) * 3600
        for i, a in enumerate(points)
        for b in points[i + 1 :]
        if b[0] > a[0]
    ]
    return sorted(slopes)[len(slopes) // 2] if slopes else 0.0


def soak(minutes: float) -> int:
    """Run; returns the exit code."""
    wrong: list[str] = []
    memory: list[tuple[float, float]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        running_system(Path(folder) / "data", "--drive") as system,
        launch(playwright) as chrome,
    ):
        pages = [
            _watched(sign_in_page(chrome, system, role, scope, path), path, wrong)
            for role, scope, path in (
                ("dispatcher", "", "/console"),
                ("crew", "N01", "/crew"),
                ("hospital", "H1", "/ed"),
                ("hospital", "H3", "/ed"),
            )
        ]
        started = time.monotonic()
        while (elapsed := time.monotonic() - started) < minutes * 60:
            pages[0].wait_for_timeout(PERIOD_S * 1000)
            health = httpx.get(f"{system.address}/api/health", timeout=10).json()
            if health["status"] != "ok":
                wrong.append(f"health: {health}")
            memory.append((elapsed, _resident_mb(system)))
            print(f"{elapsed:6.0f} s  seq {health['seq']:5d}  {memory[-1][1]:6.1f} MB", flush=True)
        wrong.extend(system.troubles())
        wrong.extend(_drive_troubles(system))
    settled = memory[int(len(memory) * WARM_UP_PART) :]
    slope = _slope_mb_per_hour(settled)
    print(f"memory after warm-up: {settled[0][1]:.1f} → {settled[-1][1]:.1f} MB, {slope:.1f} MB/h")
    if slope > GROWTH_MB_PER_HOUR_MAX:
        wrong.append(f"memory grows by {slope:.0f} MB an hour")
    for line in dict.fromkeys(wrong):
        print("WRONG:", line.strip()[:400])
    print("verdict:", "wrong" if wrong else f"{minutes:g} minutes without a fault")
    return 1 if wrong else 0


def _drive_troubles(system: System) -> list[str]:
    log = system.data / "drive.log"
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return [line for line in lines if "level=error" in line or "Traceback" in line]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    given = parser.parse_args()
    sys.exit(soak(given.minutes))
