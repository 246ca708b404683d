"""How fast an ambulance drives each road: the county's speed policy, as milliseconds an arc.

A speed is the posted limit where one is known, else the class's own, changed by the emergency
factor of the class, the hour and the priority, and kept inside the class's range. All of it is
POLICY of the county until its own recorded drives say better (`maps.network.learned`): the defaults
follow what is published.

- Lights and sirens: the JEMSS Auckland model (2018) drives 1.42 times as fast off the motorway with
  them as without (47 against 33 km/h on local roads).
- Hour: 97,000 German runs showed little effect of the rush hour on emergency speed and 22 % slower
  driving at night.

Ferries take their timetable's duration. Turn costs are not known to the graph.
"""

from typing import Final

import msgspec
import numpy as np

from maps.network.engine import MAX_WEIGHT_MS
from maps.network.graph import CLASSES, RESTRICTED, UNPAVED, Floats, Ints, RoadGraph

_DEFAULT_KMH: Final = {
    # The usual speed of ordinary traffic where no limit is posted (local policy).
    "motorway": 100.0, "motorway_link": 50.0, "trunk": 75.0, "trunk_link": 45.0, "primary": 60.0,
    "primary_link": 40.0, "secondary": 50.0, "secondary_link": 35.0, "tertiary": 42.0,
    "tertiary_link": 30.0, "unclassified": 35.0, "residential": 28.0, "living_street": 12.0,
    "service": 15.0, "track": 15.0, "pedestrian": 8.0, "path": 6.0, "ferry": 8.0,
}  # fmt: skip

_SIRENS: Final = {"P1": 1.42, "P2": 1.42}


class SpeedPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Owned by the county; speeds in km/h, factors without unit.

    ``class_kmh``: where no limit is posted; a class left out has the default. ``of_limit``: the
    share of a posted limit that ordinary traffic reaches. ``sirens``: priorities driven with lights
    and sirens, by their factor; others drive as traffic does. ``motorway_sirens``: the factor on
    motorways and trunk roads, where traffic is already fast. ``night``: hours and their factor.
    ``unpaved`` and ``restricted`` slow such roads. ``ferry_wait_min`` is added to every crossing.
    """

    class_kmh: dict[str, float] = {}
    of_limit: float = 0.85
    sirens: dict[str, float] = msgspec.field(default_factory=lambda: dict(_SIRENS))
    motorway_sirens: float = 1.15
    night_hours: tuple[int, ...] = (22, 23, 0, 1, 2, 3, 4, 5)
    night_factor: float = 0.82
    unpaved: float = 0.7
    restricted: float = 0.6
    ferry_wait_min: float = 5.0
    lowest_kmh: float = 5.0
    highest_kmh: float = 130.0

    def __post_init__(self) -> None:
        unknown = [name for name in self.class_kmh if name not in CLASSES]
        if unknown:
            raise ValueError(f"class_kmh: {unknown[0]} is no road class; known: {CLASSES}")
        factors = (self.of_limit, self.night_factor, self.unpaved, self.restricted,
                   self.motorway_sirens, self.lowest_kmh, *self.sirens.values(),
                   *self.class_kmh.values())  # fmt: skip
        if not all(0 < factor < 1000 for factor in factors):
            raise ValueError("speeds and factors must be positive and below 1000")


def speeds_kmh(graph: RoadGraph, policy: SpeedPolicy, *, hour: int, priority: str) -> Floats:
    """The speed on each arc at an hour of the day (0-23, local time), shape (m,)."""
    by_class = [policy.class_kmh.get(name, _DEFAULT_KMH[name]) for name in CLASSES]
    usual = np.array(by_class)[graph.road_class]
    posted = graph.max_speed_kmh.astype(np.float64)
    speed = np.where(posted > 0, posted * policy.of_limit, usual)
    speed *= _siren_factors(policy, priority)[graph.road_class]
    if hour in policy.night_hours:
        speed *= policy.night_factor
    speed[(graph.flags & UNPAVED) > 0] *= policy.unpaved
    speed[(graph.flags & RESTRICTED) > 0] *= policy.restricted
    return np.clip(speed, policy.lowest_kmh, policy.highest_kmh)


def weights_ms(graph: RoadGraph, policy: SpeedPolicy, *, hour: int, priority: str) -> Ints:
    """Milliseconds to drive each arc, shape (m,), at least 1."""
    speed = speeds_kmh(graph, policy, hour=hour, priority=priority)
    drive_ms = graph.length_m * 3600.0 / speed
    is_ferry = graph.road_class == CLASSES.index("ferry")
    crossing_ms = np.where(graph.minutes > 0, graph.minutes * 60_000.0, drive_ms)
    ferry_ms = crossing_ms + policy.ferry_wait_min * 60_000.0
    found = np.where(is_ferry, ferry_ms, drive_ms)
    return np.clip(np.ceil(found), 1, MAX_WEIGHT_MS).astype(np.int32)


def _siren_factors(policy: SpeedPolicy, priority: str) -> Floats:
    """By road class: how much faster than traffic one drives for this priority."""
    factor = policy.sirens.get(priority, 1.0)
    fast = min(factor, policy.motorway_sirens) if factor > 1.0 else factor
    is_fast = {"motorway", "motorway_link", "trunk", "trunk_link"}
    return np.array(
        [1.0 if name == "ferry" else fast if name in is_fast else factor for name in CLASSES]
    )
