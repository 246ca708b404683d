"""What `greenlane simulate` prints and writes: tables, rows of calls, JSON.

Tables go to standard output, progress to standard error. Not here: numbers (`dispatch.simulation`)
and pictures (`deploy.simulation_plots`).
"""

import csv
import json
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from dispatch.simulation.compare import Difference
from dispatch.simulation.outcome import CallOutcome
from dispatch.simulation.report import Report, as_json, without_nan

_WIDTH: Final = 190  # of a table that is not read on a screen

Row = tuple[str, CallOutcome]
"""Which scenario or replication, and what came of a call of it."""


class Bar:
    """A progress bar on standard error: calls closed, for each policy in turn."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(),
                   TimeElapsedColumn())  # fmt: skip
        self._progress = Progress(*columns, console=Console(stderr=True))

    def __enter__(self) -> "Bar":
        self._progress.start()
        return self

    def __exit__(self, *_what: object) -> None:
        self._progress.stop()

    def task(self, words: str, total: int) -> Callable[[int], None]:
        """A bar of its own; the answer moves it on to so many."""
        task = self._progress.add_task(words, total=total)
        return lambda done: self._progress.update(task, completed=done)


def _cell(value: float, form: str, unit: str = "") -> str:
    """A dash for what there were no calls for."""
    return "–" if math.isnan(value) else f"{value:{form}}{unit}"


def console() -> Console:
    """Standard output; wide where nobody looks, so that no column is cut."""
    found = Console()
    return found if found.is_terminal else Console(width=_WIDTH)


def summary(title: str, reports: Sequence[Report]) -> Table:
    """The summary of the benchmark (DISPATCH 3.2): one row a policy, seconds."""
    table = Table(title=title)
    table.add_column("policy")
    for name in ("calls", "mean", "high mean", "high in time", "low mean", "penalised", "P90",
                 "redirected", "moves", "km", "busy"):  # fmt: skip
        table.add_column(name, justify="right")
    for one in reports:
        table.add_row(
            one.policy,
            f"{one.calls}" + (f" (-{one.lost})" if one.lost else ""),
            _cell(one.mean_s, ".1f"),
            _cell(one.high_mean_s, ".1f"),
            _cell(100 * one.high_in_time, ".1f", " %"),
            _cell(one.low_mean_s, ".1f"),
            _cell(one.penalised_s, ".0f"),
            _cell(one.p90_s, ".0f"),
            f"{one.redirections_a_call:.2f}",
            f"{one.standby_moves}",
            f"{one.kilometres:.0f}",
            f"{100 * one.busy:.1f} %",
        )
    return table


def by_priority(reports: Sequence[Report], names: Sequence[str]) -> Table:
    """Mean, 90th centile and share late of each priority, one row a policy."""
    table = Table(title="by priority: mean s / P90 s / late")
    table.add_column("policy")
    for name in names:
        table.add_column(name, justify="right")
    for extra in ("worst zone P90", "Gini", "no unit free", "misplaced"):
        table.add_column(extra, justify="right")
    for one in reports:
        cells = [
            " / ".join(
                (_cell(p.mean_s, ".0f"), _cell(p.p90_s, ".0f"), _cell(100 * p.late, ".1f", " %"))
            )
            for p in one.priorities
        ]
        worst = "–" if one.worst_zone_p90_s is None else f"{one.worst_zone_p90_s:.0f}"
        fair = "–" if one.gini is None else f"{one.gini:.3f}"
        table.add_row(
            one.policy,
            *cells,
            worst,
            fair,
            _cell(100 * one.no_idle, ".1f", " %"),
            f"{one.misplaced}",
        )
    return table


def compared(found: Sequence[Difference]) -> Table:
    """Paired differences with their intervals; * marks those that leave out 0."""
    table = Table(title="paired differences by replication, 95 % interval")
    for name in ("policy", "against", "measure"):
        table.add_column(name)
    for name in ("base", "difference", "from", "to", ""):
        table.add_column(name, justify="right")
    for one in found:
        table.add_row(
            one.policy,
            one.against,
            one.measure,
            f"{one.base:.4g}",
            f"{one.mean:+.4g}",
            "–" if one.low is None else f"{one.low:+.4g}",
            "–" if one.high is None else f"{one.high:+.4g}",
            "*" if one.is_clear else "",
        )
    return table


def zones(reports: Sequence[Report], names: Sequence[str]) -> Table:
    """90th centile of the response by township, one column a policy."""
    table = Table(title="P90 by township, s")
    table.add_column("township")
    for one in reports:
        table.add_column(one.policy, justify="right")
    known = sorted({zone for one in reports for zone in one.zones})
    for zone in known:
        name = names[zone] if zone < len(names) else f"{zone}"
        cells = [f"{one.zones[zone]:.0f}" if zone in one.zones else "–" for one in reports]
        table.add_row(name, *cells)
    return table


def write_rows(path: Path, policies: Sequence[tuple[str, Iterable[Row]]]) -> int:
    """One row a call: scenario, call, ambulance, response_s and more; answers how many.

    With several policies the first column names the policy.
    """
    header = ["scenario", "call", "ambulance", "response_s", "priority", "sent_s", "facility",
              "reached_hospital_at_s", "free_at_s", "redirected", "at_s"]  # fmt: skip
    has_many = len(policies) > 1
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow((["policy"] if has_many else []) + header)
        for name, rows in policies:
            for scenario, one in rows:
                writer.writerow(([name] if has_many else []) + _cells(scenario, one))
                count += 1
    return count


def write_json(path: Path, reports: Sequence[Report], found: Sequence[Difference]) -> None:
    """Every number of every table."""
    document: dict[str, Any] = {
        "reports": [as_json(one) for one in reports],
        "differences": [without_nan(msgspec.to_builtins(one)) for one in found],
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _cells(scenario: str, one: CallOutcome) -> list[str]:
    """Empty cells where it never happened."""
    reached = one.arrived_ms >= 0
    return [
        scenario,
        f"{one.call_id}",
        f"{one.unit_id}" if reached else "",
        f"{one.response_ms / 1000:.3f}" if reached else "",
        f"{one.priority}",
        f"{one.sent_ms / 1000:.3f}" if reached else "",
        f"{one.facility}" if one.facility >= 0 else "",
        f"{one.delivered_ms / 1000:.3f}" if one.delivered_ms >= 0 else "",
        f"{one.closed_ms / 1000:.3f}",
        f"{one.diversions}",
        f"{one.at_ms / 1000:.3f}",
    ]
