"""Cover, reach and demand as one county's consoles ask for them: computed once, off the loop.

An answer holds for its inputs: the closures that hold, where idle units stand within
`COVERAGE_BUCKET_M`, the hour of the week, the record of incidents. While they are the same, every
desk gets the same bytes. What is not certain is said in ``about``: units taken to be at their
stations, times by the straight line, rates from few incidents.

The standard is the county's own, `[coverage] no_unit_within_s`. Not here: who may ask
(`dispatch.http.coverage`).
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import msgspec
import numpy as np

from dispatch.domain.config import CountyConfig, DispatchPolicy
from dispatch.domain.world import World
from dispatch.limits import (
    COVERAGE_ANSWERS_MAX,
    COVERAGE_WAITING_MAX,
    DEMAND_FEW_CALLS,
)
from dispatch.live.cover_map import CoverMap, bucket_of
from dispatch.live.incident_log import IncidentLog, Record
from dispatch.live.journeys import closures_of
from dispatch.live.off_loop import OffLoop
from dispatch.live.standing import Standing
from maps.areas import CountyArea
from maps.coverage.cover import Cover
from maps.coverage.demand import Demand, demand_of, hour_of_week
from maps.coverage.reach import Crow
from maps.network.travel import Roads

_INTERVAL = 0.9


class Coverage:
    """The county's cover; one for each process."""

    def __init__(self, area: CountyArea, zone: ZoneInfo, crow: Crow, pool: asyncpg.Pool) -> None:
        """By the straight line until roads are given (`use`)."""
        self._area, self._zone = area, zone
        self._map = CoverMap(area, crow, zone)
        self._log = IncidentLog(pool)
        self._off_loop = OffLoop("coverage", COVERAGE_WAITING_MAX)
        self._answers: OrderedDict[Any, bytes] = OrderedDict()
        self._demand: tuple[Record, Demand] | None = None

    def use(self, roads: Roads) -> None:
        """From the next question on these roads count."""
        self._map.use(roads)

    async def cells(self, world: World, idle: Sequence[Standing], now: datetime) -> bytes:
        """The cells with their nearest idle unit and their demand, as encoded GeoJSON.

        ``about`` says what it was made from; times are seconds, rates calls an hour.
        """
        record = await self._log.record(now)
        standard_s = _policy(world.config).cover_minutes * 60
        moment = self._map.moment(closures_of(world.closures), now)
        hour = hour_of_week(now, self._zone)
        key = ("cells", moment, _buckets(idle), record, hour, standard_s)

        def draw() -> dict[str, Any]:
            cover = self._map.cover(idle, moment, now)
            return self._cells_answer(cover, idle, record, standard_s, now)

        return await self._answer(key, draw)

    async def isochrones(
        self,
        world: World,
        around: str,
        standing: Sequence[Standing],
        limits_min: Sequence[float],
        now: datetime,
    ) -> bytes:
        """What the quickest of the units or stations reaches within each limit, as GeoJSON."""
        moment = self._map.moment(closures_of(world.closures), now)
        key = (around, moment, _buckets(standing), tuple(limits_min))

        def draw() -> dict[str, Any]:
            places = [one.place for one in standing]
            found = self._map.isochrones(places, limits_min, moment, now)
            methods = {one["properties"]["method"] for one in found["features"]}
            about = {"around": around, "computed_at": now} | _found(standing, methods)
            return found | {"about": about}

        return await self._answer(key, draw)

    async def _answer(self, key: Any, draw: Callable[[], dict[str, Any]]) -> bytes:
        """The answer kept under ``key``, or drawn now, in the thread."""

        def kept_or_drawn() -> bytes:
            found = self._answers.get(key)
            if found is None:
                found = self._answers[key] = msgspec.json.encode(draw())
            self._answers.move_to_end(key)
            while len(self._answers) > COVERAGE_ANSWERS_MAX:
                self._answers.popitem(last=False)
            return found

        return await self._off_loop.run(kept_or_drawn)

    def _cells_answer(
        self, cover: Cover, idle: Sequence[Standing], record: Record, standard_s: int, now: datetime
    ) -> dict[str, Any]:
        demand = self._demand_of(record)
        hour = hour_of_week(now, self._zone)
        number = len(self._map.cells)
        rates = demand.mean(hour)
        low, high = demand.interval(hour, _INTERVAL)
        is_gap = ~cover.reached(standard_s)[:number]
        has_road = cover.has_road[:number]
        columns = {
            "first_s": _seconds(cover.first_s[:number]),
            "is_uncovered": is_gap.tolist(),
            "has_road": has_road.tolist(),
            "calls_per_h": rates.round(6).tolist(),
            "low_per_h": low.round(6).tolist(),
            "high_per_h": high.round(6).tolist(),
            "calls_seen": demand.counted[:, hour].tolist(),
        }
        whole = float(rates.sum())
        about = {
            "computed_at": now,
            "standard_s": standard_s,
            **_found(idle, set(cover.methods)),
            "uncovered_cells": int(np.count_nonzero(is_gap)),
            "without_road": int(np.count_nonzero(is_gap & ~has_road)),
            "uncovered_share": round(float(rates[is_gap].sum()) / whole, 4) if whole else 0.0,
            "towns": _towns(self._area, cover.first_s[number:], standard_s),
            "demand": _told(demand, record, hour),
        }
        features = self._map.features(columns)
        return {"type": "FeatureCollection", "features": features, "about": about}

    def _demand_of(self, record: Record) -> Demand:
        """The demand of a record, computed once for it."""
        if self._demand is None or self._demand[0] is not record:
            cells = self._map.cells
            found = demand_of(cells, self._map.zones, record.calls, record.period, self._zone)
            self._demand = record, found
        return self._demand[1]


