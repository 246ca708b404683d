"""What a run means: means, centiles, late shares, fairness, kilometres; one row of a table each.

Times in seconds. Only calls that were reached count for responses; lost ones are counted. A mean of
no calls is NaN, never 0. Not here: differences between policies (`compare`), printing (`deploy`).
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from dispatch.simulation.outcome import CallOutcome, Outcome
from dispatch.simulation.shapes import Values

_ZONE_CALLS_MIN = 20
"""A centile of fewer calls of a township says nothing; such townships count only together."""


class PriorityReport(msgspec.Struct, frozen=True, kw_only=True):
    """Responses to the calls of one priority, seconds; ``late`` is the share above its target."""

    priority: int
    calls: int
    mean_s: float
    p50_s: float
    p90_s: float
    late: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One policy over one or more runs of the same scenario.

    ``high_*`` and ``low_mean_s`` are those of the benchmark tables: high priorities by `Values`,
    ``high_in_time`` within their targets; ``late`` is the share of all calls beyond theirs.
    ``no_idle``: share of the high-priority calls that found
    no capable unit free. ``worst_zone_p90_s`` and ``gini``: fairness between zones with at least
    20 calls (0 is equal); None with fewer than two such zones.
    """

    policy: str
    runs: int
    calls: int
    lost: int
    mean_s: float
    high_mean_s: float
    high_in_time: float
    low_mean_s: float
    late: float
    penalised_s: float
    p50_s: float
    p90_s: float
    priorities: tuple[PriorityReport, ...]
    no_idle: float
    worst_zone_p90_s: float | None
    gini: float | None
    zones: dict[int, float]
    busy: float
    kilometres: float
    redirections_a_call: float
    standby_moves: int
    misplaced: int
    decisions: int


Floats = NDArray[np.float64]


def report(outcomes: Sequence[Outcome], values: Values, *, from_ms: int = 0) -> Report:
    """Sum up the runs of one policy; calls before ``from_ms`` are warm-up and not counted."""
    calls = [one for run in outcomes for one in run.calls if one.at_ms >= from_ms]
    reached = [one for one in calls if one.arrived_ms >= 0]
    response = np.array([one.response_ms / 1000 for one in reached])
    priority = np.array([one.priority for one in reached], int)
    high = np.isin(priority, list(values.high))
    targets = np.array([values.target_ms[p] / 1000 for p in priority])
    zones = _zones(reached)
    span_ms = sum(run.sums.until_ms for run in outcomes)
    units = len(outcomes[0].units) if outcomes else 0
    high_calls = [one for one in calls if one.priority in values.high]
    return Report(
        policy=outcomes[0].policy if outcomes else "",
        runs=len(outcomes),
        calls=len(calls),
        lost=sum(one.is_lost for one in calls),
        mean_s=_mean(response),
        high_mean_s=_mean(response[high]),
        high_in_time=_mean((response <= targets)[high]),
        low_mean_s=_mean(response[~high]),
        late=_mean(response > targets),
        penalised_s=_mean(_penalised(reached, values)),
        p50_s=_centile(response, 50),
        p90_s=_centile(response, 90),
        priorities=tuple(
            _of_priority(p, response[priority == p], values.target_ms[p] / 1000)
            for p in range(len(values.weight))
        ),
        no_idle=_mean([not one.saw_idle for one in high_calls]),
        worst_zone_p90_s=max(zones.values()) if len(zones) > 1 else None,
        gini=gini(list(zones.values())) if len(zones) > 1 else None,
        zones=zones,
        busy=sum(run.sums.busy_ms for run in outcomes) / max(1, span_ms * units),
        kilometres=sum(unit.metres for run in outcomes for unit in run.units) / 1000,
        redirections_a_call=sum(one.diversions for one in calls) / max(1, len(calls)),
        standby_moves=sum(unit.standby_moves for run in outcomes for unit in run.units),
        misplaced=sum(one.misplaced for one in calls),
        decisions=sum(run.decisions for run in outcomes),
    )


def gini(values: Sequence[float]) -> float:
    """Gini's mean difference over twice the mean: 0 where all are equal; 0 for no values."""
    ordered = np.sort(np.asarray(values, float))
    n, total = len(ordered), float(ordered.sum())
    if n == 0 or total == 0:
        return 0.0
    ranks = np.arange(1, n + 1)
    return float((2 * ranks - n - 1) @ ordered / (n * total))


def as_json(found: Report) -> dict[str, Any]:
    """Plain values, as JSON files keep them; null for what there were no calls for."""
    return dict(without_nan(msgspec.to_builtins(found, str_keys=True)))


def without_nan(value: Any) -> Any:
    """The same with None for every number that is none, at any depth."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    return value


def _penalised(calls: Iterable[CallOutcome], values: Values) -> list[float]:
    return [
        values.penalised_ms(one.kind, one.priority, one.response_ms) / 1000 for one in calls
    ]  # fmt: skip


def _zones(calls: Sequence[CallOutcome]) -> dict[int, float]:
    """90th centile of the response of each zone with enough calls, seconds."""
    found: dict[int, list[float]] = {}
    for one in calls:
        found.setdefault(one.zone, []).append(one.response_ms / 1000)
    return {
        zone: _centile(np.array(times), 90)
        for zone, times in sorted(found.items())
        if len(times) >= _ZONE_CALLS_MIN
    }


def _of_priority(priority: int, response: Floats, target_s: float) -> PriorityReport:
    return PriorityReport(
        priority=priority,
        calls=len(response),
        mean_s=_mean(response),
        p50_s=_centile(response, 50),
        p90_s=_centile(response, 90),
        late=_mean(response > target_s),
    )


def _mean(values: Any) -> float:
    found = np.asarray(values, float)
    return float(found.mean()) if found.size else math.nan


def _centile(values: Floats, share: float) -> float:
    return float(np.percentile(values, share)) if values.size else math.nan
