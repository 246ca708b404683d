"""Counties under seeded faults: `python -m tests.campaign --seeds 2000 [--first N] [--seed N]`.

Each seed is one county for thirty minutes of virtual time. Every invariant is looked at after every
command and every fold. The first failing seed is shrunk and printed with the command that shows it
again; the run ends with code 1. `--report` writes docs/evidence/campaign.md from what was counted.
"""

import argparse
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec

from tests.campaign.county import MINUTES, WORKERS, Plan, Result, run
from tests.campaign.shrink import shrink, told

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "evidence" / "campaign.md"


class Seen(msgspec.Struct, kw_only=True):
    """The sum of what the seeds did."""

    seeds: int = 0
    first: int = 0
    events: int = 0
    commands: int = 0
    steps: int = 0
    cpu_s: float = 0.0
    injected: Counter[str] = msgspec.field(default_factory=Counter)
    checked: Counter[str] = msgspec.field(default_factory=Counter)

    def add(self, result: Result, cpu_s: float) -> None:
        """One more seed."""
        self.seeds += 1
        self.events += result.events
        self.commands += result.commands
        self.steps += result.steps
        self.cpu_s += cpu_s
        self.injected += result.injected
        self.checked += result.checked


def one(seed: int) -> tuple[Result, float]:
    """A seed and the CPU time it took; the trace stays behind unless it is needed."""
    begun_s = time.process_time()
    result = run(Plan(seed=seed))
    if not result.broken:
        result = msgspec.structs.replace(result, trace=[])
    return result, time.process_time() - begun_s


def campaign(first: int, count: int, jobs: int) -> tuple[Seen, Result | None]:
    """All seeds, or up to the first that fails."""
    seen = Seen(first=first)
    with ProcessPoolExecutor(jobs) as pool:
        for result, cpu_s in pool.map(one, range(first, first + count), chunksize=4):
            seen.add(result, cpu_s)
            if result.broken:
                pool.shutdown(cancel_futures=True)
                return seen, result
            if seen.seeds % 100 == 0:
                print(f"{seen.seeds} seeds, {seen.events:,} events, nothing broken", flush=True)
    return seen, None


def page(seen: Seen, took_s: float) -> str:
    """The evidence, from the counts alone."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True, capture_output=True,
        check=False,
    ).stdout.strip()  # fmt: skip
    lines = [
        "# Randomised campaign",
        "",
        "Written by `python -m tests.campaign --report`; do not edit. What each number means and"
        " what is not claimed stands in `tests/campaign/checks.py`; that each check can fail, in"
        " `tests/campaign/test_planted.py`.",
        "",
        f"Seeds {seen.first} to {seen.first + seen.seeds - 1}: {seen.seeds:,} counties of"
        f" {MINUTES} minutes with {WORKERS} workers on one log. No invariant broke.",
        "",
        "| what | count |",
        "|---|---|",
        f"| commands that people sent | {seen.commands:,} |",
        f"| events in the logs | {seen.events:,} |",
        f"| turns of the workers' tasks | {seen.steps:,} |",
        f"| CPU time | {seen.cpu_s:,.0f} s |",
        f"| wall time | {took_s:,.0f} s |",
        f"| base commit | {commit or 'unknown'} |",
        "",
        "| fault | injected |",
        "|---|---|",
        *(f"| {kind} | {times:,} |" for kind, times in sorted(seen.injected.items())),
        "",
        "| check | times |",
        "|---|---|",
        *(f"| {what} | {times:,} |" for what, times in sorted(seen.checked.items())),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--seed", type=int, help="this one only, with its whole trace")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--report", action="store_true", help="write docs/evidence/campaign.md")
    given = parser.parse_args()
    if given.seed is not None:
        result = run(Plan(seed=given.seed))
        print("\n".join(result.trace))
        print(f"trace {result.digest()}")
        print(result.broken or "nothing broken")
        return 1 if result.broken else 0
    begun_s = time.monotonic()
    seen, failed = campaign(given.first, given.seeds, given.jobs)
    if failed is not None:
        print("\n".join(told(failed, shrink(failed))))
        return 1
    took_s = time.monotonic() - begun_s
    print(
        f"{seen.seeds} seeds, {seen.events:,} events, {sum(seen.injected.values()):,} faults,"
        f" nothing broken, {took_s:.0f} s"
    )
    if given.report:
        PAGE.write_text(page(seen, took_s), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
