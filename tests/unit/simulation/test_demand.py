"""Calls to come: rates by hour and zone, surges, many hurt at once, and durations."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from scipy import stats

from dispatch.simulation.chance import Chance
from dispatch.simulation.demand import (
    HOUR_MS,
    WEEK_HOURS,
    Care,
    Forecast,
    Kind,
    Law,
    Mass,
    Surge,
    Zone,
    calls_to_come,
)
from dispatch.simulation.shapes import Spot

CARE = Care(ready=Law(mean=60), on_scene=Law(mean=900), transport=0.75, handover=Law(mean=600))
ZONES = (
    Zone(spot=Spot(112.4, 29.3), weight=3.0, spread_m=2_000),
    Zone(spot=Spot(112.6, 29.2), weight=1.0),
)
DAY_AND_NIGHT = tuple(4.0 if 8 <= hour % 24 < 20 else 1.0 for hour in range(WEEK_HOURS))


def forecast(**changes: object) -> Forecast:
    plain = Forecast(a_hour=DAY_AND_NIGHT, zones=ZONES, priorities=(0.25, 0.75), care=CARE)
    return msgspec.structs.replace(plain, **changes)


def test_each_hour_of_the_week_has_its_rate() -> None:
    weeks = 60
    calls = calls_to_come(forecast(), 7 * weeks, seed=4)
    hours = np.bincount([one.at_ms // HOUR_MS % WEEK_HOURS for one in calls], minlength=WEEK_HOURS)
    expected = np.array(DAY_AND_NIGHT) * weeks
    found = stats.chisquare(hours, expected * hours.sum() / expected.sum())
    assert found.pvalue > 0.001
    assert hours.sum() == pytest.approx(expected.sum(), abs=4 * np.sqrt(expected.sum()))


def test_the_counts_of_a_cell_are_as_scattered_as_poisson() -> None:
    """Dispersion index 1 in each hour of the week (thinning test, DISPATCH 4.8)."""
    weeks = 60
    calls = calls_to_come(forecast(), 7 * weeks, seed=4)
    hours = np.bincount([one.at_ms // HOUR_MS for one in calls], minlength=weeks * WEEK_HOURS)
    table = hours[: weeks * WEEK_HOURS].reshape(weeks, WEEK_HOURS)
    dispersion = (table.var(axis=0, ddof=1) / table.mean(axis=0)).mean()
    assert dispersion == pytest.approx(1.0, abs=4 * np.sqrt(2 / (weeks * WEEK_HOURS)))


def test_zones_priorities_and_places_are_as_asked() -> None:
    calls = calls_to_come(forecast(), 300, seed=5)
    near = [one for one in calls if one.zone == 0]
    assert stats.binomtest(len(near), len(calls), 0.75).pvalue > 0.001
    high = sum(one.priority == 0 for one in calls)
    assert stats.binomtest(high, len(calls), 0.25).pvalue > 0.001
    taken = sum(one.transport for one in calls)
    assert stats.binomtest(taken, len(calls), 0.75).pvalue > 0.001
    north_m = np.array([(one.spot.lat - 29.3) * 111_195 for one in near])
    assert stats.kstest(north_m, "norm", args=(0, 2_000)).pvalue > 0.001
    assert {one.spot for one in calls if one.zone == 1} == {ZONES[1].spot}
    assert [one.call_id for one in calls] == list(range(len(calls)))
    assert all(a.at_ms <= b.at_ms for a, b in pairwise(calls))


def test_a_surge_multiplies_only_its_zone_and_time() -> None:
    surge = Surge(from_h=24, until_h=72, factor=3.0, zone=1)
    calls = calls_to_come(forecast(surges=(surge,)), 300, seed=6)
    inside = [one for one in calls if 24 <= one.at_ms / HOUR_MS < 72]
    there = sum(one.zone == 1 for one in inside)
    assert stats.binomtest(there, len(inside), 0.5).pvalue > 0.001  # 3 : 3 instead of 1 : 3
    outside = [one for one in calls if one.at_ms / HOUR_MS >= 72]
    assert stats.binomtest(sum(o.zone == 1 for o in outside), len(outside), 0.25).pvalue > 0.001


def test_many_hurt_come_within_their_time_at_one_place(seed: int) -> None:
    bus = Mass(at_h=30, zone=0, calls=40, over_s=600, priorities=(1.0, 0.0))
    with_bus = calls_to_come(forecast(masses=(bus,)), 3, seed=seed)
    without = calls_to_come(forecast(), 3, seed=seed)
    assert len(with_bus) == len(without) + 40
    hurt = [one for one in with_bus if one.spot == ZONES[0].spot]
    assert len(hurt) == 40
    assert all(30 * HOUR_MS <= one.at_ms <= 30 * HOUR_MS + 600_000 for one in hurt)
    assert {one.priority for one in hurt} == {0}
    later = calls_to_come(forecast(masses=(msgspec.structs.replace(bus, at_h=80),)), 3, seed=seed)
    assert later == without


def test_another_rate_leaves_the_care_of_a_candidate_as_it_was(seed: int) -> None:
    """Care is keyed by the candidate: with the highest rate the same, so is each candidate."""
    quiet = tuple(min(rate, 4.0) if hour < 100 else rate / 2 for hour, rate in
                  enumerate(DAY_AND_NIGHT))  # fmt: skip
    many = {one.at_ms: one for one in calls_to_come(forecast(), 7, seed=seed)}
    few = calls_to_come(forecast(a_hour=quiet), 7, seed=seed)
    assert len(few) < len(many)
    for one in few:
        twin = many[one.at_ms]
        assert (one.spot, one.on_scene_ms, one.priority) == (
            twin.spot,
            twin.on_scene_ms,
            twin.priority,
        )


@pytest.mark.parametrize(
    ("kind", "spread", "deviation"),
    [("constant", 0, 0), ("exponential", 0, 100), ("uniform", 60, 34.64), ("normal", 20, 20),
     ("lognormal", 0.5, 53.29)],
)  # fmt: skip
def test_durations_have_their_mean_and_deviation(
    kind: Kind, spread: float, deviation: float
) -> None:
    law = Law(mean=100.0, kind=kind, spread=spread)
    chance = Chance(8)
    drawn = np.array([law.draw_ms(chance, "x", key) for key in range(20_000)]) / 1000
    assert drawn.mean() == pytest.approx(100.0, abs=4 * max(deviation, 1e-9) / np.sqrt(20_000))
    assert drawn.std() == pytest.approx(deviation, rel=0.05, abs=1e-3)
    assert drawn.min() >= 0


def test_hospitals_with_special_needs_are_asked_for_by_share() -> None:
    calls = calls_to_come(forecast(needs=(1, 2), hospital_needs=((8, 0.5), (0, 0.0))), 100, seed=9)
    high = [one for one in calls if one.priority == 0]
    special = sum(one.hospital_needs == 8 for one in high)
    assert stats.binomtest(special, len(high), 0.5).pvalue > 0.001
    assert {one.hospital_needs for one in calls if one.priority == 1} == {0}
    assert {(one.priority, one.needs) for one in calls} == {(0, 1), (1, 2)}


@pytest.mark.parametrize(
    "changes",
    [
        {"a_hour": (1.0,) * 24},
        {"a_hour": (-1.0, *DAY_AND_NIGHT[1:])},
        {"zones": ()},
        {"priorities": (0.5, 0.6)},
    ],
)
def test_senseless_forecasts_are_refused(changes: dict[str, object]) -> None:
    fields = {"a_hour": DAY_AND_NIGHT, "zones": ZONES, "priorities": (0.25, 0.75), "care": CARE}
    with pytest.raises(ValueError):
        Forecast(**(fields | changes))  # type: ignore[arg-type]


def test_nobody_calls_at_rate_nought_and_too_many_are_refused() -> None:
    assert calls_to_come(forecast(a_hour=(0.0,) * WEEK_HOURS), 10, seed=1) == []
    with pytest.raises(ValueError, match="at most"):
        calls_to_come(forecast(a_hour=(1e6,) * WEEK_HOURS), 10, seed=1)
    for mean, spread in ((-1.0, 0.0), (1.0, -1.0), (float("nan"), 0.0)):
        with pytest.raises(ValueError):
            Law(mean=mean, spread=spread)
