"""Demand against closed forms: the Gamma-Poisson step, its intervals, the ladder, the clock."""

import json
import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from shapely import box

from maps.coordinates import Wgs84
from maps.coverage.cells import CellPolicy, cells_over
from maps.coverage.demand import (
    HOURS,
    Call,
    Demand,
    DemandPolicy,
    Period,
    demand_of,
    hour_of_week,
    hours_observed,
    log_score,
    posterior,
)
from maps.limits import MAX_DEMAND_DAYS

ZONE = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, tzinfo=ZONE)
WEEK = timedelta(days=7)

FOUR = cells_over(box(112.40, 29.30, 112.42, 29.32), CellPolicy(side_m=1_200.0))
ONE = cells_over(box(112.40, 29.30, 112.42, 29.32), CellPolicy(side_m=5_000.0))
NO_ZONES = np.zeros(4, np.int64)


def call(hour: float, cell: int = 0, week: int = 0, in_cells: object = FOUR) -> Call:
    lon, lat = float(FOUR.lon[cell]), float(FOUR.lat[cell])
    return Call(at=MONDAY + week * WEEK + timedelta(hours=hour), place=Wgs84(lon=lon, lat=lat))


def weeks(count: float) -> Period:
    return Period(from_at=MONDAY, until_at=MONDAY + count * WEEK)


def of(calls: list[Call], period: Period | None, **policy: float) -> Demand:
    return demand_of(FOUR, NO_ZONES, calls, period, ZONE, DemandPolicy(**policy))


def test_there_are_four_equal_cells() -> None:
    assert len(FOUR) == 4
    assert len(ONE) == 1
    assert FOUR.share == pytest.approx([FOUR.share[0]] * 4, rel=0.01)


@given(st.floats(1e-4, 10), st.floats(0.1, 100), st.integers(0, 500), st.floats(0, 5_000))
def test_the_step_is_the_conjugate_one(m: float, worth: float, calls: int, hours: float) -> None:
    """Posterior ∝ likelihood x prior, checked as a ratio of densities at two rates."""
    shape, rate = posterior(np.array(m), worth, np.array(calls), np.array(hours))
    assert 0 < float(shape / rate) < math.inf
    prior, after = stats.gamma(worth, scale=m / worth), stats.gamma(shape, scale=1 / rate)
    a, b = m, 1.5 * m
    likelihood = calls * math.log(b / a) - hours * (b - a)
    wanted = likelihood + prior.logpdf(b) - prior.logpdf(a)
    assert after.logpdf(b) - after.logpdf(a) == pytest.approx(wanted, rel=1e-6, abs=1e-6)


def test_without_data_it_is_the_prior_by_area_and_says_so() -> None:
    found = of([], None, prior_calls_a_day=12.0)
    assert found.source == "prior"
    assert found.calls == 0
    for hour in (0, 83, 167):
        assert found.mean(hour).sum() == pytest.approx(0.5)
        assert found.mean(hour) == pytest.approx(0.5 * FOUR.share / FOUR.share.sum())
    about = found.features(3)["about"]
    assert (about["source"], about["observed_h"]) == ("prior", 0.0)


def test_calls_without_a_period_are_not_used() -> None:
    found = of([call(3.0)], None)
    assert (found.calls, found.outside_period, found.source) == (0, 1, "prior")


def test_a_quiet_log_is_knowledge() -> None:
    found = of([], weeks(10))
    assert found.source == "calls"
    assert found.mean(5).sum() < 0.01 * 10.0 / 24.0


def test_one_cell_follows_the_closed_form() -> None:
    """One cell, one zone: every rung by hand for hour 10 with 6 of 9 calls in 3 weeks."""
    calls = [call(10.5, cell=0, week=week) for week in range(3) for _ in range(2)]
    calls += [call(hour, cell=0) for hour in (20.5, 40.5, 100.5)]
    policy = DemandPolicy(prior_calls_a_day=24.0, county=2.0, hour=3.0, zone=5.0, cell=7.0,
                          zone_hour=11.0, cell_hour=13.0)  # fmt: skip
    found = demand_of(ONE, np.zeros(1, np.int64), calls, weeks(3), ZONE, policy)
    county = (2 + 9) / (2 / 1.0 + 3 * 168)
    hourly = (3 + 6) / (3 / county + 3)
    zone_hour = (11 + 6) / (11 / hourly + 3)
    shape, rate = 13 + 6, 13 / zone_hour + 3
    assert found.shape[0, 10] == pytest.approx(shape)
    assert found.hours[0, 10] == pytest.approx(rate)
    assert found.mean(10)[0] == pytest.approx(shape / rate)
    low, high = found.interval(10, 0.9)
    exact = stats.gamma(shape, scale=1 / rate)
    assert low[0] == pytest.approx(exact.ppf(0.05))
    assert high[0] == pytest.approx(exact.ppf(0.95))


