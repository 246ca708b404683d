"""How many calls to expect in each cell at each hour of the week, and how sure one can be.

Theory. Calls in a cell at an hour of the week are Poisson with an unknown rate (calls an hour).
Most cells have seen few calls or none, so each rate is drawn towards what is known of more: it is
its expected value m times an unknown factor with a Gamma(a, a) distribution (mean 1; a is "worth a
calls"). After N calls in T hours the rate is exactly Gamma(a + N, a / m + T), its mean
(a + N) / (a / m + T): m without data, N / T with much. This step is taken down a ladder

    county → hour of the week                        m = the county's rate
    county → zone → cell, all hours together         m = share of the area
    county's hour x zone's share → zone and hour
    zone's hour x cell's share → cell and hour       the answer

each rung taking the means of the one above as known (empirical Bayes). The intervals are exact for
the last rung and say nothing of the doubt in the rungs above: they are a little too narrow.

Nothing random, no fitting: the weights are POLICY, to be chosen by `log_score` on calls that were
not used. Holidays, weather and trends are not in it. Not here: whose log the calls come from, and
which of them count; cells (`maps.coverage.cells`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, gammaln

from maps.coordinates import Wgs84
from maps.coverage.cells import Cells, as_features
from maps.limits import MAX_DEMAND_DAYS
from maps.network.graph import Floats

HOURS: Final = 168
"""Hours of the week; 0 is Monday 00:00 to 01:00, local time."""

_HOUR: Final = timedelta(hours=1)

Numbers = NDArray[np.int64]


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call for help: when (with its time zone) and where."""

    at: datetime
    place: Wgs84


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """From when until when every call was written down; a gap in the log looks like quiet hours."""

    from_at: datetime
    until_at: datetime

    def __post_init__(self) -> None:
        if self.from_at.tzinfo is None or self.until_at.tzinfo is None:
            raise ValueError("the times of a period need a time zone")
        if not timedelta(0) <= self.until_at - self.from_at <= timedelta(days=MAX_DEMAND_DAYS):
            raise ValueError(f"a period has 0 to {MAX_DEMAND_DAYS} days")


class DemandPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Local policy. ``prior_calls_a_day`` is what the county expects before its log says anything
    (a guess until then, and labelled); the others are what each belief is worth, in calls.

    The defaults are near the best `log_score` on a public log (South Metro Fire Rescue, Colorado,
    2019: learned on 7 weeks with 5,400 calls, scored on the next 4, cells of 2 km): -8,269 against
    -10,855 for even spread and -13,724 for counts alone. Other counties choose by their own log.
    """

    prior_calls_a_day: float = 10.0
    county: float = 1.0
    hour: float = 5.0
    zone: float = 1.0
    cell: float = 1.0
    zone_hour: float = 100.0
    cell_hour: float = 20.0

    def __post_init__(self) -> None:
        numbers = (self.prior_calls_a_day, self.county, self.hour, self.zone, self.cell,
                   self.zone_hour, self.cell_hour)  # fmt: skip
        if not all(0 < number < 1e6 for number in numbers):
            raise ValueError("expected calls and weights must be positive")


@dataclass(frozen=True, kw_only=True, eq=False)
class Demand:
    """The rate of each cell and hour is Gamma(``shape``, ``hours``): c cells x 168.

    ``calls`` were used; ``elsewhere`` lay in no cell, ``outside_period`` in no observed time.
    ``source`` is "prior" when no hour was observed: then it is area and a guess, no knowledge.
    """

    cells: Cells
    shape: Floats  # (c, 168) calls, the prior's included
    hours: Floats  # (c, 168) hours, the prior's included
    counted: Numbers  # (c, 168) calls seen
    observed_h: Floats  # (168,)
    calls: int
    elsewhere: int
    outside_period: int
    source: Literal["prior", "calls"]

    def mean(self, hour: int) -> Floats:
        """Expected calls an hour in each cell at an hour of the week, shape (c,)."""
        return np.asarray(self.shape[:, hour] / self.hours[:, hour])

    def interval(self, hour: int, share: float = 0.9) -> tuple[Floats, Floats]:
        """Between which rates the true one lies with probability ``share``; calls an hour."""
        if not 0.0 < share < 1.0:
            raise ValueError(f"share {share} is not between 0 and 1")
        shape, hours = self.shape[:, hour], self.hours[:, hour]
        low = gammaincinv(shape, (1 - share) / 2) / hours
        return np.asarray(low), np.asarray(gammaincinv(shape, (1 + share) / 2) / hours)

    def features(self, hour: int, share: float = 0.9) -> dict[str, Any]:
        """The cells as GeoJSON for the map; rates in calls an hour."""
        low, high = self.interval(hour, share)
        drawn = as_features(
            self.cells,
            {
                "calls_per_h": self.mean(hour).round(6),
                "low_per_h": low.round(6),
                "high_per_h": high.round(6),
                "calls_seen": self.counted[:, hour],
            },
        )
        about = {"hour_of_week": hour, "source": self.source, "is_estimate": True,
                 "calls": self.calls, "observed_h": round(float(self.observed_h.sum()), 2),
                 "interval": share}  # fmt: skip
        return drawn | {"about": about}


def demand_of(
    cells: Cells,
    zones: Numbers,
    calls: Iterable[Call],
    period: Period | None,
    zone: ZoneInfo,
    policy: DemandPolicy | None = None,
) -> Demand:
    """The demand from a log of calls, complete for a period; without a period it is the prior.

    ``zones`` is each cell's zone (township), shape (c,), from 0 up.
    """
    if zones.shape != (len(cells),):
        raise ValueError(f"{zones.shape} zones for {len(cells)} cells")
    policy = policy or DemandPolicy()
    listed = list(calls)
    inside = [one for one in listed if _is_in(one, period)]
    counted, elsewhere = count(cells, inside, zone)
    observed_h = hours_observed(period, zone)
    expected = _expected(counted, observed_h, cells.share, zones, policy)
    shape, hours = posterior(expected, policy.cell_hour, counted, observed_h)
    return Demand(
        cells=cells,
        shape=shape,
        hours=hours,
        counted=counted,
        observed_h=observed_h,
        calls=int(counted.sum()),
        elsewhere=elsewhere,
        outside_period=len(listed) - len(inside),
        source="calls" if observed_h.sum() > 0 else "prior",
    )


def posterior(
    expected: Floats, worth: float, calls: Floats | Numbers, hours: Floats
) -> tuple[Floats, Floats]:
    """Shape (calls) and rate (hours) of the Gamma distribution of a Poisson rate.

    ``expected`` rates in calls an hour, the belief in them worth ``worth`` calls; then ``calls``
    were seen in ``hours``. All broadcast.
    """
    return np.asarray(worth + calls, np.float64), worth / expected + hours


def hour_of_week(at: datetime, zone: ZoneInfo) -> int:
    """0 to 167 by the local clock; raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"the call at {at.isoformat()} has no time zone")
    local = at.astimezone(zone)
    return local.weekday() * 24 + local.hour


