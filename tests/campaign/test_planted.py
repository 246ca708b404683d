"""A campaign that finds nothing may look at nothing: one planted bug for each number it claims.

The seeds are fixed, so that the first of a few finds it every time, and the finding must name the
invariant. The bugs themselves stand in `bugs.py`.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch.domain import commands as c
from dispatch.domain import deadlines
from tests.campaign import bugs
from tests.campaign.county import Plan, Result, run

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(101, 109)
Patch = pytest.MonkeyPatch


Bug = Callable[[Patch], None]
PLANTED: list[tuple[Bug, tuple[str, ...]]] = [
    (bugs.double_booking, ("1", "I1")),
    (bugs.bed_held_twice, ("1",)),
    (bugs.grave_calls_refused, ("2", "I3")),
    (bugs.gate_left_open, ("3", "I5")),
    (bugs.ladder_forgotten, ("4", "I10")),
    (bugs.screen_not_told, ("5",)),
    (bugs.everybodys_cards, ("5",)),
    (bugs.fold_with_a_memory, ("6", "I11")),
    (bugs.zone_of_the_tablet, ("6", "I11")),
    (bugs.stale_decision, ("6", "7", "1")),
    (bugs.known_ids_not_looked_up, ("7", "6", "I12")),
    (bugs.unknown_taken_for_done, ("7", "6", "I12")),
    (bugs.unknown_taken_for_failed, ("7",)),
    (bugs.clock_not_held, ("7", "I11")),
    (bugs.step_skipped, ("I2",)),
    (bugs.sent_by_nobody, ("I10",)),
    (bugs.deadline_never_taken, ("I10",)),
    (bugs.late_tablet_turns_time_back, ("7", "I14")),
    (bugs.displayed_before_delivered, ("I14",)),
    (bugs.load_not_counted, ("I17",)),
    (bugs.closed_with_units_bound, ("1", "I18")),
]


def first_found(seeds: range = SEEDS) -> Result | None:
    """The first seed that finds something."""
    return next((found for seed in seeds if (found := run(Plan(seed=seed))).broken), None)


@pytest.mark.parametrize(("bug", "numbers"), PLANTED, ids=lambda one: getattr(one, "__name__", ""))
def test_a_planted_bug_is_found(monkeypatch: Patch, bug: Bug, numbers: tuple[str, ...]) -> None:
    bug(monkeypatch)
    found = first_found()
    assert found is not None, f"{bug.__name__} lived through {len(SEEDS)} seeds"
    assert found.broken.partition(":")[0] in numbers, found.broken


_TRACE = "from tests.campaign.county import *; print(run(Plan(seed=7, minutes=8)).digest())"


def _digest(hash_seed: str) -> str:
    """Of a run in a process whose sets and dictionaries of text are ordered by this seed."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", _TRACE]
    told = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, timeout=120
    )
    return told.stdout.strip()


def test_the_same_seed_gives_the_same_trace_in_another_process() -> None:
    """I13: no order depends on sets, dictionaries, memory addresses or the wall clock."""
    assert _digest("1") == _digest("2") == run(Plan(seed=7, minutes=8)).digest()
    assert run(Plan(seed=8, minutes=8)).digest() != run(Plan(seed=7, minutes=8)).digest()


def test_a_look_at_the_wall_clock_is_found(monkeypatch: Patch) -> None:
    """I13, planted: whether a deadline is seen depends on the machine's own time."""
    real = deadlines.due

    def due(world: Any, now: Any) -> list[c.Command]:
        return list(real(world, now)) if time.time_ns() // 1000 % 2 else []

    monkeypatch.setattr("dispatch.deadline_ticker.due", due)
    digests = {run(Plan(seed=7)).digest() for _ in range(4)}
    assert len(digests) > 1