def default_limits(config: CountyConfig | None) -> list[float]:
    """The minutes of an isochrone when none are asked for: the county's own standards."""
    policy = _policy(config)
    urgent = {policy.arrive_s[name] / 60 for name in ("P1", "P2") if name in policy.arrive_s}
    return sorted(urgent | {float(policy.cover_minutes)})


def _policy(config: CountyConfig | None) -> DispatchPolicy:
    return DispatchPolicy() if config is None else config.dispatch


def _found(standing: Sequence[Standing], methods: set[str]) -> dict[str, Any]:
    """How many units it stands on, how many of them by assumption, and how times were found.

    ``method`` as of one journey; of several different ones "road_and_straight_line".
    """
    mixed = "road_and_straight_line" if methods else None
    method = next(iter(methods)) if len(methods) == 1 else mixed
    return {
        "units": len(standing),
        "assumed_at_station": sum(one.is_assumed for one in standing),
        "method": method,
        "is_estimate": method not in ("road", None),
    }


def _seconds(found: Any) -> list[int | None]:
    return [round(value) if np.isfinite(value) else None for value in found.tolist()]


def _towns(area: CountyArea, first_s: Any, standard_s: int) -> list[dict[str, Any]]:
    """Every town with the seconds of its nearest idle unit; None beyond what is told."""
    return [
        {
            "town_id": town.code,
            "name": town.name_zh,
            "lon": town.position.lon,
            "lat": town.position.lat,
            "first_s": first,
            "is_uncovered": first is None or first > standard_s,
        }
        for town, first in zip(area.towns, _seconds(first_s), strict=True)
    ]


def _told(demand: Demand, record: Record, hour: int) -> dict[str, Any]:
    """What the rates were made from: a screen must say when it is little."""
    return {
        "hour_of_week": hour,
        "source": demand.source,
        "is_estimate": True,
        "is_few": demand.calls < DEMAND_FEW_CALLS,
        "calls": demand.calls,
        "elsewhere": demand.elsewhere,
        "observed_h": round(float(demand.observed_h.sum()), 2),
        "since": None if record.period is None else record.period.from_at,
        "interval": _INTERVAL,
    }


def _buckets(standing: Sequence[Standing]) -> tuple[Any, ...]:
    return tuple((one.unit_id, one.is_assumed, bucket_of(one.place)) for one in standing)