def test_cells_follow_the_closed_form_within_their_zones() -> None:
    zones = np.array([0, 0, 1, 1])
    calls = [call(10.5, cell=cell, week=week) for week in range(4) for cell in (0, 0, 0, 1, 2)]
    policy = DemandPolicy(prior_calls_a_day=24.0, county=1.0, hour=2.0, zone=3.0, cell=4.0,
                          zone_hour=5.0, cell_hour=6.0)  # fmt: skip
    found = demand_of(FOUR, zones, calls, weeks(4), ZONE, policy)
    hours, land = 4 * 168, FOUR.share
    county = (1 + 20) / (1 + hours)
    hourly = (2 + 20) / (2 / county + 4)
    zone_land = [land[:2].sum(), land[2:].sum()]
    zone = [(3 + n) / (3 / (county * a / land.sum()) + hours)
            for n, a in zip((16, 4), zone_land, strict=True)]  # fmt: skip
    share = [one / sum(zone) for one in zone]
    zone_hour = [(5 + n) / (5 / (s * hourly) + 4) for n, s in zip((16, 4), share, strict=True)]
    cell = [(4 + n) / (4 / (zone[0] * a / zone_land[0]) + hours)
            for n, a in zip((12, 4), land[:2], strict=True)]  # fmt: skip
    m = zone_hour[0] * cell[0] / sum(cell)
    assert found.mean(10)[0] == pytest.approx((6 + 12) / (6 / m + 4))


def test_much_data_speaks_for_itself() -> None:
    calls = [call(10.5, cell=1, week=week) for week in range(200) for _ in range(4)]
    found = of(calls, weeks(200))
    assert found.mean(10)[1] == pytest.approx(4.0, rel=0.05)
    assert found.mean(11)[1] < 0.5
    assert found.mean(10)[0] < 0.2


def test_few_calls_are_drawn_to_their_neighbours() -> None:
    found = of([call(10.5, cell=2)], weeks(1))
    rate = found.mean(10)
    assert rate.argmax() == 2
    assert rate[2] < 0.2  # one call in one hour is not one an hour
    assert rate[0] > 0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 335)), max_size=30))
def test_order_does_not_matter_and_all_calls_count(rows: list[tuple[int, int]]) -> None:
    calls = [call(hour + 0.5, cell=cell) for cell, hour in rows]
    there, back = of(calls, weeks(2)), of(list(reversed(calls)), weeks(2))
    assert np.array_equal(there.shape, back.shape)
    assert np.array_equal(there.hours, back.hours)
    assert there.counted.sum() == there.calls == len(calls)
    assert np.all(there.shape > 0)
    assert np.all(np.isfinite(there.hours))


def test_what_lies_elsewhere_is_counted_apart() -> None:
    away = Call(at=MONDAY, place=Wgs84(lon=113.0, lat=29.3))
    found = of([away, call(1.0), call(1.0, week=9), call(-1.0)], weeks(1))
    assert (found.calls, found.elsewhere, found.outside_period) == (1, 1, 2)


def test_a_township_without_a_cell_expects_nothing_and_harms_nobody() -> None:
    zones = np.array([0, 0, 2, 2])
    found = demand_of(FOUR, zones, [call(10.5)], weeks(1), ZONE)
    assert np.all(np.isfinite(found.mean(10)))
    assert found.mean(10).sum() > 0


