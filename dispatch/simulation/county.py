"""A synthetic county for comparing policies (DISPATCH 7, B5): people, fleet, and what goes wrong.

Twelve townships on a `county_land`; three county hospitals in the seat and two of townships, with
the five centres (chest pain, stroke, trauma, mother, newborn) spread over them; posts in every
township and at the bridge heads. Units stand where people live, by largest remainders: what a
county does without a plan. Calls follow the hour of the week. In each run of at least a week a
festival trebles a township's calls, a bus crash hurts forty at a bridge, the first hospital shuts
for six hours and the radio fails twice for three.

The geography and the moments come from one seed (``land``), the calls of a replication from its
own, so that policies meet the same in pairs. Shares, durations and speeds are POLICY of the
benchmark. Not here: the land itself, and which policy runs.
"""

import math
from typing import Final

import msgspec
import numpy as np

from dispatch.recommend.situation import Coverage
from dispatch.simulation.chance import Chance
from dispatch.simulation.county_land import TOWNSHIPS, Land, degrees, land
from dispatch.simulation.coverage import coverage_of
from dispatch.simulation.demand import (
    HOUR_MS,
    Care,
    Forecast,
    Law,
    Mass,
    Surge,
    Zone,
    calls_to_come,
)
from dispatch.simulation.road import RoadTimes
from dispatch.simulation.shapes import (
    Noise,
    Pace,
    SimCall,
    SimFacility,
    SimUnit,
    Spot,
    Town,
    Values,
)

PRIORITIES: Final = ("P1", "P2", "P3", "P4")
RANKS: Final = (1, 2, 3, 4)
TARGETS_S: Final = (720, 1_080, 1_800, 10_800)  # as the delivered county of the lake plain has them
CRASH_CALLS: Final = 40
LEAST_DAYS: Final = 7.0

CHEST_PAIN, STROKE, TRAUMA, MOTHER, NEWBORN = (1 << at for at in range(5))

_SHARES: Final = (0.15, 0.35, 0.35, 0.15)
_CRASH_SHARES: Final = (0.2, 0.3, 0.4, 0.1)
_HOSPITALS: Final = (
    ("县人民医院", 0, CHEST_PAIN | STROKE | TRAUMA),
    ("县中医医院", 0, CHEST_PAIN | STROKE),
    ("县妇幼保健院", 0, MOTHER | NEWBORN),
    ("第一中心卫生院", 1, TRAUMA),
    ("第二中心卫生院", 2, 0),
)
"""Name, township in the order of people, centres."""

_NEEDS: Final = ((CHEST_PAIN, 0.4), (STROKE, 0.15), (TRAUMA, 0.1), (MOTHER, 0.1))
_BY_HOUR: Final = (
    0.50, 0.42, 0.38, 0.36, 0.38, 0.50, 0.78, 1.10, 1.35, 1.45, 1.40, 1.30,
    1.20, 1.15, 1.20, 1.22, 1.25, 1.30, 1.38, 1.40, 1.28, 1.10, 0.88, 0.66,
)  # fmt: skip
_BY_WEEKDAY: Final = (1.02, 0.97, 0.96, 0.97, 1.02, 1.05, 1.01)
_CARE: Final = Care(
    ready=Law(mean=60.0, kind="lognormal", spread=0.3),
    on_scene=Law(mean=1_080.0, kind="lognormal", spread=0.5),
    transport=0.75,
    handover=Law(mean=900.0, kind="lognormal", spread=0.5),
)
_SEAT_SHARE: Final = 0.3  # of all people
_IN_TOWN_KM: Final = 3.0  # people thin out by e over this distance from a township's middle
_SPREAD_M: Final = 400.0
_MOBILISE_MS: Final = 90_000
_FESTIVAL_H, _FESTIVAL_FACTOR = 12.0, 3.0
_SHUT_H: Final = 6.0
_RADIO_H: Final = 3.0


class County(msgspec.Struct, frozen=True, kw_only=True):
    """A town with its roads and what its calls are drawn from."""

    town: Town
    travel: RoadTimes
    forecast: Forecast

    def calls(self, days: float, seed: int) -> list[SimCall]:
        """The calls of one replication, each joined to the nearest road."""
        return [
            msgspec.structs.replace(one, spot=self.travel.spot(one.spot.lon, one.spot.lat))
            for one in calls_to_come(self.forecast, days, seed)
        ]

    def coverage(self) -> Coverage:
        """What each post covers in time for P1, the usual call taking left off.

        The demand is the forecast itself, not a sample: a county knows where its people live.
        """
        a_hour = sum(self.forecast.a_hour) / len(self.forecast.a_hour)
        total = sum(zone.weight for zone in self.forecast.zones)
        cells = [(zone.spot, a_hour * zone.weight / total) for zone in self.forecast.zones]
        within_ms = 1000 * TARGETS_S[0] - round(1000 * _CARE.ready.mean)
        return coverage_of(self.town, self.travel, cells, within_ms)