def hours_observed(period: Period | None, zone: ZoneInfo) -> Floats:
    """How many hours of each hour of the week lie in the period, shape (168,).

    Counted by the local clock: the hour that summer time skips or repeats is skipped or repeated.
    """
    found = np.zeros(HOURS)
    if period is None:
        return found
    now, end = period.from_at.astimezone(UTC), period.until_at.astimezone(UTC)
    while now < end:
        local = now.astimezone(zone)
        past = timedelta(minutes=local.minute, seconds=local.second,
                         microseconds=local.microsecond)  # fmt: skip
        until = min(end, now + _HOUR - past)
        found[local.weekday() * 24 + local.hour] += (until - now) / _HOUR
        now = until
    return found


def count(cells: Cells, calls: list[Call], zone: ZoneInfo) -> tuple[Numbers, int]:
    """Calls by cell and hour of the week, shape (c, 168), and how many lay in no cell."""
    lon = np.array([call.place.lon for call in calls], np.float64)
    lat = np.array([call.place.lat for call in calls], np.float64)
    cell = cells.at(lon, lat)
    hour = np.array([hour_of_week(call.at, zone) for call in calls], np.int64)
    counted = np.zeros((len(cells), HOURS), np.int64)
    is_in = cell >= 0
    np.add.at(counted, (cell[is_in], hour[is_in]), 1)
    return counted, int(np.count_nonzero(~is_in))


def log_score(demand: Demand, calls: Iterable[Call], period: Period, zone: ZoneInfo) -> float:
    """The natural logarithm of the probability of other calls under this demand; more is better.

    Exact: a Poisson count with a Gamma rate is negative binomial. Cells and hours are taken as
    independent; calls in no cell or outside the period do not count.
    """
    inside = [one for one in calls if _is_in(one, period)]
    seen, _elsewhere = count(demand.cells, inside, zone)
    hours = hours_observed(period, zone)
    shape, rate = demand.shape, demand.hours
    found = gammaln(shape + seen) - gammaln(shape) - gammaln(seen + 1)
    found += shape * np.log(rate / (rate + hours))
    found += seen * np.log(np.maximum(hours, 1e-300) / (rate + hours))
    return float(found.sum())


def _expected(
    counted: Numbers, observed_h: Floats, land: Floats, zones: Numbers, policy: DemandPolicy
) -> Floats:
    """What the rungs above expect in each cell and hour, calls an hour, shape (c, 168)."""
    total_h = float(observed_h.sum())
    by_hour, by_cell = counted.sum(axis=0), counted.sum(axis=1)
    prior = np.array(policy.prior_calls_a_day / 24.0)
    county = _mean(prior, policy.county, counted.sum(), np.array(total_h))
    hourly = _mean(county, policy.hour, by_hour, observed_h)  # (168,)

    zone_land = np.bincount(zones, land)
    zone_share = np.divide(zone_land, land.sum())
    held = np.flatnonzero(zone_land > 0)  # a township with no cell of its own expects nothing
    zone_rate = np.zeros(len(zone_land))
    zone_calls = np.bincount(zones, by_cell)
    zone_rate[held] = _mean(
        county * zone_share[held], policy.zone, zone_calls[held], np.array(total_h)
    )
    cell_rate = _mean(
        zone_rate[zones] * land / zone_land[zones], policy.cell, by_cell, np.array(total_h)
    )
    cell_share = cell_rate / np.bincount(zones, cell_rate)[zones]

    zone_hour_calls = np.zeros((len(zone_land), HOURS))
    np.add.at(zone_hour_calls, zones, counted)
    zone_hourly = np.zeros_like(zone_hour_calls)
    share = zone_rate[held] / zone_rate.sum()
    zone_hourly[held] = _mean(
        share[:, None] * hourly, policy.zone_hour, zone_hour_calls[held], observed_h
    )
    return np.asarray(zone_hourly[zones] * cell_share[:, None])


def _mean(expected: Floats, worth: float, calls: Floats | Numbers, hours: Floats) -> Floats:
    shape, rate = posterior(expected, worth, calls, hours)
    return np.asarray(shape / rate)


def _is_in(call: Call, period: Period | None) -> bool:
    if call.at.tzinfo is None:
        raise ValueError(f"the call at {call.at.isoformat()} has no time zone")
    return period is not None and period.from_at <= call.at < period.until_at