def test_zones_must_fit_the_cells() -> None:
    with pytest.raises(ValueError, match="zones for 4 cells"):
        demand_of(FOUR, np.zeros(3, np.int64), [], None, ZONE)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_an_interval_has_a_share(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        of([], None).interval(0, share)


@pytest.mark.parametrize("weight", [0.0, -1.0, math.inf, math.nan])
def test_a_belief_is_worth_something(weight: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        DemandPolicy(cell=weight)


@pytest.mark.parametrize(
    ("at", "hour"),
    [
        (datetime(2026, 11, 22, 16, tzinfo=UTC), 0),  # Monday midnight in Shanghai
        (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), 167),
        (MONDAY + timedelta(days=2, hours=5, minutes=59), 53),
    ],
)
def test_the_hour_of_the_week_is_local(at: datetime, hour: int) -> None:
    assert hour_of_week(at, ZONE) == hour


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23)
    with pytest.raises(ValueError, match="time zone"):
        hour_of_week(naive, ZONE)
    with pytest.raises(ValueError, match="time zone"):
        Period(from_at=naive, until_at=naive)
    with pytest.raises(ValueError, match="time zone"):
        of([Call(at=naive, place=Wgs84(lon=112.4, lat=29.3))], weeks(1))


def test_a_period_runs_forward_and_not_for_ever() -> None:
    with pytest.raises(ValueError, match="days"):
        Period(from_at=MONDAY, until_at=MONDAY - WEEK)
    with pytest.raises(ValueError, match="days"):
        Period(from_at=MONDAY, until_at=MONDAY + timedelta(days=MAX_DEMAND_DAYS + 1))


def test_whole_weeks_see_every_hour_alike() -> None:
    assert hours_observed(weeks(3), ZONE) == pytest.approx(np.full(HOURS, 3.0))
    assert hours_observed(None, ZONE).sum() == 0.0


def test_parts_of_hours_count_as_parts() -> None:
    period = Period(from_at=MONDAY + timedelta(minutes=45), until_at=MONDAY + timedelta(hours=2.5))
    found = hours_observed(period, ZONE)
    assert found[:4] == pytest.approx([0.25, 1.0, 0.5, 0.0])
    assert found.sum() == pytest.approx(1.75)


def test_a_zone_of_half_hours_is_cut_at_its_own_clock() -> None:
    india = ZoneInfo("Asia/Kolkata")
    begin = datetime(2026, 11, 23, tzinfo=india)
    found = hours_observed(Period(from_at=begin, until_at=begin + timedelta(hours=2)), india)
    assert found[:3] == pytest.approx([1.0, 1.0, 0.0])


@pytest.mark.parametrize(
    ("monday", "hours"),
    [(datetime(2026, 3, 23, tzinfo=BERLIN), 0.0), (datetime(2026, 10, 19, tzinfo=BERLIN), 2.0)],
)
def test_summer_time_skips_and_repeats_an_hour(monday: datetime, hours: float) -> None:
    """Sunday two o'clock: skipped in March, there twice in October."""
    found = hours_observed(Period(from_at=monday, until_at=monday + WEEK), BERLIN)
    assert found[6 * 24 + 2] == pytest.approx(hours)
    assert found.sum() == pytest.approx(168 + (hours - 1.0))


def test_the_score_is_that_of_the_negative_binomial() -> None:
    found = of([call(10.5, cell=0), call(10.5, cell=1)], weeks(2))
    period = Period(from_at=MONDAY + 2 * WEEK, until_at=MONDAY + 3 * WEEK)
    later = [call(10.2, cell=0, week=2), call(30.0, cell=3, week=2)]
    seen = np.zeros((4, HOURS))
    seen[0, 10] = seen[3, 30] = 1
    wanted = stats.nbinom(found.shape, found.hours / (found.hours + 1.0)).logpmf(seen).sum()
    assert log_score(found, later, period, ZONE) == pytest.approx(wanted)


def test_the_score_prefers_what_is_true() -> None:
    train = [call(10.5, cell=0, week=week) for week in range(8)]
    later = [call(10.5, cell=0, week=8)]
    period = Period(from_at=MONDAY + 8 * WEEK, until_at=MONDAY + 9 * WEEK)
    learned, ignorant = of(train, weeks(8)), of([], None, prior_calls_a_day=1 / 7)
    assert log_score(learned, later, period, ZONE) > log_score(ignorant, later, period, ZONE)


def test_features_are_ready_for_the_map() -> None:
    drawn = of([call(10.5, cell=3)], weeks(1)).features(10, share=0.8)
    assert json.loads(json.dumps(drawn))["type"] == "FeatureCollection"
    (seen,) = [one for one in drawn["features"] if one["properties"]["calls_seen"] == 1]
    values = seen["properties"]
    assert values["low_per_h"] < values["calls_per_h"] < values["high_per_h"]
    assert drawn["about"] == {"hour_of_week": 10, "source": "calls", "is_estimate": True,
                              "calls": 1, "observed_h": 168.0, "interval": 0.8}  # fmt: skip