def county(
    seed: int,
    *,
    units: int,
    calls_a_day: float,
    days: float,
    bias: float = 1.0,
    spread: float = 0.25,
) -> County:
    """The county of a seed; ``days`` is the length of a run, in which everything goes wrong once.

    ``bias``: true over estimated drive in the median; ``spread``: standard deviation of its
    logarithm. Raises ValueError for fewer than `LEAST_DAYS` or fewer units than hospitals' places.
    """
    if days < LEAST_DAYS:
        raise ValueError(f"{days:g} days: all that goes wrong needs at least {LEAST_DAYS:g}")
    ground, chance = land(seed), Chance(seed)
    people = _people(chance)
    zones = _zones(ground, people)
    moments = _moments(chance, days)
    posts = [int(at) for at in ground.towns] + [end for pair in ground.bridges for end in pair]
    spots = [ground.travel.node_spot(at) for at in posts]
    town = Town(
        units=_fleet(units, people),
        posts=tuple(spots),
        facilities=_facilities(spots, moments["closing"]),
        values=Values(
            weight=(8, 4, 2, 1),
            misfit_ms=((0, 0, 0, 0),),
            target_ms=tuple(1000 * one for one in TARGETS_S),
            high=frozenset({0}),
        ),
        pace=Pace(response=(0, 0, 1, 1), transport=1, other=1),
        noise=Noise(kind="lognormal", spread=spread, bias=bias),
        mobilise_ms=_MOBILISE_MS,
        expected_on_scene_ms=round(_CARE.on_scene.mean * 1000),
        expected_handover_ms=round(_CARE.handover.mean * 1000),
        radio_out_ms=tuple(_span_ms(moments[one], _RADIO_H) for one in ("radio 1", "radio 2")),
        zones=tuple(f"township {at}" if at else "seat" for at in range(TOWNSHIPS)),
        post_names=tuple(f"post {at}" for at in range(len(spots))),
    )
    crash = min(range(len(zones)), key=lambda at: _apart(zones[at].spot, spots[TOWNSHIPS]))
    return County(
        town=town,
        travel=ground.travel,
        forecast=_forecast(calls_a_day, zones, moments, crash, _festive(chance)),
    )


def _people(chance: Chance) -> list[float]:
    """Share of the people in each township, the seat first, the others from the largest."""
    rest = [math.exp(0.5 * chance.normal("people", at)) for at in range(1, TOWNSHIPS)]
    rest.sort(reverse=True)
    return [_SEAT_SHARE, *((1.0 - _SEAT_SHARE) * one / sum(rest) for one in rest)]


def _zones(ground: Land, people: list[float]) -> tuple[Zone, ...]:
    """One zone a node of the road network, counted for the nearest township."""
    nodes = np.sort(ground.travel.main_nodes)
    away_km = np.hypot(
        *(ground.km[nodes][:, None] - ground.km[ground.towns][None]).transpose(2, 0, 1)
    )
    nearest = away_km.argmin(axis=1)
    thick = np.exp(-away_km.min(axis=1) / _IN_TOWN_KM)
    share = np.array(people) / np.bincount(nearest, weights=thick, minlength=TOWNSHIPS)
    lon, lat = degrees(ground.km)
    return tuple(
        Zone(
            spot=Spot(float(lon[node]), float(lat[node]), int(node)),
            weight=float(thick[at] * share[nearest[at]]),
            spread_m=_SPREAD_M,
            town=int(nearest[at]),
        )
        for at, node in enumerate(nodes)
    )


def _moments(chance: Chance, days: float) -> dict[str, float]:
    """Hours at which things go wrong, each in a day of its own after the first and before the last.

    Everything is over before the run ends.
    """
    names = ("festival", "crash", "closing", "radio 1", "radio 2")
    free = list(range(1, int(days) - 1))
    found = {}
    for at, name in enumerate(names):
        day = free.pop(int(chance.uniform("day", at) * len(free)))
        found[name] = 24.0 * day + 6.0 + 6.0 * chance.uniform("hour", at)
    return found


def _festive(chance: Chance) -> int:
    """The township of the festival, not the seat."""
    return 1 + int(chance.uniform("festive", 0) * (TOWNSHIPS - 1))


def _fleet(units: int, people: list[float]) -> tuple[SimUnit, ...]:
    """Posts by people, the largest remainders first (Hamilton)."""
    exact = [units * one for one in people]
    count = [int(one) for one in exact]
    order = sorted(range(TOWNSHIPS), key=lambda at: (count[at] - exact[at], at))
    for at in order[: units - sum(count)]:
        count[at] += 1
    posts = [at for at in range(TOWNSHIPS) for _unit in range(count[at])]
    return tuple(SimUnit(unit_id=at, post=post) for at, post in enumerate(posts))


def _facilities(spots: list[Spot], shut_h: float) -> tuple[SimFacility, ...]:
    return tuple(
        SimFacility(
            facility_id=at,
            spot=spots[town],
            skills=skills,
            shut_ms=(_span_ms(shut_h, _SHUT_H),) if at == 0 else (),
            name=name,
        )
        for at, (name, town, skills) in enumerate(_HOSPITALS)
    )


def _span_ms(from_h: float, hours: float) -> tuple[int, int]:
    return round(from_h * HOUR_MS), round((from_h + hours) * HOUR_MS)


def _forecast(
    calls_a_day: float,
    zones: tuple[Zone, ...],
    moments: dict[str, float],
    crash: int,
    festive: int,
) -> Forecast:
    rates = [by_day * by_hour for by_day in _BY_WEEKDAY for by_hour in _BY_HOUR]
    mean = sum(rates) / len(rates)
    festival_h = moments["festival"]
    return Forecast(
        a_hour=tuple(calls_a_day / 24.0 * rate / mean for rate in rates),
        zones=zones,
        priorities=_SHARES,
        care=_CARE,
        surges=(
            Surge(
                from_h=festival_h,
                until_h=festival_h + _FESTIVAL_H,
                factor=_FESTIVAL_FACTOR,
                zone=festive,
            ),
        ),
        masses=(
            Mass(at_h=moments["crash"], zone=crash, calls=CRASH_CALLS, priorities=_CRASH_SHARES),
        ),
        hospital_needs=_NEEDS,
    )


def _apart(a: Spot, b: Spot) -> float:
    return (a.lon - b.lon) ** 2 + (a.lat - b.lat) ** 2
